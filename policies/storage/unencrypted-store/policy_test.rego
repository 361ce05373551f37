package plumbline.storage.unencrypted_store_test

import data.plumbline.storage.unencrypted_store

test_unencrypted_store_is_denied if {
	unencrypted_store.deny == {{"msg": "bucket `uploads` is not encrypted"}} with input as {"store": {
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
		unencrypted_store.deny == {{"msg": sprintf("%s `a` is not encrypted", [word])}} with input as {"store": {
			"name": "a",
			"form": form,
			"encrypted": false,
		}}
	}
}
