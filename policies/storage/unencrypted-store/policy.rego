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

import data.plumbline.lib.stores

deny contains {"msg": msg} if {
	input.store.encrypted == false
	msg := sprintf("%s `%v` is not encrypted", [stores.noun, input.store.name])
}
