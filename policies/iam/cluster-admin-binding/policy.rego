# METADATA
# scope: package
# title: Bindings to cluster-admin
# description: Whoever is bound to cluster-admin may do everything, to everything, and pass it on.
# custom:
#   id: iam/cluster-admin-binding
#   severity: critical
#   effect: deny
#   subject: resource
#   targets:
#     - kubernetes/rbac.authorization.k8s.io/ClusterRoleBinding
#     - kubernetes/rbac.authorization.k8s.io/RoleBinding
#   controls: { cis-kubernetes: ["5.1.1"], nist-800-53: ["AC-6", "AC-6(5)"] }
#   remediation: Bind a role that lists the verbs and resources the subject needs, in the namespace where it needs them.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Names of subjects that may hold cluster-admin; a service account also as `system:serviceaccount:<namespace>:<name>`.
#         type: array
#         items: { type: string, minLength: 1 }
#         default: []
package plumbline.iam.cluster_admin_binding

deny contains {"msg": msg} if {
	is_array(input.resource.subjects)
	some subject in input.resource.subjects
	not bootstrap(subject)
	not allowed(subject)
	binds_cluster_admin
	msg := sprintf("%s is bound to `cluster-admin` in %s", [named(subject), scope])
}

# Such a binding grants nothing yet, but one more line in it makes an administrator.
deny contains {"msg": msg} if {
	not has_subject
	binds_cluster_admin
	msg := sprintf("`cluster-admin` is bound in %s, to no subject yet", [scope])
}

# The last condition, so that a finding points at the name of the role.
binds_cluster_admin if {
	input.resource.roleRef.kind == "ClusterRole"
	input.resource.roleRef.name == "cluster-admin"
}

has_subject if {
	is_array(input.resource.subjects)
	count(input.resource.subjects) > 0
}

# The API server lets `system:masters` through before it asks RBAC, so a binding adds nothing to
# that group. Every cluster is born with one such binding.
bootstrap(subject) if {
	subject.kind == "Group"
	subject.name == "system:masters"
}

allowed(subject) if subject.name in data.params.allow

allowed(subject) if {
	in_namespace(subject)
	concat(":", ["system:serviceaccount", subject.namespace, subject.name]) in data.params.allow
}

in_namespace(subject) if {
	subject.kind == "ServiceAccount"
	is_string(subject.namespace)
	subject.namespace != ""
	is_string(subject.name)
}

# Service accounts of one name in two namespaces are two subjects.
named(subject) := sprintf("`ServiceAccount` `%s/%s`", [subject.namespace, subject.name]) if in_namespace(subject)

else := sprintf("`%v` `%v`", [subject.kind, subject.name]) if {
	subject.kind != null
	subject.name != null
}

else := "a subject that cannot be read"

# A RoleBinding grants the role in its own namespace only: there it is still every verb on every
# resource, Secrets and further RoleBindings included.
default scope := "its namespace"

scope := "the whole cluster" if input.kind == "rbac.authorization.k8s.io/ClusterRoleBinding"

scope := sprintf("the namespace `%s`", [input.resource.metadata.namespace]) if {
	input.kind == "rbac.authorization.k8s.io/RoleBinding"
	is_string(input.resource.metadata.namespace)
	input.resource.metadata.namespace != ""
}
