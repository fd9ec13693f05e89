"""How people write a way of paying: from their words to c_FormaPago."""

from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.intake.cells import CellRefused, read_padded
from amate.intake.columns import plain

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
        raise CellRefused(f"“{text}”: pon la forma con la que se pagó más (01 efectivo, 04 crédito, 28 débito…)")
    raise CellRefused(f"No conocemos la forma de pago “{text}”: usa la clave del SAT, como 01 para efectivo")
