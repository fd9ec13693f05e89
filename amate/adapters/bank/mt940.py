"""MT940 (SWIFT): the movements of a statement in numbered fields. Our own sixty lines: the libraries for it read far more
than this, take a file's name for its content, and raise whatever comes to them (BANK-4)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from amate.adapters.bank import BadRow, BankFile, NotAStatement
from amate.adapters.bank.keys import Facts, keyed
from amate.adapters.bank.text import read_day, tidy

_FIELD = re.compile(r"^:(\d{2}[A-Z]?):", re.MULTILINE)
# Day, day of booking, side, letter of the currency, amount, kind, the payer's reference, the bank's, and a second line.
_MOVEMENT = re.compile(
    r"(?P<day>\d{6})(?P<booked>\d{4})?(?P<side>R?[CD])(?P<letter>[A-Z])?(?P<amount>\d{1,13},\d{0,2})"
    r"(?:[NFS][A-Z0-9]{3})?(?P<rest>[^\n]{0,80})(?:\n(?P<more>[^\n]{0,100}))?\n*"
)
_BALANCE = re.compile(r"[CD]\d{6}([A-Z]{3})\d{1,13},\d{0,2}")
PESOS = "MXN"


def is_mt940(text: str) -> bool:
    start = text[:4_000]
    return bool(re.search(r"^:20:", start, re.MULTILINE) and re.search(r"^:(?:25|28C?|60[FM]):", start, re.MULTILINE))


def read_mt940(text: str) -> BankFile:
    """Raises NotAStatement."""
    rows: list[Facts] = []
    bad: list[BadRow] = []
    account, pesos = "", True
    waiting: Facts | None = None
    for line, tag, value in _fields(text):
        if tag == "86" and waiting is not None:
            rows.append(_with_text(waiting, value))
            waiting = None
            continue
        if waiting is not None:
            rows.append(waiting)
            waiting = None
        if tag == "25":
            account = account or tidy(value)
        elif tag in ("60F", "60M"):
            found = _BALANCE.match(value)
            pesos = found is None or found[1] == PESOS
        elif tag == "61":
            try:
                waiting = _movement(line, value, pesos=pesos)
            except ValueError as wrong:
                bad.append(BadRow(line, str(wrong)))
    if waiting is not None:
        rows.append(waiting)
    if not account:
        raise NotAStatement("Este MT940 no dice de qué cuenta es: descárgalo otra vez de tu banco.")
    return BankFile("mt940", account, tuple(keyed(rows)), tuple(bad))


def _fields(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, tag, value): a value runs to the next field, or to the trailer of its message."""
    starts = list(_FIELD.finditer(text))
    for this, following in zip(starts, [*starts[1:], None], strict=True):
        value = text[this.end() : following.start() if following else len(text)]
        yield text.count("\n", 0, this.start()) + 1, this[1], re.split(r"\n-(?:\}|$)", value)[0]


def _movement(line: int, value: str, *, pesos: bool) -> Facts:
    found = _MOVEMENT.fullmatch(value)
    if found is None:
        raise ValueError(f"“{tidy(value)[:60]}” no es un movimiento de MT940")
    if not pesos:
        raise ValueError("no está en pesos, y aquí se concilian pesos")
    day = read_day("20" + found["day"], ("YYYYMMDD",))
    amount = Decimal(found["amount"].replace(",", ".") + "00").quantize(Decimal("0.01"))
    if found["side"] in ("D", "RC"):  # RC takes a deposit back
        amount = -amount
    ours, _, bank = found["rest"].partition("//")
    reference = next((one for one in (tidy(ours), tidy(bank)) if one and one != "NONREF"), "")
    return line, day, amount, tidy(found["more"] or ""), reference, None


def _with_text(row: Facts, said: str) -> Facts:
    line, day, amount, text, reference, balance = row
    return line, day, amount, tidy(f"{text} {said}"), reference, balance
