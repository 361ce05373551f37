# METADATA
# scope: package
# title: t
# custom:
#   id: t/a
#   severity: low
#   subject: resource
package t.a

deny contains "found by a bundle" if input.kind == "core/Pod"
