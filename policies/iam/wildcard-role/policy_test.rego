package plumbline.iam.wildcard_role_test

import data.plumbline.iam.wildcard_role

test_every_verb_is_denied if {
	wildcard_role.deny == {{
		"msg": "`ClusterRole` `ops` has `*` among its verbs",
		"path": ["resource", "rules", 0, "verbs", 0],
	}} with input as role([{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]}])
}

test_listed_verbs_pass if {
	count(wildcard_role.deny) == 0 with input as role([{
		"apiGroups": ["apps"],
		"resources": ["deployments", "deployments/scale"],
		"verbs": ["get", "list", "watch", "create", "update", "patch", "delete"],
	}])
}

test_every_resource_is_denied if {
	messages == {"`ClusterRole` `ops` has `*` among its resources"} with input as role([{
		"apiGroups": ["apps"],
		"resources": ["*"],
		"verbs": ["get"],
	}])
}

test_every_group_is_denied if {
	messages == {"`ClusterRole` `ops` has `*` among its API groups"} with input as role([{
		"apiGroups": ["*"],
		"resources": ["pods"],
		"verbs": ["get"],
	}])
}

test_core_group_passes if {
	count(wildcard_role.deny) == 0 with input as role([{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
}

test_subresource_of_every_resource_is_denied if {
	messages == {"`ClusterRole` `ops` has `*/scale` among its resources"} with input as role([{
		"apiGroups": ["apps"],
		"resources": ["*/scale"],
		"verbs": ["update"],
	}])
}

test_every_subresource_is_denied if {
	messages == {"`ClusterRole` `ops` has `pods/*` among its resources"} with input as role([{
		"apiGroups": [""],
		"resources": ["pods/*"],
		"verbs": ["get"],
	}])
}

test_urls_without_a_beginning_are_denied if {
	messages == {
		"`ClusterRole` `ops` has `*` among its URLs",
		"`ClusterRole` `ops` has `/*` among its URLs",
	} with input as role([{"nonResourceURLs": ["*", "/*"], "verbs": ["get"]}])
}

test_urls_with_a_beginning_pass if {
	count(wildcard_role.deny) == 0 with input as role([{
		"nonResourceURLs": ["/", "/healthz", "/healthz/*", "/metrics*"],
		"verbs": ["get"],
	}])
}

# RBAC reads a `*` elsewhere in a URL as itself.
test_star_within_a_url_passes if {
	count(wildcard_role.deny) == 0 with input as role([{"nonResourceURLs": ["/*/healthz"], "verbs": ["get"]}])
}

test_each_wildcard_of_a_rule_is_a_finding if {
	paths == {
		["resource", "rules", 0, "apiGroups", 0],
		["resource", "rules", 0, "resources", 1],
		["resource", "rules", 0, "verbs", 2],
	} with input as role([{"apiGroups": ["*"], "resources": ["pods", "*"], "verbs": ["get", "list", "*"]}])
}

test_the_same_wildcard_in_two_rules_is_two_findings if {
	paths == {
		["resource", "rules", 0, "verbs", 0],
		["resource", "rules", 2, "verbs", 0],
	} with input as role([
		{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]},
		{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
		{"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["*"]},
	])
}

test_namespaced_role_is_denied if {
	messages == {"`Role` `ops` has `*` among its verbs"} with input as {
		"platform": "kubernetes",
		"kind": "rbac.authorization.k8s.io/Role",
		"resource": {
			"kind": "Role",
			"metadata": {"name": "ops", "namespace": "shop"},
			"rules": [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]}],
		},
	}
}

# Names bound which objects, not what may be done to them.
test_resource_names_do_not_excuse_a_wildcard if {
	count(wildcard_role.deny) == 1 with input as role([{
		"apiGroups": [""],
		"resources": ["configmaps"],
		"resourceNames": ["settings"],
		"verbs": ["*"],
	}])
}

# The rules of an aggregated role are filled in by the cluster.
test_null_rules_pass if {
	count(wildcard_role.deny) == 0 with input as role(null)
}

test_no_rules_pass if {
	count(wildcard_role.deny) == 0 with input as role([])
}

test_entries_that_are_no_text_pass if {
	count(wildcard_role.deny) == 0 with input as role([
		null,
		"text",
		{"apiGroups": [null], "resources": [5, {}], "nonResourceURLs": [["/*"], 7], "verbs": 3},
	])
}

test_role_without_a_name_is_denied if {
	messages == {"`ClusterRole` `_` has `*` among its verbs"} with input as {
		"platform": "kubernetes",
		"kind": "rbac.authorization.k8s.io/ClusterRole",
		"resource": {
			"kind": "ClusterRole",
			"metadata": {"generateName": "ops-"},
			"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}],
		},
	}
}

test_name_that_is_no_text_is_denied if {
	messages == {"`ClusterRole` `7` has `*` among its verbs"} with input as role([{"verbs": ["*"]}])
		with input.resource.metadata.name as 7
		with data.params as {"allow": ["7"]}
}

test_allowed_role_passes if {
	count(wildcard_role.deny) == 0 with input as role([everything]) with data.params as {"allow": ["ops"]}
}

test_role_that_is_not_allowed_is_denied if {
	count(wildcard_role.deny) == 3 with input as role([everything]) with data.params as {"allow": ["op", "ops-team"]}
}

everything := {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}

messages contains finding.msg if some finding in wildcard_role.deny

paths contains finding.path if some finding in wildcard_role.deny

role(rules) := {
	"platform": "kubernetes",
	"kind": "rbac.authorization.k8s.io/ClusterRole",
	"resource": {
		"apiVersion": "rbac.authorization.k8s.io/v1",
		"kind": "ClusterRole",
		"metadata": {"name": "ops"},
		"rules": rules,
	},
}
