# METADATA
# scope: package
# title: Cold starts where they hurt
# description: Work whose class must answer at once is slow to whoever comes first, if nothing is kept warm for it.
# custom:
#   id: placement/cold-latency-critical
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["aws/*", "gcp/*", "azure/*", "kubernetes/serving.knative.dev/*"]
#   requires: ["estate.classes"]
#   unknown: pass
#   controls: { nist-800-53: ["SC-6", "CP-10"] }
#   remediation: "Keep as many instances warm as the class asks for: provisioned concurrency or a least number of instances of a function, `min_instance_count` of a service of Cloud Run, `min_replicas` of a container app, `autoscaling.knative.dev/min-scale` of a Knative template."
package plumbline.placement.cold_latency_critical

import data.plumbline.lib.placement

deny contains {"msg": msg} if {
	some class in placement.classes
	least := data.estate.classes[class]["min-warm"]
	least > 0

	# An absent value is one that nobody can know yet.
	warm := input.workload.lifetime.min_instances
	not suffices(warm, least)
	msg := sprintf("%s is of the class `%v`, which keeps at least %v warm, and keeps %v", [placement.elastic, class, least, warm])
}

suffices(warm, least) if {
	is_number(warm)
	warm >= least
}
