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

import data.plumbline.lib.fixes

deny contains {"msg": msg, "fix": fix} if {
	input.endpoint.exposure == "public"
	input.endpoint.tls == false
	msg := sprintf("endpoint `%v` is not encrypted", [input.endpoint.name])
}

default fix := []

fix := fixes.in_terraform(path, value) if [path, value] := switches[input.kind]

# What sends plain requests away, in Terraform.
switches := {
	"azurerm_container_app": [["ingress", "allow_insecure_connections"], false],
	"azurerm_function_app_flex_consumption": [["https_only"], true],
	"azurerm_linux_function_app": [["https_only"], true],
	"azurerm_windows_function_app": [["https_only"], true],
	"google_cloudfunctions_function": [["https_trigger_security_level"], "SECURE_ALWAYS"],
}
