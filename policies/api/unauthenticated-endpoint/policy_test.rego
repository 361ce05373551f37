package plumbline.api.unauthenticated_endpoint_test

import data.plumbline.api.unauthenticated_endpoint

test_endpoint_that_asks_nobody_is_denied if {
	unauthenticated_endpoint.deny == {{"msg": "endpoint `orders` is open to everybody"}} with input as endpoint({})
		with data.params as {"allow": []}
}

test_endpoint_that_asks_passes if {
	every how in ["iam", "jwt", "api_key", "custom"] {
		count(unauthenticated_endpoint.deny) == 0 with input as endpoint({"authentication": how})
			with data.params as {"allow": []}
	}
}

test_internal_endpoint_passes if {
	count(unauthenticated_endpoint.deny) == 0 with input as endpoint({"exposure": "internal"})
		with data.params as {"allow": []}
}

# Absent is unknown.
test_endpoint_of_which_that_is_not_known_passes if {
	count(unauthenticated_endpoint.deny) == 0 with input as {"endpoint": {"name": "orders", "exposure": "public"}}
		with data.params as {"allow": []}
	count(unauthenticated_endpoint.deny) == 0 with input as {"endpoint": {"name": "orders", "authentication": "none"}}
		with data.params as {"allow": []}
}

test_allowed_endpoint_passes if {
	every pattern in ["orders", "ord*", "*"] {
		count(unauthenticated_endpoint.deny) == 0 with input as endpoint({}) with data.params as {"allow": [pattern]}
	}
}

test_other_endpoints_than_the_allowed_are_denied if {
	every pattern in ["order", "Orders", "orders-*"] {
		count(unauthenticated_endpoint.deny) == 1 with input as endpoint({}) with data.params as {"allow": [pattern]}
	}
}

test_name_with_slashes_is_allowed_by_a_glob if {
	every name in ["GET /health", "web/shop.example.com/health"] {
		count(unauthenticated_endpoint.deny) == 0 with input as endpoint({"name": name})
			with data.params as {"allow": ["*/health"]}
	}
}

test_name_that_is_no_text_is_denied if {
	count(unauthenticated_endpoint.deny) == 1 with input as endpoint({"name": 7}) with data.params as {"allow": ["*"]}
}

test_preflight_passes if {
	count(unauthenticated_endpoint.deny) == 0 with input as endpoint({"form": "route", "methods": ["OPTIONS"]})
		with data.params as {"allow": []}
}

test_other_methods_are_denied if {
	every methods in [[], ["GET"], ["OPTIONS", "GET"], ["ANY"], ["options"], "OPTIONS", null] {
		count(unauthenticated_endpoint.deny) == 1 with input as endpoint({"form": "route", "methods": methods})
			with data.params as {"allow": []}
	}
}

endpoint(more) := {"endpoint": object.union(
	{"name": "orders", "form": "url", "exposure": "public", "authentication": "none"},
	more,
)}
