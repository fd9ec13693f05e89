"""Letters, days and pesos as banks write them."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from amate.adapters.bank import LONGEST, NotAStatement

MONTHS = {
    name: number
    for number, name in enumerate(
        ("ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SEP", "OCT", "NOV", "DIC"), start=1
    )
}
_AMOUNT = re.compile(r"([+-]?)\$?(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(\d{1,6}))?(-?)")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_RFC = re.compile(r"(?<![A-ZÑ&0-9])[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{2}[0-9A](?![A-ZÑ&0-9])")
_CLABE = re.compile(r"(?<!\d)\d{18}(?!\d)")
# What a wizard offers; D, M and Y as the bank writes them, MMM its abbreviation.
DAY_FORMATS = {
    "DD/MM/YYYY": re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})"),
    "DD-MM-YYYY": re.compile(r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})"),
    "DD/MM/YY": re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{2})"),
    "DD-MM-YY": re.compile(r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{2})"),
    "DDMMYYYY": re.compile(r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})"),
    "YYYY/MM/DD": re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})"),
    "YYYYMMDD": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    "DD/MMM/YYYY": re.compile(r"(?P<d>\d{1,2})[/ -](?P<m>[A-Za-z]{3})[/ -](?P<y>\d{4})"),
}


def decode(content: bytes) -> str:
    """UTF-8, else what Windows writes, else latin-1, in which everything is something (BANK-2); lines end in \\n. Raises
    NotAStatement for what is no text."""
    return _letters(content).replace("\r\n", "\n").replace("\r", "\n")


def _letters(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as broken:
            raise NotAStatement("El archivo está cortado: descárgalo otra vez de tu banco.") from broken
    if b"\x00" in content:
        raise NotAStatement("Esto no es texto: descarga los movimientos de tu banco como TXT, CSV o XML.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def fold(said: str) -> str:
    """A column's name, without accents, capitals or doubled spaces.

    >>> fold("  Descripción   DETALLADA "), fold("'Cargo/Abono'")
    ('descripcion detallada', 'cargo/abono')
    """
    plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode()
    return " ".join(plain.replace("'", " ").replace('"', " ").split()).lower()


def tidy(cell: str) -> str:
    """A cell as it is kept: NFC, one line, without the apostrophes that keep a bank's zeros, and not endless.

    >>> tidy("'00123'"), tidy("  SPEI  RECIBIDO\\t1 "), tidy("D'ANGELO")
    ('00123', 'SPEI RECIBIDO 1', "D'ANGELO")
    """
    text = " ".join(unicodedata.normalize("NFC", cell).split())
    if len(text) >= 2 and text[0] == text[-1] == "'":
        text = text[1:-1].strip()
    elif text.startswith("'") and "'" not in text[1:]:
        text = text[1:].strip()
    return text[:LONGEST]


def read_day(said: str, formats: tuple[str, ...]) -> date:
    """Also ISO, which is what a workbook's own dates become. Raises ValueError.

    >>> read_day("02/03/2026", ("DD/MM/YYYY",)), read_day("2-mar-2026", ("DD/MMM/YYYY",)), read_day("02-03-26", ("DD-MM-YY",))
    (datetime.date(2026, 3, 2), datetime.date(2026, 3, 2), datetime.date(2026, 3, 2))
    """
    iso = _ISO.fullmatch(said)
    if iso:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    for name in formats:
        found = DAY_FORMATS[name].fullmatch(said)
        if found:
            month = found["m"]
            year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
            number = int(month) if month.isascii() and month.isdigit() else MONTHS.get(month.upper(), 0)
            return _day(year, number, int(found["d"]))
    raise ValueError(f"“{said[:40]}” no es una fecha como {' o '.join(formats)}")


def read_amount(said: str) -> Decimal | None:
    """Pesos; None for a cell that says nothing. Raises ValueError, also for a number of more than cents: a bank has none.

    >>> read_amount("$ 1,234.50"), read_amount("-"), read_amount("(10.00)"), read_amount("164"), read_amount("12.30-")
    (Decimal('1234.50'), None, Decimal('-10.00'), Decimal('164.00'), Decimal('-12.30'))
    """
    text = said.replace(" ", "").replace("MXN", "").replace("MX$", "$")
    if text in ("", "-", "--", "$", "$-"):
        return None
    negative = text.startswith("(") and text.endswith(")")
    if negative:
        text = text[1:-1]
    found = _AMOUNT.fullmatch(text.replace("$-", "-$"))
    if found is None or not text.isascii():
        raise ValueError(f"“{said[:40]}” no es un importe")
    sign, whole, decimals, behind = found.groups()
    cents = (decimals or "").rstrip("0")
    if len(cents) > 2 or (sign and behind):
        raise ValueError(f"“{said[:40]}” no es un importe en pesos y centavos")
    amount = Decimal(f"{whole.replace(',', '')}.{cents:0<2}")
    return -amount if negative or "-" in (sign, behind) else amount


def origins(text: str) -> tuple[str, str]:
    """The RFC and the CLABE that a movement's text names; each empty unless exactly one is there.

    >>> origins("SPEI DE 012180001234567899 RFC NUAA800101AB1"), origins("012180001234567890")
    (('NUAA800101AB1', '012180001234567899'), ('', ''))
    """
    rfcs = set(_RFC.findall(text.upper()))
    clabes = {one for one in _CLABE.findall(text) if _checks(one)}
    return rfcs.pop() if len(rfcs) == 1 else "", clabes.pop() if len(clabes) == 1 else ""


def _checks(clabe: str) -> bool:
    total = sum(int(digit) * weight % 10 for digit, weight in zip(clabe[:17], (3, 7, 1) * 6, strict=False))
    return int(clabe[17]) == -total % 10


def _day(year: int, month: int, day: int) -> date:
    if not 1990 <= year <= 2100:
        raise ValueError(f"el año {year} no puede ser")
    try:
        return date(year, month, day)
    except ValueError as wrong:
        raise ValueError(f"{day:02d}/{month:02d}/{year} no existe") from wrong
