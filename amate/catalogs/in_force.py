"""Which catalogues count now: the newest edition that a person adopted, or those that came with the package."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from amate.catalogs.models import Edition
from amate.catalogs.source import C_RATES, RATES, Cells, SourceRefused, day
from amate.fiscal.catalogs import LARGE, SMALL, Catalogs, Demand, Validity, catalogs_in_force, installed, put_in_force
from amate.fiscal.tables.entry import CFDI_40, Entry
from amate.fiscal.tables.impuestos import IMPUESTOS, TASAS, Tasa
from amate.fiscal.tables.personas import Regimen, Uso


def refresh(*, database: str = "default") -> Catalogs:
    """Put the newest edition in force in this process, if it is not. One query when nothing changed."""
    version = Edition.objects.using(database).order_by("-id").values_list("version", flat=True).first()
    if version is None:
        put_in_force(installed())
    elif catalogs_in_force().version != version:
        put_in_force(edition_of(version, database=database))
    return catalogs_in_force()


def edition_of(version: str, *, database: str = "default") -> Catalogs:
    """The catalogues of an edition by its name: what a document of then was checked with. DoesNotExist if unknown."""
    edition = Edition.objects.using(database).get(version=version)
    return catalogs_of(version, rows_of(edition))


def rows_of(edition: Edition) -> dict[str, tuple[Cells, ...]]:
    """The rows that an edition keeps, by SAT name."""
    kept: dict[str, list[Cells]] = json.loads(zlib.decompress(bytes(edition.rows)))
    return {catalog: tuple(rows) for catalog, rows in kept.items()}


def catalogs_of(version: str, tables: Mapping[str, Iterable[Cells]]) -> Catalogs:
    """The value that the law reads. What `tables` lacks is the installed one's. Raises SourceRefused."""
    small = {sat: _small(sat, tables[sat]) if sat in tables else SMALL[sat] for sat in SMALL}
    sets: dict[str, frozenset[str]] = {}
    texts: dict[str, dict[str, str]] = {}
    limits: dict[str, dict[str, Validity]] = {}
    for name, sat in LARGE.items():
        if sat not in tables:
            continue
        rows = list(tables[sat])
        sets[name] = frozenset(row["id"] for row in rows)
        texts[name] = {row["id"]: row["texto"] for row in rows if row.get("texto")}
        limits[name] = {row["id"]: (_since(row), day(row.get("vigencia_hasta", ""))) for row in rows if _limited(row)}
    package = installed()
    return Catalogs(
        version=version,
        read=lambda name: sets[name] if name in sets else package.read(name),
        small=small,
        tasas=tuple(_rate(row) for row in tables[C_RATES]) if C_RATES in tables else TASAS,
        limits=limits,
        texts=texts,
        demands=dict(_demands(tables.get("c_ClaveProdServ", ()))),
    )


def _demands(rows: Iterable[Cells]) -> Iterator[tuple[str, Demand]]:
    """Of those keys alone that ask for something: empty columns are the SAT's "opcional"."""
    for row in rows:
        taxes = {tax for column, tax in (("iva_trasladado", "002"), ("ieps_trasladado", "003")) if _yes(row, column)}
        complemento = row.get("complemento", "")
        if taxes or complemento:
            yield row["id"], Demand(complemento, frozenset(taxes))


def _small(sat: str, rows: Iterable[Cells]) -> dict[str, Entry]:
    return {row["id"]: _entry(sat, row) for row in rows}


def _entry(sat: str, row: Cells) -> Entry:
    clave, texto = row["id"], row.get("texto") or row["id"]
    desde, hasta = _since(row), day(row.get("vigencia_hasta", ""))
    known = SMALL[sat].get(clave)
    # Our names are shorter and without the SAT's full stops: they stay for the keys we know.
    texto = known.texto if known is not None else texto.rstrip(".")
    if sat == "c_RegimenFiscal":
        return Regimen(clave, texto, desde, hasta, fisica=_yes(row, "aplica_fisica"), moral=_yes(row, "aplica_moral"))
    if sat == "c_UsoCFDI":
        regimenes = frozenset(
            part.strip() for part in row.get("regimenes_fiscales_receptores", "").split(",") if part.strip()
        )
        if not regimenes:
            raise SourceRefused(f"El uso {clave} no dice con qué regímenes va.")
        return Uso(
            clave, texto, desde, hasta,
            regimenes=regimenes, fisica=_yes(row, "aplica_fisica"), moral=_yes(row, "aplica_moral"),
        )  # fmt: skip
    return Entry(clave, texto, desde, hasta)


_TAX_OF = {entry.texto: clave for clave, entry in IMPUESTOS.items()}


def _rate(row: Cells) -> Tasa:
    try:
        valor = Decimal(row["valor"])
        minimo = Decimal(row["minimo"]) if row.get("minimo") else None
        impuesto = _TAX_OF[row["impuesto"].split()[0]]
    except (InvalidOperation, KeyError, IndexError) as wrong:
        raise SourceRefused(f"En {RATES} hay un renglón que no se entiende: {row}") from wrong
    if row.get("tipo") == "Fijo":
        minimo = None
    return Tasa(
        impuesto, row["factor"], valor, minimo,
        traslado=_yes(row, "traslado"), retencion=_yes(row, "retencion"),
        desde=_since(row), hasta=day(row.get("vigencia_hasta", "")),
    )  # fmt: skip


def _since(row: Cells) -> date:
    return day(row.get("vigencia_desde", "")) or CFDI_40


def _limited(row: Cells) -> bool:
    return bool(row.get("vigencia_hasta")) or _since(row) > CFDI_40


def _yes(row: Cells, column: str) -> bool:
    return row.get(column, "") in {"1", "Sí", "true"}
