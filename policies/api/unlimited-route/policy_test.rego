package plumbline.api.unlimited_route_test

import data.plumbline.api.unlimited_route

test_route_without_a_limit_is_denied if {
	unlimited_route.deny == {{"msg": "endpoint `orders` takes as many requests as are sent"}} with input as endpoint({})
}

test_route_with_a_limit_passes if {
	count(unlimited_route.deny) == 0 with input as endpoint({"rate_limit": true})
}

test_every_form_is_denied if {
	every form in ["api", "route", "ingress", "operation"] {
		count(unlimited_route.deny) == 1 with input as endpoint({"form": form})
	}
}

test_other_forms_pass if {
	every form in ["port", "url", "", null, ["route"]] {
		count(unlimited_route.deny) == 0 with input as endpoint({"form": form})
	}
}

test_internal_route_passes if {
	count(unlimited_route.deny) == 0 with input as endpoint({"exposure": "internal"})
}

# Absent is unknown.
test_route_of_which_that_is_not_known_passes if {
	count(unlimited_route.deny) == 0 with input as {"endpoint": {"name": "orders", "form": "route", "exposure": "public"}}
	count(unlimited_route.deny) == 0 with input as {"endpoint": {"name": "orders", "form": "route", "rate_limit": false}}
}

endpoint(more) := {"endpoint": object.union(
	{"name": "orders", "form": "route", "exposure": "public", "rate_limit": false},
	more,
)}
