"""The SAT's catalogues as one immutable value, and the names of their keys (ENGINE CAT, DECISIONS E7).

The large sets come from the schema of the installed satcfdi, which is fresher than its database of texts; the small
ones are our own dated tables. Nothing of the SAT's is kept in the project.
"""

import pickle
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

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
_SEARCHABLE = ("clave_prod_serv", "clave_unidad")
_VERSION_FILE = "version.txt"


@dataclass(frozen=True)
class Catalogs:
    """Keys that exist. The large sets are read on first use and kept; `version` names the data they come from.

    `codigos_postales` is the SAT's list as it stands: it holds `NOWHERE`, which we refuse as an address.
    """

    version: str
    read: Callable[[str], frozenset[str]] = field(repr=False, compare=False)

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

    @property
    def regimenes(self) -> Mapping[str, Regimen]:
        return REGIMENES

    @property
    def usos(self) -> Mapping[str, Uso]:
        return USOS

    @property
    def tasas(self) -> tuple[Tasa, ...]:
        return TASAS

    def is_address(self, cp: str) -> bool:
        """Whether somebody can have this postal code."""
        return cp != NOWHERE and cp in self.codigos_postales

    def is_valid(self, catalog: str, key: str, as_of: date) -> bool:
        """Whether a small catalogue ("regimen_fiscal" or "c_RegimenFiscal") has this key on that day."""
        entry = SMALL[sat_name(catalog)].get(key)
        return entry is not None and entry.is_valid(as_of)

    def entries(self, catalog: str, as_of: date) -> tuple[Entry, ...]:
        """The keys of a small catalogue that are valid on that day, in the SAT's order: what a form offers."""
        return tuple(entry for entry in SMALL[sat_name(catalog)].values() if entry.is_valid(as_of))

    def is_rate(self, impuesto: str, factor: str, tasa: Decimal, *, retencion: bool, as_of: date) -> bool:
        return is_rate(impuesto, factor, tasa, retencion=retencion, as_of=as_of)


def sat_name(catalog: str) -> str:
    """The SAT's name of a catalogue, from that or from its field: c_UsoCFDI from "uso_cfdi". KeyError if unknown."""
    return _SAT_NAMES[catalog]


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
    if sat in SMALL:
        entry = SMALL[sat].get(key)
        return entry.texto if entry is not None else None
    if sat == "c_Moneda" and key in MONEDAS:
        return MONEDAS[key]
    return _stored_text(sat, key)


def search_rows() -> Iterator[tuple[str, str, str]]:
    """(catalog, key, text) of c_ClaveProdServ and c_ClaveUnidad for a search table, only keys the schema accepts.

    About 200 keys that are newer than satcfdi's database have no text yet and are left out.
    """
    for catalog in _SEARCHABLE:
        keys = _read_schema(catalog)
        with closing(_open_texts()) as connection:
            question = f"SELECT key, value FROM {_table(LARGE[catalog])}"  # noqa: S608 (a name from our own table)
            for key, value in connection.execute(question):
                text = _plain(value)
                if _plain(key) in keys and isinstance(text, str):
                    yield catalog, _plain(key), text


# ------------------------------------------------------------ where it comes from


def _satcfdi() -> Path:
    # Found, not imported: importing it opens a database and takes 50 MB. Nor through `fiscal.xml`, which brings lxml.
    spec = find_spec("satcfdi")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("satcfdi is not installed: run `make install`")
    return Path(spec.submodule_search_locations[0])


def _snake(sat: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", sat.removeprefix("c_")).lower()


_SAT_NAMES = {alias: sat for sat in (*SMALL, *LARGE.values()) for alias in (sat, _snake(sat))}


def _read_schema(catalog: str) -> frozenset[str]:
    return _schema_sets()[catalog]


@cache
def _schema_sets() -> Mapping[str, frozenset[str]]:
    schemas = _satcfdi() / "transform" / "schemas" / "www.sat.gob.mx" / "sitio_internet"
    xsd = (schemas / "cfd" / "catalogos" / "catCFDI.xsd").read_text(encoding="utf-8")
    return {catalog: _enumeration(xsd, sat) for catalog, sat in LARGE.items()}


def _enumeration(xsd: str, sat: str) -> frozenset[str]:
    # By text: parsing the five megabytes into a tree takes three times as long.
    start = xsd.index(f'name="{sat}"')
    return frozenset(re.findall(r'<xs:enumeration value="([^"]*)"', xsd[start : xsd.index("</xs:simpleType>", start)]))


def _open_texts() -> sqlite3.Connection:
    path = _satcfdi() / "catalogs" / "catalogs.db"
    # Opened by us, read-only: satcfdi's own connection is read-write and shared across threads (ENGINE D-12).
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)


def _table(sat: str) -> str:
    return f"C756_{sat}"


@lru_cache(maxsize=4096)
def _stored_text(sat: str, key: str) -> str | None:
    if sat == LARGE["codigo_postal"]:
        return None
    with closing(_open_texts()) as connection:
        question = f"SELECT value FROM {_table(sat)} WHERE key = ?"  # noqa: S608 (a name from our own table)
        row = connection.execute(question, (pickle.dumps(key, protocol=4),)).fetchone()
    if row is None:
        return None
    value = _plain(row[0])
    return str(value[0] if isinstance(value, list) else value)


class _PlainUnpickler(pickle.Unpickler):
    """satcfdi stores texts and lists of texts; anything that would run code is refused."""

    def find_class(self, module_name: str, global_name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place among catalogue texts")


def _plain(blob: bytes) -> Any:
    return _PlainUnpickler(BytesIO(blob)).load()
