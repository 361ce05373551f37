# METADATA
# scope: package
# title: Where work runs
# description: What a workload declares of itself, and what a target of the estate calls the place where it runs.
package plumbline.lib.placement

# --- What it declares: in its own metadata, in that of its pods, and in its tags.

classes contains class if {
	some [key, class] in declared
	key in class_keys
}

classifications contains classification if {
	some [key, classification] in declared
	key in classification_keys
}

# Which service it is a part of.
services contains service if {
	some [key, service] in declared
	key in service_keys
}

service_keys := data.estate.keys.service

service_keys := ["governance/service", "governance_service", "governance-service", "X-Governance-Service"] if not data.estate.keys.service

class_keys := data.estate.keys["class"]

class_keys := ["governance/class", "governance_class", "governance-class", "X-Governance-Class"] if not data.estate.keys["class"]

classification_keys := data.estate.keys.classification

classification_keys := ["governance/data-classification", "data_classification", "data-classification", "X-Data-Classification"] if {
	not data.estate.keys.classification
}

# One that is right hides none that is wrong, so every value of a key is kept.
declared contains [key, value] if some key, value in input.workload.template.annotations

declared contains [key, value] if some key, value in input.workload.template.labels

declared contains [key, value] if some key, value in input.workload.annotations

declared contains [key, value] if some key, value in input.workload.labels

declared contains [key, value] if some key, value in input.workload.tags

# --- Where it runs, in the words of `targets` in `estate.yaml`. A Job of Kubernetes is a job, and on Kubernetes.

targets contains "function" if is_function

targets contains "state-machine" if form == "state-machine"

targets contains "job" if form == "job"

targets contains "vm" if form == "vm"

# What systemd runs, runs on a machine.
targets contains "vm" if input.platform == "host"

targets contains "knative" if is_knative

targets contains "kubernetes" if {
	input.platform == "kubernetes"
	not is_knative
}

targets contains "cloud-run" if is_cloud_run

targets contains "container" if {
	form == "container"
	input.platform != "kubernetes"
	not is_cloud_run
}

# For messages.
place := concat(" and ", [sprintf("`%s`", [target]) | some target in targets]) if count(targets) > 0

else := sprintf("`%v`", [form])

form := input.workload.runtime.form

is_function if form == "function"

is_knative if startswith(input.kind, "serving.knative.dev/")

# What comes and goes with its requests, for messages.
elastic := sprintf("function `%v`", [input.workload.name]) if is_function

else := sprintf("Knative workload `%v`", [input.workload.name]) if is_knative

else := sprintf("Cloud Run service `%v`", [input.workload.name]) if is_cloud_run_service

else := sprintf("container app `%v`", [input.workload.name]) if input.kind == "azurerm_container_app"

# --- In which region, as clouds compare: Azure takes `West Europe` for `westeurope`, and a machine of Google names its
# zone, `europe-west1-b`.

region := as_region(input.workload.placement.region)

default as_region(_) := null

as_region(name) := regex.replace(replace(lower(name), " ", ""), `^([a-z]+-[a-z]+[0-9]+)-[a-z]$`, "$1") if is_string(name)

# A place of several regions, such as `EU` of Google, is one of its own.
is_allowed_region(name) if {
	some allowed in data.estate.regions.allowed
	as_region(allowed) == as_region(name)
}

is_cloud_run if startswith(input.kind, "google_cloud_run_")

# A job of Cloud Run waits for nobody.
is_cloud_run_service if {
	is_cloud_run
	form == "container"
}
