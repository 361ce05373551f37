# METADATA
# scope: package
# title: Probes and hooks of other hosts
# description: A probe with a host of its own makes the node ask whom the pod may not reach.
# custom:
#   id: deployment/host-probe
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [baseline], nist-800-53: ["SC-7"] }
#   remediation: "Remove `host`, so that the pod itself is asked; a name that the server expects belongs into the header `Host` of `httpHeaders`."
package plumbline.deployment.host_probe

deny contains {"msg": msg} if {
	some container in input.workload.containers
	some asked in container.health
	does := verbs[asked.action]
	asked.host != ""
	msg := sprintf("%v of container `%v` %s `%v` instead of its pod", [
		object.get(names, asked.kind, asked.kind),
		container.name,
		does,
		asked.host,
	])
}

# The actions that have a host.
verbs := {
	"http": "sends its request to",
	"tcp": "connects to",
}

names := {
	"liveness": "the liveness probe",
	"readiness": "the readiness probe",
	"startup": "the startup probe",
	"post_start": "the `postStart` hook",
	"pre_stop": "the `preStop` hook",
}
