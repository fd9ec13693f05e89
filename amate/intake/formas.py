"""How people write a way of paying: from their words to c_FormaPago and c_MetodoPago."""

import re
from decimal import Decimal

from amate.fiscal.ingreso import PPD, PUE
from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.intake.cells import CellRefused, read_padded
from amate.intake.columns import plain
from amate.self_invoicing.pagos import MOST, Pago

WORDS = {
    "efectivo": "01",
    "cash": "01",
    "contado": "01",
    "cheque": "02",
    "cheque nominativo": "02",
    "transferencia": "03",
    "transferencia electronica": "03",
    "transferencia electronica de fondos": "03",
    "spei": "03",
    "deposito": "03",
    "tarjeta de credito": "04",
    "tarjeta credito": "04",
    "tdc": "04",
    "t credito": "04",
    "credito visa": "04",
    "monedero": "05",
    "monedero electronico": "05",
    "dinero electronico": "06",
    "vales": "08",
    "vales de despensa": "08",
    "vale": "08",
    "tarjeta de debito": "28",
    "tarjeta debito": "28",
    "tdd": "28",
    "t debito": "28",
    "debito": "28",
    "tarjeta de servicios": "29",
    "aplicacion de anticipos": "30",
}


PARTS = re.compile(r"[+;|\n]")
PAGO = re.compile(
    r"(?P<forma>.*?[^\s$:=(])[\s:=(]*\$?\s*(?<![0-9.,])(?P<amount>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?|[0-9]{1,10}(?:\.[0-9]{1,2})?)\s*\)?"
)
CENT = Decimal("0.01")
SEVERAL = "Efectivo 50.00 + Tarjeta de débito 66.00"

ON_CREDIT = frozenset(
    {"credito", "a credito", "venta a credito", "ppd", "por definir", "99", "parcialidades", "diferido"}
    | {"pago en parcialidades o diferido", "si", "x", "verdadero", "true"}
)
PAID = frozenset(
    {"pue", "contado", "de contado", "una sola exhibicion", "pago en una sola exhibicion"} | {"no", "falso", "false"}
)
YES_OR_NO = frozenset({"si", "x", "verdadero", "true"})


def read_metodo_pago(text: str) -> str:
    """PUE or PPD; empty if the cell is.

    >>> read_metodo_pago("PPD - Pago en parcialidades"), read_metodo_pago("A crédito"), read_metodo_pago("Contado")
    ('PPD', 'PPD', 'PUE')
    """
    said = plain(text)
    first = said.partition(" ")[0]
    if not said:
        return ""
    if said in ON_CREDIT or first == "ppd":
        return PPD
    if said in PAID or first == "pue":
        return PUE
    raise CellRefused(f"“{text}” no dice si es a crédito: escribe PUE (ya pagada) o PPD (a crédito)")


def says_credit(forma_pago: str) -> bool:
    """Whether what stands as the way of paying means that nobody has paid yet.

    >>> says_credit("Crédito"), says_credit("99 - Por definir"), says_credit("Tarjeta de crédito")
    (True, True, False)
    """
    said = plain(forma_pago)
    return said in ON_CREDIT - YES_OR_NO or said.partition(" ")[0] == "99"


def read_pagos(text: str) -> tuple[Pago, ...]:
    """Several ways of paying in one cell, each with its amount; empty if the cell says only one.

    >>> [(one.forma_pago, str(one.importe)) for one in read_pagos("Efectivo 50 + Tarjeta de débito $1,066.00")]
    [('01', '50.00'), ('28', '1066.00')]
    >>> read_pagos("03 - Transferencia")
    ()
    """
    parts = [one.strip() for one in PARTS.split(text) if one.strip()]
    if len(parts) < 2:
        return ()
    if len(parts) > MOST:
        raise CellRefused(f"Son {len(parts)} formas de pago: caben {MOST}")
    return tuple(_read_pago(one) for one in parts)


def _read_pago(text: str) -> Pago:
    said = PAGO.fullmatch(text)
    amount = Decimal(said["amount"].replace(",", "")).quantize(CENT) if said else Decimal(0)
    if said is None or not amount:
        raise CellRefused(f"A “{text}” le falta su importe: escribe cada forma con el suyo, como {SEVERAL}")
    return Pago(read_forma_pago(said["forma"]), amount)


def read_forma_pago(text: str) -> str:
    """
    >>> read_forma_pago("1"), read_forma_pago("Tarjeta de Débito"), read_forma_pago("03 - Transferencia")
    ('01', '28', '03')
    """
    said = plain(text)
    first = said.partition(" ")[0]
    if first.isdecimal() and len(first) <= 2:
        return read_padded(first, 2)
    if said in WORDS:
        return WORDS[said]
    for clave, entry in FORMAS_PAGO.items():
        if plain(entry.texto) == said:
            return clave
    if said in ("tarjeta", "tarjeta bancaria", "tpv", "terminal"):
        raise CellRefused(f"“{text}” no dice qué tarjeta: cámbialo por 04 (crédito) o 28 (débito)")
    if said in ("mixto", "mixta", "varios", "multiple"):
        raise CellRefused(
            f"“{text}”: escribe cada forma con su importe, como {SEVERAL}, o solo la forma con la que se pagó más"
        )
    raise CellRefused(f"No conocemos la forma de pago “{text}”: usa la clave del SAT, como 01 para efectivo")
