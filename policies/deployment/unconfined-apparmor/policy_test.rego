package plumbline.deployment.unconfined_apparmor_test

import data.plumbline.deployment.unconfined_apparmor

test_unconfined_container_is_denied if {
	unconfined_apparmor.deny == {{"msg": "container `web` sets the AppArmor profile `Unconfined`", "fix": [{"op": "add", "at": ["workload", "containers", 0], "path": ["securityContext", "appArmorProfile"], "value": {"type": "RuntimeDefault"}}]}} with input as own({"type": "Unconfined"})
}

test_unconfined_pod_is_denied if {
	unconfined_apparmor.deny == {{"msg": "the pod of `web` sets the AppArmor profile `Unconfined`", "fix": [{"op": "add", "at": ["workload", "isolation"], "path": ["securityContext", "appArmorProfile"], "value": {"type": "RuntimeDefault"}}]}} with input as of_pod({"type": "Unconfined"})
}

test_unconfined_annotation_is_denied if {
	unconfined_apparmor.deny == {{"msg": "the annotation `container.apparmor.security.beta.kubernetes.io/web` sets the AppArmor profile `unconfined`"}} with input as annotated("unconfined")
}

test_workload_that_says_nothing_passes if {
	count(unconfined_apparmor.deny) == 0 with input as workload({}, [container("web", "container", {})])
}

test_default_of_the_runtime_passes if {
	count(unconfined_apparmor.deny) == 0 with input as own({"type": "RuntimeDefault"})
	count(unconfined_apparmor.deny) == 0 with input as of_pod({"type": "RuntimeDefault"})
}

test_own_profile_passes if {
	profile := {"type": "Localhost", "localhostProfile": "shop-web"}
	count(unconfined_apparmor.deny) == 0 with input as own(profile)
	count(unconfined_apparmor.deny) == 0 with input as of_pod(profile)
}

test_profile_without_a_type_is_denied if {
	messages == {"container `web` sets an AppArmor profile without a type"} with input as own({})
	messages == {"container `web` sets an AppArmor profile without a type"} with input as own({"localhostProfile": "shop-web"})
	messages == {"container `web` sets an AppArmor profile without a type"} with input as own({"type": null})
	messages == {"the pod of `web` sets an AppArmor profile without a type"} with input as of_pod({})
	messages == {"the pod of `web` sets an AppArmor profile without a type"} with input as of_pod({"type": null})
}

test_container_that_leaves_the_profile_of_its_pod_is_denied if {
	messages == {"container `web` sets the AppArmor profile `Unconfined`"} with input as workload(
		{"apparmor": {"type": "RuntimeDefault"}},
		[container("web", "container", {"apparmor": {"type": "Unconfined"}})],
	)
}

test_pod_is_denied_although_its_containers_say_otherwise if {
	messages == {"the pod of `web` sets the AppArmor profile `Unconfined`"} with input as workload(
		{"apparmor": {"type": "Unconfined"}},
		[container("web", "container", {"apparmor": {"type": "RuntimeDefault"}})],
	)
}

test_init_container_is_denied if {
	messages == {"container `prepare` sets the AppArmor profile `Unconfined`"} with input as beside_web("prepare", "init")
}

test_sidecar_is_denied if {
	messages == {"container `proxy` sets the AppArmor profile `Unconfined`"} with input as beside_web("proxy", "sidecar")
}

test_ephemeral_container_is_denied if {
	messages == {"container `debugger` sets the AppArmor profile `Unconfined`"} with input as beside_web("debugger", "ephemeral")
}

# The spelling of the annotation is not that of the field.
test_another_spelling_of_the_type_is_denied if {
	messages == {"container `web` sets the AppArmor profile `runtime/default`"} with input as own({"type": "runtime/default"})
	messages == {"container `web` sets the AppArmor profile `localhost`"} with input as own({"type": "localhost"})
	messages == {"container `web` sets the AppArmor profile ``"} with input as own({"type": ""})
}

test_type_of_another_type_is_denied if {
	messages == {"container `web` sets the AppArmor profile `false`"} with input as own({"type": false})
}

test_text_instead_of_an_object_is_denied if {
	messages == {"container `web` sets an AppArmor profile that cannot be read"} with input as own("RuntimeDefault")
	messages == {"container `web` sets an AppArmor profile that cannot be read"} with input as own(["RuntimeDefault"])
	messages == {"the pod of `web` sets an AppArmor profile that cannot be read"} with input as of_pod("RuntimeDefault")
}

test_false_instead_of_an_object_is_denied if {
	messages == {"container `web` sets an AppArmor profile that cannot be read"} with input as own(false)
	messages == {"the pod of `web` sets an AppArmor profile that cannot be read"} with input as of_pod(false)
}

test_annotation_with_the_default_of_the_runtime_passes if {
	count(unconfined_apparmor.deny) == 0 with input as annotated("runtime/default")
}

test_annotation_with_an_own_profile_passes if {
	count(unconfined_apparmor.deny) == 0 with input as annotated("localhost/shop-web")
}

test_empty_annotation_passes if {
	count(unconfined_apparmor.deny) == 0 with input as annotated("")
	count(unconfined_apparmor.deny) == 0 with input as annotated(null)
}

# The spelling of the field is not that of the annotation.
test_another_spelling_of_the_annotation_is_denied if {
	count(unconfined_apparmor.deny) == 1 with input as annotated("RuntimeDefault")
	count(unconfined_apparmor.deny) == 1 with input as annotated("runtime/default ")
	count(unconfined_apparmor.deny) == 1 with input as annotated("localhost")
	count(unconfined_apparmor.deny) == 1 with input as annotated("docker-default")
}

test_annotation_of_another_type_is_denied if {
	count(unconfined_apparmor.deny) == 1 with input as annotated(false)
	count(unconfined_apparmor.deny) == 1 with input as annotated(["runtime/default"])
}

test_each_annotation_is_a_finding if {
	messages == {
		"the annotation `container.apparmor.security.beta.kubernetes.io/prepare` sets the AppArmor profile `unconfined`",
		"the annotation `container.apparmor.security.beta.kubernetes.io/web` sets the AppArmor profile `unconfined`",
	} with input as template({
		"container.apparmor.security.beta.kubernetes.io/prepare": "unconfined",
		"container.apparmor.security.beta.kubernetes.io/proxy": "runtime/default",
		"container.apparmor.security.beta.kubernetes.io/web": "unconfined",
	})
}

test_annotation_without_a_container_is_denied if {
	count(unconfined_apparmor.deny) == 1 with input as template({"container.apparmor.security.beta.kubernetes.io/": "unconfined"})
}

test_other_annotation_passes if {
	count(unconfined_apparmor.deny) == 0 with input as template({
		"apparmor.example.com/web": "unconfined",
		"container.apparmor.security.beta.kubernetes.io": "unconfined",
	})
}

# Only what stands beside the pod spec reaches the pods.
test_annotation_of_the_deployment_passes if {
	annotations := {"container.apparmor.security.beta.kubernetes.io/web": "unconfined"}
	count(unconfined_apparmor.deny) == 0 with input as workload({}, []) with input.workload.annotations as annotations
}

test_annotations_that_are_no_object_pass if {
	count(unconfined_apparmor.deny) == 0 with input as template(["unconfined"])
	count(unconfined_apparmor.deny) == 0 with input as template("unconfined")
}

messages contains finding.msg if some finding in unconfined_apparmor.deny

own(profile) := workload({}, [container("web", "container", {"apparmor": profile})])

# What a container does not say of its own, the normalised form takes from its pod.
of_pod(profile) := workload({"apparmor": profile}, [
	container("prepare", "init", {"apparmor": profile}),
	container("web", "container", {"apparmor": profile}),
])

beside_web(name, role) := workload({}, [
	container("web", "container", {}),
	container(name, role, {"apparmor": {"type": "Unconfined"}}),
])

annotated(profile) := template({"container.apparmor.security.beta.kubernetes.io/web": profile})

template(annotations) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {
		"name": "web",
		"namespace": "shop",
		"template": {"annotations": annotations},
		"isolation": {},
		"containers": [container("web", "container", {})],
	},
}

container(name, role, isolation) := {"name": name, "role": role, "isolation": isolation}

workload(isolation, containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "isolation": isolation, "containers": containers},
}
