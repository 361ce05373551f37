# METADATA
# scope: package
# title: Volume types
# description: A volume that the pod itself describes to a storage driver goes past the administrators of PersistentVolumes, and often carries the driver's credentials.
# custom:
#   id: deployment/volume-type
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*"]
#   controls: { pss: [restricted], nist-800-53: ["AC-6", "CM-7"] }
#   remediation: Claim the storage by a `persistentVolumeClaim`, or use an `ephemeral`, `csi` or `image` volume.
package plumbline.deployment.volume_type

deny contains {"msg": msg} if {
	some volume in input.workload.volumes
	not volume.kind in allowed
	volume.kind != left_out
	msg := sprintf("volume `%v` is of kind `%s`, which the restricted profile does not allow", [
		object.get(volume, "name", "_"),
		volume.kind,
	])
}

allowed := {
	"config_map",
	"csi",
	"downward_api",
	"empty_dir",
	"ephemeral",
	"image",
	"persistent_volume_claim",
	"projected",
	"secret",
}

# The baseline refuses it already: deployment/host-path.
left_out := "host_path"
