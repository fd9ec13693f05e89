"""The taxes of a line as one choice of a list: "02|002:Tasa:0.16" is object of tax, IVA of 16 %."""

import re
from collections.abc import Iterable
from decimal import Decimal

from amate.fiscal.money import Impuesto, MoneyRefused
from amate.intake.taxes import taxes_of
from amate.papers.facts import figure
from amate.self_invoicing.sale import exact

# A product may bring one of its own.
USUAL_TAXES = (
    ("02|002:Tasa:0.16", "IVA 16 %"),
    ("02|002:Tasa:0.08", "IVA 8 % (frontera)"),
    ("02|002:Tasa:0", "IVA 0 %"),
    ("02|002:Exento:", "Exento de IVA"),
    ("01|", "No objeto de impuesto"),
)
USUAL_WITHHELD = (
    ("", "Nada"),
    ("001:Tasa:0.1+002:Tasa:0.106667", "ISR 10 % e IVA 10.6667 % (honorarios, renta)"),
    ("001:Tasa:0.0125", "ISR 1.25 % (RESICO)"),
    ("001:Tasa:0.0125+002:Tasa:0.106667", "ISR 1.25 % e IVA 10.6667 % (RESICO, honorarios o renta)"),
    ("002:Tasa:0.04", "IVA 4 % (autotransporte de carga)"),
)
NAMES = {"001": "ISR", "002": "IVA", "003": "IEPS"}
AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")


def write_taxes(objeto_imp: str, taxes: Iterable[Impuesto]) -> str:
    """
    >>> write_taxes("02", [Impuesto("003", "Tasa", Decimal("0.08")), Impuesto("002", "Exento", None)])
    '02|003:Tasa:0.08+002:Exento:'
    """
    return f"{objeto_imp}|{_joined(taxes)}"


def write_withheld(taxes: Iterable[Impuesto]) -> str:
    """Of the taxes of a line, those that are withheld.

    >>> write_withheld([Impuesto("002", "Tasa", Decimal("0.16")), Impuesto("001", "Tasa", Decimal("0.100000"), retencion=True)])
    '001:Tasa:0.1'
    """
    return _joined(tax for tax in taxes if tax.retencion)


def usual_taxes(iva: str) -> str:
    """Of a line typed anew, from `Emisor.usual_iva`.

    >>> usual_taxes("0.08"), usual_taxes("exento"), usual_taxes("01")
    ('02|002:Tasa:0.08', '02|002:Exento:', '01|')
    """
    found = taxes_of(iva=iva, ieps="")
    assert found is not None
    return write_taxes(*found)


def read_taxes(text: str) -> tuple[str, tuple[Impuesto, ...]]:
    """(objeto_imp, taxes). Raises ValueError or ArithmeticError for what we did not write."""
    objeto, _, rest = text.partition("|")
    return objeto, _split(rest, retencion=False)


def read_withheld(text: str) -> tuple[Impuesto, ...]:
    """Raises ValueError, ArithmeticError or MoneyRefused for what we did not write."""
    return _split(text, retencion=True)


def _joined(taxes: Iterable[Impuesto]) -> str:
    return "+".join(
        f"{tax.impuesto}:{tax.tipo_factor}:{'' if tax.tasa_o_cuota is None else format(exact(tax.tasa_o_cuota), 'f')}"
        for tax in taxes
    )


def _split(text: str, *, retencion: bool) -> tuple[Impuesto, ...]:
    taxes = []
    for part in text.split("+") if text else ():
        impuesto, factor, rate = part.split(":")
        if rate and not AMOUNT.fullmatch(rate):
            raise ValueError(rate)
        taxes.append(Impuesto(impuesto, factor, Decimal(rate) if rate else None, retencion=retencion))
    return tuple(taxes)


def tax_words(text: str) -> str:
    """
    >>> tax_words("02|003:Tasa:0.08+002:Tasa:0.16"), tax_words("02|002:Exento:"), tax_words("x")
    ('IEPS 8 % + IVA 16 %', 'IVA exento', '')
    """
    try:
        _, taxes = read_taxes(text)
    except (ValueError, ArithmeticError, MoneyRefused):
        return ""
    return " + ".join(_one_tax(tax) for tax in taxes)


def withheld_words(text: str) -> str:
    """
    >>> withheld_words("001:Tasa:0.0125+002:Tasa:0.106667"), withheld_words("x")
    ('ISR 1.25 % + IVA 10.6667 %', '')
    """
    try:
        taxes = read_withheld(text)
    except (ValueError, ArithmeticError, MoneyRefused):
        return ""
    return " + ".join(_one_tax(tax) for tax in taxes)


def with_own(usual: Iterable[tuple[str, str]], own: str, words: str) -> list[tuple[str, str]]:
    """The usual choices, and the one that a thing brings of its own if it has words."""
    choices = list(usual)
    return choices if not own or not words or own in dict(choices) else [*choices, (own, words)]


def _one_tax(tax: Impuesto) -> str:
    name = NAMES.get(tax.impuesto, tax.impuesto)
    if tax.tasa_o_cuota is None:
        return f"{name} exento"
    if tax.tipo_factor == "Cuota":
        return f"{name} ${figure(str(tax.tasa_o_cuota), least=2)} por unidad"
    return f"{name} {figure(str(tax.tasa_o_cuota * 100), least=0)} %"
