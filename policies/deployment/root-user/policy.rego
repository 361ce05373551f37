# METADATA
# scope: package
# title: Root user
# description: Root in a container is root on the node wherever a wall between the two has a hole.
# custom:
#   id: deployment/root-user
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*"]
#   controls: { pss: [restricted], cis-kubernetes: ["5.2.7"], nist-800-53: ["AC-6"] }
#   remediation: Set `runAsUser` to a user above 0, or leave it to an image whose user is not root; in a compose file, so with `user`.
package plumbline.deployment.root_user

deny contains {"msg": msg} if {
	input.workload.isolation.run_as_user == 0
	msg := sprintf("the pod of `%s` runs as user 0, which is root", [input.workload.name])
}

deny contains {"msg": msg} if {
	some container in input.workload.containers
	not inherited
	container.isolation.run_as_user == 0
	msg := sprintf("container `%s` runs as user 0, which is root", [container.name])
}

# The finding at the pod covers its containers too.
inherited if input.workload.isolation.run_as_user == 0
