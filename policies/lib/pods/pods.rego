# METADATA
# scope: package
# title: Pods
# description: What holds for a pod as a whole.
package plumbline.lib.pods

# Windows has no capabilities, no seccomp and no `no_new_privs`, a root filesystem there is always writable, and the
# API server refuses those fields where a pod says that it is one for Windows.
is_windows if input.workload.runtime.os == "windows"
