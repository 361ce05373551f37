package plumbline.api.plaintext_endpoint_test

import data.plumbline.api.plaintext_endpoint

test_endpoint_without_encryption_is_denied if {
	plaintext_endpoint.deny == {{"msg": "endpoint `orders` is not encrypted"}} with input as endpoint({"tls": false})
}

test_endpoint_with_encryption_passes if {
	count(plaintext_endpoint.deny) == 0 with input as endpoint({"tls": true})
}

test_internal_endpoint_passes if {
	count(plaintext_endpoint.deny) == 0 with input as endpoint({"tls": false, "exposure": "internal"})
}

# Absent is unknown.
test_endpoint_of_which_that_is_not_known_passes if {
	count(plaintext_endpoint.deny) == 0 with input as endpoint({})
	count(plaintext_endpoint.deny) == 0 with input as {"endpoint": {"name": "orders", "tls": false}}
}

endpoint(more) := {"endpoint": object.union({"name": "orders", "form": "ingress", "exposure": "public"}, more)}
