#!/usr/bin/env bash
# Looks up known faults of the crates in RustSec's database, if it is within reach, and says so when it is not.
# ADVISORIES names a copy of the database (a git repository) to use instead.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.tools/bin:$PATH"
database=${ADVISORIES:-https://github.com/rustsec/advisory-db}
if ! timeout 20 git ls-remote --exit-code "$database" HEAD >/dev/null 2>&1; then
  echo "advisories: NOT CHECKED: $database is not within reach" >&2
  exit 0
fi
if ! command -v cargo-deny >/dev/null; then
  echo "advisories: building cargo-deny into .tools" >&2
  CARGO_PROFILE_DEV_DEBUG=0 cargo install cargo-deny --debug --locked --version 0.20.2 --root .tools --quiet
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed "s|^\\[advisories\\]|&\\ndb-path = \"$folder\"\\ndb-urls = [\"$database\"]|" deny.toml >"$folder/deny.toml"
cargo deny --config "$folder/deny.toml" check advisories
echo "advisories: checked against $database"
