# METADATA
# scope: package
# title: Stores without encryption
# description: Data at rest without encryption is there for whoever gets hold of a disk, a snapshot or a backup of it.
# custom:
#   id: storage/unencrypted-store
#   severity: medium
#   effect: deny
#   subject: store
#   targets: ["*"]
#   unknown: pass
#   controls: { nist-800-53: ["SC-28", "SC-28(1)"], cwe: ["CWE-311"] }
#   remediation: "Switch encryption on, with a key whose use can be seen and withdrawn; most stores have to be made anew for it."
package plumbline.storage.unencrypted_store

import data.plumbline.lib.fixes
import data.plumbline.lib.stores

deny contains {"msg": msg, "fix": fix} if {
	input.store.encrypted == false
	msg := sprintf("%s `%v` is not encrypted", [stores.noun, input.store.name])
}

default fix := []

fix := fixes.in_terraform(switches[input.kind], true)

# What switches encryption on, in Terraform.
switches := {
	"aws_db_instance": ["storage_encrypted"],
	"aws_docdb_cluster": ["storage_encrypted"],
	"aws_ebs_volume": ["encrypted"],
	"aws_efs_file_system": ["encrypted"],
	"aws_elasticache_replication_group": ["at_rest_encryption_enabled"],
	"aws_opensearch_domain": ["encrypt_at_rest", "enabled"],
	"aws_rds_cluster": ["storage_encrypted"],
	"aws_redshift_cluster": ["encrypted"],
}
