package plumbline.lib.placement_test

import data.plumbline.lib.placement

# What it declares.

test_every_place_of_a_declaration_counts if {
	placement.classes == {"a", "b", "c", "d", "e", "f"} with input as {"workload": {
		"labels": {"governance/class": "a", "app": "web"},
		"annotations": {"governance-class": "b"},
		"template": {"labels": {"governance_class": "c"}, "annotations": {"governance/class": "d"}},
		"tags": {"governance/class": "e", "X-Governance-Class": "f"},
	}}
}

test_every_default_spelling_of_a_classification_counts if {
	every key in ["governance/data-classification", "data_classification", "data-classification", "X-Data-Classification"] {
		placement.classifications == {"personal"} with input as {"workload": {"labels": {key: "personal"}}}
	}
}

test_other_spellings_declare_nothing if {
	labels := {"class": "a", "classification": "b", "Governance/Class": "c", "DATA_CLASSIFICATION": "d"}
	count(placement.classes) == 0 with input as {"workload": {"labels": labels}}
	count(placement.classifications) == 0 with input as {"workload": {"labels": labels}}
}

test_every_default_spelling_of_a_service_counts if {
	every key in ["governance/service", "governance_service", "governance-service", "X-Governance-Service"] {
		placement.services == {"orders"} with input as {"workload": {"tags": {key: "orders"}}}
	}
	count(placement.services) == 0 with input as {"workload": {"tags": {"service": "orders"}}}
}

test_decided_keys_replace_the_defaults if {
	placement.classes == {"a"} with input as {"workload": {"labels": {"acme/class": "a", "governance/class": "b"}}}
		with data.estate.keys as {"class": ["acme/class"]}
	placement.classifications == {"a"} with input as {"workload": {"labels": {"acme/data": "a", "data-classification": "b"}}}
		with data.estate.keys as {"classification": ["acme/data"]}
	placement.services == {"a"} with input as {"workload": {"labels": {"acme/service": "a", "governance/service": "b"}}}
		with data.estate.keys as {"service": ["acme/service"]}
}

test_a_workload_without_metadata_declares_nothing if {
	every workload in [{}, {"labels": null, "tags": "a"}, {"labels": []}, {"template": null, "annotations": 7}] {
		count(placement.classes) == 0 with input as {"workload": workload}
		count(placement.classifications) == 0 with input as {"workload": workload}
	}
}

# Where it runs.

test_each_place_has_its_words if {
	every case in [
		{"at": ["aws", "AWS::Lambda::Function", "function"], "is": {"function"}},
		{"at": ["gcp", "google_cloudfunctions2_function", "function"], "is": {"function"}},
		{"at": ["kubernetes", "apps/Deployment", "container"], "is": {"kubernetes"}},
		{"at": ["kubernetes", "batch/CronJob", "job"], "is": {"job", "kubernetes"}},
		{"at": ["kubernetes", "serving.knative.dev/Service", "container"], "is": {"knative"}},
		{"at": ["docker", "compose/service", "container"], "is": {"container"}},
		{"at": ["aws", "AWS::ECS::TaskDefinition", "container"], "is": {"container"}},
		{"at": ["aws", "AWS::StepFunctions::StateMachine", "state-machine"], "is": {"state-machine"}},
		{"at": ["azure", "azurerm_container_app", "container"], "is": {"container"}},
		{"at": ["gcp", "google_cloud_run_v2_service", "container"], "is": {"cloud-run"}},
		{"at": ["gcp", "google_cloud_run_service", "container"], "is": {"cloud-run"}},
		{"at": ["gcp", "google_cloud_run_v2_job", "job"], "is": {"cloud-run", "job"}},
		{"at": ["aws", "AWS::EC2::Instance", "vm"], "is": {"vm"}},
		{"at": ["host", "cloud-init/config", "vm"], "is": {"vm"}},
		{"at": ["host", "systemd/service", "service"], "is": {"vm"}},
	] {
		placement.targets == case["is"] with input as {
			"platform": case.at[0],
			"kind": case.at[1],
			"workload": {"runtime": {"form": case.at[2]}},
		}
	}
}

test_a_place_is_named_by_all_its_words if {
	placement.place == "`job` and `kubernetes`" with input as {
		"platform": "kubernetes",
		"kind": "batch/Job",
		"workload": {"runtime": {"form": "job"}},
	}
}

test_a_form_that_nobody_knows_is_nowhere if {
	new := {"platform": "aws", "kind": "AWS::New::Thing", "workload": {"runtime": {"form": "dream"}}}
	count(placement.targets) == 0 with input as new
	placement.place == "`dream`" with input as new
}

test_what_comes_and_goes_has_a_name if {
	placement.elastic == "function `web`" with input as {
		"platform": "aws",
		"kind": "AWS::Lambda::Function",
		"workload": {"name": "web", "runtime": {"form": "function"}},
	}
	placement.elastic == "Knative workload `web`" with input as {
		"platform": "kubernetes",
		"kind": "serving.knative.dev/Service",
		"workload": {"name": "web", "runtime": {"form": "container"}},
	}
	placement.elastic == "Cloud Run service `web`" with input as {
		"platform": "gcp",
		"kind": "google_cloud_run_v2_service",
		"workload": {"name": "web", "runtime": {"form": "container"}},
	}
	placement.elastic == "container app `web`" with input as {
		"platform": "azure",
		"kind": "azurerm_container_app",
		"workload": {"name": "web", "runtime": {"form": "container"}},
	}
	every kind, form in {
		"apps/Deployment": "container",
		"google_cloud_run_v2_job": "job",
		"aws_sfn_state_machine": "state-machine",
	} {
		not placement.elastic with input as {
			"platform": "kubernetes",
			"kind": kind,
			"workload": {"name": "web", "runtime": {"form": form}},
		}
	}
}

# In which region.

test_each_spelling_of_a_region_is_the_region if {
	every written, region in {
		"eu-central-1": "eu-central-1",
		"europe-west1": "europe-west1",
		"europe-west1-b": "europe-west1",
		"us-gov-west-1": "us-gov-west-1",
		"westeurope": "westeurope",
		"West Europe": "westeurope",
		"eastus2": "eastus2",
	} {
		placement.region == region with input as {"workload": {"placement": {"region": written}}}
		placement.as_region(written) == region
	}
}

test_a_region_that_is_no_text_is_none if {
	every written in [7, ["eu-central-1"], {}] {
		placement.as_region(written) == null
	}
}
