package plumbline.placement.restricted_data_test

import data.plumbline.placement.restricted_data

test_restricted_data_in_a_place_that_is_not_approved_is_denied if {
	restricted_data.deny == {{"msg": "`ledger` holds `personal` data and runs as `function`, which is no approved place for it"}} with input as function({"tags": {"data-classification": "personal"}})
		with data.estate as estate
}

test_restricted_data_in_an_approved_place_passes if {
	count(restricted_data.deny) == 0 with input as deployment({"labels": {"governance/data-classification": "personal"}})
		with data.estate as estate
}

test_other_data_passes if {
	every value in ["public", "Personal", "", null, true, ["personal"]] {
		count(restricted_data.deny) == 0 with input as function({"tags": {"data-classification": value}})
			with data.estate as estate
	}
}

test_workload_that_declares_no_data_passes if {
	count(restricted_data.deny) == 0 with input as function({}) with data.estate as estate
}

test_data_that_is_approved_nowhere_is_denied if {
	count(restricted_data.deny) == 1 with input as deployment({"labels": {"data-classification": "secret"}})
		with data.estate as estate
	count(restricted_data.deny) == 1 with input as deployment({"labels": {"data-classification": "closed"}})
		with data.estate as estate
}

test_job_of_kubernetes_is_on_kubernetes if {
	count(restricted_data.deny) == 0 with data.estate as estate with input as {
		"platform": "kubernetes",
		"kind": "batch/Job",
		"workload": {"name": "report", "runtime": {"form": "job"}, "labels": {"data-classification": "personal"}},
	}
}

test_unit_of_a_machine_is_on_a_machine if {
	count(restricted_data.deny) == 0 with data.estate as estate with input as {
		"platform": "host",
		"kind": "systemd/service",
		"workload": {"name": "report", "runtime": {"form": "service"}, "labels": {"data-classification": "personal"}},
	}
}

test_region_that_is_not_approved_is_denied if {
	messages == {"`ledger` holds `health` data and runs in `us-east-1`, which is no approved region for it"} with input as function({
		"tags": {"data-classification": "health"},
		"placement": {"region": "us-east-1"},
	})
		with data.estate as estate
}

test_approved_region_passes if {
	count(restricted_data.deny) == 0 with data.estate as estate with input as function({
		"tags": {"data-classification": "health"},
		"placement": {"region": "eu-central-1"},
	})
}

# Clouds take more than one spelling, and a machine says its zone.
test_approved_region_passes_however_it_is_spelt if {
	every written, approved in {
		"West Europe": "westeurope",
		"westeurope": "West Europe",
		"europe-west1-b": "europe-west1",
	} {
		count(restricted_data.deny) == 0 with input as function({
			"tags": {"data-classification": "health"},
			"placement": {"region": written},
		})
			with data.estate as object.union(estate, {"approved": {"health": {"regions": [approved]}}})
	}
}

test_zone_of_another_region_is_denied if {
	messages == {"`ledger` holds `health` data and runs in `us-east1-b`, which is no approved region for it"} with input as function({
		"tags": {"data-classification": "health"},
		"placement": {"region": "us-east1-b"},
	})
		with data.estate as object.union(estate, {"approved": {"health": {"regions": ["europe-west1"]}}})
}

test_region_that_is_not_known_passes if {
	count(restricted_data.deny) == 0 with input as function({"tags": {"data-classification": "health"}})
		with data.estate as estate
}

test_region_of_other_data_passes if {
	count(restricted_data.deny) == 0 with data.estate as estate with input as function({
		"tags": {"data-classification": "public"},
		"placement": {"region": "us-east-1"},
	})
}

test_place_and_region_are_two_findings if {
	count(restricted_data.deny) == 2 with data.estate as estate with input as deployment({
		"labels": {"data-classification": "both"},
		"placement": {"region": "us-east-1"},
	})
}

test_decided_keys_count if {
	count(restricted_data.deny) == 1 with input as function({"tags": {"acme/data": "personal"}})
		with data.estate as object.union(estate, {"keys": {"classification": ["acme/data"]}})
}

messages contains finding.msg if some finding in restricted_data.deny

estate := {
	"version": 1,
	"restricted": ["personal", "secret", "closed", "health", "both"],
	"approved": {
		"both": {"targets": ["function"], "regions": ["eu-central-1"]},
		"closed": {},
		"health": {"regions": ["eu-central-1"]},
		"personal": {"targets": ["kubernetes", "vm"]},
	},
}

function(more) := {
	"platform": "aws",
	"kind": "AWS::Lambda::Function",
	"workload": object.union({"name": "ledger", "runtime": {"form": "function"}}, more),
}

deployment(more) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": object.union({"name": "ledger", "runtime": {"form": "container"}}, more),
}
