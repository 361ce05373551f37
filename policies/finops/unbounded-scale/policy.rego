# METADATA
# scope: package
# title: Scale without a limit
# description: What scales with its requests and has no limit turns a loop, a retry storm or an attack into a bill.
# custom:
#   id: finops/unbounded-scale
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["aws/AWS::Lambda::Function", "aws/AWS::Serverless::Function", "kubernetes/serving.knative.dev/*"]
#   unknown: pass
#   controls: { nist-800-53: ["SC-5", "SC-6"] }
#   remediation: "Set `ReservedConcurrentExecutions` of the function, or the annotation `autoscaling.knative.dev/max-scale` of the Knative template."
package plumbline.finops.unbounded_scale

# Where nothing is written, the path says what is missing.
deny contains {"msg": msg, "path": place} if {
	not bounded
	msg := sprintf("%s may scale without a limit", [named])
}

bounded if {
	is_number(input.workload.lifetime.max_instances)
	input.workload.lifetime.max_instances > 0
}

# To Lambda, 0 is a limit: the function does not run. To Knative, it is none.
bounded if {
	input.platform == "aws"
	input.workload.lifetime.max_instances == 0
}

# A function of the template that only a deployment can resolve is a limit, whatever it comes to.
bounded if {
	input.platform == "aws"
	is_object(input.resource.Properties.ReservedConcurrentExecutions)
}

named := sprintf("function `%v`", [input.workload.name]) if input.platform == "aws"

else := sprintf("Knative workload `%v`", [input.workload.name])

place := ["resource", "Properties", "ReservedConcurrentExecutions"] if input.platform == "aws"

# The annotations of a revision are its own.
else := ["resource", "metadata", "annotations", "autoscaling.knative.dev/max-scale"] if {
	input.kind == "serving.knative.dev/Revision"
}

else := ["resource", "spec", "template", "metadata", "annotations", "autoscaling.knative.dev/max-scale"]
