package plumbline.storage.unencrypted_store_test

import data.plumbline.storage.unencrypted_store

test_unencrypted_store_is_denied if {
	unencrypted_store.deny == {{"msg": "bucket `uploads` is not encrypted", "fix": []}} with input as {"store": {
		"name": "uploads",
		"form": "bucket",
		"encrypted": false,
	}}
}

test_store_with_encryption_passes if {
	count(unencrypted_store.deny) == 0 with input as {"store": {"name": "uploads", "form": "bucket", "encrypted": true}}
}

# Absent is unknown.
test_store_of_which_that_is_not_known_passes if {
	count(unencrypted_store.deny) == 0 with input as {"store": {"name": "uploads", "form": "bucket"}}
}

test_each_form_has_its_word if {
	every form, word in {
		"bucket": "bucket",
		"cache": "cache",
		"database": "database",
		"log_group": "log group",
		"table": "table",
		"volume": "volume",
		"drawer": "store",
	} {
		unencrypted_store.deny == {{"msg": sprintf("%s `a` is not encrypted", [word]), "fix": []}} with input as {"store": {
			"name": "a",
			"form": form,
			"encrypted": false,
		}}
	}
}

test_encryption_is_switched_on_where_it_is_a_switch if {
	fixes(declared("aws_db_instance")) == {[{"op": "add", "path": ["resource", "storage_encrypted"], "value": true}]}
	fixes(declared("aws_opensearch_domain")) == {[{
		"op": "add",
		"path": ["resource", "encrypt_at_rest"],
		"value": [{"enabled": true}],
	}]}
}

test_other_stores_have_no_fix if {
	every kind in ["AWS::RDS::DBInstance", "azurerm_mssql_server"] {
		fixes(declared(kind)) == {[]}
	}
}

fixes(of) := found if {
	found := {finding.fix | some finding in unencrypted_store.deny} with input as of
}

declared(kind) := {
	"kind": kind,
	"resource": {},
	"store": {"name": "a", "form": "database", "encrypted": false},
}
