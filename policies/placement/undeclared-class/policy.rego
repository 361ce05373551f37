# METADATA
# scope: package
# title: Workloads of no declared class
# description: Where a workload may run follows from its class, so one without a class is placed by chance.
# custom:
#   id: placement/undeclared-class
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "aws/*", "gcp/*", "azure/*", "docker/*"]
#   requires: ["estate.classes"]
#   controls: { nist-800-53: ["CM-8"] }
#   remediation: Declare one of the `classes` of `estate.yaml` in a label or a tag of the workload.
package plumbline.placement.undeclared_class

import data.plumbline.lib.placement
import data.plumbline.lib.symbolic

# Of the places where a class may stand, the path names the one where it is best seen.
deny contains {"msg": msg, "path": place} if {
	not declares_class
	msg := sprintf("`%s` declares no class of work", [input.workload.name])
}

# Every declaration is judged, so that one that is right hides none that is wrong.
deny contains {"msg": msg} if {
	some class in placement.classes
	not known(class)
	not is_known_later(class)
	msg := sprintf("`%s` declares the class `%v`, which the organisation does not know", [input.workload.name, class])
}

declares_class if some _ in placement.classes

# A tag whose value only a deployment can resolve is no part of `tags`, and declares a class all the same.
declares_class if {
	input.platform == "aws"
	some key in placement.class_keys
	input.resource.Properties.Tags[key]
}

declares_class if {
	input.platform == "aws"
	some tag in input.resource.Properties.Tags
	tag.Key in placement.class_keys
}

declares_class if {
	some name in ["labels", "tags"]
	input.platform in {"aws", "azure", "gcp"}
	some key in placement.class_keys
	input.resource[name][key]
}

known(class) if _ = data.estate.classes[class]

is_known_later(class) if {
	input.platform in {"aws", "azure", "gcp"}
	symbolic.is_symbolic(class)
}

default place := ["resource", "metadata", "labels"]

place := ["resource", "Properties", "Tags"] if input.platform == "aws"

place := ["resource", "labels"] if input.platform in {"docker", "gcp"}

place := ["resource", "tags"] if input.platform == "azure"
