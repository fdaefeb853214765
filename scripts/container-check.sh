#!/usr/bin/env bash
# Builds the image of the Containerfile on a clean Debian in an archive, uses it as it says it is used, and removes it.
# container-check.sh PACKAGE DEBIAN_FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
deb=$1
clean=$2
store=$clean/images
build() { buildah --root "$store/root" --runroot "$store/run" --storage-driver vfs "$@"; }
trap 'build rm --all >/dev/null 2>&1 || true; build rmi --all --force >/dev/null 2>&1 || true' EXIT

# The base has the name that the Containerfile asks for, so that nothing is fetched.
base=$(build from scratch)
build add --quiet "$base" "$clean/debian.tar" / >/dev/null
build commit --quiet "$base" docker.io/library/debian:12-slim >/dev/null
build rm "$base" >/dev/null

mkdir -p "$clean/context/target/package"
cp Containerfile "$clean/context/"
cp "$deb" "$clean/context/target/package/"
build bud --isolation chroot --pull-never --network host --quiet --tag matbang "$clean/context" >/dev/null
entry=$(build inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}}' matbang)
[ "$entry" = 'matbang [/usr/bin/matbang] [serve --listen 0.0.0.0:8080 --public]' ] || { echo "container-check: the image runs $entry" >&2; exit 1; }

box=$(build from --pull-never matbang)
inside() { build run --isolation chroot --network host "$box" -- "$@"; }
inside sh -c '[ "$(id -un)" = matbang ] && [ "$PWD" = /var/lib/matbang ] && [ "$MATBANG_DATA" = /var/lib/matbang/matbang.gpkg ]'
inside matbang demo --parcels 500
inside matbang verify
# What the image would run; a server without accounts is for this machine alone, so one is made before.
inside sh -c 'echo dong-lua-chin-ben-song-da | matbang user add quan-tri --full-name Quan-tri --role administrator --password-stdin' >/dev/null
answer=$(inside bash -c '
  matbang serve --listen 0.0.0.0:18081 --public >/tmp/served 2>&1 &
  for _ in $(seq 100); do { exec 3<>/dev/tcp/127.0.0.1/18081; } 2>/dev/null && break || sleep 0.2; done
  printf "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:18081\r\nConnection: close\r\n\r\n" >&3
  cat <&3
  kill %1')
case $answer in
  *'"ready":true'*) echo "container-check: built on a clean Debian, runs as matbang, /readyz answers" ;;
  *) echo "container-check: no answer: $answer" >&2; exit 1 ;;
esac
