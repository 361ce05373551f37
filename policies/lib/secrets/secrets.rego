# METADATA
# scope: package
# title: Secrets in text
# description: What a credential looks like, which names mean a secret, and which values are none.
package plumbline.lib.secrets

# --- By structure: a text says what it is, whatever its name.

# A value that is a credential or contains one. The alternatives, in this order:
# - AWS access key ids, long-lived and temporary;
# - GitHub tokens, classic and fine-grained;
# - Slack tokens and incoming webhooks;
# - Stripe live keys;
# - Google API keys and client secrets;
# - tokens of GitLab, npm, PyPI, Docker Hub, Vault, SendGrid, Anthropic and OpenAI;
# - JSON web tokens: the header is an object, and `{"` is `eyJ` in base64;
# - Azure storage and messaging keys;
# - private keys in PEM;
# - Azure signatures of shared access;
# - a password in the user part of a URL, but not `$(VAR)`, `{{ var }}`, `#{var}#`, `__VAR__`, `%VAR%`,
#   `%s`, `<...>` or `***`; a URL ends at a double quote, since the value may be JSON;
# - a password in a connection string, with the same exceptions.
# One pattern, so that a value is read once; nothing shorter than `a://:b@c` matches.
has_credential(value) if {
	is_string(value)
	count(value) >= 8
	regex.match(`\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}\b|gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22}|xox[abeoprs]-[A-Za-z0-9-]{10}|hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20}|[rs]k_live_[A-Za-z0-9]{10}|AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|glpat-[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{36}|pypi-AgEI[A-Za-z0-9_-]{16}|dckr_pat_[A-Za-z0-9_-]{20}|hvs\.[A-Za-z0-9_-]{24}|SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}|sk-(?:ant|proj)-[A-Za-z0-9_-]{20}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{20})|-----BEGIN [A-Z0-9 ]*PRIVATE KEY|[&?]sig=[A-Za-z0-9%+/]{20}|[A-Za-z][A-Za-z0-9+.-]*://[^\s"/:@]*:(?:[^\s"/@$<{#*%_]|%[0-9A-Fa-f]{2}|_[^\s"/@_])(?:[^\s"/@]*[^\s"/@%])?@[^\s"@]|(?i:(?:^|[;\s])(?:password|pwd)\s*=\s*(?:[^;\s$<{#*%_][^;\s]|_[^;\s_])[^;\s]{6})`, value)
}

# A text of many lines, such as a file, that contains a credential. The same alternatives, but a URL
# ends at any quote, and `&` may be escaped as in JSON. A password belongs to a connection string only
# if another part of it, or `?` or `&`, stands before the name on the same line: `password = ...` alone
# is a setting.
has_credential_in_text(text) if {
	is_string(text)
	regex.match(`\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}\b|gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22}|xox[abeoprs]-[A-Za-z0-9-]{10}|hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20}|[rs]k_live_[A-Za-z0-9]{10}|AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|glpat-[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{36}|pypi-AgEI[A-Za-z0-9_-]{16}|dckr_pat_[A-Za-z0-9_-]{20}|hvs\.[A-Za-z0-9_-]{24}|SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}|sk-(?:ant|proj)-[A-Za-z0-9_-]{20}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{20})|-----BEGIN [A-Z0-9 ]*PRIVATE KEY|(?:[&?]|\\u0026)sig=[A-Za-z0-9%+/]{20}|[A-Za-z][A-Za-z0-9+.-]*://[^\s"'/:@]*:(?:[^\s"'/@$<{#*%_]|%[0-9A-Fa-f]{2}|_[^\s"'/@_])(?:[^\s"'/@]*[^\s"'/@%])?@[^\s"'@]|(?i:(?:[^\s;#][ \t]*;[ \t]*|=[^\s=]+[ \t]+|[?&]|\\u0026)(?:password|pwd)[ \t]*=[ \t]*["'\\]*(?:[^;\s"'\\$<{#*%_][^;\s"'\\]|_[^;\s"'\\_])[^;\s"'\\]{6})`, text)
}

# --- By name: a secret-looking name, and a value that could be one.

# A name is read in words, so that `TOKEN` is found in `API_TOKEN` and in `apiToken`, but not in
# `TOKENIZER_MODEL`. A term ends a word, as in `PGPASSWORD`; with a leading `_` it is the whole word.
# `TOKEN_TTL` is a duration and `PASSWORD_FILE` a path: the last word says what the value is.
names_secret(name) if {
	is_string(name)
	words := as_words(name)
	regex.match(`(?:PASSWORDS?|PASSWD|PASSPHRASE|_PASS|_PWD|SECRET|TOKEN|CREDENTIALS?|_CREDS|API_?KEYS?|ACCESS_?KEY|ACCOUNT_KEY|AUTH_?KEY|ENCRYPTION_KEY|ERLANG_COOKIE|MASTER_KEY|PRIVATE_?KEY|SECRETKEY|SIGNING_KEY|CONNECTION_?STRING|CONN_STR)_`, words)
	not regex.match(`_(?:AGE|ALG|ALGORITHM|ARN|AUDIENCE|BACKEND|COUNT|DIR|ENABLED|ENDPOINT|EXPIRATION|EXPIRES|EXPIRY|FIELD|FILE|FORMAT|HEADER|HOST|ID|INTERVAL|ISSUER|LENGTH|LIFETIME|LIMIT|LOCATION|MODE|NAME|NAMESPACE|PATH|POLICY|PORT|PREFIX|PROVIDER|PUBLIC_KEY|REF|REGION|REQUIRED|ROTATION|SCOPES?|SIZE|STORE|SUFFIX|TIMEOUT|TTL|TYPE|URI|URL|USER|USERNAME|VERSION)_$`, words)
}

# The words of `app.api-key` are `_APP_API_KEY_`, and of `dbPass` `_DB_PASS_`. Other terms end a word without it.
as_words(name) := concat("", ["_", replace(replace(upper(regex.replace(name, `([a-z0-9])(Pass|Pwd|Creds)$`, "${1}_$2")), "-", "_"), ".", "_"), "_"])

could_be_secret(value, min_length) if {
	is_string(value)
	count(value) >= min_length
	not is_reference(value)
	not is_placeholder(value)
	not is_plain_setting(value)
}

# The secret is elsewhere and comes in when the object is rendered, deployed or run. In this order:
# - expansion by Kubernetes, shells and templates;
# - Vault and its injectors, 1Password, vals, SOPS;
# - AWS, Google Cloud and Azure.
is_reference(value) if regex.match(`\$\([A-Za-z_][A-Za-z0-9_.-]*\)|\$\{[^}]+\}|^\$[A-Z_][A-Z0-9_]*$|\{\{[^}]+\}\}|^(?:>>)?vault:|^op://|^ref\+[a-z0-9]+://|^ENC\[|^arn:aws[a-z-]*:(?:kms|secretsmanager|ssm):|^(?:gcp:secretmanager:)?projects/[^/]+/secrets/[^/]+|^azure:keyvault:|^@Microsoft\.(?:AppConfiguration|KeyVault)\(`, value)

# Text that stands for a value and works as none. `changeme` does work, so it is a secret.
is_placeholder(value) if regex.match(`^(?:<[^<>]+>|\*+|#\{[^{}]+\}#|__[A-Za-z0-9_.-]+__|@[A-Za-z0-9_.-]+@|%[A-Za-z0-9_.-]+%)$`, value)

# In this order: switches; numbers, durations and sizes; paths, also below a directory of systemd such as
# `%d`, where credentials are; URLs, since one with a password in it is a credential by its structure;
# connection strings that sign in with the workload's own identity.
is_plain_setting(value) if regex.match(`^(?i:true|false|yes|no|on|off|none|null|enabled|disabled)$|^[+-]?[0-9]+(?:\.[0-9]+)?(?:ns|us|ms|s|m|h|d|[KMGT]i?B?)?$|^(?:~|\.|\.\.|%[dChLSt])?(?:/[A-Za-z0-9._-]+)+/?$|^[A-Za-z]:\\|^[A-Za-z][A-Za-z0-9+.-]*://[^\s]*$|(?i:\b(?:authentication=active directory|integrated security=|trusted_connection=))`, value)

# --- In files: settings that are named like a secret.

# The settings of a text that are named like a secret and have a literal value: a set of objects with
# `name` and `value`. A text is read once for each way of writing; the patterns stop only at names that
# hold the stem of a term of `names_secret`.
secret_settings(text) := {{"name": name, "value": value} |
	is_string(text)
	some [name, value, plain] in (lines_of(text) | members_of(text))
	names_secret(name)
	not expands(value)
	not is_expression(plain)
}

# One to a line: `NAME=value`, `name: value`, `name = value`, `name := value` and `name => value`, also
# after `export`, `set` or the dash of a list; what follows ` #`, ` ;` or ` //` is a comment.
lines_of(text) := {[name, concat("", [double, single, plain]), plain] |
	some [_, name, double, single, plain] in regex.find_all_string_submatch_n(`(?im)^[ \t]*(?:-[ \t]+)?(?:(?:export|set)[ \t]+)?["']?([a-z0-9_.-]*(?:pass|pwd|secret|token|cred|key|conn|cookie)[a-z0-9_.-]*)["']?[ \t]*(?:=>|:=|[:=])[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([^\s"'=~,][^\n]*?)(?:[ \t]+(?:#|;|//)[^\n]*)?,?[ \t\r]*$)`, text, -1)
}

# Members of JSON with a text as their value, wherever they stand on a line.
members_of(text) := {[name, value, ""] |
	contains(text, `"`)
	some [_, name, value] in regex.find_all_string_submatch_n(`(?i)"([a-z0-9_.:/-]*(?:pass|pwd|secret|token|cred|key|conn|cookie)[a-z0-9_.:/-]*)"[ \t]*:[ \t]*"((?:[^"\\\n]|\\.)*)"`, text, -1)
}

# A variable or the output of a command, in double quotes too. `$2b$...` is neither.
expands(value) if regex.match(`\$\(|^\$[A-Za-z_{@*]|^\x60|^%[A-Za-z0-9_]+%$|^%\(`, value)

# Without quotes, in this order: collections and blocks; aliases and tags of YAML; calls and lookups;
# members of what holds the settings of a program.
is_expression(plain) if regex.match(`^(?:[\[{]|[|>][+-]?[0-9]?$|\*[A-Za-z0-9_-]+$|![A-Za-z/]*[ \t]|[A-Za-z_][A-Za-z0-9_.]*[(\[]|(?:process|os|self|this|var|local|module)\.)`, plain)
