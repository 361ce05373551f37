package plumbline.finops.budget_without_alert_test

import data.plumbline.finops.budget_without_alert

test_budget_without_an_alert_is_denied if {
	budget_without_alert.deny == {{"msg": "budget `shop` has no alert"}} with input as budget([])
}

test_budget_without_a_list_of_alerts_is_denied if {
	every alerts in [null, {}, "80", 80] {
		count(budget_without_alert.deny) == 1 with input as budget(alerts)
	}
	count(budget_without_alert.deny) == 1 with input as {"budget": {"name": "shop"}}
}

test_budget_with_an_alert_passes if {
	every percent in [1, 80, 99.5, 100] {
		count(budget_without_alert.deny) == 0 with input as budget([{"percent": percent}])
	}
}

test_alert_after_the_fact_is_denied if {
	budget_without_alert.deny == {{"msg": "budget `shop` has no alert at or below 100 percent"}} with input as budget([{"percent": 120}, {"percent": 101}])
}

test_one_alert_in_time_suffices if {
	count(budget_without_alert.deny) == 0 with input as budget([{"percent": 120}, {"percent": 80}])
}

test_decided_share_comes_first if {
	estate := {"version": 1, "limits": {"budget-alert-percent": 80}}
	count(budget_without_alert.deny) == 0 with input as budget([{"percent": 80}]) with data.estate as estate
	messages == {"budget `shop` has no alert at or below 80 percent"} with input as budget([{"percent": 81}])
		with data.estate as estate
}

test_whatever_is_no_number_is_denied if {
	every percent in ["80", null, true, {}] {
		count(budget_without_alert.deny) == 1 with input as budget([{"percent": percent}])
	}
}

# A share that only a deployment can resolve is absent.
test_alert_of_an_unknown_share_passes if {
	count(budget_without_alert.deny) == 0 with input as budget([{"percent": 120}, {}])
}

messages contains finding.msg if some finding in budget_without_alert.deny

budget(alerts) := {"budget": {"name": "shop", "amount": 1000, "alerts": alerts}}
