#!/usr/bin/env bash
# Makes target/package/matbang_VERSION_ARCH.deb out of a built binary, with its list of components (CycloneDX).
# package.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${1:-target/release/matbang}
[ -x "$binary" ] || { echo "package: $binary is not there; run make build first" >&2; exit 1; }
for tool in dpkg-deb dpkg-shlibdeps strip python3; do
  command -v "$tool" >/dev/null || { echo "package: $tool is missing: apt-get install dpkg-dev binutils python3" >&2; exit 1; }
done

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
arch=$(dpkg --print-architecture)
out=target/package
root=$out/root
rm -rf "$root"
install -Dm 755 "$binary" "$root/usr/bin/matbang"
strip --strip-unneeded "$root/usr/bin/matbang"
install -Dm 644 scripts/package/matbang.service "$root/lib/systemd/system/matbang.service"
install -Dm 640 scripts/package/matbang.env "$root/etc/matbang/matbang.env"
doc=$root/usr/share/doc/matbang
install -Dm 644 LICENSE "$doc/copyright"
install -m 644 README.md CHANGELOG.md docs/*.md docs/operate-board.json "$doc/"
scripts/components.sh >"$doc/components.cdx.json"

# What the binary is linked with, by the packages that hold it here.
mkdir -p "$out/debian"
printf 'Source: matbang\n\nPackage: matbang\nArchitecture: any\n' >"$out/debian/control"
depends=$(cd "$out" && dpkg-shlibdeps -O root/usr/bin/matbang 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "package: dpkg-shlibdeps found no libraries in $binary" >&2; exit 1; }

install -d "$root/DEBIAN"
install -m 755 scripts/package/postinst scripts/package/prerm scripts/package/postrm "$root/DEBIAN/"
echo /etc/matbang/matbang.env >"$root/DEBIAN/conffiles"
cat >"$root/DEBIAN/control" <<CONTROL
Package: matbang
Version: $version
Architecture: $arch
Maintainer: The authors of Matbang <matbang@localhost>
Installed-Size: $(du -sk "$root" | cut -f1)
Depends: $depends, adduser, ca-certificates
Recommends: gdal-bin
Suggests: postgresql-client, nginx
Section: science
Priority: optional
Description: GIS-backed tracker of land clearance for a province
 Ledger, vector tiles, OGC APIs, reports and a map in one binary. It keeps all
 in one GeoPackage file, or in PostgreSQL with PostGIS, and needs no internet.
CONTROL
deb=$out/matbang_${version}_$arch.deb
dpkg-deb --root-owner-group --build "$root" "$deb" >/dev/null
rm -rf "$root" "$out/debian"
echo "$deb"
