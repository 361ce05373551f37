package plumbline.finops.missing_cost_tags_test

import data.plumbline.finops.missing_cost_tags

test_workload_without_tags_is_denied if {
	missing_cost_tags.deny == {{
		"msg": "`web` lacks the cost tags `cost-center`, `owner`",
		"path": ["resource", "metadata", "labels"],
	}} with input as workload("kubernetes", {}) with data.estate as estate
}

test_workload_with_all_tags_passes if {
	count(missing_cost_tags.deny) == 0 with input as workload("kubernetes", {"labels": tags}) with data.estate as estate
}

test_only_what_is_missing_is_named if {
	messages == {"`web` lacks the cost tag `owner`"} with input as workload("kubernetes", {"labels": {"cost-center": "cc-4100"}})
		with data.estate as estate
}

test_every_place_counts if {
	every more in [
		{"labels": tags},
		{"annotations": tags},
		{"tags": tags},
		{"template": {"labels": tags}},
		{"labels": {"owner": "team-web"}, "template": {"labels": {"cost-center": "cc-4100"}}},
	] {
		count(missing_cost_tags.deny) == 0 with input as workload("kubernetes", more) with data.estate as estate
	}
}

test_annotations_of_the_template_do_not_count if {
	count(missing_cost_tags.deny) == 1 with input as workload("kubernetes", {"template": {"annotations": tags}})
		with data.estate as estate
}

test_keys_are_compared_as_written if {
	messages == {"`web` lacks the cost tags `cost-center`, `owner`"} with input as workload("kubernetes", {"labels": {
		"Cost-Center": "cc-4100",
		"cost_center": "cc-4100",
		"acme.example/owner": "team-web",
	}})
		with data.estate as estate
}

# A value pays for something; whether it is right is not known here.
test_tag_without_a_value_is_denied if {
	every value in ["", null] {
		messages == {"`web` lacks the cost tag `owner`"} with input as workload("kubernetes", {"labels": object.union(tags, {"owner": value})})
			with data.estate as estate
	}
}

test_labels_that_are_no_object_are_denied if {
	every labels in [null, "owner", ["cost-center", "owner"], 7] {
		count(missing_cost_tags.deny) == 1 with input as workload("kubernetes", {"labels": labels})
			with data.estate as estate
	}
}

test_every_platform_has_a_place if {
	every platform, expected in {
		"kubernetes": ["resource", "metadata", "labels"],
		"aws": ["resource", "Properties", "Tags"],
		"docker": ["resource", "labels"],
		"host": ["resource"],
	} {
		paths == {expected} with input as workload(platform, {}) with data.estate as estate
	}
}

# A value that only a deployment can resolve is no part of `tags`.
test_symbolic_values_pass if {
	symbolic := {"Ref": "CostCenter"}
	every written in [
		{"cost-center": symbolic, "owner": symbolic},
		[{"Key": "cost-center", "Value": symbolic}, {"Key": "owner", "Value": symbolic}],
	] {
		count(missing_cost_tags.deny) == 0 with data.estate as estate with input as object.union(
			workload("aws", {}),
			{"resource": {"Properties": {"Tags": written}}},
		)
	}
}

test_symbolic_values_of_other_keys_are_denied if {
	every written in [
		{"owner": "team-web"},
		[{"Key": "owner", "Value": "team-web"}, {"Key": "cost-center", "Value": ""}, "cost-center", null],
		"cost-center",
		null,
	] {
		count(missing_cost_tags.deny) == 1 with data.estate as estate with input as object.union(
			workload("aws", {}),
			{"resource": {"Properties": {"Tags": written}}},
		)
	}
}

test_no_tags_decided_is_none_missing if {
	count(missing_cost_tags.deny) == 0 with input as workload("kubernetes", {})
		with data.estate as {"version": 1, "cost-tags": []}
}

estate := {"version": 1, "cost-tags": ["cost-center", "owner"]}

tags := {"cost-center": "cc-4100", "owner": "team-web"}

messages contains finding.msg if some finding in missing_cost_tags.deny

paths contains finding.path if some finding in missing_cost_tags.deny

workload(platform, more) := {
	"platform": platform,
	"kind": "apps/Deployment",
	"workload": object.union({"name": "web", "containers": []}, more),
}

test_function_of_another_cloud_without_tags_is_denied if {
	paths == {["resource", "labels"]} with input as workload("gcp", {"tags": {"owner": "team-web"}}) with data.estate as estate
	paths == {["resource", "tags"]} with input as workload("azure", {}) with data.estate as estate
}

test_tags_that_only_a_deployment_can_tell_are_there if {
	every name in ["labels", "tags"] {
		resource := {name: {"owner": "${var.owner}", "cost-center": "${var.center}"}}
		count(missing_cost_tags.deny) == 0 with data.estate as estate
			with input as object.union(workload("gcp", {}), {"resource": resource})
	}
}
