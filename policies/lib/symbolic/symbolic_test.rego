package plumbline.lib.symbolic_test

import data.plumbline.lib.symbolic

test_functions_and_expressions_are_symbolic if {
	every value in [{"Ref": "Days"}, "${var.days}", "0${param:days}"] {
		symbolic.is_symbolic(value)
	}
}

test_other_values_are_not if {
	every value in [7, "7", "many", "$days", null, true, [7]] {
		not symbolic.is_symbolic(value)
	}
}
