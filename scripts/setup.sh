#!/usr/bin/env bash
# Installs what is missing on Debian 12, and says in clear words what can't be had.
# setup.sh run|test|bench
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}

packages=(build-essential pkg-config libgdal-dev libsqlite3-dev libzstd-dev ca-certificates)
case $purpose in
  run) ;;
  test) packages+=(gdal-bin chromium curl faketime fonts-dejavu-core openssl poppler-utils postgresql-15 postgresql-15-postgis-3 python3 python3-gdal python3-qgis python3-venv qgis-providers r-cran-sf) ;;
  bench) packages+=(wrk gdal-bin) ;;
  *) echo "setup.sh: run, test or bench, not \"$purpose\"" >&2; exit 2 ;;
esac

# A tool counts as there when it is new enough.
at_least() { # at_least NEEDED FOUND
  [ -n "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}
rust_version() { cargo --version 2>/dev/null | awk '{print $2}'; }
node_version() { node --version 2>/dev/null | tr -d v; }

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
at_least 1.95 "$(rust_version)" || missing+=(cargo-web rustc-web)
if [ "$purpose" = test ]; then
  command -v clippy-driver >/dev/null || missing+=(rust-web-clippy)
  command -v rustfmt >/dev/null || missing+=(rustfmt-web)
fi
command -v npm >/dev/null || missing+=(nodejs npm)

if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || { echo "setup: this machine has no apt-get; install by hand: ${missing[*]}" >&2; exit 1; }
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: run as root, or install sudo, to get: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "setup: installing ${missing[*]}" >&2
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "setup: apt-get could not install ${missing[*]}; is the package server within reach?" >&2
    exit 1
  fi
  rm -f "$log"
fi

# Debian 12's Node.js is older than the web build needs; npm carries a newer one.
if ! at_least 20.19 "$(node_version)" && ! at_least 20.19 "$(.tools/node_modules/.bin/node --version 2>/dev/null | tr -d v)"; then
  echo "setup: fetching a newer Node.js into .tools" >&2
  npm install --prefix .tools --no-audit --no-fund --loglevel=error node@22 \
    || { echo "setup: Node.js 20.19 or newer is needed to build the web app; install it and try again" >&2; exit 1; }
fi
at_least 1.95 "$(rust_version)" || { echo "setup: Rust 1.95 or newer is needed; found: $(rust_version)" >&2; exit 1; }

# The libraries of analysts and of web maps that tests drive.
if [ "$purpose" = test ]; then
  wanted=tests/clients/requirements.txt
  if ! cmp -s "$wanted" .tools/python/requirements.txt; then
    echo "setup: fetching Python packages into .tools/python" >&2
    /usr/bin/python3 -m venv .tools/python
    .tools/python/bin/pip install --quiet --disable-pip-version-check -r "$wanted" \
      || { echo "setup: the Python packages of $wanted could not be installed; is the package index within reach?" >&2; exit 1; }
    cp "$wanted" .tools/python/requirements.txt
  fi
  if ! [ -d .tools/node_modules/pmtiles ]; then
    npm install --prefix .tools --no-audit --no-fund --loglevel=error pmtiles@4.5.0 @mapbox/vector-tile@3.0.0 pbf@5.1.2 \
      || { echo "setup: the npm packages of the tests could not be installed; is the registry within reach?" >&2; exit 1; }
  fi
fi
