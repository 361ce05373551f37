package plumbline.iam.unneeded_token_test

import data.plumbline.iam.unneeded_token

test_pod_that_says_nothing_is_denied if {
	unneeded_token.deny == {{"msg": "the pod of `web` mounts the token of the service account `default`, and does not say that it is needed", "fix": [{"op": "add", "at": ["workload", "isolation"], "path": ["automountServiceAccountToken"], "value": false}]}} with input as workload({"name": "default"})
}

# Whoever gave it an account of its own may need the token.
test_nothing_is_offered_for_another_account if {
	{finding.fix | some finding in unneeded_token.deny} == {[]} with input as workload({"name": "web"})
}

test_token_that_is_not_mounted_passes if {
	count(unneeded_token.deny) == 0 with input as workload({"name": "default", "mount_token": false})
}

test_token_of_another_account_that_is_not_mounted_passes if {
	count(unneeded_token.deny) == 0 with input as workload({"name": "web", "mount_token": false})
}

test_token_of_the_default_account_is_denied if {
	unneeded_token.deny == {{"msg": "the pod of `web` mounts the token of the service account `default`"}} with input as workload({"name": "default", "mount_token": true})
}

test_wanted_token_of_another_account_passes if {
	count(unneeded_token.deny) == 0 with input as workload({"name": "web", "mount_token": true})
}

test_account_alone_does_not_say_that_it_is_needed if {
	messages == {"the pod of `web` mounts the token of the service account `web`, and does not say that it is needed"} with input as workload({"name": "web"})
}

test_values_that_are_no_boolean_are_denied if {
	every value in [null, "false", "true", 0, 1, [], {}] {
		count(unneeded_token.deny) == 1 with input as workload({"name": "web", "mount_token": value})
	}
}

test_allowed_account_passes if {
	every identity in [{"name": "ci-runner"}, {"name": "ci-runner", "mount_token": true}] {
		count(unneeded_token.deny) == 0 with input as workload(identity) with data.params as {"allow": ["ci-*"]}
	}
}

test_default_account_passes_when_allowed if {
	count(unneeded_token.deny) == 0 with input as workload({"name": "default"}) with data.params as {"allow": ["default"]}
}

test_account_that_is_not_allowed_is_denied if {
	count(unneeded_token.deny) == 1 with input as workload({"name": "web"}) with data.params as {"allow": ["ci-*", "we"]}
}

test_glob_crosses_dots if {
	count(unneeded_token.deny) == 0 with input as workload({"name": "ci.runner.small"}) with data.params as {"allow": ["ci*"]}
}

# An error of a builtin would leave the rule undecided.
test_name_that_is_no_text_is_not_allowed if {
	every name in [null, false, 7, ["ci-runner"], {}] {
		count(unneeded_token.deny) == 1 with input as workload({"name": name}) with data.params as {"allow": ["*"]}
	}
	messages == {"the pod of `web` mounts the token of the service account `7`, and does not say that it is needed"} with input as workload({"name": 7})
		with data.params as {"allow": ["*"]}
}

messages contains finding.msg if some finding in unneeded_token.deny

workload(identity) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "identity": identity, "containers": []},
}
