package plumbline.storage.public_store_test

import data.plumbline.storage.public_store

test_public_store_is_denied if {
	public_store.deny == {{"msg": "bucket `uploads` is open to everybody"}} with input as {"store": {
		"name": "uploads",
		"form": "bucket",
		"public": true,
	}}
}

test_store_that_is_not_public_passes if {
	count(public_store.deny) == 0 with input as {"store": {"name": "uploads", "form": "bucket", "public": false}}
}

# Absent is unknown.
test_store_of_which_that_is_not_known_passes if {
	count(public_store.deny) == 0 with input as {"store": {"name": "uploads", "form": "bucket"}}
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
		public_store.deny == {{"msg": sprintf("%s `a` is open to everybody", [word])}} with input as {"store": {
			"name": "a",
			"form": form,
			"public": true,
		}}
	}
}
