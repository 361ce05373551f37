# METADATA
# scope: package
# title: Units without a sandbox
# description: A service that systemd does not confine can do on its machine whatever its user can, and gain more by any setuid program.
# custom:
#   id: deployment/unsandboxed-unit
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["host/systemd/service"]
#   controls: { nist-800-53: ["AC-6", "CM-7", "SC-39"] }
#   remediation: "Set `NoNewPrivileges=yes`, `ProtectSystem=strict` and `PrivateTmp=yes` in the section `[Service]`, or `DynamicUser=yes`, which implies them."
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       required:
#         description: Settings of the sandbox that a unit must have, in lower case with `_`.
#         type: array
#         items: { type: string, pattern: "^[a-z]+(_[a-z]+)*$" }
#         default: [no_new_privileges, protect_system, private_tmp]
package plumbline.deployment.unsandboxed_unit

# The path says where the settings belong; there is one finding for all of them.
deny contains {"msg": msg, "path": ["resource", "Service"]} if {
	missing := [spelt(setting) | some setting in data.params.required; not in_force(setting)]
	count(missing) > 0
	msg := sprintf("unit `%v` lacks %s", [input.workload.name, concat(", ", missing)])
}

in_force(setting) if switched_on(sandbox[setting])

# `DynamicUser=` implies these, and they cannot be switched off beside it.
in_force(setting) if {
	setting in {"no_new_privileges", "private_tmp", "protect_home", "protect_system", "remove_ipc", "restrict_suid_sgid"}
	switched_on(sandbox.dynamic_user)
}

sandbox := input.workload.containers[0].sandbox

switched_on(value) if {
	not value in {null, false, 0, ""}
	not off(value)
	not is_empty(value)
}

# The words that systemd takes for false.
off(value) if {
	is_string(value)
	lower(value) in {"no", "false", "off", "0", "n", "f"}
}

# An empty list resets a setting.
is_empty(value) if value in [[], {}]

# `no_new_privileges` is `NoNewPrivileges` to systemd; some settings have letters of their own.
spelt(setting) := sprintf("`%s`", [exceptions[setting]])

spelt(setting) := sprintf("`%s`", [concat("", parts)]) if {
	not exceptions[setting]
	parts := [capitalised(part) | some part in split(setting, "_")]
}

capitalised(part) := concat("", [upper(substring(part, 0, 1)), substring(part, 1, -1)])

exceptions := {
	"ip_address_deny": "IPAddressDeny",
	"private_ipc": "PrivateIPC",
	"private_pids": "PrivatePIDs",
	"remove_ipc": "RemoveIPC",
	"restrict_suid_sgid": "RestrictSUIDSGID",
	"umask": "UMask",
}
