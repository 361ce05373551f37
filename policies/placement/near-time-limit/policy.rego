# METADATA
# scope: package
# title: Close to the platform's time limit
# description: Work that needs nearly all the time a platform grants has nowhere to go when it needs more, and is cut off in the middle.
# custom:
#   id: placement/near-time-limit
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["aws/*", "gcp/*", "azure/*", "kubernetes/serving.knative.dev/*"]
#   unknown: pass
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
#       azure-limit-seconds:
#         description: The longest that the plan of Azure lets a function run, 600 of a consumption plan.
#         type: integer
#         minimum: 1
#         default: 600
package plumbline.placement.near_time_limit

import data.plumbline.lib.placement

deny contains {"msg": msg} if {
	share := limit * percent
	is_number(input.workload.lifetime.max_seconds)
	input.workload.lifetime.max_seconds * 100 >= share
	msg := sprintf("%s may run for %v seconds, at or above %v percent of the %v that its platform grants", [
		placement.elastic,
		input.workload.lifetime.max_seconds,
		percent,
		limit,
	])
}

# The limits of Lambda and of Google Cloud are the same everywhere; Knative's is a setting of the cluster, and Azure's
# one of the plan. Undefined for what does not come and go with its requests.
limit := data.params["knative-limit-seconds"] if placement.is_knative

else := of_function[input.platform] if placement.is_function

else := 3600 if placement.is_cloud_run_service

of_function["aws"] := 900

of_function["azure"] := data.params["azure-limit-seconds"]

# The second generation gives an hour to requests, and as little as the first to events.
of_function["gcp"] := 3600 if {
	input.kind == "google_cloudfunctions2_function"
	not input.workload.invoked_asynchronously
} else := 540

percent := data.estate.limits["timeout-percent-of-platform"]

percent := 80 if not data.estate.limits["timeout-percent-of-platform"]
