package plumbline.deployment.unsandboxed_unit_test

import data.plumbline.deployment.unsandboxed_unit

test_unit_without_a_sandbox_is_denied if {
	unsandboxed_unit.deny == {{
		"msg": "unit `web.service` lacks `NoNewPrivileges`, `ProtectSystem`, `PrivateTmp`",
		"path": ["resource", "Service"],
	}} with input as unit({}) with data.params as params
}

test_unit_of_which_no_sandbox_is_read_is_denied if {
	count(unsandboxed_unit.deny) == 1 with data.params as params with input as {
		"platform": "host",
		"kind": "systemd/service",
		"workload": {"name": "web.service", "containers": [{"name": "web.service"}]},
	}
	count(unsandboxed_unit.deny) == 1 with data.params as params with input as {
		"platform": "host",
		"kind": "systemd/service",
		"workload": {"name": "web.service", "containers": []},
	}
}

test_unit_with_a_sandbox_passes if {
	count(unsandboxed_unit.deny) == 0 with input as unit(sandbox) with data.params as params
}

test_only_what_is_missing_is_named if {
	messages == {"unit `web.service` lacks `PrivateTmp`"} with input as unit(object.remove(sandbox, ["private_tmp"]))
		with data.params as params
}

test_setting_that_is_off_is_denied if {
	every value in [false, "no", "No", "false", "off", "0", "n", "f", "", 0, null, [], {}] {
		messages == {"unit `web.service` lacks `ProtectSystem`"} with input as unit(object.union(sandbox, {"protect_system": value}))
			with data.params as params
	}
}

test_setting_that_is_on_passes if {
	every value in [true, "yes", "true", "on", "1", "full", "strict", 1] {
		count(unsandboxed_unit.deny) == 0 with input as unit(object.union(sandbox, {"protect_system": value}))
			with data.params as params
	}
}

test_dynamic_user_implies_the_rest if {
	count(unsandboxed_unit.deny) == 0 with input as unit({"dynamic_user": true}) with data.params as params
	count(unsandboxed_unit.deny) == 0 with input as unit({"dynamic_user": "yes"}) with data.params as params
}

test_dynamic_user_that_is_off_implies_nothing if {
	count(unsandboxed_unit.deny) == 1 with input as unit({"dynamic_user": "no"}) with data.params as params
}

test_dynamic_user_does_not_imply_every_setting if {
	messages == {"unit `web.service` lacks `PrivateDevices`"} with input as unit({"dynamic_user": true})
		with data.params as {"required": ["no_new_privileges", "private_devices"]}
}

test_what_is_required_is_a_parameter if {
	messages == {"unit `web.service` lacks `RestrictSUIDSGID`, `ProtectKernelTunables`"} with input as unit(sandbox)
		with data.params as {"required": ["restrict_suid_sgid", "protect_kernel_tunables", "private_tmp"]}
}

test_setting_with_a_list_passes if {
	count(unsandboxed_unit.deny) == 0 with input as unit({"restrict_address_families": ["AF_INET", "AF_INET6"]})
		with data.params as {"required": ["restrict_address_families"]}
}

test_nothing_required_is_nothing_missing if {
	count(unsandboxed_unit.deny) == 0 with input as unit({}) with data.params as {"required": []}
}

params := {"required": ["no_new_privileges", "protect_system", "private_tmp"]}

sandbox := {"no_new_privileges": true, "protect_system": "strict", "private_tmp": true}

messages contains finding.msg if some finding in unsandboxed_unit.deny

unit(settings) := {
	"platform": "host",
	"kind": "systemd/service",
	"workload": {
		"name": "web.service",
		"runtime": {"form": "service"},
		"containers": [{"name": "web.service", "role": "container", "sandbox": settings}],
	},
}
