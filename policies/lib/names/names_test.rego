package plumbline.lib.names_test

import data.plumbline.lib.names

test_one_glob_is_enough if {
	every pattern in ["orders", "ord*", "*", "o?ders"] {
		names.matches("orders", ["other", pattern])
	}
}

test_a_star_stands_for_slashes_and_dots if names.matches("web/shop.example.com/health", ["web/*/health"])

test_other_globs_do_not_match if {
	every pattern in ["order", "Orders", "orders-*", ""] {
		not names.matches("orders", [pattern])
	}
	not names.matches("orders", [])
}

# Wrong types are no errors: an error would leave a rule undecided.
test_what_is_no_text_matches_nothing if {
	every name in [7, null, ["orders"], {}] {
		not names.matches(name, ["*"])
	}
}

test_what_is_called_so_or_lies_below_is_below if {
	every name in ["/var/log", "/var/log/pods"] {
		names.is_below(name, "/var/log")
		names.is_below(name, "/var/log/")
	}
}

test_what_only_begins_so_is_not if {
	every name in ["/var/logs", "/var", "/var/lo"] {
		not names.is_below(name, "/var/log")
		not names.is_below(name, "/var/log/")
	}
}
