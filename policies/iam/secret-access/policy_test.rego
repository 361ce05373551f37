package plumbline.iam.secret_access_test

import data.plumbline.iam.secret_access

test_get_is_denied if {
	secret_access.deny == {{
		"msg": "`ClusterRole` `ops` may read every Secret, by `get`",
		"path": ["resource", "rules", 0, "resources", 1],
	}} with input as role([rule([""], ["configmaps", "secrets"], ["get"])])
}

test_each_reading_verb_is_denied if {
	every verb in ["get", "list", "watch", "*"] {
		count(secret_access.deny) == 1 with input as role([rule([""], ["secrets"], [verb])])
	}
}

test_writing_verbs_pass if {
	count(secret_access.deny) == 0 with input as role([rule([""], ["secrets"], ["create", "update", "patch", "delete"])])
}

test_verbs_are_one_finding if {
	messages == {"`ClusterRole` `ops` may read every Secret, by `get`, `list`, `watch`"} with input as role([rule(
		[""],
		["secrets"],
		["create", "get", "list", "watch"],
	)])
}

test_each_rule_is_a_finding if {
	paths == {
		["resource", "rules", 0, "resources", 0],
		["resource", "rules", 2, "resources", 0],
	} with input as role([
		rule([""], ["secrets"], ["get"]),
		rule([""], ["pods"], ["get"]),
		rule(["*"], ["secrets"], ["get"]),
	])
}

test_group_of_secrets_written_twice_is_one_finding if {
	count(secret_access.deny) == 1 with input as role([rule(["", "*"], ["secrets", "secrets"], ["get"])])
}

test_secrets_of_another_group_pass if {
	count(secret_access.deny) == 0 with input as role([rule(["vault.example.com"], ["secrets"], ["get"])])
}

test_missing_group_passes if {
	count(secret_access.deny) == 0 with input as role([{"resources": ["secrets"], "verbs": ["get"]}])
}

test_other_resources_pass if {
	count(secret_access.deny) == 0 with input as role([rule([""], ["configmaps", "secretstores"], ["get", "list"])])
}

# That is iam/wildcard-role's.
test_every_resource_passes if {
	count(secret_access.deny) == 0 with input as role([rule(["*"], ["*"], ["get"])])
}

test_named_secrets_pass if {
	count(secret_access.deny) == 0 with input as role([object.union(
		rule([""], ["secrets"], ["get", "list", "watch"]),
		{"resourceNames": ["web-database"]},
	)])
}

test_no_names_bound_nothing if {
	every names in [[], null, "web-database", {}] {
		count(secret_access.deny) == 1 with input as role([object.union(
			rule([""], ["secrets"], ["get"]),
			{"resourceNames": names},
		)])
	}
}

test_namespaced_role_is_denied if {
	messages == {"`Role` `ops` may read every Secret, by `list`"} with input as {
		"platform": "kubernetes",
		"kind": "rbac.authorization.k8s.io/Role",
		"resource": {
			"kind": "Role",
			"metadata": {"name": "ops", "namespace": "shop"},
			"rules": [rule([""], ["secrets"], ["list"])],
		},
	}
}

test_null_rules_pass if {
	count(secret_access.deny) == 0 with input as role(null)
}

test_entries_that_are_no_text_pass if {
	count(secret_access.deny) == 0 with input as role([null, 5, rule([null, ""], [{}, "secrets"], [5, null, []])])
}

test_allowed_role_passes if {
	count(secret_access.deny) == 0 with input as role([rule([""], ["secrets"], ["get"])]) with data.params as {"allow": ["ops"]}
}

test_role_that_is_not_allowed_is_denied if {
	count(secret_access.deny) == 1 with input as role([rule([""], ["secrets"], ["get"])]) with data.params as {"allow": ["dev"]}
}

# An object may come with `generateName` alone.
test_role_without_a_name_is_denied if {
	messages == {"`ClusterRole` `_` may read every Secret, by `get`"} with input as role([rule([""], ["secrets"], ["get"])])
		with input.resource.metadata as {"generateName": "ops-"}
		with data.params as {"allow": ["ops", "ops-"]}
}

test_name_that_is_no_text_is_denied if {
	messages == {"`ClusterRole` `7` may read every Secret, by `get`"} with input as role([rule([""], ["secrets"], ["get"])])
		with input.resource.metadata.name as 7
		with data.params as {"allow": ["7"]}
}

messages contains finding.msg if some finding in secret_access.deny

paths contains finding.path if some finding in secret_access.deny

rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

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
