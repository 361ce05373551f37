# METADATA
# scope: package
# title: Routes without a limit
# description: A route that takes as many requests as are sent lets one caller use up what all the others need.
# custom:
#   id: api/unlimited-route
#   severity: medium
#   effect: deny
#   subject: endpoint
#   targets: ["*"]
#   unknown: pass
#   controls: { nist-800-53: ["SC-5"], owasp-api: ["API4:2023"] }
#   remediation: Limit the rate of requests at the gateway, the stage or the ingress, or say in the contract what the limit is.
package plumbline.api.unlimited_route

# The address of a function or an app, `url`, has no setting for a limit: that is the gateway's in front of it.
deny contains {"msg": msg} if {
	input.endpoint.exposure == "public"
	input.endpoint.form in {"api", "ingress", "operation", "route"}
	input.endpoint.rate_limit == false
	msg := sprintf("endpoint `%v` takes as many requests as are sent", [input.endpoint.name])
}
