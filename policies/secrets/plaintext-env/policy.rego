# METADATA
# scope: package
# title: Secrets in plain environment variables
# description: A secret written into a manifest is known to everyone who can read the repository, the object or its history.
# custom:
#   id: secrets/plaintext-env
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["*"]
#   sensitive: true
#   controls: { nist-800-53: ["IA-5(7)"], cwe: ["CWE-798"] }
#   remediation: Replace the secret at its issuer, keep the new one in a Secret or a vault, and refer to it with `valueFrom.secretKeyRef`.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Globs on the names of environment variables that are never judged.
#         type: array
#         items: { type: string, minLength: 1 }
#         default: []
#       min-length:
#         description: The shortest value, in characters, that is taken for a secret because of its name.
#         type: integer
#         minimum: 1
#         default: 8
package plumbline.secrets.plaintext_env

import data.plumbline.lib.names
import data.plumbline.lib.secrets

# The messages name the container and the variable, never the value.
deny contains {"msg": msg} if {
	some container in input.workload.containers
	some variable in container.env
	variable.kind == "literal"
	not allowed(variable.name)
	secrets.has_credential(variable.value)
	msg := sprintf("%s `%s` sets `%v` to a literal that contains a credential", [part, container.name, variable.name])
}

deny contains {"msg": msg} if {
	some container in input.workload.containers
	some variable in container.env
	variable.kind == "literal"
	secrets.names_secret(variable.name)
	not allowed(variable.name)
	not secrets.has_credential(variable.value)
	secrets.could_be_secret(variable.value, data.params["min-length"])
	msg := sprintf("%s `%s` sets `%s`, named like a secret, to a literal", [part, container.name, variable.name])
}

# What its platform calls the part of a workload that has the variable.
default part := "container"

part := "function" if input.workload.runtime.form == "function"

part := "unit" if input.workload.runtime.form == "service"

allowed(name) if names.matches(name, data.params.allow)
