package plumbline.lib.stores_test

import data.plumbline.lib.stores

test_each_form_has_its_word if {
	every form, word in {"bucket": "bucket", "log_group": "log group", "dream": "store"} {
		stores.noun == word with input as {"store": {"form": form}}
	}
}

test_a_store_without_a_form_is_a_store if stores.noun == "store" with input as {"store": {}}
