# METADATA
# scope: package
# title: Where data is kept
# description: What people call a store.
package plumbline.lib.stores

# For messages.
default noun := "store"

noun := {
	"bucket": "bucket",
	"cache": "cache",
	"database": "database",
	"log_group": "log group",
	"table": "table",
	"volume": "volume",
}[input.store.form]
