# METADATA
# scope: package
# title: Roles that read every Secret
# description: Whoever reads all Secrets holds every password and token that is kept in them.
# custom:
#   id: iam/secret-access
#   severity: high
#   effect: deny
#   subject: resource
#   targets:
#     - kubernetes/rbac.authorization.k8s.io/ClusterRole
#     - kubernetes/rbac.authorization.k8s.io/Role
#   controls: { cis-kubernetes: ["5.1.2"], nist-800-53: ["AC-6"] }
#   remediation: Name in `resourceNames` the Secrets that are needed, or mount them into the pod that needs them.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Names of roles that may read every Secret.
#         type: array
#         items: { type: string, minLength: 1 }
#         default: []
package plumbline.iam.secret_access

import data.plumbline.lib.roles

# The path keeps apart the same words in two rules of one role.
deny contains {"msg": msg, "path": path} if {
	not allowed
	some i, rule in input.resource.rules
	"secrets" in rule.resources
	some group in rule.apiGroups
	group in {"", "*"}
	not roles.names_some(rule)
	verbs := [quoted | some verb in rule.verbs; reads(verb); quoted := sprintf("`%s`", [verb])]
	count(verbs) > 0
	j := min([j | some j, resource in rule.resources; resource == "secrets"])
	path := ["resource", "rules", i, "resources", j]
	msg := sprintf("`%s` `%v` may read every Secret, by %s", [input.resource.kind, roles.name, concat(", ", verbs)])
}

# A list names Secrets too, and hands out what is in them.
reads(verb) if verb in {"get", "list", "watch", "*"}

allowed if input.resource.metadata.name in data.params.allow
