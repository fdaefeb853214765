"""Reads a table for people with openpyxl, as its reader would; arguments: file and truth."""

import datetime
import json
import sys

import openpyxl

truth = json.loads(sys.argv[2])
sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]
rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
at = next(place for place, row in enumerate(rows) if row[: len(truth["heads"])] == truth["heads"])
above = " | ".join(str(row[0]) for row in rows[:at] if row[0])
for words in truth["above"]:
    assert words in above, (words, above)
body, total = rows[at + 1 : -1], rows[-1]
assert len(body) == truth["count"], len(body)
assert total[0] == f"Cộng số dòng: {truth['count']}", total
column = {head: place for place, head in enumerate(truth["heads"])}
area = column["Diện tích thu hồi (m²)"]
assert abs(sum(row[area] for row in body) - total[area]) < 0.06, total
days = [row[column["Số ngày quá hạn luật định"]] for row in body]
assert days == truth["days"] and min(days) > 90, days
assert all(isinstance(row[column["Hạn theo luật"]], datetime.datetime) for row in body), body[0]
assert {row[column["Tên đơn vị hành chính"]] for row in body} == {truth["unit"]}, body[0]
# Names, not codes.
assert {row[column["Tình trạng"]] for row in body} <= set(truth["standings"]), body[0]
assert {row[column["Việc đến hạn"]] for row in body} <= set(truth["acts"]), body[0]
print(f"people: {len(body)} rows, {total[area]} m2, {max(days)} days at most; {above}")
