"""Keys of the SAT's catalogues, each held to the days between which it is valid (CAT-1)."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from amate.fiscal.catalogs import Catalogs, Validity

_LARGE: dict[str, tuple[str, Callable[[Catalogs], frozenset[str]]]] = {
    "c_CodigoPostal": ("codigo_postal", lambda catalogs: catalogs.codigos_postales),
    "c_ClaveProdServ": ("clave_prod_serv", lambda catalogs: catalogs.claves_prod_serv),
    "c_ClaveUnidad": ("clave_unidad", lambda catalogs: catalogs.claves_unidad),
    "c_Moneda": ("moneda", lambda catalogs: catalogs.monedas),
    "c_Pais": ("pais", lambda catalogs: catalogs.paises),
}
_ALWAYS: Validity = (date.min, None)
_NO_LIMITS: Mapping[str, Validity] = {}


def not_in(catalogs: Catalogs, catalog: str, key: str, as_of: date) -> str | None:
    """What is wrong with a key of "c_FormaPago" on that day, for whoever must choose another; None when it is good."""
    small = catalogs.small.get(catalog)
    if small is None:
        found = _validity_in_a_large_one(catalogs, catalog, key)
    else:
        row = small.get(key)
        found = None if row is None else (row.desde, row.hasta)
    if found is None:
        return f"“{key}” no está en el catálogo {catalog}."
    since, until = found
    if as_of < since:
        return f"“{key}” entra en vigor en {catalog} el {since:%d/%m/%Y}: para el {as_of:%d/%m/%Y} elige otra clave."
    if until is not None and until < as_of:
        return f"“{key}” dejó de valer en {catalog} el {until:%d/%m/%Y}: elige una clave vigente."
    return None


def _validity_in_a_large_one(catalogs: Catalogs, catalog: str, key: str) -> Validity | None:
    field, keys = _LARGE[catalog]
    if key not in keys(catalogs):
        return None
    return catalogs.limits.get(field, _NO_LIMITS).get(key, _ALWAYS)


class Keys:
    """`not_in` on one day, asked once for each key that the lines of a document repeat."""

    def __init__(self, catalogs: Catalogs, as_of: date) -> None:
        self._catalogs = catalogs
        self._as_of = as_of
        self._known: dict[tuple[str, str], str | None] = {}

    def wrong(self, catalog: str, key: str) -> str | None:
        asked = (catalog, key)
        if asked not in self._known:
            self._known[asked] = not_in(self._catalogs, catalog, key, self._as_of)
        return self._known[asked]


class Rates:
    """c_TasaOCuota on one day, asked once for each of the handful of rates that a document repeats."""

    def __init__(self, catalogs: Catalogs, as_of: date) -> None:
        self._catalogs = catalogs
        self._as_of = as_of
        self._known: dict[tuple[str, str, Decimal, bool], bool] = {}

    def has(self, impuesto: str, factor: str, tasa: Decimal | None, *, retencion: bool) -> bool:
        """False too for a rate that is missing."""
        if tasa is None:
            return False
        asked = (impuesto, factor, tasa, retencion)
        if asked not in self._known:
            self._known[asked] = self._catalogs.is_rate(impuesto, factor, tasa, retencion=retencion, as_of=self._as_of)
        return self._known[asked]
