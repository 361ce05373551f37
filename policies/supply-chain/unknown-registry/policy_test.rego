package plumbline.supply_chain.unknown_registry_test

import data.plumbline.supply_chain.unknown_registry

test_image_of_an_allowed_host_passes if {
	count(unknown_registry.deny) == 0 with input as pod(web) with data.estate as allowing(["registry.example.com"])
}

test_image_of_another_host_is_denied if {
	unknown_registry.deny == {{"msg": "container `web` pulls `ghcr.io/acme-labs/web:1.4.2` from `ghcr.io`, outside the allowed registries"}} with input as pod(ghcr) with data.estate as allowing(["registry.example.com"])
}

# `nginx` names no host; what is pulled is `docker.io/library/nginx`.
test_implicit_registry_is_denied if {
	messages == {"container `web` pulls `nginx:1.27` from `docker.io`, outside the allowed registries"} with input as pod(nginx)
		with data.estate as allowing(["registry.example.com"])
}

test_implicit_registry_passes_when_allowed if {
	count(unknown_registry.deny) == 0 with input as pod(nginx) with data.estate as allowing(["docker.io/library"])
}

test_allowed_path_passes if {
	count(unknown_registry.deny) == 0 with input as pod(web) with data.estate as allowing(["registry.example.com/shop"])
}

test_image_beside_the_allowed_path_is_denied if {
	count(unknown_registry.deny) == 1 with input as pod(web) with data.estate as allowing(["registry.example.com/platform"])
}

test_path_matches_whole_segments if {
	count(unknown_registry.deny) == 1 with input as pod(web) with data.estate as allowing(["registry.example.com/sho"])
}

test_whole_image_name_passes if {
	count(unknown_registry.deny) == 0 with input as pod(web) with data.estate as allowing(["registry.example.com/shop/web"])
}

test_closing_slash_of_an_entry_passes if {
	count(unknown_registry.deny) == 0 with input as pod(web) with data.estate as allowing(["registry.example.com/shop/"])
}

test_closing_slash_still_matches_whole_segments if {
	count(unknown_registry.deny) == 1 with input as pod(web) with data.estate as allowing(["registry.example.com/sho/"])
}

test_longer_host_is_denied if {
	count(unknown_registry.deny) == 1 with input as pod(image("registry.example.com.evil.test", "shop/web", "1.4.2"))
		with data.estate as allowing(["registry.example.com"])
}

test_another_port_is_another_registry if {
	count(unknown_registry.deny) == 1 with input as pod(image("registry.example.com:5000", "shop/web", "1.4.2"))
		with data.estate as allowing(["registry.example.com"])
}

test_allowed_port_passes if {
	count(unknown_registry.deny) == 0 with input as pod(image("registry.example.com:5000", "shop/web", "1.4.2"))
		with data.estate as allowing(["registry.example.com:5000"])
}

# A digest says which bytes are run, not who vouches for them.
test_digest_does_not_excuse_the_registry if {
	count(unknown_registry.deny) == 1 with input as pod({
		"reference": "ghcr.io/acme-labs/web@sha256:9f86d081",
		"name": "ghcr.io/acme-labs/web",
		"registry": "ghcr.io",
		"repository": "acme-labs/web",
		"digest": "sha256:9f86d081",
	})
		with data.estate as allowing(["registry.example.com"])
}

test_any_entry_suffices if {
	count(unknown_registry.deny) == 0 with input as pod(web) with data.estate as allowing(["ghcr.io", "registry.example.com"])
}

test_empty_list_allows_nothing if {
	count(unknown_registry.deny) == 1 with input as pod(web) with data.estate as allowing([])
}

test_missing_decision_is_no_finding if {
	count(unknown_registry.deny) == 0 with input as pod(nginx) with data.estate as {"version": 1}
}

test_init_and_ephemeral_containers_are_judged if {
	messages == {
		"container `wait` pulls `nginx:1.27` from `docker.io`, outside the allowed registries",
		"container `debugger` pulls `ghcr.io/acme-labs/web:1.4.2` from `ghcr.io`, outside the allowed registries",
	} with input as workload([
		{"name": "wait", "role": "init", "image": nginx},
		{"name": "web", "role": "container", "image": web},
		{"name": "debugger", "role": "ephemeral", "image": ghcr},
	])
		with data.estate as allowing(["registry.example.com"])
}

test_container_without_image_passes if {
	count(unknown_registry.deny) == 0 with input as workload([{"name": "web", "role": "container"}])
		with data.estate as allowing(["registry.example.com"])
}

web := image("registry.example.com", "shop/web", "1.4.2")

ghcr := image("ghcr.io", "acme-labs/web", "1.4.2")

nginx := {
	"reference": "nginx:1.27",
	"name": "docker.io/library/nginx",
	"registry": "docker.io",
	"repository": "library/nginx",
	"tag": "1.27",
}

messages contains finding.msg if some finding in unknown_registry.deny

allowing(entries) := {"version": 1, "registries": {"allowed": entries}}

image(registry, repository, tag) := {
	"reference": sprintf("%s/%s:%s", [registry, repository, tag]),
	"name": sprintf("%s/%s", [registry, repository]),
	"registry": registry,
	"repository": repository,
	"tag": tag,
}

pod(image_of_web) := workload([{"name": "web", "role": "container", "image": image_of_web}])

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
