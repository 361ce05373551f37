# METADATA
# scope: package
# title: Missing cost tags
# description: What carries no cost tags is paid for by nobody in particular, and so by everybody.
# custom:
#   id: finops/missing-cost-tags
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "aws/*", "gcp/*", "azure/*", "docker/*"]
#   requires: ["estate.cost-tags"]
#   controls: { nist-800-53: ["CM-8"] }
#   remediation: Add the missing `cost-tags` of `estate.yaml` as labels or tags of the workload.
package plumbline.finops.missing_cost_tags

# Of the places where a tag may stand, the path names the one where it is best seen.
deny contains {"msg": msg, "path": place} if {
	missing := [sprintf("`%s`", [key]) | some key in data.estate["cost-tags"]; not tagged(key)]
	count(missing) > 0
	msg := sprintf("`%v` lacks the cost %s %s", [input.workload.name, noun(missing), concat(", ", missing)])
}

noun(missing) := "tag" if count(missing) == 1

else := "tags"

tagged(key) if says_something(input.workload.labels[key])

tagged(key) if says_something(input.workload.annotations[key])

tagged(key) if says_something(input.workload.template.labels[key])

tagged(key) if says_something(input.workload.tags[key])

# A value that only a deployment can resolve is no part of `tags`, and is a value all the same.
tagged(key) if {
	input.platform == "aws"
	says_something(input.resource.Properties.Tags[key])
}

tagged(key) if {
	input.platform == "aws"
	some tag in input.resource.Properties.Tags
	tag.Key == key
	says_something(tag.Value)
}

tagged(key) if {
	some name in ["labels", "tags"]
	input.platform in {"aws", "azure", "gcp"}
	says_something(input.resource[name][key])
}

# A tag without a value pays for nothing.
says_something(value) if not value in {null, ""}

default place := ["resource"]

place := ["resource", "metadata", "labels"] if input.platform == "kubernetes"

place := ["resource", "Properties", "Tags"] if input.platform == "aws"

place := ["resource", "labels"] if input.platform in {"docker", "gcp"}

place := ["resource", "tags"] if input.platform == "azure"
