#!/usr/bin/env python3
"""Prints what the program is made of as CycloneDX 1.5: crates by `cargo metadata` (a file), packages of the web app by
its lock file."""

import base64
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def crates(metadata):
    """Crates that the program is built from: by normal and build dependencies, none of tests alone."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    wanted, reached = {}, [root]
    while reached:
        own = reached.pop()
        if own in wanted:
            continue
        deps = [
            dep["pkg"] for dep in nodes[own]["deps"] if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])
        ]
        wanted[own] = deps
        reached.extend(deps)
    sums = checksums()
    ref = lambda id: f"pkg:cargo/{packages[id]['name']}@{packages[id]['version']}"
    components = []
    for id in sorted(wanted.keys() - {root}, key=ref):
        package = packages[id]
        component = {"type": "library", "bom-ref": ref(id), "name": package["name"], "version": package["version"]}
        component["purl"] = ref(id)
        if package.get("license"):
            component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        if (package["name"], package["version"]) in sums:
            component["hashes"] = [{"alg": "SHA-256", "content": sums[package["name"], package["version"]]}]
        components.append(component)
    name, version = packages[root]["name"], packages[root]["version"]
    own = {"type": "application", "bom-ref": ref(root), "name": name, "version": version, "purl": ref(root)}
    depends = [{"ref": ref(id), "dependsOn": sorted(map(ref, deps))} for id, deps in wanted.items()]
    return own, components, depends


def checksums():
    text = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    found = re.findall(r'name = "([^"]+)"\nversion = "([^"]+)"\nsource = [^\n]+\nchecksum = "([0-9a-f]{64})"', text)
    return {(name, version): checksum for name, version, checksum in found}


def packages():
    """Packages that come into the web app: not those of its build and its tests."""
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    components = []
    for path, package in sorted(lock.items()):
        if not path or package.get("dev") or package.get("devOptional"):
            continue
        name = path.rsplit("node_modules/", 1)[1]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
        component = {"type": "library", "bom-ref": purl, "name": name, "version": package["version"], "purl": purl}
        if "license" in package:
            component["licenses"] = [{"expression": package["license"]}]
        kind, _, digest = package.get("integrity", "").partition("-")
        if kind == "sha512":
            component["hashes"] = [{"alg": "SHA-512", "content": base64.b64decode(digest).hex()}]
        components.append(component)
    return components


def main(crates_file):
    own, components, depends = crates(json.loads(pathlib.Path(crates_file).read_text(encoding="utf-8")))
    web = packages()
    next(entry for entry in depends if entry["ref"] == own["bom-ref"])["dependsOn"] += [
        component["bom-ref"] for component in web
    ]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own},
        "components": components + web,
        "dependencies": depends,
    }
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
