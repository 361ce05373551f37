# METADATA
# scope: package
# title: Endpoints without encryption
# description: What is sent in the clear can be read and changed by everyone on the way, tokens and passwords first.
# custom:
#   id: api/plaintext-endpoint
#   severity: high
#   effect: deny
#   subject: endpoint
#   targets: ["*"]
#   unknown: pass
#   controls: { nist-800-53: ["SC-8", "SC-8(1)"], cwe: ["CWE-319"] }
#   remediation: Give the endpoint a certificate, and answer plain HTTP with a redirect or not at all.
package plumbline.api.plaintext_endpoint

deny contains {"msg": msg} if {
	input.endpoint.exposure == "public"
	input.endpoint.tls == false
	msg := sprintf("endpoint `%v` is not encrypted", [input.endpoint.name])
}
