package plumbline.placement.wrong_target_test

import data.plumbline.placement.wrong_target

test_class_that_may_not_be_there_is_denied if {
	wrong_target.deny == {{"msg": "`web` is of the class `batch` and runs as `kubernetes`, where that class may not be"}} with input as deployment({"labels": {"governance/class": "batch"}})
		with data.estate as estate
}

test_class_that_may_be_there_passes if {
	count(wrong_target.deny) == 0 with input as deployment({"labels": {"governance/class": "steady"}})
		with data.estate as estate
}

test_function_of_the_wrong_class_is_denied if {
	messages == {"`orders` is of the class `steady` and runs as `function`, where that class may not be"} with input as function({"tags": {"governance-class": "steady"}})
		with data.estate as estate
}

test_function_of_the_right_class_passes if {
	count(wrong_target.deny) == 0 with input as function({"tags": {"governance-class": "interactive"}})
		with data.estate as estate
}

test_job_of_kubernetes_is_both if {
	every class in ["batch", "steady"] {
		count(wrong_target.deny) == 0 with input as job({"labels": {"governance/class": class}}) with data.estate as estate
	}
	messages == {"`report` is of the class `interactive` and runs as `job` and `kubernetes`, where that class may not be"} with input as job({"labels": {"governance/class": "interactive"}})
		with data.estate as estate
}

test_every_declaration_is_judged if {
	count(wrong_target.deny) == 2 with data.estate as estate with input as deployment({
		"labels": {"governance/class": "batch"},
		"template": {"labels": {"governance/class": "interactive"}},
		"annotations": {"governance/class": "steady"},
	})
}

# That is another rule's matter.
test_no_class_and_an_unknown_class_pass if {
	every labels in [{}, {"governance/class": "unheard-of"}, {"governance/class": null}, {"governance/class": true}] {
		count(wrong_target.deny) == 0 with input as deployment({"labels": labels}) with data.estate as estate
	}
}

test_class_without_targets_passes_everywhere if {
	count(wrong_target.deny) == 0 with input as deployment({"labels": {"governance/class": "free"}})
		with data.estate as estate
}

test_class_that_may_be_nowhere_is_denied if {
	count(wrong_target.deny) == 1 with input as deployment({"labels": {"governance/class": "gone"}})
		with data.estate as estate
}

messages contains finding.msg if some finding in wrong_target.deny

estate := {"version": 1, "classes": {
	"batch": {"targets": ["job"]},
	"free": {"min-warm": 1},
	"gone": {"targets": []},
	"interactive": {"targets": ["function", "knative"]},
	"steady": {"targets": ["kubernetes", "vm"]},
}}

deployment(more) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": object.union({"name": "web", "runtime": {"form": "container"}}, more),
}

job(more) := {
	"platform": "kubernetes",
	"kind": "batch/CronJob",
	"workload": object.union({"name": "report", "runtime": {"form": "job"}}, more),
}

function(more) := {
	"platform": "aws",
	"kind": "aws_lambda_function",
	"workload": object.union({"name": "orders", "runtime": {"form": "function"}}, more),
}
