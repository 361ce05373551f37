# METADATA
# scope: package
# title: Host paths
# description: Files of the node in a container are a way out of it, and a way into every other pod there.
# custom:
#   id: deployment/host-path
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*", "aws/AWS::ECS::TaskDefinition", "aws/aws_ecs_task_definition"]
#   controls: { pss: [baseline], cis-kubernetes: ["5.2.12"], nist-800-53: ["AC-6"] }
#   remediation: "Replace `hostPath` by a PersistentVolumeClaim, an `emptyDir`, a ConfigMap or a Secret; where a node agent needs the path, name it in `allow`."
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       allow:
#         description: Absolute paths that may be mounted, each with what lies below it.
#         type: array
#         items: { type: string, pattern: "^/" }
#         default: []
package plumbline.deployment.host_path

import data.plumbline.lib.names

deny contains {"msg": msg} if {
	some volume in input.workload.volumes
	volume.kind == "host_path"
	path := written(volume)
	not of_project(path)
	not allowed(path)
	msg := sprintf("volume `%v` mounts %s of its node", [object.get(volume, "name", "_"), shown(path)])
}

# A volume that names no path is one all the same.
default written(_) := null

written(volume) := volume.source.path

shown(path) := sprintf("`%v`", [path]) if path != null

shown(path) := "an unknown path" if path == null

# A compose file mounts the files that stand beside it: they come with it, and are no part of the machine.
of_project(path) if {
	input.platform == "docker"
	is_string(path)
	startswith(concat("", [path, "/"]), "./")
	not climbs(path)
}

allowed(path) if {
	is_string(path)
	startswith(path, "/")
	not climbs(path)
	some entry in data.params.allow
	names.is_below(path, entry)
}

# To a Windows node, the backslash separates too.
climbs(path) if ".." in split(replace(path, "\\", "/"), "/")
