"""How files of a source are read where their cells do not say it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

IVA = {
    "": "Lo dice el archivo o el producto",
    "0.16": "IVA 16 %",
    "0.08": "IVA 8 % (frontera)",
    "0": "IVA 0 %",
    "exento": "Exento de IVA",
    "01": "No es objeto de impuesto",
}

NO_RATE = frozenset({"exento", "01"})

NAME_OF_A_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@~+-]{0,39}")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chose for the source. `branch`, `forma_pago` and what follows stand in for empty cells; `iva` is a
    key of IVA. No rate is ever assumed: with an empty `iva`, a row that says none is refused."""

    comma: bool = False
    month_first: bool = False
    prices_include_tax: bool = True
    branch: str = ""
    forma_pago: str = ""
    iva: str = ""
    descripcion: str = ""
    clave_prod_serv: str = ""
    clave_unidad: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Options":
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
