package plumbline.deployment.privilege_escalation_test

import data.plumbline.deployment.privilege_escalation

test_escalation_is_denied if {
	privilege_escalation.deny == {{"msg": "container `web` may escalate its privileges", "fix": [{"op": "add", "at": ["workload", "containers", 0], "path": ["securityContext", "allowPrivilegeEscalation"], "value": false}]}} with input as workload([container("web", "container", {"allow_privilege_escalation": true})])
}

# The API server refuses `allowPrivilegeEscalation: false` beside these.
test_nothing_is_offered_beside_what_escalates if {
	every isolation in [{"privileged": true}, {"capabilities": {"add": ["CAP_SYS_ADMIN"]}}] {
		privilege_escalation.deny == {{"msg": "container `web` may escalate its privileges", "fix": []}} with input as workload([container("web", "container", isolation)])
	}
}

test_the_container_that_escalates_is_the_one_that_is_fixed if {
	{at | some finding in privilege_escalation.deny; at := finding.fix[0].at[2]} == {1} with input as workload([
		container("web", "container", {"allow_privilege_escalation": false}),
		container("proxy", "container", {"privileged": false, "capabilities": {"add": ["CHOWN"]}}),
	])
}

test_no_escalation_passes if {
	count(privilege_escalation.deny) == 0 with input as workload([container("web", "container", {"allow_privilege_escalation": false})])
}

# Kubernetes allows it where nothing is said.
test_isolation_that_says_nothing_is_denied if {
	messages == {"container `web` may escalate its privileges"} with input as workload([container("web", "container", {})])
}

test_whatever_is_not_false_is_denied if {
	every value in [null, "false", "", 0, [], {}] {
		count(privilege_escalation.deny) == 1 with input as workload([container("web", "container", {"allow_privilege_escalation": value})])
	}
}

test_every_role_is_denied if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(privilege_escalation.deny) == 1 with input as workload([container("web", role, {})])
	}
}

test_every_role_without_escalation_passes if {
	every role in ["init", "sidecar", "container", "ephemeral"] {
		count(privilege_escalation.deny) == 0 with input as workload([container("web", role, {"allow_privilege_escalation": false})])
	}
}

test_each_container_is_a_finding if {
	messages == {
		"container `prepare` may escalate its privileges",
		"container `proxy` may escalate its privileges",
	} with input as workload([
		container("prepare", "init", {}),
		container("web", "container", {"allow_privilege_escalation": false}),
		container("proxy", "container", {"allow_privilege_escalation": true}),
	])
}

test_windows_passes if {
	count(privilege_escalation.deny) == 0 with input as workload([container("web", "container", {})])
		with input.workload.runtime.os as "windows"
}

test_linux_by_name_is_denied if {
	count(privilege_escalation.deny) == 1 with input as workload([container("web", "container", {})])
		with input.workload.runtime.os as "linux"
}

test_workload_without_containers_passes if {
	count(privilege_escalation.deny) == 0 with input as workload([])
}

messages contains finding.msg if some finding in privilege_escalation.deny

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
