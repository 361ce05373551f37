package plumbline.observability.unbounded_logs_test

import data.plumbline.observability.unbounded_logs

test_logs_that_are_kept_for_ever_are_denied if {
	unbounded_logs.deny == {{"msg": "log group `orders` keeps its logs for ever"}} with input as group({})
}

test_logs_that_are_kept_for_a_while_pass if {
	every days in [1, 30, 3653] {
		count(unbounded_logs.deny) == 0 with input as group({"log_retention_days": days})
	}
}

test_logs_that_are_kept_for_no_day_are_denied if {
	every days in [0, -1] {
		messages == {sprintf("log group `orders` keeps its logs for %v days instead of 1 or more", [days])} with input as group({"log_retention_days": days})
	}
}

test_decided_bounds_count if {
	every days in [30, 60, 90] {
		count(unbounded_logs.deny) == 0 with input as group({"log_retention_days": days}) with data.estate as estate
	}
	messages == {"log group `orders` keeps its logs for 29 days instead of 30 to 90"} with input as group({"log_retention_days": 29})
		with data.estate as estate
	messages == {"log group `orders` keeps its logs for 91 days instead of 30 to 90"} with input as group({"log_retention_days": 91})
		with data.estate as estate
	messages == {"log group `orders` keeps its logs for ever"} with input as group({}) with data.estate as estate
}

test_one_decided_bound_is_enough if {
	below := {"limits": {"log-retention-days": {"max": 90}}}
	count(unbounded_logs.deny) == 0 with input as group({"log_retention_days": 1}) with data.estate as below
	count(unbounded_logs.deny) == 1 with input as group({"log_retention_days": 91}) with data.estate as below
	above := {"limits": {"log-retention-days": {"min": 30}}}
	count(unbounded_logs.deny) == 1 with input as group({"log_retention_days": 1}) with data.estate as above
	count(unbounded_logs.deny) == 0 with input as group({"log_retention_days": 3653}) with data.estate as above
}

test_whatever_is_no_number_is_denied if {
	every days in ["30", null, true, {}] {
		count(unbounded_logs.deny) == 1 with input as group({"log_retention_days": days})
	}
}

test_number_that_only_a_deployment_can_resolve_passes if {
	every resource in [
		{"Properties": {"RetentionInDays": {"Ref": "Days"}}},
		{"retention_in_days": "${var.days}"},
		{"retention_days": "${var.days}"},
	] {
		count(unbounded_logs.deny) == 0 with input as object.union(group({}), {"resource": resource})
	}
}

test_whatever_is_no_expression_is_denied if {
	every resource in [{"Properties": {"RetentionInDays": null}}, {"retention_in_days": "many"}, {"retention_days": null}] {
		count(unbounded_logs.deny) == 1 with input as object.union(group({}), {"resource": resource})
	}
}

test_other_stores_pass if {
	every form in ["bucket", "database", "table", "cache", "volume"] {
		count(unbounded_logs.deny) == 0 with input as group({"form": form})
	}
}

messages contains finding.msg if some finding in unbounded_logs.deny

estate := {"version": 1, "limits": {"log-retention-days": {"min": 30, "max": 90}}}

group(more) := {
	"platform": "aws",
	"kind": "AWS::Logs::LogGroup",
	"resource": {},
	"store": object.union({"name": "orders", "form": "log_group"}, more),
}
