#!/usr/bin/env bash
# Runs every test and closes with one line that counts them all.
set -euo pipefail
cd "$(dirname "$0")"

target="${TARGET:-target}"
mkdir -p "$target"
tools="$(cd "$target" && pwd)/tools"
[ -x "$tools/opa" ] && export PLUMBLINE_OPA="$tools/opa"
[ -x "$tools/kube-apiserver" ] && export PLUMBLINE_KUBE_APISERVER="$tools/kube-apiserver"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
cargo test --workspace --locked --no-fail-fast -- --show-output 2>&1 | tee "$log" || status=$?

grep -h '^left out:' "$log" | sort -u || true
awk '/^test result:/ { passed += $4; failed += $6; skipped += $8 }
     END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }' "$log"
exit "$status"
