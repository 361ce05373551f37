# METADATA
# scope: package
# title: Secrets in plain environment variables
# description: A secret written into a manifest is known to everyone who can read the repository, the object or its history.
# custom:
#   id: secrets/plaintext-env
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
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

# The messages name the container and the variable, never the value.
deny contains {"msg": msg} if {
	some literal in literals
	has_credential(literal.value)
	msg := sprintf("container `%s` sets `%s` to a literal that contains a credential", [literal.container, literal.name])
}

deny contains {"msg": msg} if {
	some literal in literals
	not has_credential(literal.value)
	names_secret(literal.name)
	could_be_secret(literal.value)
	msg := sprintf("container `%s` sets `%s`, named like a secret, to a literal", [literal.container, literal.name])
}

literals contains literal if {
	some container in input.workload.containers
	some variable in container.env
	variable.kind == "literal"
	is_string(variable.value)
	not allowed(variable.name)
	literal := {
		"container": container.name,
		"name": variable.name,
		"value": variable.value,
	}
}

allowed(name) if {
	some pattern in data.params.allow
	glob.match(pattern, null, name)
}

# --- By structure: the value says what it is, whatever its name and length.

has_credential(value) if {
	some pattern in credentials
	regex.match(pattern, value)
}

credentials := [
	# AWS access key ids, long-lived and temporary.
	`\b(AKIA|ASIA)[A-Z0-9]{16}\b`,
	# GitHub tokens, classic and fine-grained.
	`\bgh[opsur]_[A-Za-z0-9]{36}`,
	`\bgithub_pat_[A-Za-z0-9_]{22}`,
	# Slack tokens and incoming webhooks.
	`\bxox[abeoprs]-[A-Za-z0-9-]{10}`,
	`\bhooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20}`,
	# Stripe live keys.
	`\b[rs]k_live_[A-Za-z0-9]{10}`,
	# Google API keys.
	`\bAIza[A-Za-z0-9_-]{35}`,
	# JSON web tokens: the header is an object, and `{"` is `eyJ` in base64.
	`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`,
	# Private keys in PEM.
	`-----BEGIN [A-Z0-9 ]*PRIVATE KEY`,
	# Azure storage and messaging keys, and signatures of shared access.
	`\b(AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{20}`,
	`[&?]sig=[A-Za-z0-9%+/]{20}`,
	# A password in the user part of a URL, but not `$(VAR)`, `{{ var }}`, `#{var}#`, `<...>` or `***`.
	`[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:[^\s/@$<{#*][^\s/@]*@[^\s@]`,
	# A password in a connection string, with the same exceptions.
	`(?i)(^|[;\s])(password|pwd)\s*=\s*[^;\s$<{#*][^;\s]{7}`,
]

# --- By name: a secret-looking name, and a value that could be one.

# A name is read in words, so that `TOKEN` is found in `API_TOKEN` and in `apiToken`, but not in
# `TOKENIZER_MODEL`.
names_secret(name) if {
	words := as_words(name)
	some term in secret_terms
	contains(words, concat("", [term, "_"]))
	not describes_secret(words)
}

# The words of `app.api-key` are `_APP_API_KEY_`.
as_words(name) := concat("", ["_", replace(replace(upper(name), "-", "_"), ".", "_"), "_"])

# A term ends a word, as in `PGPASSWORD`; with a leading `_` it is the whole word.
secret_terms := [
	"PASSWORD",
	"PASSWD",
	"PASSPHRASE",
	"_PASS",
	"_PWD",
	"SECRET",
	"TOKEN",
	"CREDENTIAL",
	"CREDENTIALS",
	"_CREDS",
	"APIKEY",
	"API_KEY",
	"ACCESSKEY",
	"ACCESS_KEY",
	"ACCOUNT_KEY",
	"ENCRYPTION_KEY",
	"MASTER_KEY",
	"PRIVATEKEY",
	"PRIVATE_KEY",
	"SECRETKEY",
	"SIGNING_KEY",
	"CONNECTIONSTRING",
	"CONNECTION_STRING",
	"CONN_STR",
]

# `TOKEN_TTL` is a duration and `PASSWORD_FILE` a path: the last word says what the value is.
describes_secret(words) if {
	some word in descriptive_words
	endswith(words, concat("", ["_", word, "_"]))
}

descriptive_words := [
	"AGE",
	"ALG",
	"ALGORITHM",
	"ARN",
	"AUDIENCE",
	"BACKEND",
	"COUNT",
	"DIR",
	"ENABLED",
	"ENDPOINT",
	"EXPIRATION",
	"EXPIRES",
	"EXPIRY",
	"FIELD",
	"FILE",
	"FORMAT",
	"HEADER",
	"HOST",
	"ID",
	"INTERVAL",
	"ISSUER",
	"LENGTH",
	"LIFETIME",
	"LIMIT",
	"LOCATION",
	"MODE",
	"NAME",
	"NAMESPACE",
	"PATH",
	"POLICY",
	"PORT",
	"PREFIX",
	"PROVIDER",
	"PUBLIC_KEY",
	"REF",
	"REGION",
	"REQUIRED",
	"ROTATION",
	"SCOPE",
	"SCOPES",
	"SIZE",
	"STORE",
	"SUFFIX",
	"TIMEOUT",
	"TTL",
	"TYPE",
	"URI",
	"URL",
	"USER",
	"USERNAME",
	"VERSION",
]

could_be_secret(value) if {
	count(value) >= data.params["min-length"]
	not is_reference(value)
	not is_placeholder(value)
	not is_plain_setting(value)
}

# The secret is elsewhere and comes in when the object is rendered, deployed or run.
is_reference(value) if {
	some pattern in references
	regex.match(pattern, value)
}

references := [
	# Kubernetes, shell and template expansion.
	`\$\([A-Za-z_][A-Za-z0-9_.-]*\)`,
	`\$\{[^}]+\}`,
	`^\$[A-Z_][A-Z0-9_]*$`,
	`\{\{[^}]+\}\}`,
	# Vault and its injectors, 1Password, vals, SOPS.
	`^(>>)?vault:`,
	`^op://`,
	`^ref\+[a-z0-9]+://`,
	`^ENC\[`,
	# AWS, Google Cloud and Azure.
	`^arn:aws[a-z-]*:(kms|secretsmanager|ssm):`,
	`^(gcp:secretmanager:)?projects/[^/]+/secrets/[^/]+`,
	`^azure:keyvault:`,
	`^@Microsoft\.(AppConfiguration|KeyVault)\(`,
]

# Text that stands for a value and works as none. `changeme` does work, so it is a secret.
is_placeholder(value) if {
	some pattern in placeholders
	regex.match(pattern, value)
}

placeholders := [
	`^<[^<>]+>$`,
	`^\*+$`,
	`^#\{[^{}]+\}#$`,
	`^__[A-Za-z0-9_.-]+__$`,
]

is_plain_setting(value) if {
	some pattern in plain_settings
	regex.match(pattern, value)
}

plain_settings := [
	`(?i)^(true|false|yes|no|on|off|none|null|enabled|disabled)$`,
	# Numbers, durations and sizes.
	`^[+-]?[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h|d|[KMGT]i?B?)?$`,
	# Paths.
	`^(~|\.|\.\.)?(/[A-Za-z0-9._-]+)+/?$`,
	`^[A-Za-z]:\\`,
	# URLs; one with a password in it is a credential by its structure.
	`^[A-Za-z][A-Za-z0-9+.-]*://[^\s]*$`,
	# Connection strings that sign in with the workload's own identity.
	`(?i)\b(authentication=active directory|integrated security=|trusted_connection=)`,
]
