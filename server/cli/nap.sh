#!/bin/sh
# The `nap` command as it is installed: node with a young generation of 32 MB, which has to be said when node starts.
# With its usual 16 MB, objects of a pull live just long enough to be copied, and a tenth of the work is that
# (docs/decisions/2026-11-28-speed-of-ingest.md). Not by `env -S`, which Alpine's `env` does not know.
exec node --max-semi-space-size=32 "$(dirname "$(readlink -f "$0")")/../../dist/server/cli/nap.js" "$@"
