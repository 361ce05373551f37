package plumbline.observability.no_tracing_test

import data.plumbline.observability.no_tracing

# Functions.

test_function_without_tracing_is_denied if {
	no_tracing.deny == {{"msg": "function `orders` does not trace"}} with input as function({"observability": {"tracing": false}}) with data.params as params
}

test_function_of_every_dialect_is_denied if {
	every kind in ["AWS::Serverless::Function", "aws_lambda_function", "google_cloudfunctions2_function"] {
		count(no_tracing.deny) == 1 with data.params as params with input as object.union(
			function({"observability": {"tracing": false}}),
			{"kind": kind},
		)
	}
}

test_workload_that_is_no_function_passes if {
	count(no_tracing.deny) == 0 with data.params as params with input as object.union(
		function({"observability": {"tracing": false}}),
		{"kind": "AWS::ECS::TaskDefinition", "workload": {"runtime": {"form": "container"}}},
	)
}

test_function_with_tracing_passes if {
	count(no_tracing.deny) == 0 with input as function({"observability": {"tracing": true}}) with data.params as params
}

test_whatever_is_not_true_is_denied if {
	every value in ["Active", "true", 1, null, {}] {
		count(no_tracing.deny) == 1 with input as function({"observability": {"tracing": value}})
			with data.params as params
	}
}

# A mode that only a deployment can resolve is absent.
test_unknown_tracing_is_no_finding if {
	count(no_tracing.deny) == 0 with input as function({"observability": {"log_retention_days": 30}})
		with data.params as params
}

test_function_that_exports_by_itself_passes if {
	count(no_tracing.deny) == 0 with data.params as params with input as function({
		"observability": {"tracing": false},
		"containers": [{"name": "orders", "env": [literal("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")]}],
	})
}

# State machines.

test_state_machine_without_tracing_is_denied if {
	no_tracing.deny == {{"msg": "state machine `checkout` does not trace"}} with input as state_machine(false)
		with data.params as params
}

test_state_machine_with_tracing_passes if {
	count(no_tracing.deny) == 0 with input as state_machine(true) with data.params as params
}

test_state_machine_that_is_not_judged_passes if {
	count(no_tracing.deny) == 0 with input as state_machine(false) with data.params as {"tiers": ["function"]}
}

# Knative and Deployments.

test_service_without_tracing_is_denied if {
	no_tracing.deny == {{
		"msg": "`checkout` does not trace",
		"path": ["resource", "spec", "template", "metadata", "annotations"],
	}} with input as workload("serving.knative.dev/Service", []) with data.params as params
}

test_every_kind_has_a_place if {
	template := ["resource", "spec", "template", "metadata", "annotations"]
	every kind, expected in {
		"apps/Deployment": template,
		"serving.knative.dev/Configuration": template,
		"serving.knative.dev/Revision": ["resource", "metadata", "annotations"],
		"serving.knative.dev/Service": template,
	} {
		paths == {expected} with input as workload(kind, []) with data.params as {"tiers": ["knative", "deployment"]}
	}
}

test_every_variable_passes if {
	every name in ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"] {
		count(no_tracing.deny) == 0 with input as workload("serving.knative.dev/Service", [literal(name, "otlp")])
			with data.params as params
	}
}

test_other_variables_are_denied if {
	every name in ["OTEL_SERVICE_NAME", "OTEL_METRICS_EXPORTER", "otel_traces_exporter", null, 7] {
		count(no_tracing.deny) == 1 with input as workload("serving.knative.dev/Service", [literal(name, "otlp")])
			with data.params as params
	}
}

test_variable_from_elsewhere_passes if {
	count(no_tracing.deny) == 0 with data.params as params with input as workload("serving.knative.dev/Service", [{
		"name": "OTEL_EXPORTER_OTLP_ENDPOINT",
		"kind": "config_ref",
		"config": {"name": "telemetry", "key": "endpoint"},
	}])
}

test_exporter_that_exports_nothing_is_denied if {
	every value in ["", "none"] {
		count(no_tracing.deny) == 1 with input as workload("serving.knative.dev/Service", [literal("OTEL_TRACES_EXPORTER", value)])
			with data.params as params
	}
}

test_any_container_suffices if {
	count(no_tracing.deny) == 0 with data.params as params with input as {
		"platform": "kubernetes",
		"kind": "serving.knative.dev/Service",
		"workload": {"name": "checkout", "containers": [
			{"name": "proxy", "role": "sidecar"},
			{"name": "checkout", "role": "container", "env": [literal("OTEL_TRACES_EXPORTER", "otlp")]},
		]},
	}
}

test_annotation_of_the_operator_passes if {
	every key in ["instrumentation.opentelemetry.io/inject-java", "instrumentation.opentelemetry.io/inject-sdk", "sidecar.opentelemetry.io/inject"] {
		every value in ["true", "platform/default"] {
			count(no_tracing.deny) == 0 with input as annotated({key: value}) with data.params as params
		}
	}
}

test_annotation_that_says_no_is_denied if {
	every value in ["false", "", false, null] {
		count(no_tracing.deny) == 1 with input as annotated({"instrumentation.opentelemetry.io/inject-java": value})
			with data.params as params
	}
}

test_other_annotations_are_denied if {
	count(no_tracing.deny) == 1 with input as annotated({"instrumentation.opentelemetry.io/container-names": "checkout"})
		with data.params as params
}

test_annotations_of_the_object_are_denied if {
	count(no_tracing.deny) == 1 with data.params as params with input as object.union(
		workload("serving.knative.dev/Service", []),
		{"workload": {"annotations": {"sidecar.opentelemetry.io/inject": "true"}}},
	)
}

# The API server refuses them. An error of a builtin would leave the rule undecided.
test_annotations_that_are_no_object_are_denied if {
	every annotations in [null, "sidecar.opentelemetry.io/inject", ["sidecar.opentelemetry.io/inject"], 7] {
		count(no_tracing.deny) == 1 with input as annotated(annotations) with data.params as params
	}
}

# What is judged is a parameter.

test_deployment_passes_by_default if {
	count(no_tracing.deny) == 0 with input as workload("apps/Deployment", []) with data.params as params
}

test_deployment_is_denied_where_it_is_judged if {
	messages == {"`checkout` does not trace"} with input as workload("apps/Deployment", [])
		with data.params as {"tiers": ["deployment"]}
}

test_deployment_with_tracing_passes_where_it_is_judged if {
	count(no_tracing.deny) == 0 with input as workload("apps/Deployment", [literal("OTEL_TRACES_EXPORTER", "otlp")])
		with data.params as {"tiers": ["deployment"]}
}

test_tiers_that_are_not_judged_pass if {
	count(no_tracing.deny) == 0 with input as workload("serving.knative.dev/Service", [])
		with data.params as {"tiers": ["function"]}
	count(no_tracing.deny) == 0 with input as function({"observability": {"tracing": false}})
		with data.params as {"tiers": ["knative"]}
}

params := {"tiers": ["function", "state-machine", "knative"]}

messages contains finding.msg if some finding in no_tracing.deny

paths contains finding.path if some finding in no_tracing.deny

literal(name, value) := {"name": name, "kind": "literal", "value": value}

function(more) := {
	"platform": "aws",
	"kind": "AWS::Lambda::Function",
	"workload": object.union({"name": "orders", "runtime": {"form": "function"}, "containers": []}, more),
}

state_machine(tracing) := {
	"platform": "aws",
	"kind": "AWS::StepFunctions::StateMachine",
	"workload": {"name": "checkout", "runtime": {"form": "state-machine"}, "observability": {"tracing": tracing}},
}

workload(kind, env) := {
	"platform": "kubernetes",
	"kind": kind,
	"workload": {"name": "checkout", "containers": [{"name": "checkout", "role": "container", "env": env}]},
}

annotated(annotations) := object.union(
	workload("serving.knative.dev/Service", []),
	{"workload": {"template": {"annotations": annotations}}},
)
