"""Any table that a till's database can give, read and never written: rows of lines, one after the other, as sales."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import psycopg

Row = Mapping[str, Any]
NEEDED = ("cursor", "external_id", "folio", "sold_at", "total", "cantidad")
OF_A_LINE = (
    "producto", "descripcion", "cantidad", "precio", "descuento", "clave_prod_serv", "clave_unidad", "unidad",
    "no_identificacion",
)  # fmt: skip
OF_A_SALE = ("branch", "forma_pago", "metodo_pago")
AMOUNTS = {"cantidad", "precio", "descuento"}
_CURSOR = re.compile(r"(?<!:):cursor\b")
_LIMIT = re.compile(r"\blimit\b", re.IGNORECASE)
MICRO = Decimal("0.000001")


class BadTable(ValueError):
    """The database or the query does not give what is needed; the message (Spanish) says what mends it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows become sales. `formas`: the till's word → c_FormaPago. `defaults`: what empty cells mean; `tasa_iva` is
    0.16, 0.08, 0 or exento."""

    zone: ZoneInfo
    defaults: Mapping[str, str] = field(default_factory=dict)
    formas: Mapping[str, str] = field(default_factory=dict)
    prices_include_taxes: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """`sale` as the API takes it; None: the till cancelled it. `wrong`: why it could not be read."""

    cursor: Any
    external_id: str
    sale: dict[str, Any] | None
    wrong: str = ""


def sales_in(rows: Iterator[Row], reading: Reading) -> Iterator[Found]:
    """Rows that follow each other with one external_id are the lines of one sale. Raises BadTable."""
    for key, lines in groupby(rows, key=lambda row: str(row["external_id"])):
        some = list(lines)
        if some[0].get("cancelada") in (1, True, "1", "true", "s", "S"):
            yield Found(some[-1]["cursor"], key, None)
            continue
        try:
            yield Found(some[-1]["cursor"], key, _sale(some, reading))
        except (ValueError, InvalidOperation) as wrong:
            yield Found(some[-1]["cursor"], key, None, str(wrong) or "Trae un número que no se entiende")


@contextmanager
def rows_of(database: str, query: str, *, cursor: Any) -> Iterator[Iterator[Row]]:
    """`database`: sqlite:///path or postgresql://…; it is opened to read and nothing else. Raises BadTable."""
    if not _CURSOR.search(query):
        raise BadTable("La consulta debe empezar después de :cursor, como en «WHERE v.id > :cursor ORDER BY v.id»")
    if _LIMIT.search(query):
        raise BadTable("Quita LIMIT de la consulta: partiría una venta a la mitad. Se lee de poco en poco sin él")
    scheme = urlsplit(database).scheme
    if scheme not in ("sqlite", "postgresql", "postgres"):
        raise BadTable("La base de datos se escribe sqlite:///ruta/al/archivo.db o postgresql://usuario@servidor/base")
    reader = _sqlite if scheme == "sqlite" else _postgresql
    try:
        with reader(database, query, cursor) as rows:
            yield rows
    except (sqlite3.Error, psycopg.Error) as fault:
        raise BadTable(f"La base de datos dice: {str(fault).splitlines()[0]}") from fault


@contextmanager
def _sqlite(database: str, query: str, cursor: Any) -> Iterator[Iterator[Row]]:
    path = database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=10)) as held:
        found = held.execute(query, {"cursor": cursor})
        heads = _checked([one[0] for one in found.description or ()])
        yield (dict(zip(heads, row, strict=True)) for row in found)


@contextmanager
def _postgresql(database: str, query: str, cursor: Any) -> Iterator[Iterator[Row]]:
    said = _CURSOR.sub("%(cursor)s", query.replace("%", "%%"))
    with psycopg.connect(database, connect_timeout=10) as held:
        held.read_only = True
        with held.cursor("amate_poll") as found:  # on the server: rows come as they are read
            found.execute(said.encode(), {"cursor": cursor})
            heads = _checked([one.name for one in found.description or ()])
            yield (dict(zip(heads, row, strict=True)) for row in found)


def _checked(heads: list[str]) -> list[str]:
    lacks = [name for name in NEEDED if name not in heads]
    if lacks:
        raise BadTable(f"A la consulta le falta: {', '.join(lacks)}. Nombra así sus columnas, con AS")
    return heads


def _sale(lines: list[Row], reading: Reading) -> dict[str, Any]:
    first = lines[0]
    said: dict[str, Any] = {
        "folio": str(first["folio"]),
        "sold_at": _moment(first["sold_at"], reading.zone).isoformat(),
        "total": f"{_number(first['total']):.2f}",
        "prices_include_taxes": reading.prices_include_taxes,
        "lines": [_line(row, reading) for row in lines],
    }
    for name in OF_A_SALE:
        value = _said(first, name, reading)
        if value:
            said[name] = reading.formas.get(value, value) if name == "forma_pago" else value
    return said


def _line(row: Row, reading: Reading) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name in OF_A_LINE:
        value = _said(row, name, reading)
        if value:
            said[name] = _exact(_number(row[name])) if name in AMOUNTS and name in row else value
    tasa = _said(row, "tasa_iva", reading)
    if tasa == "exento":
        said["impuestos"] = [{"impuesto": "002", "tipo_factor": "Exento"}]
    elif tasa:
        said["impuestos"] = [{"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": _exact(_number(tasa))}]
    return said


def _said(row: Row, name: str, reading: Reading) -> str:
    value = row.get(name)
    return str(reading.defaults.get(name, "") if value is None or value == "" else value)


def _moment(value: Any, zone: ZoneInfo) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"sold_at no es una fecha con hora: {value}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _number(value: Any) -> Decimal:
    """A float of the till's database stands for what it shows, not for its last bits."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"“{value}” no es un número") from None
    if not number.is_finite():
        raise ValueError(f"“{value}” no es un número")
    return number.quantize(MICRO) if isinstance(value, float) else number


def _exact(number: Decimal) -> str:
    """
    >>> _exact(Decimal("116.000000")), _exact(Decimal("100"))
    ('116', '100')
    """
    whole = number == number.to_integral_value()
    return format(number.quantize(Decimal(1)) if whole else number.normalize(), "f")
