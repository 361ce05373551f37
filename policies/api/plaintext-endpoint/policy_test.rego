package plumbline.api.plaintext_endpoint_test

import data.plumbline.api.plaintext_endpoint

test_endpoint_without_encryption_is_denied if {
	plaintext_endpoint.deny == {{"msg": "endpoint `orders` is not encrypted", "fix": []}} with input as endpoint({"tls": false})
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

test_plain_requests_are_sent_away_where_there_is_a_switch if {
	fixes("azurerm_linux_function_app", {}) == {[{"op": "add", "path": ["resource", "https_only"], "value": true}]}
	fixes("azurerm_container_app", {"ingress": [{"allow_insecure_connections": true}]}) == {[{
		"op": "add",
		"path": ["resource", "ingress", 0, "allow_insecure_connections"],
		"value": false,
	}]}
}

test_other_endpoints_have_no_fix if {
	every kind in ["networking.k8s.io/Ingress", "aws_lb_listener"] {
		fixes(kind, {}) == {[]}
	}
}

fixes(kind, resource) := found if {
	of := object.union(endpoint({"tls": false}), {"kind": kind, "resource": resource})
	found := {finding.fix | some finding in plaintext_endpoint.deny} with input as of
}
