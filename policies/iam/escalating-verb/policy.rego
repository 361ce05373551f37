# METADATA
# scope: package
# title: Verbs that escalate
# description: Whoever may escalate, bind or impersonate can hold any power in the cluster, whatever the rest of the role says.
# custom:
#   id: iam/escalating-verb
#   severity: critical
#   effect: deny
#   subject: resource
#   targets:
#     - kubernetes/rbac.authorization.k8s.io/ClusterRole
#     - kubernetes/rbac.authorization.k8s.io/Role
#   controls: { cis-kubernetes: ["5.1.8"], nist-800-53: ["AC-6"] }
#   remediation: Remove the verb, or name in `resourceNames` which roles may be bound and who may be impersonated.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Names of roles that may hold these verbs.
#         type: array
#         items: { type: string, minLength: 1 }
#         default: []
package plumbline.iam.escalating_verb

import data.plumbline.lib.roles

deny contains {"msg": msg, "path": path} if {
	not allowed
	some i, rule in input.resource.rules
	some j, verb in rule.verbs
	grants := [grant |
		some power in meant[verb]
		not narrowed(power, rule)
		resources := reached(verb, power, rule)
		count(resources) > 0
		grant := sprintf("`%s` %s", [power, concat(", ", resources)])
	]
	count(grants) > 0
	path := ["resource", "rules", i, "verbs", j]
	msg := sprintf("`%s` `%v` may %s", [input.resource.kind, roles.name, concat(" and ", grants)])
}

# What a verb stands for as it is written.
meant := {
	"escalate": ["escalate"],
	"bind": ["bind"],
	"impersonate": ["impersonate"],
	"*": ["escalate", "bind", "impersonate"],
}

# What RBAC asks for each of them on: the resources, and the API group of each.
asked := {
	"escalate": of_rbac,
	"bind": of_rbac,
	"impersonate": {
		"users": "",
		"groups": "",
		"serviceaccounts": "",
		"uids": "authentication.k8s.io",
		"userextras": "authentication.k8s.io",
	},
}

of_rbac := {
	"roles": "rbac.authorization.k8s.io",
	"clusterroles": "rbac.authorization.k8s.io",
}

reached(verb, power, rule) := {quoted |
	some resource in rule.resources
	some known, group in asked[power]
	stands_for(verb, resource, known)
	some named in rule.apiGroups
	named in {group, "*"}
	quoted := sprintf("`%s`", [resource])
}

stands_for(_, resource, resource)

# The extra fields of a user are subresources: `userextras/scopes`.
stands_for(_, resource, "userextras") if {
	is_string(resource)
	startswith(resource, "userextras/")
}

# `*` on `*` is iam/wildcard-role's; a verb that is spelt out was meant.
stands_for(verb, "*", _) if verb != "*"

# Names do not bound `escalate`: a role that may be rewritten may be rewritten to everything.
narrowed("bind", rule) if names_without(rule, "cluster-admin")

narrowed("impersonate", rule) if names_without(rule, "system:masters")

# Without a name, all are meant.
names_without(rule, mighty) if {
	roles.names_some(rule)
	not mighty in rule.resourceNames
}

allowed if input.resource.metadata.name in data.params.allow
