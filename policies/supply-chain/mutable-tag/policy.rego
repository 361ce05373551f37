# METADATA
# scope: package
# title: Images by a tag that moves
# description: What a moving tag names today is not what was tested yesterday, nor what the next node pulls.
# custom:
#   id: supply-chain/mutable-tag
#   severity: medium
#   effect: deny
#   subject: workload
#   targets: ["kubernetes/*", "docker/*", "aws/*", "gcp/*", "azure/*"]
#   controls: { nist-800-53: ["CM-2", "SI-7"] }
#   remediation: Name the version in the tag, or better the digest.
#   params:
#     type: object
#     additionalProperties: false
#     properties:
#       tags:
#         description: Tags that move; `registries.forbidden-tags` in `estate.yaml` comes before it.
#         type: array
#         items: { type: string, minLength: 1 }
#         default: [latest, main, master, develop, dev, edge, nightly, canary, stable, current, production, staging]
package plumbline.supply_chain.mutable_tag

deny contains {"msg": msg} if {
	some container in input.workload.containers
	not pinned(container.image)
	not tagged(container.image)
	msg := sprintf("container `%s` runs `%s`, which has neither a tag nor a whole digest", [
		container.name,
		container.image.reference,
	])
}

deny contains {"msg": msg} if {
	some container in input.workload.containers
	not pinned(container.image)
	container.image.tag in forbidden
	msg := sprintf("container `%s` runs `%s`, and the tag `%s` moves", [
		container.name,
		container.image.reference,
		container.image.tag,
	])
}

# Of a tag and a digest, the digest is what is pulled. One that is cut short pins nothing.
pinned(image) if regex.match(`^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$`, image.digest)

# A tag of no characters is a missing one.
tagged(image) if image.tag != ""

forbidden := data.estate.registries["forbidden-tags"]

forbidden := data.params.tags if not data.estate.registries["forbidden-tags"]
