"""What a line of a CFDI sells, apart from when: the same service of two months is one product."""

import re
from hashlib import sha256

from amate.catalogs.search import plain_text

_FULL = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
_MONTH = rf"(?:{_FULL}|ene|feb|mar|abr|may|jun|jul|ago|sept?|oct|nov|dic)\b\.?"
_YEAR = r"(?:\s*[-/]\s*|\s+del?\s+|\s+)(?:20\d\d|\d\d(?=\s*$))"
_DAY = rf"\d{{1,2}}(?:\s+de\s+{_MONTH}(?:{_YEAR})?)?"
_DIGITS = r"(?:20\d\d-\d\d(?:-\d\d)?|\d{1,2}/\d{1,2}/(?:20)?\d\d)"
_SPAN = (
    rf"(?:del?\s+)?{_DIGITS}(?:\s*(?:al?|-|–)\s*{_DIGITS})?"
    rf"|del?\s+{_DAY}\s+al?\s+\d{{1,2}}\s+de\s+{_MONTH}(?:{_YEAR})?"
    rf"|(?:el\s+)?\d{{1,2}}\s+de\s+{_MONTH}(?:{_YEAR})?"
    rf"|(?:de\s+)?{_MONTH}{_YEAR}|(?:de\s+)?(?:{_FULL})\b"
)
_WHEN = re.compile(rf"(?:\b(?:correspondiente|periodo|mes)\s*:?\s*)*(?<!\w)(?:{_SPAN})", re.IGNORECASE)
_LONGEST = 1000


def without_when(descripcion: str) -> str:
    """The description without the days or month that it was sold for.

    >>> without_when("Internet 20 Mbps marzo 2025"), without_when("Internet 20 Mbps, del 1 al 31 de marzo de 2025")
    ('Internet 20 Mbps', 'Internet 20 Mbps')
    >>> without_when("Renta de mayo"), without_when("Renta dic-25"), without_when("2025-03-01")
    ('Renta', 'Renta', '2025-03-01')
    >>> without_when("Internet del 15 de diciembre de 2026 al 14 de enero de 2027, plan 20"), without_when("Mar de Cortés 300")
    ('Internet, plan 20', 'Mar de Cortés 300')
    """
    said = " ".join(_WHEN.sub(" ", descripcion[:_LONGEST]).split())
    said = said.replace(" ,", ",").replace("()", "").strip(" ,;:-–—·(")
    return said or descripcion[:_LONGEST]


def key_of(no_identificacion: str, descripcion: str, clave_prod_serv: str, clave_unidad: str) -> str:
    """The company's own key, or one made of what the line says.

    >>> key_of("INT-20", "Internet", "81161700", "E48"), key_of("", "Renta de mayo", "80131500", "E48")
    ('INT-20', 'CFDI-00F297FB')
    """
    if no_identificacion:
        return no_identificacion[:80]
    said = f"{plain_text(without_when(descripcion))}|{clave_prod_serv}|{clave_unidad}"
    return f"CFDI-{sha256(said.encode()).hexdigest()[:8].upper()}"
