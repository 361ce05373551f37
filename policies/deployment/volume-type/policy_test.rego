package plumbline.deployment.volume_type_test

import data.plumbline.deployment.volume_type

test_nfs_volume_is_denied if {
	volume_type.deny == {{"msg": "volume `catalogue` is of kind `nfs`, which the restricted profile does not allow"}} with input as workload([volume("catalogue", "nfs")])
}

test_each_allowed_kind_passes if {
	every kind in {
		"config_map",
		"csi",
		"downward_api",
		"empty_dir",
		"ephemeral",
		"image",
		"persistent_volume_claim",
		"projected",
		"secret",
	} {
		count(volume_type.deny) == 0 with input as workload([volume("data", kind)])
	}
}

test_each_driver_of_the_cluster_is_denied if {
	every kind in {
		"aws_elastic_block_store",
		"azure_disk",
		"cephfs",
		"flex_volume",
		"gce_persistent_disk",
		"git_repo",
		"iscsi",
		"rbd",
	} {
		count(volume_type.deny) == 1 with input as workload([volume("data", kind)])
	}
}

# The list says what is allowed, so a kind that Kubernetes adds tomorrow is not.
test_unknown_kind_is_denied if {
	messages == {"volume `model` is of kind `hologram`, which the restricted profile does not allow"} with input as workload([volume("model", "hologram")])
}

test_kind_that_only_begins_like_an_allowed_one_is_denied if {
	count(volume_type.deny) == 1 with input as workload([volume("data", "secret_store")])
}

test_host_path_is_left_to_another_rule if {
	count(volume_type.deny) == 0 with input as workload([volume("data", "host_path")])
}

test_each_volume_is_a_finding if {
	messages == {
		"volume `catalogue` is of kind `nfs`, which the restricted profile does not allow",
		"volume `disk` is of kind `rbd`, which the restricted profile does not allow",
	} with input as workload([volume("catalogue", "nfs"), volume("scratch", "empty_dir"), volume("disk", "rbd")])
}

test_volume_without_a_name_is_denied if {
	messages == {"volume `_` is of kind `nfs`, which the restricted profile does not allow"} with input as workload([{"kind": "nfs"}])
}

test_workload_without_volumes_passes if {
	count(volume_type.deny) == 0 with input as {"workload": {"name": "web", "containers": []}}
}

messages contains finding.msg if some finding in volume_type.deny

volume(name, kind) := {"name": name, "kind": kind, "source": {}}

workload(volumes) := {
	"platform": "kubernetes",
	"kind": "apps/Deployment",
	"workload": {"name": "web", "namespace": "shop", "containers": [], "volumes": volumes},
}
