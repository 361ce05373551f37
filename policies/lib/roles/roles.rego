# METADATA
# scope: package
# title: Roles of Kubernetes
# description: What is said of a Role or a ClusterRole.
package plumbline.lib.roles

# An object may come with `generateName` alone.
default name := "_"

name := input.resource.metadata.name

# An empty list names none, which means all.
names_some(rule) if {
	is_array(rule.resourceNames)
	count(rule.resourceNames) > 0
}
