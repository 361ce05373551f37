package plumbline.iam.cluster_admin_binding_test

import data.plumbline.iam.cluster_admin_binding

test_service_account_is_denied if {
	cluster_admin_binding.deny == {{"msg": "`ServiceAccount` `ci/deployer` is bound to `cluster-admin` in the whole cluster"}} with input as cluster_wide("cluster-admin", [deployer])
}

test_user_is_denied if {
	messages == {"`User` `jo@example.com` is bound to `cluster-admin` in the whole cluster"} with input as cluster_wide("cluster-admin", [jo])
}

test_group_is_denied if {
	messages == {"`Group` `everyone` is bound to `cluster-admin` in the whole cluster"} with input as cluster_wide("cluster-admin", [group("everyone")])
}

test_each_subject_is_a_finding if {
	messages == {
		"`ServiceAccount` `ci/deployer` is bound to `cluster-admin` in the whole cluster",
		"`User` `jo@example.com` is bound to `cluster-admin` in the whole cluster",
	} with input as cluster_wide("cluster-admin", [deployer, jo])
}

test_another_cluster_role_passes if {
	count(cluster_admin_binding.deny) == 0 with input as cluster_wide("view", [deployer])
}

test_longer_role_name_passes if {
	count(cluster_admin_binding.deny) == 0 with input as cluster_wide("cluster-admin-readonly", [deployer])
}

test_role_binding_is_denied_for_its_namespace if {
	messages == {"`ServiceAccount` `shop/deployer` is bound to `cluster-admin` in the namespace `shop`"} with input as namespaced(
		{"kind": "ClusterRole", "name": "cluster-admin"},
		{"name": "deployer", "namespace": "shop"},
	)
}

# The namespace may come from the command that applies the manifest.
test_role_binding_without_namespace_is_denied if {
	messages == {"`ServiceAccount` `shop/deployer` is bound to `cluster-admin` in its namespace"} with input as namespaced(
		{"kind": "ClusterRole", "name": "cluster-admin"},
		{"name": "deployer"},
	)
}

# A namespaced role may bear any name and holds only what its own rules say.
test_role_that_is_only_called_cluster_admin_passes if {
	count(cluster_admin_binding.deny) == 0 with input as namespaced(
		{"kind": "Role", "name": "cluster-admin"},
		{"name": "deployer", "namespace": "shop"},
	)
}

test_bootstrap_binding_passes if {
	count(cluster_admin_binding.deny) == 0 with input as cluster_wide("cluster-admin", [group("system:masters")])
}

test_subject_beside_the_bootstrap_group_is_denied if {
	messages == {"`User` `jo@example.com` is bound to `cluster-admin` in the whole cluster"} with input as cluster_wide(
		"cluster-admin",
		[group("system:masters"), jo],
	)
}

# Only the group is known to the API server, a user of that name is not.
test_user_called_like_the_bootstrap_group_is_denied if {
	count(cluster_admin_binding.deny) == 1 with input as cluster_wide(
		"cluster-admin",
		[{"kind": "User", "name": "system:masters"}],
	)
}

test_empty_subjects_are_denied if {
	cluster_admin_binding.deny == {{"msg": "`cluster-admin` is bound in the whole cluster, to no subject yet"}} with input as cluster_wide("cluster-admin", [])
}

test_null_subjects_are_denied if {
	count(cluster_admin_binding.deny) == 1 with input as cluster_wide("cluster-admin", null)
}

test_missing_subjects_are_denied if {
	count(cluster_admin_binding.deny) == 1 with input as {
		"platform": "kubernetes",
		"kind": "rbac.authorization.k8s.io/ClusterRoleBinding",
		"resource": {
			"kind": "ClusterRoleBinding",
			"metadata": {"name": "ci"},
			"roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
		},
	}
}

test_empty_subjects_of_another_role_pass if {
	count(cluster_admin_binding.deny) == 0 with input as cluster_wide("view", [])
}

test_allowed_user_passes if {
	count(cluster_admin_binding.deny) == 0 with input as cluster_wide("cluster-admin", [jo])
		with data.params as {"allow": ["jo@example.com"]}
}

test_allowed_service_account_passes if {
	count(cluster_admin_binding.deny) == 0 with input as cluster_wide("cluster-admin", [deployer])
		with data.params as {"allow": ["system:serviceaccount:ci:deployer"]}
}

test_allowed_name_holds_in_every_namespace if {
	count(cluster_admin_binding.deny) == 0 with input as cluster_wide("cluster-admin", [deployer])
		with data.params as {"allow": ["deployer"]}
}

test_service_account_of_another_namespace_is_denied if {
	count(cluster_admin_binding.deny) == 1 with input as cluster_wide("cluster-admin", [deployer])
		with data.params as {"allow": ["system:serviceaccount:shop:deployer"]}
}

test_subject_that_is_not_allowed_is_denied if {
	messages == {"`ServiceAccount` `ci/deployer` is bound to `cluster-admin` in the whole cluster"} with input as cluster_wide(
		"cluster-admin",
		[deployer, jo],
	)
		with data.params as {"allow": ["jo@example.com"]}
}

test_service_accounts_of_one_name_are_two_findings if {
	messages == {
		"`ServiceAccount` `ci/deployer` is bound to `cluster-admin` in the whole cluster",
		"`ServiceAccount` `shop/deployer` is bound to `cluster-admin` in the whole cluster",
	} with input as cluster_wide("cluster-admin", [deployer, account("deployer", "shop")])
}

test_service_account_without_a_namespace_is_denied if {
	without := {"kind": "ServiceAccount", "name": "deployer"}
	every subject in [without, account("deployer", "")] {
		messages == {"`ServiceAccount` `deployer` is bound to `cluster-admin` in the whole cluster"} with input as cluster_wide("cluster-admin", [subject])
			with data.params as {"allow": ["system:serviceaccount::deployer"]}
	}
}

# The API server refuses the following. An error of a builtin would leave the rule undecided.
test_namespace_that_is_no_text_is_denied if {
	every namespace in [null, false, 7, [], {}] {
		messages == {"`ServiceAccount` `deployer` is bound to `cluster-admin` in the whole cluster"} with input as cluster_wide("cluster-admin", [account("deployer", namespace)])
			with data.params as {"allow": ["system:serviceaccount:ci:deployer"]}
	}
}

test_name_that_is_no_text_is_denied if {
	every name in [false, 7] {
		expected := sprintf("`ServiceAccount` `%v` is bound to `cluster-admin` in the whole cluster", [name])
		messages == {expected} with input as cluster_wide("cluster-admin", [account(name, "ci")])
			with data.params as {"allow": ["system:serviceaccount:ci:deployer"]}
	}
}

test_subject_that_cannot_be_read_is_denied if {
	every subject in [null, "deployer", 7, [], {}, {"kind": "User"}, {"kind": "User", "name": null}, {"name": "jo@example.com"}] {
		messages == {"a subject that cannot be read is bound to `cluster-admin` in the whole cluster"} with input as cluster_wide("cluster-admin", [subject])
			with data.params as {"allow": ["deployer"]}
	}
}

test_namespace_of_the_binding_that_is_no_text_is_denied if {
	every namespace in [null, false, 7, "", [], {}] {
		messages == {"`ServiceAccount` `shop/deployer` is bound to `cluster-admin` in its namespace"} with input as namespaced(
			{"kind": "ClusterRole", "name": "cluster-admin"},
			{"name": "deployer", "namespace": namespace},
		)
	}
}

deployer := account("deployer", "ci")

account(name, namespace) := {"kind": "ServiceAccount", "name": name, "namespace": namespace}

jo := {"kind": "User", "name": "jo@example.com", "apiGroup": "rbac.authorization.k8s.io"}

group(name) := {"kind": "Group", "name": name, "apiGroup": "rbac.authorization.k8s.io"}

messages contains finding.msg if some finding in cluster_admin_binding.deny

cluster_wide(role, subjects) := {
	"platform": "kubernetes",
	"kind": "rbac.authorization.k8s.io/ClusterRoleBinding",
	"resource": {
		"apiVersion": "rbac.authorization.k8s.io/v1",
		"kind": "ClusterRoleBinding",
		"metadata": {"name": "ci"},
		"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
		"subjects": subjects,
	},
}

namespaced(role, metadata) := {
	"platform": "kubernetes",
	"kind": "rbac.authorization.k8s.io/RoleBinding",
	"resource": {
		"apiVersion": "rbac.authorization.k8s.io/v1",
		"kind": "RoleBinding",
		"metadata": metadata,
		"roleRef": role,
		"subjects": [{"kind": "ServiceAccount", "name": "deployer", "namespace": "shop"}],
	},
}
