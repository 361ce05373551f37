# METADATA
# scope: package
# title: Endpoints open to everybody
# description: An endpoint that asks nobody who they are does its work for whoever finds it.
# custom:
#   id: api/unauthenticated-endpoint
#   severity: critical
#   effect: deny
#   subject: endpoint
#   targets: ["*"]
#   unknown: pass
#   controls: { nist-800-53: ["AC-3", "AC-14", "IA-9"], owasp-api: ["API2:2023"] }
#   remediation: Ask for a token, a signature or a key, keep the endpoint inside the network, or allow it by name if it is meant for everybody.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Globs on the names of endpoints that are meant for everybody.
#         type: array
#         items: { type: string, minLength: 1 }
#         default: []
package plumbline.api.unauthenticated_endpoint

import data.plumbline.lib.names

deny contains {"msg": msg} if {
	input.endpoint.exposure == "public"
	not allowed(input.endpoint.name)
	not preflight

	# The last condition, so that a finding points at what it says of authentication.
	input.endpoint.authentication == "none"
	msg := sprintf("endpoint `%v` is open to everybody", [input.endpoint.name])
}

# Before a request to another origin, a browser asks whether it may, without saying who it is.
preflight if input.endpoint.methods == ["OPTIONS"]

allowed(name) if names.matches(name, data.params.allow)
