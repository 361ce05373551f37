package plumbline.deployment.host_path_test

import data.plumbline.deployment.host_path

test_host_path_is_denied if {
	host_path.deny == {{"msg": "volume `files` mounts `/etc` of its node"}} with input as mounting("/etc")
}

test_other_volumes_pass if {
	every kind in ["empty_dir", "config_map", "secret", "persistent_volume_claim", "projected", "csi"] {
		count(host_path.deny) == 0 with input as workload([{"name": "files", "kind": kind, "source": {"path": "/etc"}}])
	}
}

test_workload_without_volumes_passes if {
	count(host_path.deny) == 0 with input as {
		"platform": "kubernetes",
		"kind": "core/Pod",
		"workload": {"name": "web", "containers": []},
	}
}

test_each_volume_is_a_finding if {
	messages == {
		"volume `logs` mounts `/var/log` of its node",
		"volume `root` mounts `/` of its node",
	} with input as workload([
		volume("logs", "/var/log"),
		{"name": "tmp", "kind": "empty_dir"},
		volume("root", "/"),
	])
}

test_volume_without_a_path_is_denied if {
	messages == {"volume `files` mounts an unknown path of its node"} with input as workload([{"name": "files", "kind": "host_path", "source": {}}])
}

test_volume_without_a_source_is_denied if {
	messages == {"volume `files` mounts an unknown path of its node"} with input as workload([{"name": "files", "kind": "host_path"}])
}

test_source_that_is_no_object_is_denied if {
	every source in ["/var/log", 1, true, ["/var/log"], null] {
		count(host_path.deny) == 1 with input as workload([{"name": "files", "kind": "host_path", "source": source}])
			with data.params as {"allow": ["/var/log"]}
	}
}

test_path_that_is_no_text_is_denied if {
	every path in [1, true, false, ["/var/log"], {}, null, ""] {
		count(host_path.deny) == 1 with input as mounting(path) with data.params as {"allow": ["/"]}
	}
}

test_volume_without_a_name_is_denied if {
	messages == {"volume `_` mounts `/etc` of its node"} with input as workload([{"kind": "host_path", "source": {"path": "/etc"}}])
}

# Whether a mount is for reading only, the container says; the volume is there for both.
test_type_of_the_path_does_not_matter if {
	count(host_path.deny) == 1 with input as workload([{
		"name": "socket",
		"kind": "host_path",
		"source": {"path": "/run/containerd/containerd.sock", "type": "Socket"},
	}])
}

test_allowed_path_passes if {
	count(host_path.deny) == 0 with input as mounting("/var/log") with data.params as {"allow": ["/var/log"]}
}

test_path_below_the_allowed_one_passes if {
	count(host_path.deny) == 0 with input as mounting("/var/log/pods") with data.params as {"allow": ["/var/log"]}
}

test_path_above_the_allowed_one_is_denied if {
	count(host_path.deny) == 1 with input as mounting("/var") with data.params as {"allow": ["/var/log"]}
}

test_path_matches_whole_segments if {
	count(host_path.deny) == 1 with input as mounting("/var/logs") with data.params as {"allow": ["/var/log"]}
}

test_closing_slashes_pass if {
	count(host_path.deny) == 0 with input as mounting("/var/log") with data.params as {"allow": ["/var/log/"]}
	count(host_path.deny) == 0 with input as mounting("/var/log/") with data.params as {"allow": ["/var/log"]}
}

test_closing_slash_still_matches_whole_segments if {
	count(host_path.deny) == 1 with input as mounting("/var/logs") with data.params as {"allow": ["/var/log/"]}
}

test_path_that_climbs_out_is_denied if {
	every path in ["/var/log/..", "/var/log/../../etc", "/var/log/pods/../../lib", "/var/log/./../lib"] {
		count(host_path.deny) == 1 with input as mounting(path) with data.params as {"allow": ["/var/log"]}
	}
}

test_path_that_climbs_out_by_backslashes_is_denied if {
	every path in [`/var/log/x\..\..\..\windows`, `/var/log/\..`, `/var/log/..\x`] {
		count(host_path.deny) == 1 with input as mounting(path) with data.params as {"allow": ["/var/log"]}
	}
}

# Even where it does not leave the allowed path: the API server refuses it anyway.
test_path_that_climbs_within_is_denied if {
	count(host_path.deny) == 1 with input as mounting("/var/log/pods/../containers") with data.params as {"allow": ["/var/log"]}
}

test_dots_in_a_name_pass if {
	count(host_path.deny) == 0 with input as mounting("/var/log/..data/a..b/...") with data.params as {"allow": ["/var/log"]}
}

test_relative_path_is_denied if {
	count(host_path.deny) == 1 with input as mounting("var/log") with data.params as {"allow": ["/var/log", "/"]}
}

test_root_allows_every_absolute_path if {
	count(host_path.deny) == 0 with input as mounting("/etc") with data.params as {"allow": ["/"]}
	count(host_path.deny) == 0 with input as mounting("/") with data.params as {"allow": ["/"]}
}

test_root_is_denied_where_a_path_is_allowed if {
	count(host_path.deny) == 1 with input as mounting("/") with data.params as {"allow": ["/var/log"]}
}

test_any_entry_suffices if {
	count(host_path.deny) == 0 with input as mounting("/sys") with data.params as {"allow": ["/var/log", "/sys"]}
}

test_empty_list_allows_nothing if {
	count(host_path.deny) == 1 with input as mounting("/var/log") with data.params as {"allow": []}
}

# Compose.

test_files_of_the_machine_are_denied_on_docker if {
	every path in ["/etc", "/var/run/docker.sock", "~/.ssh", "../shared", "./../shared", "conf/../../shared", "conf", "${HOME}/shop", "", null, 7, {}] {
		count(host_path.deny) == 1 with input as service(path) with data.params as {"allow": []}
	}
}

test_files_beside_the_compose_file_pass if {
	every path in [".", "./", "./conf", "./conf/nginx.conf", "./.env"] {
		count(host_path.deny) == 0 with input as service(path) with data.params as {"allow": []}
	}
}

test_allowed_path_passes_on_docker if {
	count(host_path.deny) == 0 with input as service("/var/log/shop") with data.params as {"allow": ["/var/log"]}
}

test_files_beside_the_manifest_are_denied_elsewhere if {
	count(host_path.deny) == 1 with input as mounting("./conf") with data.params as {"allow": []}
}

service(path) := object.union(mounting(path), {"platform": "docker", "kind": "compose/service"})

messages contains finding.msg if some finding in host_path.deny

volume(name, path) := {"name": name, "kind": "host_path", "source": {"path": path}}

mounting(path) := workload([volume("files", path)])

workload(volumes) := {
	"platform": "kubernetes",
	"kind": "apps/DaemonSet",
	"workload": {"name": "agent", "namespace": "platform", "containers": [], "volumes": volumes},
}
