"""Statements of banks as tests write them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

Line = tuple[date, str, Any]


def bbva(lines: Iterable[Line]) -> bytes:
    """(day, text, amount): a deposit above zero, a withdrawal below."""
    rows = ["Día\tConcepto / Referencia\tCargo\tAbono\tSaldo"]
    balance = Decimal(10_000)
    for day, text, said in lines:
        amount = Decimal(said)
        balance += amount
        out, into = ("", f"{amount:.2f}") if amount > 0 else (f"{-amount:.2f}", "")
        rows.append(f"{day:%d-%m-%Y}\t{text}\t{out}\t{into}\t{balance:.2f}")
    return "\r\n".join(rows).encode("cp1252")
