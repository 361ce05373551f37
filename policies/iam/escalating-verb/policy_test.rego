package plumbline.iam.escalating_verb_test

import data.plumbline.iam.escalating_verb

test_escalate_is_denied if {
	escalating_verb.deny == {{
		"msg": "`ClusterRole` `ops` may `escalate` `roles`",
		"path": ["resource", "rules", 0, "verbs", 1],
	}} with input as role([rbac(["roles"], ["update", "escalate"])])
}

test_harmless_verbs_pass if {
	count(escalating_verb.deny) == 0 with input as role([rbac(
		["roles", "clusterroles", "rolebindings", "clusterrolebindings"],
		["get", "list", "watch", "create", "update", "patch", "delete"],
	)])
}

test_bind_is_denied if {
	messages == {"`ClusterRole` `ops` may `bind` `clusterroles`, `roles`"} with input as role([rbac(["clusterroles", "roles"], ["bind"])])
}

# RBAC asks for `bind` on the role, never on the binding.
test_bind_on_bindings_passes if {
	count(escalating_verb.deny) == 0 with input as role([rbac(["rolebindings", "clusterrolebindings"], ["bind", "*"])])
}

test_impersonate_is_denied if {
	messages == {"`ClusterRole` `ops` may `impersonate` `groups`, `serviceaccounts`, `users`"} with input as role([core(
		["users", "groups", "serviceaccounts"],
		["impersonate"],
	)])
}

test_impersonated_extras_and_uids_are_denied if {
	messages == {"`ClusterRole` `ops` may `impersonate` `uids`, `userextras/*`, `userextras/scopes`"} with input as role([rule(
		["authentication.k8s.io"],
		["uids", "userextras/*", "userextras/scopes"],
		["impersonate"],
	)])
}

test_similar_resources_pass if {
	count(escalating_verb.deny) == 0 with input as role([rule(
		["*"],
		["user", "userextrasx", "useruids", "roles/status", "pods"],
		["impersonate", "bind", "escalate"],
	)])
}

test_every_verb_means_all_of_them if {
	messages == {"`ClusterRole` `ops` may `escalate` `roles` and `bind` `roles`"} with input as role([rbac(["roles"], ["*"])])
}

test_every_verb_on_users_means_impersonate if {
	messages == {"`ClusterRole` `ops` may `impersonate` `users`"} with input as role([core(["users"], ["*"])])
}

test_every_verb_on_service_accounts_is_denied if {
	messages == {"`ClusterRole` `ops` may `impersonate` `serviceaccounts`"} with input as role([core(["serviceaccounts"], ["*"])])
}

test_every_verb_on_other_resources_passes if {
	count(escalating_verb.deny) == 0 with input as role([rule(["*"], ["pods"], ["*"])])
}

# That is iam/wildcard-role's.
test_every_verb_on_every_resource_passes if {
	count(escalating_verb.deny) == 0 with input as role([rule(["*"], ["*"], ["*"])])
}

test_every_verb_on_a_role_beside_every_resource_is_denied if {
	messages == {"`ClusterRole` `ops` may `escalate` `roles` and `bind` `roles`"} with input as role([rule(["*"], ["*", "roles"], ["*"])])
}

test_spelt_out_verbs_on_every_resource_are_denied if {
	messages == {
		"`ClusterRole` `ops` may `escalate` `*`",
		"`ClusterRole` `ops` may `bind` `*`",
		"`ClusterRole` `ops` may `impersonate` `*`",
	} with input as role([rule(["*"], ["*"], ["escalate", "bind", "impersonate"])])
}

test_every_group_is_denied if {
	messages == {
		"`ClusterRole` `ops` may `bind` `roles`",
		"`ClusterRole` `ops` may `impersonate` `users`",
	} with input as role([rule(["*"], ["roles", "users"], ["bind", "impersonate"])])
}

# The `users` of another group are other users.
test_resources_of_other_groups_pass if {
	count(escalating_verb.deny) == 0 with input as role([
		rule(["iam.example.com"], ["users", "groups", "roles"], ["*", "bind", "impersonate", "escalate"]),
		rule(["apps"], ["*"], ["bind", "impersonate", "escalate"]),
		rule([""], ["roles", "uids"], ["*"]),
	])
}

test_missing_group_passes if {
	count(escalating_verb.deny) == 0 with input as role([{"resources": ["roles"], "verbs": ["bind"]}])
}

test_bind_of_named_roles_passes if {
	count(escalating_verb.deny) == 0 with input as role([named(rbac(["clusterroles"], ["bind"]), ["view", "edit"])])
}

test_bind_of_cluster_admin_by_name_is_denied if {
	count(escalating_verb.deny) == 1 with input as role([named(rbac(["clusterroles"], ["bind"]), ["view", "cluster-admin"])])
}

test_impersonation_of_named_users_passes if {
	count(escalating_verb.deny) == 0 with input as role([named(core(["users"], ["impersonate"]), ["jo@example.com"])])
}

test_impersonation_of_the_masters_by_name_is_denied if {
	count(escalating_verb.deny) == 1 with input as role([named(core(["groups"], ["impersonate"]), ["developers", "system:masters"])])
}

# Each name is mighty for its own verb only.
test_names_of_the_other_verb_pass if {
	count(escalating_verb.deny) == 0 with input as role([
		named(rbac(["clusterroles"], ["bind"]), ["system:masters"]),
		named(core(["users"], ["impersonate"]), ["cluster-admin"]),
	])
}

test_names_do_not_bound_escalate if {
	messages == {"`ClusterRole` `ops` may `escalate` `clusterroles`"} with input as role([named(rbac(["clusterroles"], ["escalate"]), ["view"])])
}

test_names_under_every_verb_leave_escalate if {
	messages == {"`ClusterRole` `ops` may `escalate` `clusterroles`"} with input as role([named(rbac(["clusterroles"], ["*"]), ["view"])])
}

test_no_names_bound_nothing if {
	every names in [[], null, "view", {}] {
		count(escalating_verb.deny) == 1 with input as role([named(rbac(["clusterroles"], ["bind"]), names)])
	}
}

test_each_verb_is_a_finding if {
	paths == {
		["resource", "rules", 0, "verbs", 0],
		["resource", "rules", 0, "verbs", 1],
		["resource", "rules", 1, "verbs", 0],
	} with input as role([rbac(["roles"], ["escalate", "bind"]), rbac(["roles"], ["bind"])])
}

test_namespaced_role_is_denied if {
	messages == {"`Role` `ops` may `bind` `roles`"} with input as {
		"platform": "kubernetes",
		"kind": "rbac.authorization.k8s.io/Role",
		"resource": {
			"kind": "Role",
			"metadata": {"name": "ops", "namespace": "shop"},
			"rules": [rbac(["roles"], ["bind"])],
		},
	}
}

test_null_rules_pass if {
	count(escalating_verb.deny) == 0 with input as role(null)
}

test_entries_that_are_no_text_pass if {
	count(escalating_verb.deny) == 0 with input as role([null, "text", rule([5, null], [7, {}, null], ["bind", [], 5, null])])
}

test_allowed_role_passes if {
	count(escalating_verb.deny) == 0 with input as role([rbac(["roles"], ["escalate"])]) with data.params as {"allow": ["ops"]}
}

test_role_that_is_not_allowed_is_denied if {
	count(escalating_verb.deny) == 1 with input as role([rbac(["roles"], ["escalate"])]) with data.params as {"allow": ["dev"]}
}

# An object may come with `generateName` alone.
test_role_without_a_name_is_denied if {
	messages == {"`ClusterRole` `_` may `bind` `roles`"} with input as role([rbac(["roles"], ["bind"])])
		with input.resource.metadata as {"generateName": "ops-"}
		with data.params as {"allow": ["ops", "ops-"]}
}

test_name_that_is_no_text_is_denied if {
	messages == {"`ClusterRole` `7` may `bind` `roles`"} with input as role([rbac(["roles"], ["bind"])])
		with input.resource.metadata.name as 7
		with data.params as {"allow": ["7"]}
}

messages contains finding.msg if some finding in escalating_verb.deny

paths contains finding.path if some finding in escalating_verb.deny

rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

rbac(resources, verbs) := rule(["rbac.authorization.k8s.io"], resources, verbs)

core(resources, verbs) := rule([""], resources, verbs)

named(without, names) := object.union(without, {"resourceNames": names})

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
