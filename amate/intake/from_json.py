"""Sales in JSON as the table that the importers read: a list of flat objects, a row each, its members the columns."""

import csv
import io
import json
from typing import Any, NoReturn

from amate.intake.formats import FileRefused

LIST = "El JSON debe ser una lista de objetos sin anidar, uno por renglón: [{“Folio”: “F-1”, “Total”: “116.00”}]"


def csv_from_json(content: bytes) -> bytes:
    """Numbers keep the digits they were written with. Raises FileRefused."""
    try:
        rows = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise FileRefused("El archivo no es JSON: revisa comas, comillas y llaves, y guárdalo en UTF-8") from fault
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FileRefused(LIST)
    heads = list(dict.fromkeys(head for row in rows for head in row))
    kept = io.StringIO()
    table = csv.writer(kept)
    table.writerow(heads)
    table.writerows([_cell(row.get(head)) for head in heads] for row in rows)
    return kept.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, (list, dict)):
        raise FileRefused(LIST)
    if isinstance(value, bool):
        return "sí" if value else "no"
    return "" if value is None else str(value)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")
