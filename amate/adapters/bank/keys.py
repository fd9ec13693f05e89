"""The key of a row: the same in every export that holds it (BANK-3)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from hashlib import sha256

from amate.adapters.bank import BankRow
from amate.adapters.bank.text import origins

Facts = tuple[int, date, Decimal, str, str, Decimal | None]


def keyed(facts: Iterable[Facts]) -> list[BankRow]:
    """Rows of (line, day, amount, text, reference, balance), in the file's order. Of truly equal rows the first has the
    key of a first, the second of a second: both live, and an export that holds both names them the same."""
    seen: Counter[str] = Counter()
    rows: list[BankRow] = []
    for line, day, amount, text, reference, balance in facts:
        said = "|".join((day.isoformat(), str(amount), text, reference, "" if balance is None else str(balance)))
        seen[said] += 1
        rfc, account = origins(f"{text} {reference}")
        rows.append(
            BankRow(
                line=line,
                day=day,
                amount=amount,
                text=text,
                reference=reference,
                balance=balance,
                origin_rfc=rfc,
                origin_account=account,
                key=sha256(f"{said}|{seen[said]}".encode()).hexdigest(),
            )
        )
    return rows
