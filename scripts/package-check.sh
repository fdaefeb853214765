#!/usr/bin/env bash
# Installs the package in a clean Debian 12 in a folder, uses it as its own user would, and removes it.
set -euo pipefail
cd "$(dirname "$0")/.."
deb=$(ls -t target/package/matbang_*.deb 2>/dev/null | head -n 1)
[ -n "$deb" ] || { echo "package-check: no package; run make package first" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || { echo "package-check: must be root, for chroot" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "package-check: apt-get install debootstrap" >&2; exit 1; }

root=$(mktemp -d)
chmod 755 "$root"
clean=$(mktemp -d)
trap 'rm -rf --one-file-system "$root" "$clean"' EXIT
echo "package-check: a clean Debian in $root" >&2
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null \
  | sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' | head -n 1 || true)
debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$root.log" 2>&1 \
  || { tail -n 20 "$root.log" >&2; exit 1; }
rm -f "$root.log"
# How packages are reached from here is how they are reached from there.
cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
tar -C "$root" --one-file-system -cf "$clean/debian.tar" .
install -m 644 "$deb" "$root/tmp/matbang.deb"
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ DEBIAN_FRONTEND=noninteractive "$@"; }

inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends /tmp/matbang.deb systemd >/dev/null
inside matbang --version
[ "$(stat -c '%U %a' "$root/var/lib/matbang" 2>/dev/null | awk '{print $2}')" = 700 ] || { echo "the data are open to others" >&2; exit 1; }
warned=$(inside systemd-analyze verify /lib/systemd/system/matbang.service 2>&1)
[ -z "$warned" ] || { echo "the unit: $warned" >&2; exit 1; }
inside systemd-analyze security --offline=true /lib/systemd/system/matbang.service | tail -n 1

as_matbang() { inside setpriv --reuid matbang --regid matbang --clear-groups "$@"; }
as_matbang matbang --data /var/lib/matbang/matbang.gpkg demo --parcels 1000
as_matbang matbang --data /var/lib/matbang/matbang.gpkg verify
as_matbang sh -c 'matbang --data /var/lib/matbang/matbang.gpkg serve --listen 127.0.0.1:18080 >/tmp/served 2>&1 & echo $!' >"$root/pid"
for _ in $(seq 100); do
  exec 3<>/dev/tcp/127.0.0.1/18080 && break || sleep 0.2
done 2>/dev/null
printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:18080\r\nConnection: close\r\n\r\n' >&3
answer=$(cat <&3)
kill "$(cat "$root/pid")"
case $answer in *'"ready":true'*) echo "package-check: /readyz answers" ;; *) echo "package-check: no answer: $answer" >&2; exit 1 ;; esac

# The image of the Containerfile, out of that same clean Debian, where there is what builds images.
if command -v buildah >/dev/null; then
  scripts/container-check.sh "$deb" "$clean"
else
  echo "package-check: NOT CHECKED: the Containerfile (apt-get install buildah)" >&2
fi

inside apt-get purge -y -qq matbang >/dev/null
[ ! -e "$root/usr/bin/matbang" ] && [ ! -e "$root/etc/matbang" ] || { echo "something of the package was left" >&2; exit 1; }
[ -f "$root/var/lib/matbang/matbang.gpkg" ] || { echo "the data were removed with the package" >&2; exit 1; }
echo "package-check: installed, run and removed in a clean Debian; the data stayed"
