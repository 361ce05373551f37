package plumbline.supply_chain.mutable_tag_test

import data.plumbline.supply_chain.mutable_tag

test_moving_tag_is_denied if {
	mutable_tag.deny == {{"msg": "container `web` runs `web:latest`, and the tag `latest` moves"}} with input as pod({"reference": "web:latest", "tag": "latest"})
		with data.params as params
}

test_version_passes if {
	count(mutable_tag.deny) == 0 with input as pod({"reference": "web:1.4.2", "tag": "1.4.2"}) with data.params as params
}

test_missing_tag_is_denied if {
	mutable_tag.deny == {{"msg": "container `web` runs `web`, which has neither a tag nor a whole digest"}} with input as pod({"reference": "web"})
		with data.params as params
}

test_empty_tag_is_denied if {
	messages == {"container `web` runs `web:`, which has neither a tag nor a whole digest"} with input as pod({"reference": "web:", "tag": ""})
		with data.params as params
}

test_digest_passes if {
	count(mutable_tag.deny) == 0 with input as pod({"reference": "web", "digest": sha256}) with data.params as params
}

test_digest_passes_whatever_the_tag if {
	count(mutable_tag.deny) == 0 with input as pod({"reference": "web", "tag": "latest", "digest": sha256}) with data.params as params
}

test_longer_digest_passes if {
	count(mutable_tag.deny) == 0 with input as pod({"reference": "web", "digest": sha512}) with data.params as params
}

test_whatever_is_no_digest_is_denied if {
	every digest in [
		"",
		"sha256:",
		"sha256:9f86d081",
		concat("", [sha256, "0"]),
		upper(sha256),
		replace(sha256, "0", "g"),
		replace(sha256, "sha256", "sha512"),
		replace(sha512, "sha512", "sha256"),
		replace(sha256, "sha256:", "md5:"),
		concat("", [sha256, "\n"]),
	] {
		count(mutable_tag.deny) == 1 with input as pod({"reference": "web", "digest": digest})
			with data.params as params
	}
}

test_moving_tag_beside_a_cut_digest_is_denied if {
	count(mutable_tag.deny) == 1 with input as pod({"reference": "web", "tag": "latest", "digest": "sha256:9f86d081"})
		with data.params as params
}

test_tags_are_compared_as_a_whole if {
	every tag in ["latest-1.4.2", "1.4.2-dev", "mainline", "Latest"] {
		count(mutable_tag.deny) == 0 with input as pod({"reference": "web", "tag": tag}) with data.params as params
	}
}

test_decided_tags_come_first if {
	messages == {"container `web` runs `web:head`, and the tag `head` moves"} with input as pod({"reference": "web:head", "tag": "head"})
		with data.params as params
		with data.estate as {"version": 1, "registries": {"forbidden-tags": ["head"]}}
}

test_tag_that_is_not_decided_passes if {
	count(mutable_tag.deny) == 0 with input as pod({"reference": "web:dev", "tag": "dev"})
		with data.params as params
		with data.estate as {"version": 1, "registries": {"forbidden-tags": ["head"]}}
}

test_empty_decision_forbids_no_tag if {
	count(mutable_tag.deny) == 0 with input as pod({"reference": "web:dev", "tag": "dev"})
		with data.params as params
		with data.estate as {"version": 1, "registries": {"forbidden-tags": []}}
}

test_missing_tag_is_denied_whatever_is_decided if {
	count(mutable_tag.deny) == 1 with input as pod({"reference": "web"})
		with data.params as params
		with data.estate as {"version": 1, "registries": {"forbidden-tags": []}}
}

test_estate_without_the_decision_leaves_the_parameter if {
	count(mutable_tag.deny) == 1 with input as pod({"reference": "web:dev", "tag": "dev"})
		with data.params as params
		with data.estate as {"version": 1, "registries": {"allowed": ["registry.example.com"]}}
}

test_every_role_is_judged if {
	messages == {
		"container `prepare` runs `a:dev`, and the tag `dev` moves",
		"container `proxy` runs `b:dev`, and the tag `dev` moves",
		"container `web` runs `c:dev`, and the tag `dev` moves",
		"container `debugger` runs `d:dev`, and the tag `dev` moves",
	} with input as workload([
		{"name": "prepare", "role": "init", "image": {"reference": "a:dev", "tag": "dev"}},
		{"name": "proxy", "role": "sidecar", "image": {"reference": "b:dev", "tag": "dev"}},
		{"name": "web", "role": "container", "image": {"reference": "c:dev", "tag": "dev"}},
		{"name": "debugger", "role": "ephemeral", "image": {"reference": "d:dev", "tag": "dev"}},
	])
		with data.params as params
}

test_container_without_image_passes if {
	count(mutable_tag.deny) == 0 with input as workload([{"name": "web", "role": "container"}])
		with data.params as params
}

params := {"tags": ["latest", "main", "dev"]}

sha256 := "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

sha512 := concat("", [
	"sha512:ee26b0dd4af7e749aa1a8ee3c10ae9923f618980772e473f8819a5d4940e0db2",
	"7ac185f8a0e1d5f84f88bc887fd67b143732c304cc5fa9ad8e6f57f50028a8ff",
])

messages contains finding.msg if some finding in mutable_tag.deny

pod(image) := workload([{"name": "web", "role": "container", "image": image}])

workload(containers) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": containers},
}
