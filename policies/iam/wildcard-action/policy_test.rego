package plumbline.iam.wildcard_action_test

import data.plumbline.iam.wildcard_action

test_every_action_is_denied if {
	wildcard_action.deny == {{"msg": "`orders` may do `*`"}} with input as allow({"actions": ["*"]})
}

test_every_action_of_a_service_is_denied if {
	messages == {"`orders` may do `s3:*`"} with input as allow({"actions": ["s3:*"]})
}

test_each_wildcard_is_a_finding if {
	messages == {"`orders` may do `s3:*`", "`orders` may do `sqs:*`"} with input as allow({"actions": ["s3:*", "s3:GetObject", "sqs:*"]})
}

test_spellings_that_match_as_much_are_denied if {
	every action in ["**", "*:*", "s3:**", "s3:?*", "s3:*?", "*?", "S3:*", "iam*:*"] {
		count(wildcard_action.deny) == 1 with input as allow({"actions": [action]})
	}
}

test_actions_that_are_listed_pass if {
	count(wildcard_action.deny) == 0 with input as allow({"actions": ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]})
}

test_parts_of_a_service_pass if {
	every action in ["s3:Get*", "s3:*Object", "dynamodb:*Item", "s3:", "s3:?", "", "a:b:*", null, 7, ["*"]] {
		count(wildcard_action.deny) == 0 with input as allow({"actions": [action]})
	}
}

test_resources_make_no_difference if {
	count(wildcard_action.deny) == 1 with input as allow({"actions": ["s3:*"], "resources": ["arn:aws:s3:::orders/*"]})
}

test_what_is_forbidden_passes if {
	every effect in ["deny", null, "", "Allow"] {
		count(wildcard_action.deny) == 0 with input as allow({"effect": effect, "actions": ["*"]})
		count(wildcard_action.deny) == 0 with input as allow({"effect": effect, "not_actions": ["iam:*"]})
	}
}

test_all_but_some_actions_are_denied if {
	messages == {"`orders` may do everything to everything but what is listed"} with input as allow({"not_actions": ["iam:*", "sts:*"]})
}

test_all_but_no_action_is_denied if {
	messages == {"`orders` may do everything to everything but what is listed"} with input as allow({"not_actions": []})
}

test_all_but_whatever_is_denied if {
	every written in ["iam:*", "", {}] {
		messages == {"`orders` may do everything to everything but what is listed"} with input as allow({"not_actions": written})
	}
}

test_all_but_some_actions_on_one_resource_pass if {
	count(wildcard_action.deny) == 0 with input as allow({"not_actions": ["s3:DeleteBucket"], "resources": ["arn:aws:s3:::orders/*"]})
}

test_all_but_some_actions_on_all_but_some_resources_are_denied if {
	every written in [["arn:aws:s3:::orders/*"], [], "arn:aws:s3:::orders/*"] {
		messages == {"`orders` may do everything to everything but what is listed"} with input as {"grant": {
			"name": "OrdersPolicy/0",
			"identity": "orders",
			"effect": "allow",
			"not_actions": ["iam:*"],
			"not_resources": written,
		}}
	}
}

test_actions_that_are_listed_on_all_but_some_resources_pass if {
	count(wildcard_action.deny) == 0 with input as {"grant": {
		"name": "OrdersPolicy/0",
		"identity": "orders",
		"effect": "allow",
		"actions": ["s3:GetObject"],
		"not_resources": ["arn:aws:s3:::orders/*"],
	}}
}

test_grant_without_an_identity_is_named if {
	messages == {"whoever holds `Policy/0` may do `*`"} with input as {"grant": {
		"name": "Policy/0",
		"effect": "allow",
		"actions": ["*"],
		"resources": ["*"],
	}}
}

messages contains finding.msg if some finding in wildcard_action.deny

allow(more) := {"grant": object.union(
	{"name": "OrdersPolicy/0", "identity": "orders", "effect": "allow", "resources": ["*"]},
	more,
)}
