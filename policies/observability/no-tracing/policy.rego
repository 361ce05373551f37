# METADATA
# scope: package
# title: No tracing
# description: A request that crosses functions and services can only be followed where each of them takes part in tracing.
# custom:
#   id: observability/no-tracing
#   severity: low
#   effect: deny
#   subject: workload
#   targets: ["aws/*", "gcp/*", "azure/*", "kubernetes/serving.knative.dev/*", "kubernetes/apps/Deployment"]
#   unknown: pass
#   controls: { nist-800-53: ["AU-12", "SI-4"] }
#   remediation: "Switch tracing on: `TracingConfig` of a function, `TracingConfiguration` of a state machine, `Tracing` in SAM, `tracing_config` and `tracing_configuration` in Terraform; `OTEL_EXPORTER_OTLP_ENDPOINT`, or an annotation of the OpenTelemetry operator, elsewhere."
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       tiers:
#         description: What is judged.
#         type: array
#         items: { enum: [function, state-machine, knative, deployment] }
#         default: [function, state-machine, knative]
package plumbline.observability.no_tracing

deny contains {"msg": msg} if {
	form := input.workload.runtime.form
	noun := nouns[form]
	form in data.params.tiers
	not exports

	# An absent value is one that nobody can know yet.
	input.workload.observability.tracing != true
	msg := sprintf("%s `%v` does not trace", [noun, input.workload.name])
}

# What comes with a switch for tracing.
nouns := {"function": "function", "state-machine": "state machine"}

# Where nothing is written, the path says what is missing.
deny contains {"msg": msg, "path": places[input.kind]} if {
	tiers[input.kind] in data.params.tiers
	not exports
	not injected
	msg := sprintf("`%v` does not trace", [input.workload.name])
}

tiers := {
	"apps/Deployment": "deployment",
	"serving.knative.dev/Configuration": "knative",
	"serving.knative.dev/Revision": "knative",
	"serving.knative.dev/Service": "knative",
}

# One container that exports traces is enough: a sidecar has nothing to tell.
exports if {
	some container in input.workload.containers
	some variable in container.env
	variable.name in {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"}
	not says_nothing(variable)
}

# The empty text is the same as no variable, and `none` is no exporter.
says_nothing(variable) if {
	variable.kind == "literal"
	variable.value in {"", "none"}
}

injected if {
	some key, value in input.workload.template.annotations
	by_operator(key)
	not value in {"", "false", false, null}
}

by_operator("sidecar.opentelemetry.io/inject")

by_operator(key) if {
	is_string(key)
	startswith(key, "instrumentation.opentelemetry.io/inject-")
}

places := {
	"apps/Deployment": ["resource", "spec", "template", "metadata", "annotations"],
	"serving.knative.dev/Configuration": ["resource", "spec", "template", "metadata", "annotations"],
	"serving.knative.dev/Revision": ["resource", "metadata", "annotations"],
	"serving.knative.dev/Service": ["resource", "spec", "template", "metadata", "annotations"],
}
