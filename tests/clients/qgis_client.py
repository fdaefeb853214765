"""QGIS's OAPIF provider against a running server; argument: address of the API and truth."""

import json
import os
import sys
import tempfile

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer  # noqa: E402

truth = json.loads(sys.argv[2])
app = QgsApplication([], False)
app.initQgis()


def layer(name):
    found = QgsVectorLayer(f" pagingEnabled='true' pageSize='300' typename='{name}' url='{sys.argv[1]}'", name, "OAPIF")
    assert found.isValid(), name
    return found


parcels = layer("parcels")
assert parcels.featureCount() == truth["count"], parcels.featureCount()
features = list(parcels.getFeatures())
area = sum(feature["area"] for feature in features)
assert len(features) == truth["count"] and abs(area - truth["area"]) < 0.05, (len(features), area)
west, south, east, north = truth["box"]
request = QgsFeatureRequest().setFilterRect(QgsRectangle(west, south, east, north))
request.setFlags(QgsFeatureRequest.ExactIntersect)
boxed = sum(1 for _ in parcels.getFeatures(request))
assert boxed == truth["boxed"], boxed
parcels.setSubsetString("\"stage\" = 'paid'")
paid = sum(1 for _ in parcels.getFeatures())
assert paid == truth["paid"], paid
assert all(layer(name).featureCount() > 0 for name in ["projects", "units", "fronts"])
print(f"qgis: {len(features)} parcels, {area:.1f} m2, {boxed} in the box, {paid} paid")
sys.stdout.flush()
# QGIS without a display does not always leave quietly.
os._exit(0)
