"""One cell of somebody's spreadsheet, read as what it was meant to be: amounts, codes, dates (OUTSIDE IMP-2).

Excel drops leading zeros, adds `.0`, shows long codes as 1.23E+15 and keeps dates as numbers. What can be put right
without guessing is put right; the rest is refused with a sentence.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  day 0 of Excel's calendar; a cell has no zone
SERIALS = range(36526, 73051)  # 2000 to 2099
MOST_DIGITS = 15  # what Excel keeps of a number: the rest of a longer code is already lost

_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_WHOLE = re.compile(r"(\d+)[.,]0+")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_MONEY_WORDS = re.compile(r"^(?:MXN|MN|M\.N\.|\$|\s)+|(?:MXN|MN|M\.N\.|\$|\s)+$", re.IGNORECASE)
_POINT = re.compile(r"\d+(?:\.\d+)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_COMMA = re.compile(r"\d+(?:,\d+)?|,\d+|\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_MILLIONTH = Decimal("0.000001")

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\s*(.+))?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:,?\s+(.+))?")
_IN_WORDS = re.compile(
    r"(\d{1,2})(?:\s+de\s+|[-/. ]+)([a-z]{3,10})\.?(?:\s+(?:de|del)\s+|[-/. ]+)(\d{4}|\d{2})(?:,?\s+(.+))?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:(a|p)\.?\s?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)
_MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
_OTHER_MONTHS = {"jan": 1, "apr": 4, "aug": 8, "dec": 12, "set": 9}


class CellRefused(ValueError):
    """What stands in the cell is not what its column holds. The message is for people and says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def tidy(text: str) -> str:
    """The cell as typed: without the spaces around it and the marks that keep Excel from changing it.

    >>> tidy(' ="00123" '), tidy("'00123"), tidy("a\\u00a0 b")
    ('00123', '00123', 'a b')
    """
    text = _SPACES.sub(" ", text).strip()
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1].strip()
    return text[1:] if text.startswith("'") else text


def read_number(text: str, *, comma: bool = False) -> Decimal:
    """An amount with its thousands separators and signs of money; `comma` says that the comma marks the decimals.

    >>> read_number("$ 1,248.50"), read_number("1.248,50", comma=True), read_number("-3")
    (Decimal('1248.50'), Decimal('1248.50'), Decimal('-3'))

    A number that a program computed may have noise beyond the sixth decimal; it is rounded away.
    """
    said = tidy(text)
    if _SCIENTIFIC.fullmatch(said):
        raise CellRefused(f"“{said}” está en notación científica: dale a la columna formato de número en Excel")
    bare = _MONEY_WORDS.sub("", said).replace(" ", "")
    sign = ""
    if bare.startswith("(") and bare.endswith(")"):
        sign, bare = "-", bare[1:-1].lstrip("$")
    elif bare[:1] in "+-" and bare:
        sign, bare = bare[0].replace("+", ""), bare[1:].lstrip("$")
    if not (_COMMA if comma else _POINT).fullmatch(bare):
        raise CellRefused(_not_a_number(said, bare, comma=comma))
    plain = bare.replace(".", "").replace(",", ".") if comma else bare.replace(",", "")
    if len(plain.partition(".")[0]) > MOST_DIGITS:
        raise CellRefused(f"“{said}” es un número demasiado grande: revísalo")
    number = Decimal(sign + plain)
    return number if len(plain.partition(".")[2]) <= 6 else number.quantize(_MILLIONTH)


def read_code(text: str) -> str:
    """A key, folio or number of a note: text, even if Excel took it for a number.

    >>> read_code("12345.0"), read_code("00017"), read_code("A-12")
    ('12345', '00017', 'A-12')
    """
    said = tidy(text)
    if _SCIENTIFIC.fullmatch(said):
        raise CellRefused(
            f"Excel cambió este código a notación científica (“{said}”) y ya no se sabe cuál era: "
            "dale a la columna formato de texto y vuelve a exportar"
        )
    whole = _WHOLE.fullmatch(said)
    return whole[1] if whole else said


def read_padded(text: str, width: int) -> str:
    """A code of so many digits that lost its zeros: a postal code, a key of the SAT.

    >>> read_padded("1000", 5), read_padded("06700.0", 5), read_padded("H87", 3)
    ('01000', '06700', 'H87')
    """
    code = read_code(text)
    return code.zfill(width) if code.isascii() and code.isdecimal() else code


def read_moment(text: str, *, clock: str = "", month_first: bool = False) -> datetime:
    """A date, with its hour if it is there or in `clock`, the cell of the hour. Aware only if the cell gives an offset.

    Without an hour it is noon: only the local day decides a deadline.

    >>> read_moment("21/11/2026 02:07 p. m.").isoformat(), read_moment("46347").isoformat()
    ('2026-11-21T14:07:00', '2026-11-21T12:00:00')
    >>> read_moment("2026-11-21", clock="14:07:00").isoformat()
    '2026-11-21T14:07:00'
    """
    said = tidy(text)
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", said) and int(said[:5]) in SERIALS:
        moment = SERIAL_ZERO + timedelta(days=float(said.replace(",", ".")))
        rest = "" if len(said) == 5 else _rounded(moment).time().isoformat()
        day = moment.date()
    else:
        day, rest = _day(said, month_first=month_first)
    return _at(day, tidy(clock) or rest)


def _day(said: str, *, month_first: bool) -> tuple[date, str]:
    if found := _COMPACT.fullmatch(said):
        return _date(found[1], found[2], found[3], said), ""
    if found := _YEAR_FIRST.fullmatch(said):
        return _date(found[1], found[2], found[3], said), found[4] or ""
    if found := _DAY_FIRST.fullmatch(said):
        day, month = (found[2], found[1]) if month_first else (found[1], found[2])
        if int(month) > 12 >= int(day):
            order = "día/mes/año" if month_first else "mes/día/año"
            raise CellRefused(f"“{said}” no tiene mes {month}: si tu archivo escribe {order}, elígelo en el mapeo")
        return _date(found[3], month, day, said), found[4] or ""
    if found := _IN_WORDS.fullmatch(said):
        return _date(found[3], str(_month(found[2].lower(), said)), found[1], said), found[4] or ""
    raise CellRefused(f"“{said}” no es una fecha: escríbela como 21/11/2026 o 2026-11-21")


def _month(word: str, said: str) -> int:
    beginning = word[:3]
    if beginning in _MONTHS:
        return _MONTHS.index(beginning) + 1
    if beginning in _OTHER_MONTHS:
        return _OTHER_MONTHS[beginning]
    raise CellRefused(f"“{said}” no tiene un mes que conozcamos: escríbela como 21/11/2026")


def _date(year: str, month: str, day: str, said: str) -> date:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        raise CellRefused(f"La fecha “{said}” no existe en el calendario") from None


def _at(day: date, clock: str) -> datetime:
    if not clock:
        return datetime.combine(day, time(12))
    if re.fullmatch(r"0?[.,]\d+|0", clock):  # the fraction of a day
        return _rounded(datetime.combine(day, time()) + timedelta(days=float(clock.replace(",", "."))))
    if found := _DAY_FIRST.fullmatch(clock) or _YEAR_FIRST.fullmatch(clock):
        clock = found[4] or ""  # an hour that was exported with a date of its own
    found = _CLOCK.fullmatch(clock)
    if not found:
        raise CellRefused(f"“{clock}” no es una hora: escríbela como 14:07")
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0) if 1 <= hour <= 12 else 99
    try:
        moment = datetime.combine(day, time(hour, minute, second))
        return datetime.fromisoformat(moment.isoformat() + found[5].upper()) if found[5] else moment
    except ValueError:
        raise CellRefused(f"La hora “{clock}” no existe en el reloj") from None


def _rounded(moment: datetime) -> datetime:
    """To the second: a fraction of a day cannot say it exactly."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _not_a_number(said: str, bare: str, *, comma: bool) -> str:
    if not bare:
        return "Falta el número"
    if (_POINT if comma else _COMMA).fullmatch(bare):
        mark = "el punto" if comma else "la coma"
        return f"“{said}”: si {mark} marca los decimales en tu archivo, elígelo en el mapeo"
    return f"“{said}” no es un número"
