package plumbline.placement.undeclared_class_test

import data.plumbline.placement.undeclared_class

test_workload_without_a_class_is_denied if {
	undeclared_class.deny == {{
		"msg": "`web` declares no class of work",
		"path": ["resource", "metadata", "labels"],
	}} with input as workload({"labels": {"app": "web"}}) with data.estate as estate
}

test_declared_class_passes if {
	count(undeclared_class.deny) == 0 with input as workload({"labels": {"governance/class": "interactive"}})
		with data.estate as estate
}

test_unknown_class_is_denied if {
	undeclared_class.deny == {{"msg": "`web` declares the class `interactiv`, which the organisation does not know"}} with input as workload({"labels": {"governance/class": "interactiv"}})
		with data.estate as estate
}

test_every_place_counts if {
	every metadata in [
		{"labels": {"governance/class": "batch"}},
		{"annotations": {"governance/class": "batch"}},
		{"template": {"labels": {"governance/class": "batch"}}},
		{"template": {"annotations": {"governance/class": "batch"}}},
	] {
		count(undeclared_class.deny) == 0 with input as workload(metadata) with data.estate as estate
	}
}

test_every_place_is_judged if {
	messages == {
		"`web` declares the class `a`, which the organisation does not know",
		"`web` declares the class `b`, which the organisation does not know",
		"`web` declares the class `c`, which the organisation does not know",
		"`web` declares the class `d`, which the organisation does not know",
	} with input as workload({
		"labels": {"governance/class": "a"},
		"annotations": {"governance/class": "b"},
		"template": {"labels": {"governance/class": "c"}, "annotations": {"governance/class": "d"}},
	})
		with data.estate as estate
}

test_every_default_spelling_counts if {
	every key in ["governance/class", "governance_class", "governance-class"] {
		count(undeclared_class.deny) == 0 with input as workload({"labels": {key: "batch"}}) with data.estate as estate
	}
}

test_other_spellings_are_denied if {
	messages == {"`web` declares no class of work"} with input as workload({"labels": {"class": "batch", "governance.class": "batch"}})
		with data.estate as estate
}

test_decided_key_passes if {
	count(undeclared_class.deny) == 0 with input as workload({"labels": {"acme.example/class": "batch"}})
		with data.estate as object.union(estate, {"keys": {"class": ["acme.example/class"]}})
}

test_decided_key_replaces_the_defaults if {
	messages == {"`web` declares no class of work"} with input as workload({"labels": {"governance/class": "batch"}})
		with data.estate as object.union(estate, {"keys": {"class": ["acme.example/class"]}})
}

test_decided_keys_of_other_properties_leave_the_defaults if {
	count(undeclared_class.deny) == 0 with input as workload({"labels": {"governance/class": "batch"}})
		with data.estate as object.union(estate, {"keys": {"owner": ["acme.example/owner"]}})
}

test_class_that_is_right_does_not_hide_one_that_is_wrong if {
	count(undeclared_class.deny) == 1 with input as workload({
		"labels": {"governance/class": "batch"},
		"template": {"labels": {"governance/class": "bach"}},
	})
		with data.estate as estate
}

# A Pod is its own template.
test_the_same_class_in_two_places_is_one_finding if {
	count(undeclared_class.deny) == 1 with input as workload({
		"labels": {"governance/class": "bach"},
		"template": {"labels": {"governance/class": "bach"}},
	})
		with data.estate as estate
}

test_values_that_are_no_class_are_denied if {
	every value in ["", "Batch", "bat", "${CLASS}", null, true, false, 5, [], {}] {
		count(undeclared_class.deny) == 1 with input as workload({"labels": {"governance/class": value}})
			with data.estate as estate
	}
}

test_labels_that_are_no_object_are_denied if {
	every labels in [null, "governance/class", ["governance/class"], 5] {
		messages == {"`web` declares no class of work"} with input as workload({"labels": labels})
			with data.estate as estate
	}
}

test_no_class_is_known_where_none_is_decided if {
	count(undeclared_class.deny) == 1 with input as workload({"labels": {"governance/class": "batch"}})
		with data.estate as {"version": 1, "classes": {}}
}

test_class_in_a_tag_passes if {
	count(undeclared_class.deny) == 0 with input as object.union(
		workload({"tags": {"governance-class": "batch"}}),
		{"platform": "aws"},
	)
		with data.estate as estate
}

test_unknown_class_in_a_tag_is_denied if {
	messages == {"`web` declares the class `bach`, which the organisation does not know"} with input as object.union(
		workload({"tags": {"governance-class": "bach"}}),
		{"platform": "aws"},
	)
		with data.estate as estate
}

test_every_platform_has_a_place if {
	every platform, expected in {
		"kubernetes": ["resource", "metadata", "labels"],
		"aws": ["resource", "Properties", "Tags"],
		"docker": ["resource", "labels"],
	} {
		paths == {expected} with input as object.union(workload({}), {"platform": platform})
			with data.estate as estate
	}
}

# Which class that is, nobody can know before the deployment.
test_class_that_only_a_deployment_can_resolve_passes if {
	symbolic := {"Ref": "Class"}
	every written in [{"governance-class": symbolic}, [{"Key": "governance-class", "Value": symbolic}]] {
		count(undeclared_class.deny) == 0 with data.estate as estate with input as object.union(
			workload({}),
			{"platform": "aws", "resource": {"Properties": {"Tags": written}}},
		)
	}
}

test_other_tags_are_denied if {
	every written in [{"team": "web"}, [{"Key": "team", "Value": "web"}, "governance-class", null], "governance-class", null] {
		messages == {"`web` declares no class of work"} with data.estate as estate with input as object.union(
			workload({}),
			{"platform": "aws", "resource": {"Properties": {"Tags": written}}},
		)
	}
}

paths contains finding.path if some finding in undeclared_class.deny

estate := {"version": 1, "classes": {"interactive": {"targets": ["knative"]}, "batch": {}}}

messages contains finding.msg if some finding in undeclared_class.deny

workload(metadata) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": object.union({"name": "web", "namespace": "shop", "containers": []}, metadata),
}

test_function_of_another_cloud_without_a_class_is_denied if {
	undeclared_class.deny == {{
		"msg": "`web` declares no class of work",
		"path": ["resource", "labels"],
	}} with input as cloud("gcp", {}, {}) with data.estate as estate
	undeclared_class.deny == {{
		"msg": "`web` declares no class of work",
		"path": ["resource", "tags"],
	}} with input as cloud("azure", {}, {}) with data.estate as estate
}

test_function_of_another_cloud_with_a_class_passes if {
	count(undeclared_class.deny) == 0 with input as cloud("gcp", {"governance_class": "batch"}, {}) with data.estate as estate
}

test_class_that_only_a_deployment_can_tell_is_declared if {
	every name in ["labels", "tags"] {
		tags := {"governance_class": "${var.class}"}
		count(undeclared_class.deny) == 0 with input as cloud("gcp", {}, {name: tags}) with data.estate as estate
		count(undeclared_class.deny) == 0 with input as cloud("gcp", tags, {name: tags}) with data.estate as estate
	}
}

cloud(platform, tags, resource) := {
	"platform": platform,
	"kind": "a",
	"resource": resource,
	"workload": {"name": "web", "tags": tags},
}
