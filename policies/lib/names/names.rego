# METADATA
# scope: package
# title: Names
# description: Whether a parameter or a decision means a name.
package plumbline.lib.names

# One of several globs. A `*` stands for any text, dots and slashes included.
matches(name, patterns) if {
	is_string(name)
	some pattern in patterns
	glob.match(pattern, null, name)
}

# What is called so, or lies below it. The closing slash keeps `/var/log` from standing for `/var/logs`, and
# `registry.example.com` for `registry.example.com.evil.test`.
is_below(name, entry) if startswith(concat("", [name, "/"]), as_prefix(entry))

as_prefix(entry) := entry if endswith(entry, "/")

as_prefix(entry) := concat("", [entry, "/"]) if not endswith(entry, "/")
