# METADATA
# scope: package
# title: Wildcards in roles
# description: A wildcard in a role also grants what nobody thought of, and whatever is installed later.
# custom:
#   id: iam/wildcard-role
#   severity: high
#   effect: deny
#   subject: resource
#   targets:
#     - kubernetes/rbac.authorization.k8s.io/ClusterRole
#     - kubernetes/rbac.authorization.k8s.io/Role
#   controls: { cis-kubernetes: ["5.1.3"], nist-800-53: ["AC-6"] }
#   remediation: List the API groups, resources and verbs that the subject needs, one by one.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Names of roles that may contain wildcards.
#         type: array
#         items: { type: string, minLength: 1 }
#         default: []
package plumbline.iam.wildcard_role

import data.plumbline.lib.roles

# The path keeps apart the same words in two rules of one role.
deny contains {"msg": msg, "path": path} if {
	not allowed
	some i, rule in input.resource.rules
	some field, title in titles
	some j, entry in rule[field]
	wildcard(field, entry)
	path := ["resource", "rules", i, field, j]
	msg := sprintf("`%s` `%v` has `%s` among its %s", [input.resource.kind, roles.name, entry, title])
}

titles := {
	"apiGroups": "API groups",
	"nonResourceURLs": "URLs",
	"resources": "resources",
	"verbs": "verbs",
}

wildcard(_, "*")

# One subresource of every resource. RBAC gives `pods/*` no meaning, but who writes it means one.
wildcard("resources", entry) if {
	is_string(entry)
	"*" in split(entry, "/")
}

# A `*` at the end of a URL stands for any ending, so `/healthz/*` is bounded by what precedes it.
wildcard("nonResourceURLs", entry) if {
	is_string(entry)
	endswith(entry, "*")
	trim_right(entry, "*") in {"", "/"}
}

allowed if input.resource.metadata.name in data.params.allow
