"""Writing attributes into the XML and the cadena original at once (ENGINE SEAL-2..4): what every node is made of."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from amate.fiscal.comprobante import Retencion, Traslado

# Only these four characters are white space for the XSLT: str.split() would also eat U+00A0, U+0085, U+2009, U+2028,
# U+3000, and every PAC would answer 302 (SEAL-3).
_XML_SPACE = re.compile(r"[\t\n\r ]+")
_SPECIAL = re.compile('[&<>"|\x00-\x1f\ufffe\uffff\ud800-\udfff]')
_FORBIDDEN = re.compile("[|\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class NotWritable(ValueError):
    """A text that no XML or cadena can carry (a control character or `|`). It should have been refused at the door."""


def collapsed(value: str) -> str:
    """A text as it is written: runs of XML white space made one space, none at the ends. Raises `NotWritable`."""
    if not value or _is_plain(value):
        return value
    if _FORBIDDEN.search(value) is not None:
        raise NotWritable(f"{value!r} holds a character that a CFDI cannot carry: refuse it where it is typed")
    return _XML_SPACE.sub(" ", value).strip(" ")


def write_taxes(
    tag: str, suffix: str, taxes: Iterable[Traslado | Retencion], xml: list[str], cadena: list[str]
) -> None:
    """One element a tax; `suffix` ends the names of its attributes ("DR" and "P" in payments)."""
    for tax in taxes:
        base, kind = format(tax.base, "f"), _kind(tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, suffix)
        if tax.importe is None:
            xml.append(f'<{tag} Base{suffix}="{base}"{kind[0]}/>')
            cadena.append(f"|{base}{kind[1]}")
        else:
            importe = format(tax.importe, "f")
            xml.append(f'<{tag} Base{suffix}="{base}"{kind[0]} Importe{suffix}="{importe}"/>')
            cadena.append(f"|{base}{kind[1]}|{importe}")


@lru_cache(maxsize=256)
def rate_text(tasa_o_cuota: Decimal) -> str:
    """Six decimals (CFDI40179). Raises `NotWritable` for more."""
    rate = format(tasa_o_cuota, ".6f")
    if Decimal(rate) != tasa_o_cuota:
        raise NotWritable(f"the rate {tasa_o_cuota} has more than six decimals")
    return rate


@lru_cache(maxsize=256)
def _kind(impuesto: str, tipo_factor: str, tasa_o_cuota: Decimal | None, suffix: str) -> tuple[str, str]:
    """A document repeats a handful of tax kinds on every line."""
    xml: list[str] = []
    cadena: list[str] = []
    rate = None if tasa_o_cuota is None else rate_text(tasa_o_cuota)
    names = (f"Impuesto{suffix}", f"TipoFactor{suffix}", f"TasaOCuota{suffix}")
    write_fields(tuple(zip(names, (impuesto, tipo_factor, rate), strict=True)), xml, cadena)
    return "".join(xml), "".join(cadena)


def write_fields(fields: tuple[tuple[str, str | None], ...], xml: list[str], cadena: list[str]) -> None:
    """Append attributes to both texts. An absent or empty one is left out: the XSLT would print an empty field."""
    for name, value in fields:
        if not value:
            continue
        if value.isalnum() or _is_plain(value):
            xml.append(f' {name}="{value}"')
            cadena.append(f"|{value}")
            continue
        text = collapsed(value)
        if text:
            xml.append(f' {name}="{_escaped(text)}"')
            cadena.append(f"|{text}")


def write_barred(name: str, value: str | None, xml: list[str], cadena: list[str]) -> None:
    """`write_fields` for one attribute that may hold `|`."""
    text = collapsed((value or "").replace("|", "\ue000")).replace("\ue000", "|")
    if text:
        xml.append(f' {name}="{_escaped(text)}"')
        cadena.append(f"|{text}")


def same(value: str) -> str:
    """A key that is the same in both texts, or NotWritable."""
    if not value.isalnum() and not (value and _is_plain(value)):
        raise NotWritable(f"{value!r} is not a SAT key")
    return value


def _is_plain(value: str) -> bool:
    """Whether a text, not empty, reads the same in the XML and in the cadena: nothing to escape, collapse or refuse."""
    return value.isalnum() or (
        _SPECIAL.search(value) is None and "  " not in value and value[0] != " " and value[-1] != " "
    )


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
