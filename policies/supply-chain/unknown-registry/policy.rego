# METADATA
# scope: package
# title: Images from unknown registries
# description: An image from a registry that nobody vouches for is code that nobody vouches for.
# custom:
#   id: supply-chain/unknown-registry
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*", "aws/*", "gcp/*", "azure/*"]
#   requires: ["estate.registries.allowed"]
#   controls: { cis-kubernetes: ["5.5.1"], nist-800-53: ["CM-7(5)"] }
#   remediation: Mirror the image into an allowed registry and refer to it there, or add its registry to `registries.allowed` in `estate.yaml`.
package plumbline.supply_chain.unknown_registry

import data.plumbline.lib.names

deny contains {"msg": msg} if {
	allowed := data.estate.registries.allowed
	some container in input.workload.containers
	name := container.image.name
	not under_any(name, allowed)
	msg := sprintf("container `%s` pulls `%s` from `%s`, outside the allowed registries", [
		container.name,
		container.image.reference,
		container.image.registry,
	])
}

under_any(name, allowed) if {
	some entry in allowed
	names.is_below(name, entry)
}
