"""Reads a workbook with openpyxl, as its reader would, and prints its cells and which of them are formulas as JSON; argument: the file."""

import datetime
import json
import sys

import openpyxl


def told(value):
    return value.date().isoformat() if isinstance(value, datetime.datetime) else value


sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]
rows = [[told(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
formulas = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
print(json.dumps({"title": sheet.title, "rows": rows, "formulas": formulas}))
