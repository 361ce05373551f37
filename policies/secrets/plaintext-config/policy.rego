# METADATA
# scope: package
# title: Secrets in ConfigMaps
# description: A ConfigMap is read by everyone who may read the namespace, and stands in the repository as plain text.
# custom:
#   id: secrets/plaintext-config
#   severity: high
#   effect: deny
#   subject: resource
#   targets: ["kubernetes/core/ConfigMap"]
#   sensitive: true
#   controls: { nist-800-53: ["IA-5(7)"], cwe: ["CWE-798"] }
#   remediation: Replace the secret at its issuer, keep the new one in a Secret or a vault, and let the file refer to it or mount it beside the file.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Globs on the keys of a ConfigMap and on the names of settings in its values that are never judged by name; a key is not judged at all.
#         type: array
#         items: { type: string, minLength: 1 }
#         default: []
#       min-length:
#         description: The shortest value, in characters, that is taken for a secret because of its name.
#         type: integer
#         minimum: 1
#         default: 8
package plumbline.secrets.plaintext_config

import data.plumbline.lib.names
import data.plumbline.lib.secrets

# The messages name the key and the setting, never the value. A value may be a large file: the place is
# given, so that it is not read a second time to find it.
deny contains {"msg": msg, "path": ["resource", "data", key]} if {
	some key, text in input.resource.data
	not allowed(key)
	secrets.has_credential_in_text(text)
	msg := sprintf("key `%v` contains a credential", [key])
}

deny contains {"msg": msg, "path": ["resource", "binaryData", key]} if {
	some key, encoded in input.resource.binaryData
	not allowed(key)
	base64.is_valid(encoded)
	secrets.has_credential_in_text(base64.decode(encoded))
	msg := sprintf("key `%v` of `binaryData` contains a credential", [key])
}

deny contains {"msg": msg, "path": ["resource", "data", key]} if {
	some key, text in input.resource.data
	is_secret_by_name(key, text)
	not allowed(key)
	msg := sprintf("key `%s`, named like a secret, has a plain value", [key])
}

deny contains {"msg": msg, "path": ["resource", "data", key]} if {
	some key, text in input.resource.data
	not allowed(key)
	not is_secret_by_name(key, text)
	some setting in secrets.secret_settings(text)
	not describes_secret(setting.name)
	not allowed(setting.name)
	is_secret(setting.value)
	msg := sprintf("key `%v` sets `%s`, named like a secret, to a plain value", [key, setting.name])
}

# A value of several lines is a file: its settings are judged, and not what the file is called.
is_secret_by_name(key, text) if {
	secrets.names_secret(key)
	is_string(text)
	value := trim_space(text)
	not contains(value, "\n")
	is_secret(value)
}

# What is a credential by its structure is reported as such, once.
is_secret(value) if {
	secrets.could_be_secret(value, data.params["min-length"])
	not secrets.has_credential_in_text(value)
}

# Last words that are common in files: `password_encryption = scram-sha-256`.
describes_secret(name) if regex.match(`(?i)[._-](?:attribute|claim|class|command|description|encryption|hint|label|message|param|parameter|plugin|strategy)$`, name)

allowed(name) if names.matches(name, data.params.allow)
