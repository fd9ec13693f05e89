"""The SAT's catalogues as one immutable value, and the names of their keys (ENGINE CAT, DECISIONS E7).

The large sets come from the schema of the installed satcfdi, which is fresher than its database of texts; the small
ones are our own dated tables. Nothing of the SAT's is kept in the project.
"""

import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from amate.fiscal.places import areas
from amate.fiscal.sat_texts import open_texts, plain, satcfdi_folder, table
from amate.fiscal.tables.comprobante import (
    EXPORTACIONES,
    FORMAS_PAGO,
    MESES,
    METODOS_PAGO,
    PERIODICIDADES,
    TIPOS_DE_COMPROBANTE,
    TIPOS_RELACION,
)
from amate.fiscal.tables.entry import Entry
from amate.fiscal.tables.impuestos import IMPUESTOS, OBJETOS_IMP, TASAS, TIPOS_FACTOR, Tasa, is_rate
from amate.fiscal.tables.monedas import NAMES as MONEDAS
from amate.fiscal.tables.personas import REGIMENES, USOS, Regimen, Uso

NOWHERE = "00000"
"""The catalogue has this postal code; nobody lives there (COM-3)."""

LARGE = {
    "codigo_postal": "c_CodigoPostal",
    "clave_prod_serv": "c_ClaveProdServ",
    "clave_unidad": "c_ClaveUnidad",
    "moneda": "c_Moneda",
    "pais": "c_Pais",
}
SMALL: Mapping[str, Mapping[str, Entry]] = {
    "c_RegimenFiscal": REGIMENES,
    "c_UsoCFDI": USOS,
    "c_FormaPago": FORMAS_PAGO,
    "c_MetodoPago": METODOS_PAGO,
    "c_ObjetoImp": OBJETOS_IMP,
    "c_Exportacion": EXPORTACIONES,
    "c_TipoRelacion": TIPOS_RELACION,
    "c_TipoDeComprobante": TIPOS_DE_COMPROBANTE,
    "c_Periodicidad": PERIODICIDADES,
    "c_Meses": MESES,
    "c_Impuesto": IMPUESTOS,
    "c_TipoFactor": TIPOS_FACTOR,
}
_FIELD_NAMES = {sat: name for name, sat in LARGE.items()}
_SEARCHABLE = ("clave_prod_serv", "clave_unidad")
_SEARCHABLE_SMALL = ("regimen_fiscal", "uso_cfdi")
_VERSION_FILE = "version.txt"


Validity = tuple[date, date | None]


class Demand(NamedTuple):
    """What a ClaveProdServ asks for by its columns: a complement (as the catalogue names it, empty for none) and taxes."""

    complemento: str
    impuestos: frozenset[str]


@dataclass(frozen=True)
class Catalogs:
    """Keys that exist. The large sets are read on first use and kept; `version` names the data they come from.

    `codigos_postales` is the SAT's list as it stands: it holds `NOWHERE`, which we refuse as an address.
    """

    version: str
    read: Callable[[str], frozenset[str]] = field(repr=False, compare=False)
    small: Mapping[str, Mapping[str, Entry]] = field(default_factory=lambda: SMALL, repr=False)
    tasas: tuple[Tasa, ...] = field(default=TASAS, repr=False)
    # Of the large sets, by field name ("clave_prod_serv"): only keys that are not valid for ever; and newer texts.
    limits: Mapping[str, Mapping[str, Validity]] = field(default_factory=dict, repr=False)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    # By ClaveProdServ. The package has none: the schema of the SAT does not carry those columns, an edition does.
    demands: Mapping[str, Demand] = field(default_factory=dict, repr=False)

    @cached_property
    def codigos_postales(self) -> frozenset[str]:
        return self.read("codigo_postal")

    @cached_property
    def claves_prod_serv(self) -> frozenset[str]:
        return self.read("clave_prod_serv")

    @cached_property
    def claves_unidad(self) -> frozenset[str]:
        return self.read("clave_unidad")

    @cached_property
    def monedas(self) -> frozenset[str]:
        return self.read("moneda")

    @cached_property
    def paises(self) -> frozenset[str]:
        return self.read("pais")

    @cached_property
    def regimenes(self) -> Mapping[str, Regimen]:
        return {clave: row for clave, row in self.small["c_RegimenFiscal"].items() if isinstance(row, Regimen)}

    @cached_property
    def usos(self) -> Mapping[str, Uso]:
        return {clave: row for clave, row in self.small["c_UsoCFDI"].items() if isinstance(row, Uso)}

    def is_address(self, cp: str) -> bool:
        """Whether somebody can have this postal code."""
        return cp != NOWHERE and cp in self.codigos_postales

    def is_valid(self, catalog: str, key: str, as_of: date) -> bool:
        """Whether a catalogue ("regimen_fiscal" or "c_RegimenFiscal") has this key on that day."""
        sat = sat_name(catalog)
        if sat not in self.small:
            return self._is_listed(_FIELD_NAMES[sat], key, as_of)
        entry = self.small[sat].get(key)
        return entry is not None and entry.is_valid(as_of)

    def _is_listed(self, name: str, key: str, as_of: date) -> bool:
        if key not in self.read(name):
            return False
        since, until = self.limits.get(name, {}).get(key, (date.min, None))
        return since <= as_of and (until is None or as_of <= until)

    def entries(self, catalog: str, as_of: date) -> tuple[Entry, ...]:
        """The keys of a small catalogue that are valid on that day, in the SAT's order: what a form offers."""
        return tuple(entry for entry in self.small[sat_name(catalog)].values() if entry.is_valid(as_of))

    def is_rate(self, impuesto: str, factor: str, tasa: Decimal, *, retencion: bool, as_of: date) -> bool:
        return is_rate(impuesto, factor, tasa, retencion=retencion, as_of=as_of, tasas=self.tasas)


def sat_name(catalog: str) -> str:
    """The SAT's name of a catalogue, from that or from its field: c_UsoCFDI from "uso_cfdi". KeyError if unknown."""
    return _SAT_NAMES[catalog]


_current: Catalogs | None = None


def catalogs_in_force() -> Catalogs:
    """The catalogues that count in this process: those of `put_in_force`, or the installed ones."""
    return _current or installed()


def put_in_force(catalogs: Catalogs) -> None:
    """A newer edition counts from here on, in this process (`amate.catalogs.in_force` reads which)."""
    global _current
    _current = catalogs


@cache
def installed() -> Catalogs:
    """The catalogues of the installed satcfdi, read from its schema in about 60 ms on first use."""
    return Catalogs(version=f"satcfdi {version('satcfdi')}", read=_read_schema)


def derive(folder: Path) -> None:
    """Write the large sets as compact files for `load`; a folder derived half-way has no version and is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    for catalog in LARGE:
        (folder / f"{catalog}.txt").write_text("\n".join(sorted(_read_schema(catalog))), encoding="utf-8")
    (folder / _VERSION_FILE).write_text(installed().version, encoding="utf-8")


def load(folder: Path) -> Catalogs:
    """What `derive` wrote. Raises FileNotFoundError if it never finished there."""

    def read(catalog: str) -> frozenset[str]:
        return frozenset((folder / f"{catalog}.txt").read_text(encoding="utf-8").split("\n"))

    return Catalogs(version=(folder / _VERSION_FILE).read_text(encoding="utf-8"), read=read)


def name_of(catalog: str, key: str) -> str | None:
    """The Spanish name of a key: name_of("regimen_fiscal", "601"). None if the catalogue has no name for it."""
    sat = sat_name(catalog)
    current = catalogs_in_force()
    if sat in SMALL:
        entry = current.small[sat].get(key) or SMALL[sat].get(key)
        return entry.texto if entry is not None else None
    newer = current.texts.get(_FIELD_NAMES[sat], {}).get(key)
    if newer is not None and sat != "c_Moneda":
        return newer
    if sat == "c_Moneda" and key in MONEDAS:
        return MONEDAS[key]
    return _stored_text(sat, key)


class Searchable(NamedTuple):
    """A key that people search, in the words of the SAT."""

    catalog: str
    key: str
    text: str
    desde: date | None = None
    hasta: date | None = None


def search_rows(catalogs: Catalogs | None = None) -> Iterator[Searchable]:
    """Products, units, regimes, uses and postal codes for a search table; those of `catalogs`, else of the package.

    In the package about 200 keys that are newer than satcfdi's database have no text yet and are left out. What a postal
    code is called is always the package's: what a newer edition adds is known by its number alone.
    """
    current = catalogs or installed()
    for catalog in _SEARCHABLE:
        newer = current.texts.get(catalog)
        limits = current.limits.get(catalog, {})
        rows = newer.items() if newer is not None else _package_texts(catalog)
        for key, text in rows:
            yield Searchable(catalog, key, text, *limits.get(key, (None, None)))
    for catalog in _SEARCHABLE_SMALL:
        for entry in current.small[sat_name(catalog)].values():
            yield Searchable(catalog, entry.clave, entry.texto, entry.desde, entry.hasta)
    limits = current.limits.get("codigo_postal", {})
    for area in areas():
        if area.cp in current.codigos_postales and area.cp != NOWHERE:
            yield Searchable("codigo_postal", area.cp, area.text, *limits.get(area.cp, (None, None)))


def _package_texts(catalog: str) -> Iterator[tuple[str, str]]:
    keys = _read_schema(catalog)
    with closing(open_texts()) as connection:
        question = f"SELECT key, value FROM {table(LARGE[catalog])}"  # noqa: S608 (a name from our own table)
        for key, value in connection.execute(question):
            text = plain(value)
            if plain(key) in keys and isinstance(text, str):
                yield plain(key), text


# ------------------------------------------------------------ where it comes from


def _snake(sat: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", sat.removeprefix("c_")).lower()


_SAT_NAMES = {alias: sat for sat in (*SMALL, *LARGE.values()) for alias in (sat, _snake(sat))}


def _read_schema(catalog: str) -> frozenset[str]:
    return _schema_sets()[catalog]


@cache
def _schema_sets() -> Mapping[str, frozenset[str]]:
    schemas = satcfdi_folder() / "transform" / "schemas" / "www.sat.gob.mx" / "sitio_internet"
    xsd = (schemas / "cfd" / "catalogos" / "catCFDI.xsd").read_text(encoding="utf-8")
    return {catalog: _enumeration(xsd, sat) for catalog, sat in LARGE.items()}


def _enumeration(xsd: str, sat: str) -> frozenset[str]:
    # By text: parsing the five megabytes into a tree takes three times as long.
    start = xsd.index(f'name="{sat}"')
    return frozenset(re.findall(r'<xs:enumeration value="([^"]*)"', xsd[start : xsd.index("</xs:simpleType>", start)]))


@lru_cache(maxsize=4096)
def _stored_text(sat: str, key: str) -> str | None:
    if sat == LARGE["codigo_postal"]:
        return None
    with closing(open_texts()) as connection:
        question = f"SELECT value FROM {table(sat)} WHERE key = ?"  # noqa: S608 (a name from our own table)
        row = connection.execute(question, (pickle.dumps(key, protocol=4),)).fetchone()
    if row is None:
        return None
    value = plain(row[0])
    return str(value[0] if isinstance(value, list) else value)
