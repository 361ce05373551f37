package plumbline.lib.secrets_test

import data.plumbline.lib.secrets

# By structure.

# The samples are joined from two halves, or every scanner of repositories would report this file.
samples := {
	"AWS": concat("", ["AKIA", "IOSFODNN7EXAMPLE"]),
	"AWS, temporary": concat("", ["ASIA", "IOSFODNN7EXAMPLE"]),
	"Azure messaging": concat("", ["Endpoint=sb://shop.example.net/;SharedAccessKey", "=c2hvcHNob3BzaG9wc2hvcHNob3A="]),
	"Azure signature": concat("", ["https://shop.example.net/in?sv=2024-11-04&sig", "=c2hvcHNob3BzaG9wc2hvcHNob3A%3D"]),
	"Azure storage": concat("", ["AccountName=shop;AccountKey", "=c2hvcHNob3BzaG9wc2hvcHNob3A="]),
	"connection string": concat("", ["Server=db.example.com;User Id=shop;Password", "=correct-horse"]),
	"Anthropic": concat("", ["sk-ant", "-api03-0123456789abcdefghij"]),
	"Docker Hub": concat("", ["dckr", "_pat_0123456789abcdefghij01"]),
	"GitLab": concat("", ["glpat", "-0123456789abcdefghij"]),
	"Google, client secret": concat("", ["GOCSPX", "-0123456789abcdefghij01234567"]),
	"npm": concat("", ["npm", "_0123456789abcdefghijABCDEFGHIJ012345"]),
	"OpenAI": concat("", ["sk-proj", "-0123456789abcdefghij"]),
	"PyPI": concat("", ["pypi", "-AgEIcHlwaS5vcmcCJDAxMjM0NTY3"]),
	"SendGrid": concat("", ["SG", ".0123456789abcdefghijAB.0123456789abcdefghijABCDEFGHIJ0123456789abc"]),
	"Vault": concat("", ["hvs", ".0123456789abcdefghij0123"]),
	"GitHub": concat("", ["ghp", "_0123456789abcdefghijABCDEFGHIJ012345"]),
	"GitHub, fine-grained": concat("", ["github", "_pat_0123456789abcdefghijAB_0123456789"]),
	"Google": concat("", ["AIza", "0123456789abcdefghijABCDEFGHIJ01234"]),
	"JSON web token": concat("", ["eyJhbGciOiJub25lIn0.eyJzdWIi", "OiJzaG9wIn0.c2lnbmF0dXJl"]),
	"private key": concat("", ["-----BEGIN", " EC PRIVATE KEY-----"]),
	"Slack": concat("", ["xoxb", "-0123456789-abcdefghij"]),
	"Slack webhook": concat("", ["https://hooks.slack.com", "/services/T0000/B0000/abcdefghijklmnopqrst"]),
	"Stripe": concat("", ["sk_live", "_0123456789abcdef"]),
	"URL": "postgres://shop:hunter22@db.example.com/shop",
}

test_every_kind_of_credential_is_known if {
	every _, sample in samples {
		secrets.has_credential(sample)
	}
}

test_every_kind_of_credential_is_known_in_a_file if {
	every _, sample in samples {
		secrets.has_credential_in_text(concat("", ["# shop\r\nfirst: 1\nsecond: \"", sample, "\"\nthird: 3\n"]))
	}
}

test_every_kind_of_credential_is_known_in_json if {
	every _, sample in samples {
		secrets.has_credential_in_text(json.marshal({"first": 1, "second": sample, "third": [3]}))
	}
}

test_the_shortest_credential_is_known if secrets.has_credential("a://:b@c")

test_text_without_credentials_is_none if {
	texts := {
		"",
		"AKIA",
		"postgres://shop:$(DB_PASSWORD)@db.example.com/shop",
		"postgres://shop:{{db.password}}@db.example.com/shop",
		"https://shop@git.example.com/shop.git",
		"postgres://shop:%s@db.example.com/shop",
		"postgres://shop:%DB_PASSWORD%@db.example.com/shop",
		"postgres://shop:__DB_PASSWORD__@db.example.com/shop",
		"Server=db.example.com;User Id=shop;Password=__DB_PASSWORD__",
		"Server=db.example.com;User Id=shop;Password=%DB_PASSWORD%",
		"sk-learn-0123456789abcdefghij",
		"glpat-short",
		"Server=db.example.com;User Id=shop;Password=${DB_PASSWORD}",
		"-----BEGIN PUBLIC KEY-----",
	}
	every text in texts {
		not secrets.has_credential(text)
		not secrets.has_credential_in_text(text)
	}
}

# The user part of a URL ends at a double quote, so that nothing runs from one member of JSON to the next.
test_url_beside_an_address_in_json_is_no_credential if {
	values := {
		`{"server":"https://ca.example.com","email":"shop@example.com"}`,
		`{"server":"https://","email":"shop@example.com"}`,
		`["https://ca.example.com",":shop@example.com"]`,
	}
	every value in values {
		not secrets.has_credential(value)
		not secrets.has_credential_in_text(value)
	}
}

test_url_with_a_password_in_json_is_a_credential if {
	values := {
		`{"server":"https://shop:hunter22@ca.example.com","email":"shop@example.com"}`,
		`{"email":"shop@example.com","server":"https://:hunter22@ca.example.com"}`,
	}
	every value in values {
		secrets.has_credential(value)
		secrets.has_credential_in_text(value)
	}
}

# A value of its own may hold any other quote.
test_url_with_a_single_quote_in_its_password_is_a_credential if {
	secrets.has_credential("postgres://shop:hunter'22@db.example.com")
}

test_url_made_by_a_program_is_no_credential if {
	not secrets.has_credential_in_text(`url = "postgres://%s:%s@db.example.com" % (user, word)`)
}

test_percent_encoded_password_is_a_credential if {
	secrets.has_credential("postgres://shop:%40hunter2@db.example.com")
	secrets.has_credential_in_text("url: postgres://shop:%40hunter2@db.example.com")
}

test_password_that_begins_like_a_placeholder_is_a_credential if {
	texts := {"postgres://shop:_hunter2@db.example.com", "Server=db.example.com;Password=_correct-horse"}
	every text in texts {
		secrets.has_credential(text)
		secrets.has_credential_in_text(text)
	}
}

test_password_in_a_connection_string_is_a_credential if {
	texts := {
		"db: Server=db.example.com;Password=correct-horse",
		"db: Server=db.example.com; pwd = correct-horse",
		"db: host=db.example.com user=shop password=correct-horse",
		"db: host=db.example.com password='correct-horse'",
		"db: jdbc:mysql://db.example.com/shop?user=shop&password=correct-horse",
		"sasl.jaas.config=PlainLoginModule required username=\"shop\" password=\"correct-horse\";",
	}
	every text in texts {
		secrets.has_credential_in_text(text)
	}
}

test_password_that_stands_alone_is_a_setting if {
	texts := {
		"password=correct-horse",
		"a=b\npassword=correct-horse",
		"[db]\n; password = correct-horse",
		"db: Server=db.example.com;Password=${DB_PASSWORD}",
		"sasl.jaas.config=PlainLoginModule required username=\"shop\" password=\"${KAFKA}\";",
	}
	every text in texts {
		not secrets.has_credential_in_text(text)
	}
}

# By name.

test_secret_names_are_known if {
	names := {
		"PASSWORD", "DB_PASSWD", "SSH_PASSPHRASE", "ADMIN_PASS", "MYSQL_PWD", "CLIENT_SECRET", "API_TOKEN",
		"CREDENTIAL", "DB_CREDENTIALS", "DB_CREDS", "APIKEY", "API_KEY", "ACCESSKEY", "AWS_SECRET_ACCESS_KEY",
		"ACCOUNT_KEY", "ENCRYPTION_KEY", "MASTER_KEY", "PRIVATEKEY", "PRIVATE_KEY", "SECRETKEY", "SIGNING_KEY",
		"CONNECTIONSTRING", "CONNECTION_STRING", "DB_CONN_STR", "PGPASSWORD", "apiToken", "db.password", "github-token",
		"CLIENT_PASSWORDS", "API_KEYS", "TS_AUTHKEY", "AUTH_KEY", "RABBITMQ_ERLANG_COOKIE", "dbPass", "db.adminPwd",
		"mailCreds",
	}
	every name in names {
		secrets.names_secret(name)
	}
}

test_names_that_only_resemble_secrets_are_known if {
	names := {"", "BYPASS", "KEY", "OLDPWD_HINT", "SECRETARY", "TOKENIZER_MODEL", "secretName", "monkey", "compass", "Bypass", "passCount", "SESSION_COOKIE"}
	every name in names {
		not secrets.names_secret(name)
	}
}

test_names_that_describe_a_secret_name_none if {
	words := {"AGE", "FILE", "ID", "NAME", "PATH", "PUBLIC_KEY", "SCOPE", "SCOPES", "TTL", "URL", "VERSION"}
	every word in words {
		not secrets.names_secret(concat("_", ["SIGNING_KEY_TOKEN", word]))
	}
}

test_word_that_describes_must_be_the_last if secrets.names_secret("FILE_TOKEN")

# By value.

test_long_text_could_be_a_secret if secrets.could_be_secret("changeme", 8)

test_text_with_the_signs_of_a_placeholder_could if {
	every value in ["correct@horse", "@correct-horse", "100%correct%horse", "__correct-horse", "<correct><horse>"] {
		secrets.could_be_secret(value, 8)
	}
}

test_short_text_could_not if not secrets.could_be_secret("hunter2", 8)

test_reference_could_not if {
	values := {
		"$(DB_PASSWORD)", "$DB_PASSWORD", "x-${DB_PASSWORD}", "{{ .Values.password }}", "vault:shop/db#password",
		">>vault:shop/db", "op://shop/db/password", "ref+vault://shop/db", "ENC[AES256_GCM,data:c2hvcA==]",
		"arn:aws:ssm:eu-central-1:123456789012:parameter/shop", "projects/shop/secrets/db",
		"gcp:secretmanager:projects/shop/secrets/db", "azure:keyvault:shop/db", "@Microsoft.KeyVault(SecretUri=x)",
	}
	every value in values {
		not secrets.could_be_secret(value, 1)
	}
}

test_placeholder_and_plain_setting_could_not if {
	values := {
		"<your password>", "********", "#{db.password}#", "__DB_PASSWORD__", "@db.password@", "%DB_PASSWORD%", "TRUE", "disabled", "12345678", "1.5GiB",
		"86400000ms", "/var/run/secrets/shop", "../secrets/password", "%d/password", `C:\secrets`, "https://login.example.com/token",
		"Server=db.example.com;Authentication=Active Directory Default",
	}
	every value in values {
		not secrets.could_be_secret(value, 1)
	}
}

# Wrong types are no errors: an error would leave a rule undecided.
test_values_of_other_types_are_no_secrets if {
	every value in [null, true, 12345678, ["correct-horse"], {"password": "correct-horse"}] {
		not secrets.has_credential(value)
		not secrets.has_credential_in_text(value)
		not secrets.names_secret(value)
		not secrets.could_be_secret(value, 1)
		secrets.secret_settings(value) == set()
	}
}

# In files.

test_each_way_to_write_a_setting_is_read if {
	lines := {
		"password=correct-horse",
		"password = correct-horse",
		"\tpassword: correct-horse",
		"  - password: correct-horse",
		"password := correct-horse",
		"password => correct-horse",
		"password = \"correct-horse\"",
		"password: 'correct-horse'",
		"\"password\": \"correct-horse\",",
		"{\"user\": \"shop\", \"password\": \"correct-horse\"}",
		"{\"password\":\"correct-horse\"}",
		"\"password\": correct-horse,",
		"export password=correct-horse",
		"set password=correct-horse",
		"password: correct-horse # of the shop",
		"password=correct-horse ; of the shop",
		"password: 'correct-horse' # of the shop",
		"password: correct-horse\r",
		"password: correct-horse   ",
	}
	every line in lines {
		secrets.secret_settings(line) == {{"name": "password", "value": "correct-horse"}}
		secrets.secret_settings(concat("", ["first: 1\n", line, "\nlast: 2\n"])) == {{"name": "password", "value": "correct-horse"}}
	}
}

test_each_setting_of_a_file_is_read if {
	secrets.secret_settings("user=shop\nshop.apiKey=one\n\nshop.client-secret=two\n--token=three\n") == {
		{"name": "shop.apiKey", "value": "one"},
		{"name": "shop.client-secret", "value": "two"},
		{"name": "--token", "value": "three"},
	}
}

# The patterns stop at stems, and each term of a secret's name has one.
test_settings_are_found_by_each_term if {
	names := {
		"PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PWD", "SECRET", "TOKEN", "CREDENTIAL", "CREDENTIALS", "CREDS",
		"APIKEY", "API_KEY", "ACCESSKEY", "ACCESS_KEY", "ACCOUNT_KEY", "ENCRYPTION_KEY", "MASTER_KEY", "PRIVATEKEY",
		"PRIVATE_KEY", "SECRETKEY", "SIGNING_KEY", "CONNECTIONSTRING", "CONNECTION_STRING", "CONN_STR",
		"PASSWORDS", "API_KEYS", "AUTH_KEY", "ERLANG_COOKIE",
	}
	every name in names {
		secrets.names_secret(name)
		secrets.secret_settings(sprintf("%s=x", [name])) == {{"name": name, "value": "x"}}
		secrets.secret_settings(sprintf(`{"%s": "x"}`, [name])) == {{"name": name, "value": "x"}}
	}
}

test_other_lines_are_no_secret_settings if {
	lines := {
		"# password: correct-horse",
		"; password = correct-horse",
		"// password = correct-horse",
		"user: shop",
		"passwordFile: /run/secrets/password",
		"tokenizer: correct-horse",
		"password",
		"password correct-horse",
		"password == correct-horse",
		"password =~ correct-horse",
		"the password: correct-horse",
		"if password: correct-horse",
	}
	every line in lines {
		secrets.secret_settings(line) == set()
	}
}

# The value begins on the line of its name, so that a mapping has none.
test_name_of_a_mapping_is_no_secret_setting if {
	secrets.secret_settings("credentials:\n  user: correct-horse\n") == set()
}

test_value_that_is_not_literal_is_left_out if {
	values := {
		"$password",
		"$(cat /run/secrets/password)",
		"\"$(cat /run/secrets/password)\"",
		"\"$PASSWORD\"",
		"$__file{/run/secrets/password}",
		"`cat /run/secrets/password`",
		"%DB_PASSWORD%",
		"%(password)s",
		"[one, two, three]",
		"{ from: vault, path: shop/db }",
		"|",
		">-",
		"*password",
		"!vault shop/db#password",
		"os.environ[\"DB_PASSWORD\"]",
		"getenv(\"DB_PASSWORD\")",
		"process.env.DB_PASSWORD",
		"var.db_password",
	}
	every value in values {
		secrets.secret_settings(sprintf("password: %s", [value])) == set()
	}
}

# In quotes it is what it says; and a hash is no variable.
test_literal_that_resembles_an_expression_is_kept if {
	secrets.secret_settings(`password: "[correct-horse]"`) == {{"name": "password", "value": "[correct-horse]"}}
	secrets.secret_settings("password: $2b$12$c2hvcA") == {{"name": "password", "value": "$2b$12$c2hvcA"}}
}
