package plumbline.secrets.plaintext_config_test

import data.plumbline.secrets.plaintext_config

# By the name of the key.

test_key_named_like_a_secret_is_denied if {
	plaintext_config.deny == {{
		"msg": "key `DB_PASSWORD`, named like a secret, has a plain value",
		"path": ["resource", "data", "DB_PASSWORD"],
	}} with input as config({"DB_HOST": "db.example.com", "DB_PASSWORD": "correct-horse"})
		with data.params as defaults
}

test_key_that_describes_a_secret_passes if {
	messages == set() with input as config({
		"DB_PASSWORD_FILE": "correct-horse",
		"TOKEN_AUDIENCE": "correct-horse",
		"SECRETARY": "correct-horse",
		"LOG_LEVEL": "correct-horse",
	})
		with data.params as defaults
}

# As a block scalar it ends with a line break.
test_value_with_a_line_break_at_its_end_is_denied if {
	messages == {"key `password.txt`, named like a secret, has a plain value"} with input as config({"password.txt": "correct-horse\n"})
		with data.params as defaults
}

test_reference_or_plain_setting_passes if {
	messages == set() with input as config({
		"A_TOKEN": "${API_TOKEN}",
		"B_TOKEN": "vault:shop/api#token",
		"C_TOKEN": "/run/secrets/token",
		"D_TOKEN": "https://login.example.com/token",
		"E_TOKEN": "86400000ms",
		"F_TOKEN": "disabled",
		"G_TOKEN": "<your token>",
		"H_TOKEN": "",
	})
		with data.params as {"allow": [], "min-length": 1}
}

test_value_of_the_least_length_is_denied if {
	count(messages) == 1 with input as config({"password": "hunter22"}) with data.params as defaults
}

test_shorter_value_passes if {
	messages == set() with input as config({"password": "hunter2"}) with data.params as defaults
}

test_least_length_is_a_parameter if {
	count(messages) == 1 with input as config({"password": "hunter2"}) with data.params as {"allow": [], "min-length": 7}
}

# The file may be called after what it makes.
test_file_named_like_a_secret_passes if {
	messages == set() with input as config({"create-token.sh": "#!/bin/sh\nkubectl create token shop\n"})
		with data.params as defaults
}

# By structure.

test_credential_is_denied_whatever_the_key if {
	plaintext_config.deny == {{
		"msg": "key `DATABASE_URL` contains a credential",
		"path": ["resource", "data", "DATABASE_URL"],
	}} with input as config({"DATABASE_URL": "postgres://shop:correct-horse@db.example.com/shop"})
		with data.params as defaults
}

test_credential_within_a_file_is_denied if {
	messages == {"key `tls.pem` contains a credential"} with input as config({"tls.pem": concat("", [
		"# the key of the shop\n-----BEGIN",
		" PRIVATE KEY-----\nMIIBVQ\n-----END PRIVATE KEY-----\n",
	])})
		with data.params as defaults
}

test_file_without_credential_passes if {
	messages == set() with input as config({
		"ca.pem": "-----BEGIN CERTIFICATE-----\nMIIBVQ\n-----END CERTIFICATE-----\n",
		"nginx.conf": "upstream shop {\n  server db.example.com:5432;\n}\n",
		"url.txt": "postgres://shop:${DB_PASSWORD}@db.example.com/shop\n",
	})
		with data.params as defaults
}

test_several_credentials_of_a_key_are_one_finding if {
	count(messages) == 1 with input as config({"urls": "redis://:hunter22@cache\npostgres://shop:hunter22@db\n"})
		with data.params as defaults
}

# Structure comes before the name, and the same value is reported once.
test_credential_under_a_secret_name_is_one_finding if {
	messages == {"key `API_TOKEN` contains a credential"} with input as config({"API_TOKEN": "redis://:hunter22@cache and more"})
		with data.params as defaults
	messages == {"key `app.env` contains a credential"} with input as config({"app.env": "API_TOKEN='redis://:hunter22@cache and more'\n"})
		with data.params as defaults
}

# By the names of settings.

test_setting_of_a_file_is_denied if {
	plaintext_config.deny == {{
		"msg": "key `application.properties` sets `spring.datasource.password`, named like a secret, to a plain value",
		"path": ["resource", "data", "application.properties"],
	}} with input as config({"application.properties": "spring.datasource.username=shop\nspring.datasource.password=correct-horse\n"})
		with data.params as defaults
}

test_setting_of_each_kind_of_file_is_denied if {
	files := {
		"app.env": "export API_TOKEN=correct-horse\n",
		"app.ini": "[api]\nAPI_TOKEN = correct-horse\n",
		"app.json": "{\"api\": {\"API_TOKEN\": \"correct-horse\"}}",
		"app.properties": "API_TOKEN=correct-horse",
		"app.toml": "[api]\nAPI_TOKEN = \"correct-horse\" # of the shop\n",
		"app.yaml": "api:\n  - API_TOKEN: 'correct-horse'\n",
	}
	messages == {msg |
		some key, _ in files
		msg := sprintf("key `%s` sets `API_TOKEN`, named like a secret, to a plain value", [key])
	} with input as config(files) with data.params as defaults
}

test_setting_that_holds_no_secret_passes if {
	messages == set() with input as config({"application.yaml": concat("\n", [
		"# password: correct-horse",
		"password: ${DB_PASSWORD}",
		"passwordFile: /run/secrets/password",
		"token-ttl: 86400000ms",
		"token: disabled",
		"secret: hunter2",
		"api_key: os.environ['API_KEY']",
		"credentials:",
		"  user: correct-horse",
		"password_encryption: scram-sha-256",
		"password.description: what opens the shop",
	])})
		with data.params as defaults
}

test_each_setting_is_a_finding if {
	messages == {
		"key `app.env` sets `A_TOKEN`, named like a secret, to a plain value",
		"key `app.env` sets `B_TOKEN`, named like a secret, to a plain value",
	} with input as config({"app.env": "A_TOKEN=correct-horse\nB_TOKEN=correct-horse\nA_TOKEN=battery-staple\n"})
		with data.params as defaults
}

test_setting_under_a_key_named_like_a_secret_is_one_finding if {
	messages == {"key `TOKEN_CONFIG`, named like a secret, has a plain value"} with input as config({"TOKEN_CONFIG": "token=correct-horse"})
		with data.params as defaults
}

# What makes the whole value a reference makes none of its settings one.
test_setting_beside_a_reference_is_denied if {
	messages == {"key `tokens.env` sets `A_TOKEN`, named like a secret, to a plain value"} with input as config({"tokens.env": "A_TOKEN=correct-horse\nB_TOKEN=${B_TOKEN}\n"})
		with data.params as defaults
	messages == {"key `TOKEN_CONFIG` sets `a-token`, named like a secret, to a plain value"} with input as config({"TOKEN_CONFIG": `{"a-token": "correct-horse", "b-token": "${B_TOKEN}"}`})
		with data.params as defaults
}

# Binary data.

test_credential_in_binary_data_is_denied if {
	plaintext_config.deny == {{
		"msg": "key `shop` of `binaryData` contains a credential",
		"path": ["resource", "binaryData", "shop"],
	}} with input as binary({"shop": base64.encode("url: postgres://shop:correct-horse@db.example.com/shop\n")})
		with data.params as defaults
}

test_other_binary_data_passes if {
	messages == set() with input as binary({
		"logo.png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
		"empty": "",
		"url": base64.encode("postgres://db.example.com/shop"),
	})
		with data.params as defaults
}

test_binary_data_that_is_no_base64_passes if {
	messages == set() with input as binary({"url": "postgres://shop:correct-horse@db.example.com/shop", "number": 1})
		with data.params as defaults
}

# Parameters, and shapes that the API server refuses.

test_allowed_key_passes if {
	messages == set() with input as config({"DEMO_PASSWORD": "correct-horse", "DEMO_URL": "redis://:hunter22@cache"})
		with data.params as {"allow": ["DEMO_*"], "min-length": 8}
}

test_allowed_setting_passes if {
	messages == {"key `app.env` sets `DB_PASSWORD`, named like a secret, to a plain value"} with input as config({"app.env": "DEMO_PASSWORD=correct-horse\nDB_PASSWORD=correct-horse\n"})
		with data.params as {"allow": ["DEMO_*"], "min-length": 8}
}

test_key_beside_the_allowed_ones_is_denied if {
	count(messages) == 1 with input as config({"DB_PASSWORD": "correct-horse"})
		with data.params as {"allow": ["DEMO_*", "PASSWORD"], "min-length": 8}
}

test_allowed_binary_key_passes if {
	messages == set() with input as binary({"demo": base64.encode("redis://:hunter22@cache")})
		with data.params as {"allow": ["demo"], "min-length": 8}
}

test_values_that_are_no_text_pass if {
	messages == set() with input as config({
		"A_PASSWORD": 1234567890,
		"B_PASSWORD": true,
		"C_PASSWORD": null,
		"D_PASSWORD": ["correct-horse"],
	})
		with data.params as {"allow": ["*.txt"], "min-length": 1}
}

test_config_without_data_passes if {
	every data_of in [null, "password=correct-horse", [], ["LOG_LEVEL"], {}] {
		count(plaintext_config.deny) == 0 with input as config(data_of) with data.params as {"allow": ["*.txt"], "min-length": 8}
	}
	messages == set() with input as {"resource": {"kind": "ConfigMap"}} with data.params as defaults
}

# A list has numbers for keys.
test_credential_in_a_list_is_denied if {
	messages == {"key `0` contains a credential"} with input as config(["redis://:hunter22@cache"])
		with data.params as {"allow": ["*"], "min-length": 8}
	messages == {"key `0` of `binaryData` contains a credential"} with input as binary([base64.encode("redis://:hunter22@cache")])
		with data.params as {"allow": ["*"], "min-length": 8}
	messages == {"key `0` sets `token`, named like a secret, to a plain value"} with input as config(["token=correct-horse"])
		with data.params as {"allow": [], "min-length": 8}
}

test_message_never_contains_the_value if {
	found := messages with input as config({
		"DB_PASSWORD": "correct-horse",
		"DATABASE_URL": "postgres://shop:correct-horse@db.example.com/shop",
		"app.env": "API_TOKEN=correct-horse",
	})
		with data.params as defaults
	count(found) == 3
	every message in found {
		not contains(message, "correct-horse")
	}
}

defaults := {"allow": [], "min-length": 8}

messages contains finding.msg if some finding in plaintext_config.deny

config(values) := configmap({"data": values})

binary(values) := configmap({"binaryData": values})

configmap(values) := {
	"platform": "kubernetes",
	"kind": "core/ConfigMap",
	"resource": object.union(
		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shop", "namespace": "shop"}},
		values,
	),
}
