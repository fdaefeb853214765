"""OWSLib against a running server; argument: address of the API and truth."""

import json
import sys

from owslib.ogcapi.features import Features

truth = json.loads(sys.argv[2])
api = Features(sys.argv[1])
assert set(api.feature_collections()) == {"projects", "parcels", "units", "fronts", "events"}
assert api.api()["openapi"].startswith("3.0")
assert any(name.endswith("/conf/features-filter") for name in api.conformance()["conformsTo"])
assert "stage" in api.collection_queryables("parcels")["properties"]
assert "stage" in api.collection_schema("parcels")["properties"]
page = api.collection_items("parcels", limit=10)
assert page["numberMatched"] == truth["count"] and len(page["features"]) == 10
paid = api.collection_items("parcels", filter="stage = 'paid'", limit=10000)
assert paid["numberMatched"] == len(paid["features"]) == truth["paid"]
boxed = api.collection_items("parcels", bbox=truth["box"], limit=10000)
assert boxed["numberReturned"] == truth["boxed"], boxed["numberReturned"]
one = api.collection_item("parcels", paid["features"][0]["id"])
assert one["properties"]["stage"] == "paid"
print("owslib:", page["numberMatched"], "parcels,", truth["paid"], "paid,", truth["boxed"], "in the box")
