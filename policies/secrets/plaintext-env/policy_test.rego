package plumbline.secrets.plaintext_env_test

import data.plumbline.secrets.plaintext_env

# By structure.

test_url_with_password_is_denied if {
	plaintext_env.deny == {{"msg": "container `web` sets `DATABASE_URL` to a literal that contains a credential"}} with input as pod([literal("DATABASE_URL", "postgres://shop:correct-horse-battery@db.example.com/shop")])
		with data.params as defaults
}

test_credential_is_denied_whatever_its_name if {
	env := [literal(name, concat("", halves)) | some name, halves in samples]
	reported == object.keys(samples) with input as pod(env) with data.params as defaults
}

# The samples are joined from two halves, or every scanner of repositories would report this file.
samples := {
	"AWS_ACCESS_KEY": ["AKIA", "IOSFODNN7EXAMPLE"],
	"AWS_SESSION_KEY": ["ASIA", "IOSFODNN7EXAMPLE"],
	"AZURE_CONNECTION_STRING": ["Endpoint=sb://shop.example.net/;SharedAccessKey", "=c2hvcHNob3BzaG9wc2hvcHNob3A="],
	"AZURE_SHARED_ACCESS_SIGNATURE": ["https://shop.example.net/in?sv=2024-11-04&sig", "=c2hvcHNob3BzaG9wc2hvcHNob3A%3D"],
	"AZURE_STORAGE": ["AccountName=shop;AccountKey", "=c2hvcHNob3BzaG9wc2hvcHNob3A="],
	"GITHUB_CLASSIC": ["ghp", "_0123456789abcdefghijABCDEFGHIJ012345"],
	"GITHUB_FINE_GRAINED": ["github", "_pat_0123456789abcdefghijAB_0123456789"],
	"GITHUB_INSTALLATION": ["ghs", "_0123456789abcdefghijABCDEFGHIJ012345"],
	"GOOGLE_API_KEY": ["AIza", "0123456789abcdefghijABCDEFGHIJ01234"],
	"JSON_WEB_TOKEN": ["eyJhbGciOiJub25lIn0.eyJzdWIi", "OiJzaG9wIn0.c2lnbmF0dXJl"],
	"PRIVATE_KEY": ["-----BEGIN", " EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n"],
	"PRIVATE_KEY_PKCS8": ["-----BEGIN", " PRIVATE KEY-----\nMIIBVQ\n-----END PRIVATE KEY-----\n"],
	"SLACK_TOKEN": ["xoxb", "-0123456789-abcdefghij"],
	"SLACK_WEBHOOK": ["https://hooks.slack.com", "/services/T0000/B0000/abcdefghijklmnopqrst"],
	"SQLSERVER_CONNECTION_STRING": ["Server=db.example.com;User Id=shop;Password", "=correct-horse"],
	"STRIPE_KEY": ["sk_live", "_0123456789abcdef"],
}

test_url_with_password_and_no_user_is_denied if {
	count(plaintext_env.deny) == 1 with input as pod([literal("CACHE", "redis://:hunter22@cache.example.com:6379/0")])
		with data.params as defaults
}

test_credential_within_longer_text_is_denied if {
	count(plaintext_env.deny) == 1 with input as pod([literal("JAVA_OPTS", "-Xmx1g -Ddb=postgres://shop:hunter22@db.example.com/shop")])
		with data.params as defaults
}

test_credential_is_denied_however_short if {
	count(plaintext_env.deny) == 1 with input as pod([literal("CACHE", "redis://:x@cache")])
		with data.params as {"allow": [], "min-length": 100}
}

# Structure decides before the name, and the same value is reported once.
test_credential_with_a_secret_name_is_one_finding if {
	messages == {"container `web` sets `DB_PASSWORD_URL` to a literal that contains a credential"} with input as pod([literal(
		"DB_PASSWORD_URL",
		"postgres://shop:hunter22@db.example.com/shop",
	)])
		with data.params as defaults
}

test_text_that_only_resembles_a_credential_passes if {
	count(plaintext_env.deny) == 0 with data.params as defaults with input as pod([
		literal("ACCOUNT_KEY_REFERENCE", "AccountName=shop;AccountKey=$(STORAGE_KEY)"),
		literal("HOSTNAME", "hooks.slack.com"),
		literal("EMAIL", "shop@example.com"),
		literal("HOST_AND_PORT", "db.example.com:5432"),
		literal("JDBC_URL", "jdbc:postgresql://db.example.com:5432/shop?sslmode=verify-full"),
		literal("PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2Vw\n-----END PUBLIC KEY-----\n"),
		literal("STRIPE_TEST_KEY_PREFIX", "sk_live_"),
		literal("URL", "https://db.example.com:8443/v1?to=shop@example.com"),
		literal("URL_WITH_EXPANSION", "postgres://shop:$(DB_PASSWORD)@db.example.com/shop"),
		literal("URL_WITH_INTERPOLATION", "postgres://shop:${DB_PASSWORD}@db.example.com/shop"),
		literal("URL_WITH_PLACEHOLDER", "postgres://shop:<PASSWORD>@db.example.com/shop"),
		literal("URL_WITH_STARS", "postgres://shop:***@db.example.com/shop"),
		literal("URL_WITH_TEMPLATE", "postgres://shop:{{db.password}}@db.example.com/shop"),
		literal("URL_WITH_USER", "https://shop@git.example.com/shop.git"),
		literal("WORD_WITH_KEY_ID_IN_IT", "MALAKIAIOSFODNN7EXAMPLES"),
	])
}

# By name.

test_secret_name_with_literal_is_denied if {
	plaintext_env.deny == {{"msg": "container `web` sets `SMTP_PASSWORD`, named like a secret, to a literal"}} with input as pod([literal("SMTP_PASSWORD", "correct-horse")]) with data.params as defaults
}

test_secret_name_is_denied if {
	names := {
		"ADMIN_PASS",
		"API_KEY",
		"AWS_SECRET_ACCESS_KEY",
		"ApiKey",
		"CLIENT_SECRET",
		"CONNECTION_STRING",
		"ConnectionStrings__Default.ConnectionString",
		"DB_CREDENTIALS",
		"DB_PASSWORD_2",
		"GITHUB_TOKEN",
		"JWT_PRIVATE_KEY",
		"MYSQL_PWD",
		"PGPASSWORD",
		"SECRET_KEY_BASE",
		"SSH_PASSPHRASE",
		"STRIPE_APIKEY",
		"clientSecret",
		"db.password",
		"github-token",
		"password",
	}
	env := [literal(name, "correct-horse") | some name in names]
	reported == names with input as pod(env) with data.params as defaults
}

test_other_name_passes if {
	names := {
		"ACCESS_KEY_ID",
		"BYPASS",
		"DB_PASSWORD_FILE",
		"JWT_PUBLIC_KEY",
		"KEY",
		"LOG_LEVEL",
		"OLDPWD_HINT",
		"PASSWORD_POLICY",
		"SECRET_NAME",
		"SECRETARY",
		"TOKENIZER_MODEL",
		"TOKEN_AUDIENCE",
		"TOKEN_EXPIRY",
		"TOKEN_PATH",
		"TOKEN_SIGNING_PUBLIC_KEY",
		"TOKEN_TTL",
		"TOKEN_URL",
		"secret.name",
	}
	env := [literal(name, "correct-horse") | some name in names]
	reported == set() with input as pod(env) with data.params as defaults
}

test_reference_passes if {
	values := {
		"$(SHARED_PASSWORD)",
		"prefix-$(SHARED_PASSWORD)",
		"$DB_PASSWORD",
		"${DB_PASSWORD}",
		"${ssm:/shop/db/password}",
		"{{ .Values.database.password }}",
		"{{resolve:secretsmanager:shop/db:SecretString:password}}",
		"vault:secret/data/shop/db#password",
		">>vault:secret/data/shop/db#password",
		"op://shop/database/password",
		"ref+awssecrets://shop/db#/password",
		"ENC[AES256_GCM,data:c2hvcA==,iv:c2hvcA==,tag:c2hvcA==,type:str]",
		"arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/db",
		"arn:aws-cn:ssm:cn-north-1:123456789012:parameter/shop/db",
		"projects/shop/secrets/db-password/versions/latest",
		"gcp:secretmanager:projects/shop/secrets/db-password",
		"azure:keyvault:shop/db-password",
		"@Microsoft.KeyVault(SecretUri=https://shop.vault.example.net/secrets/db/)",
	}
	env := [literal("DB_PASSWORD", value) | some value in values]
	count(plaintext_env.deny) == 0 with input as pod(env) with data.params as defaults
}

test_placeholder_passes if {
	values := {
		"<PLACEHOLDER>",
		"<your password>",
		"********",
		"#{db.password}#",
		"__DB_PASSWORD__",
	}
	env := [literal("DB_PASSWORD", value) | some value in values]
	count(plaintext_env.deny) == 0 with input as pod(env) with data.params as defaults
}

# It would be accepted at the door, so it is a password.
test_changeme_is_denied if {
	count(plaintext_env.deny) == 1 with input as pod([literal("DB_PASSWORD", "changeme")]) with data.params as defaults
}

test_plain_setting_passes if {
	values := {
		"true",
		"disabled",
		"12345678",
		"86400000ms",
		"/var/run/secrets/shop/password",
		"../secrets/password",
		"C:\\secrets\\password",
		"file:///run/secrets/password",
		"https://login.example.com/token",
		"Server=db.example.com;Authentication=Active Directory Default",
	}
	env := [literal("DB_PASSWORD", value) | some value in values]
	count(plaintext_env.deny) == 0 with input as pod(env) with data.params as {"allow": [], "min-length": 1}
}

test_shorter_value_passes if {
	count(plaintext_env.deny) == 0 with input as pod([literal("DB_PASSWORD", "hunter2")]) with data.params as defaults
}

test_value_of_the_least_length_is_denied if {
	count(plaintext_env.deny) == 1 with input as pod([literal("DB_PASSWORD", "hunter22")]) with data.params as defaults
}

test_least_length_is_a_parameter if {
	count(plaintext_env.deny) == 1 with input as pod([literal("DB_PASSWORD", "hunter2")])
		with data.params as {"allow": [], "min-length": 7}
}

test_empty_value_passes if {
	count(plaintext_env.deny) == 0 with input as pod([literal("DB_PASSWORD", "")]) with data.params as defaults
}

# Parameters, and what is not a literal.

test_allowed_name_passes if {
	count(plaintext_env.deny) == 0 with input as pod([literal("DB_PASSWORD", "correct-horse")])
		with data.params as {"allow": ["DB_PASSWORD"], "min-length": 8}
}

test_allowed_glob_passes if {
	count(plaintext_env.deny) == 0 with input as pod([literal("DEMO.DB_PASSWORD", "correct-horse")])
		with data.params as {"allow": ["DEMO*"], "min-length": 8}
}

# An error of a builtin would leave the rule undecided.
test_name_that_is_no_text_is_not_allowed if {
	every name in [null, false, 7, ["DEMO"], {}] {
		count(plaintext_env.deny) == 1 with input as pod([literal(name, "redis://:hunter22@cache")])
			with data.params as {"allow": ["*"], "min-length": 8}
	}
	messages == {"container `web` sets `7` to a literal that contains a credential"} with input as pod([literal(7, "redis://:hunter22@cache")])
		with data.params as {"allow": ["*"], "min-length": 8}
}

test_name_beside_the_allowed_ones_is_denied if {
	count(plaintext_env.deny) == 1 with input as pod([literal("DB_PASSWORD", "correct-horse")])
		with data.params as {"allow": ["DEMO_*", "PASSWORD"], "min-length": 8}
}

test_secret_reference_passes if {
	count(plaintext_env.deny) == 0 with input as pod([{
		"name": "DB_PASSWORD",
		"kind": "secret_ref",
		"secret": {"name": "shop-db", "key": "password"},
	}])
		with data.params as defaults
}

test_config_and_field_references_pass if {
	count(plaintext_env.deny) == 0 with input as pod([
		{"name": "DB_PASSWORD", "kind": "config_ref", "config": {"name": "shop", "key": "password"}},
		{"name": "API_TOKEN", "kind": "field_ref", "field": "metadata.annotations['shop/token']"},
	])
		with data.params as defaults
}

test_container_without_env_passes if {
	count(plaintext_env.deny) == 0 with input as workload([{"name": "web", "role": "container"}])
		with data.params as defaults
}

test_each_container_and_variable_is_a_finding if {
	messages == {
		"container `migrate` sets `DB_PASSWORD`, named like a secret, to a literal",
		"container `web` sets `DB_PASSWORD`, named like a secret, to a literal",
		"container `debugger` sets `DB_PASSWORD`, named like a secret, to a literal",
	} with input as workload([
		{"name": "migrate", "role": "init", "env": [literal("DB_PASSWORD", "correct-horse")]},
		{"name": "web", "role": "container", "env": [
			literal("LOG_LEVEL", "info"),
			literal("DB_PASSWORD", "correct-horse"),
		]},
		{"name": "debugger", "role": "ephemeral", "env": [literal("DB_PASSWORD", "correct-horse")]},
	])
		with data.params as defaults
}

test_message_never_contains_the_value if {
	env := [
		literal("DB_PASSWORD", "correct-horse"),
		literal("DATABASE_URL", "postgres://shop:correct-horse@db.example.com/shop"),
	]
	found := messages with input as pod(env) with data.params as defaults
	count(found) == 2
	every message in found {
		not contains(message, "correct-horse")
	}
}

# Other platforms have other words for it.
test_function_and_unit_are_named_as_such if {
	every form, expected in {
		"function": "function `web` sets `DB_PASSWORD`, named like a secret, to a literal",
		"service": "unit `web` sets `DB_PASSWORD`, named like a secret, to a literal",
		"container": "container `web` sets `DB_PASSWORD`, named like a secret, to a literal",
		"job": "container `web` sets `DB_PASSWORD`, named like a secret, to a literal",
	} {
		messages == {expected} with data.params as defaults with input as object.union(
			pod([literal("DB_PASSWORD", "correct-horse")]),
			{"workload": {"runtime": {"form": form}}},
		)
	}
}

test_credential_of_a_function_is_denied if {
	messages == {"function `web` sets `CACHE` to a literal that contains a credential"} with data.params as defaults with input as object.union(
		pod([literal("CACHE", "redis://:hunter22@cache.example.com:6379/0")]),
		{"workload": {"runtime": {"form": "function"}}},
	)
}

defaults := {"allow": [], "min-length": 8}

messages contains finding.msg if some finding in plaintext_env.deny

# The names of the reported variables.
reported contains name if {
	some message in messages
	name := split(message, "`")[3]
}

literal(name, value) := {"name": name, "kind": "literal", "value": value}

pod(env) := workload([{"name": "web", "role": "container", "env": env}])

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
