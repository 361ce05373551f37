package plumbline.lib.roles_test

import data.plumbline.lib.roles

test_a_role_has_its_name if roles.name == "reader" with input as {"resource": {"metadata": {"name": "reader"}}}

test_a_role_without_a_name_has_a_sign if {
	every metadata in [{}, {"generateName": "reader-"}, null] {
		roles.name == "_" with input as {"resource": {"metadata": metadata}}
	}
}

test_a_list_of_names_names_some if roles.names_some({"resourceNames": ["shop"]})

test_no_list_or_an_empty_one_names_none if {
	every rule in [{}, {"resourceNames": []}, {"resourceNames": null}, {"resourceNames": "shop"}] {
		not roles.names_some(rule)
	}
}
