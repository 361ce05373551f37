# METADATA
# scope: package
# title: Scale without a limit
# description: What scales with its requests and has no limit turns a loop, a retry storm or an attack into a bill.
# custom:
#   id: finops/unbounded-scale
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["aws/*", "gcp/*", "azure/*", "kubernetes/serving.knative.dev/*"]
#   unknown: pass
#   controls: { nist-800-53: ["SC-5", "SC-6"] }
#   remediation: "Set `ReservedConcurrentExecutions` of the function, `reserved_concurrent_executions` in Terraform, or the annotation `autoscaling.knative.dev/max-scale` of the Knative template."
package plumbline.finops.unbounded_scale

import data.plumbline.lib.placement
import data.plumbline.lib.symbolic

deny contains {"msg": msg} if {
	input.workload.runtime.form == "function"
	not bounded
	msg := sprintf("function `%v` may scale without a limit", [input.workload.name])
}

# Of Knative, the path says which annotation is missing.
deny contains {"msg": msg, "path": place} if {
	startswith(input.kind, "serving.knative.dev/")
	not bounded
	msg := sprintf("Knative workload `%v` may scale without a limit", [input.workload.name])
}

# A limit that the organisation finds too high.
deny contains {"msg": msg} if {
	most := data.estate.limits["max-instances"]
	is_number(input.workload.lifetime.max_instances)
	input.workload.lifetime.max_instances > most
	msg := sprintf("%s may scale to %v, and at most %v are asked for", [
		placement.elastic,
		input.workload.lifetime.max_instances,
		most,
	])
}

bounded if {
	is_number(input.workload.lifetime.max_instances)
	input.workload.lifetime.max_instances > 0
}

# To Lambda, 0 is a limit: the function does not run. To others, it is none.
bounded if {
	input.platform == "aws"
	input.workload.lifetime.max_instances == 0
}

# What only a deployment can resolve is a limit, whatever it comes to.
bounded if {
	some limit in limits_as_written
	symbolic.is_symbolic(limit)
}

limits_as_written contains input.resource.Properties.ReservedConcurrentExecutions

limits_as_written contains input.resource.reserved_concurrent_executions

limits_as_written contains input.resource.reservedConcurrency

limits_as_written contains input.resource.max_instances

limits_as_written contains input.resource.maximum_instance_count

limits_as_written contains block.max_instance_count if some block in input.resource.service_config

limits_as_written contains block.app_scale_limit if some block in input.resource.site_config

# The annotations of a revision are its own.
place := ["resource", "metadata", "annotations", "autoscaling.knative.dev/max-scale"] if {
	input.kind == "serving.knative.dev/Revision"
}

else := ["resource", "spec", "template", "metadata", "annotations", "autoscaling.knative.dev/max-scale"]
