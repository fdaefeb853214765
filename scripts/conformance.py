#!/usr/bin/env python3
"""Runs OGC's executable test suites against a demo store of this program and tells their counts.

usage: conformance.py BINARY SUITES

SUITES is a folder with the all-in-one jars of ets-ogcapi-features10, ets-ogcapi-tiles10 and ets-gpkg12. They run as they
are; beside them lies a table of coordinate systems, made by GDAL, since theirs knows no zone of VN-2000 and no order of
axes. Ends with 1 when a suite fails in anything that tests/conformance/explained.tsv does not explain.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as tree
import zipfile
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main(binary, suites):
    explained = read_explained()
    sound = True
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        store = work / "store.gpkg"
        subprocess.run([binary, "--data", store, "demo", "--parcels", "1000"], check=True, capture_output=True)
        exported = work / "parcels.gpkg"
        subprocess.run([binary, "--data", store, "export", "parcels", "--format", "gpkg", "--out", exported], check=True)
        server = subprocess.Popen(
            [binary, "--data", store, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
        )
        try:
            url = re.search(r"http://\S+?(?=/?(\s|$))", server.stdout.readline()).group(0)
            wait(url)
            crs_table(url, work)
            asked = [
                ("features", 1000, "ets-ogcapi-features10", {"iut": f"{url}/ogc/", "noofcollections": "-1"}),
                ("tiles", 15, "ets-ogcapi-tiles10", {"iut": f"{url}/ogc/", "noofcollections": "-1", **tile_inputs(url)}),
            ]
            for name, least, suite, properties in asked:
                sound &= told(name, least, run(suites, suite, properties, work), explained)
        finally:
            server.terminate()
            server.wait()
        for name, file in [("geopackage, the store", store), ("geopackage, an export", exported)]:
            sound &= told(name, 35, run(suites, "ets-gpkg12", {"iut": file.as_uri()}, work), explained)
    return 0 if sound else 1


def read_explained():
    lines = (ROOT / "tests/conformance/explained.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def get(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def wait(url):
    """Until the view is loaded."""
    for _ in range(300):
        try:
            return get(f"{url}/readyz")
        except urllib.error.HTTPError:
            time.sleep(0.2)
    sys.exit("the server does not become ready")


def crs_table(url, work):
    """The systems that the server offers, as proj4j reads them, with the authority's order of axes."""
    rows = []
    for uri in get(f"{url}/ogc/collections/parcels")["crs"]:
        code = uri.rsplit("/", 1)[1]
        if "EPSG" not in uri:
            continue
        say = lambda form: subprocess.run(
            ["gdalsrsinfo", "-o", form, f"EPSG:{code}"], check=True, capture_output=True, text=True
        ).stdout
        north = re.search(r'AXIS\["[^"]*",north,\s*ORDER\[1\]', say("wkt2")) is not None
        rows.append(f"<{code}> {say('proj4').strip()}{' +axis=neu' if north else ''} <>")
    place = work / "proj4/nad/epsg"
    place.parent.mkdir(parents=True)
    place.write_text("\n".join(rows) + "\n", encoding="utf-8")


def tile_inputs(url):
    """What the suite asks a person for: a matrix, its rows and columns, and where its tiles are."""
    tileset = get(f"{url}/ogc/tiles/WebMercatorQuad")
    # The deepest matrix in which all lies in one tile: what the suite asks for has content.
    alone = lambda limit: limit["minTileRow"] == limit["maxTileRow"] and limit["minTileCol"] == limit["maxTileCol"]
    limits = [limit for limit in tileset["tileMatrixSetLimits"] if alone(limit)][-1]
    template = next(link["href"] for link in tileset["links"] if link.get("templated"))
    return {
        "tilematrixsetdefinitionuri": tileset["tileMatrixSetURI"],
        "urltemplatefortiles": template,
        "tilematrix": limits["tileMatrix"],
        "mintilerow": str(limits["minTileRow"]),
        "maxtilerow": str(limits["maxTileRow"]),
        "mintilecol": str(limits["minTileCol"]),
        "maxtilecol": str(limits["maxTileCol"]),
    }


def run(suites, suite, properties, work):
    jars = sorted(pathlib.Path(suites).glob(f"**/{suite}-*-aio.jar"))
    if not jars:
        sys.exit(f"{suites} holds no {suite}-…-aio.jar; docs/standards.md tells how to make one")
    with zipfile.ZipFile(jars[-1]) as jar:
        manifest = jar.read("META-INF/MANIFEST.MF").decode()
    start = re.search(r"^Main-Class: (\S+)", manifest, re.MULTILINE).group(1)
    entries = "".join(f'<entry key="{key}">{escape(value)}</entry>' for key, value in properties.items())
    asked, out = work / "asked.xml", pathlib.Path(tempfile.mkdtemp(dir=work))
    asked.write_text(f'<?xml version="1.0"?><properties version="1.0">{entries}</properties>', encoding="utf-8")
    subprocess.run(
        ["java", "-cp", f"{work}:{jars[-1]}", start, "-o", out, asked],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=1800,
    )
    results = list(out.glob("**/testng-results.xml"))
    if len(results) != 1:
        sys.exit(f"{suite} left no results")
    return tree.parse(results[0]).getroot()


def told(name, least, results, explained):
    """Prints counts and what failed or was skipped; whether nothing failed unexplained and `least` tests passed."""
    count = collections.Counter()
    lines = collections.Counter()
    for method in results.iter("test-method"):
        if method.get("is-config") == "true":
            continue
        status, test = method.get("status"), method.get("name")
        found = method.find(".//message")
        message = " ".join((found.text or "").split()) if found is not None else ""
        if status == "FAIL":
            why = next(
                (why for suite, at, part, why in explained if suite == name and at == test and part in message), None
            )
            # Suites of GeoPackage fail a class that a file does not use in its first test and skip the rest.
            if why is None and re.fullmatch(r"Conformance class .* is (disabled|not in use)\..*", message):
                why, status = "the file does not use this class", "SKIP"
            status = "explained" if why and status == "FAIL" else status
            lines[(status, test, why or message[:200])] += 1
        elif status == "SKIP":
            lines[(status, test, message[:120])] += 1
        count[status] += 1
    print(
        f"{name}: {sum(count.values())} tests, {count['PASS']} passed, {count['FAIL']} failed, "
        f"{count['explained']} failed by the suite itself, {count['SKIP']} skipped"
    )
    skipped = collections.Counter()
    for (status, test, why), number in lines.items():
        if status == "SKIP":
            skipped[re.sub(r"'[^']*'", "…", why)] += number
        else:
            print(f"  {status} {number} × {test}: {why}")
    for why, number in skipped.most_common():
        print(f"  skipped {number}: {why}")
    if count["PASS"] < least:
        print(f"  too few passed: at least {least} should")
    return count["FAIL"] == 0 and count["PASS"] >= least


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]))
