# METADATA
# scope: package
# title: Close to the platform's time limit
# description: Work that needs nearly all the time a platform grants has nowhere to go when it needs more, and is cut off in the middle.
# custom:
#   id: placement/near-time-limit
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["aws/AWS::Lambda::Function", "aws/AWS::Serverless::Function", "kubernetes/serving.knative.dev/*"]
#   controls: { nist-800-53: ["SC-5", "SC-6"] }
#   remediation: Move the long work into a job, a container or a state machine of short steps, and lower the timeout to what a request needs.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       knative-limit-seconds:
#         description: The longest that Knative lets a request take, `max-revision-timeout-seconds` of the cluster.
#         type: integer
#         minimum: 1
#         default: 600
package plumbline.placement.near_time_limit

deny contains {"msg": msg} if {
	is_number(input.workload.lifetime.max_seconds)
	input.workload.lifetime.max_seconds * 100 >= limit * percent
	msg := sprintf("%s may run for %v seconds, at or above %v percent of the %v that its platform grants", [
		named,
		input.workload.lifetime.max_seconds,
		percent,
		limit,
	])
}

# Lambda's limit is the same everywhere; Knative's is a setting of the cluster.
limit := 900 if input.platform == "aws"

else := data.params["knative-limit-seconds"]

percent := data.estate.limits["timeout-percent-of-platform"]

percent := 80 if not data.estate.limits["timeout-percent-of-platform"]

named := sprintf("function `%v`", [input.workload.name]) if input.platform == "aws"

else := sprintf("Knative workload `%v`", [input.workload.name])
