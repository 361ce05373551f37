# METADATA
# scope: package
# title: Stores open to everybody
# description: Data that everybody may read is read, by programs that look for nothing else.
# custom:
#   id: storage/public-store
#   severity: critical
#   effect: deny
#   subject: store
#   targets: ["*"]
#   unknown: pass
#   controls: { nist-800-53: ["AC-3", "AC-4", "SC-7"], cwe: ["CWE-732"] }
#   remediation: Close the store to the public, and let those in by identity, or through a content delivery network, who need it.
package plumbline.storage.public_store

import data.plumbline.lib.fixes
import data.plumbline.lib.stores

deny contains {"msg": msg, "fix": fix} if {
	input.store.public == true
	msg := sprintf("%s `%v` is open to everybody", [stores.noun, input.store.name])
}

# Where a resource of Terraform says itself that everybody may come, it says the contrary.
fix := fixes.in_terraform(["publicly_accessible"], false) if input.resource.publicly_accessible == true

else := fixes.in_terraform(["acl"], "private") if {
	input.kind == "aws_s3_bucket"
	input.resource.acl in {"authenticated-read", "public-read", "public-read-write"}
}

else := []
