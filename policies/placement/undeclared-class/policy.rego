# METADATA
# scope: package
# title: Workloads of no declared class
# description: Where a workload may run follows from its class, so one without a class is placed by chance.
# custom:
#   id: placement/undeclared-class
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   requires: ["estate.classes"]
#   controls: { nist-800-53: ["CM-8"] }
#   remediation: Declare one of the `classes` of `estate.yaml` in a label of the workload.
package plumbline.placement.undeclared_class

# Of the places where a class may stand, the path names the one where it is best seen.
deny contains {"msg": msg, "path": ["resource", "metadata", "labels"]} if {
	not declares_class
	msg := sprintf("`%s` declares no class of work", [input.workload.name])
}

# Every declaration is judged, so that one that is right hides none that is wrong.
deny contains {"msg": msg} if {
	some class in declared
	not known(class)
	msg := sprintf("`%s` declares the class `%v`, which the organisation does not know", [input.workload.name, class])
}

declares_class if some _ in declared

known(class) if _ = data.estate.classes[class]

# Read in the metadata of the workload, and in that of its pods.
declared contains class if {
	some key in keys
	class := input.workload.template.annotations[key]
}

declared contains class if {
	some key in keys
	class := input.workload.template.labels[key]
}

declared contains class if {
	some key in keys
	class := input.workload.annotations[key]
}

declared contains class if {
	some key in keys
	class := input.workload.labels[key]
}

keys := data.estate.keys["class"]

keys := ["governance/class", "governance_class", "governance-class"] if not data.estate.keys["class"]
