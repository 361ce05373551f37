# METADATA
# scope: package
# title: The graph of the estate
# description: How messages speak of the nodes of `data.world.graph`.
package plumbline.lib.graph

# A node is `kind:id`, or `kind:id#name` where the entity is not called like its resource. The last segment of an id is
# the name of the resource, percent-encoded.
name(node) := substring(node, indexof(node, "#") + 1, -1) if contains(node, "#")

name(node) := urlquery.decode(regex.replace(node, `^.*[/:]`, "")) if not contains(node, "#")

# `a`, `b` and `c`, in the order of a way.
way(nodes) := concat(" -> ", [sprintf("`%s`", [name(node)]) | some node in nodes])

is_workload(node) if startswith(node, "workload:")
