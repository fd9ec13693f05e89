"""bank_file: CPU of client and database for one line of a bank's statement, in F: read, told apart from what is known, its owner
found by the reference that he was given, and booked: payment, journal, allocation, where he stands.

Files of 100 and of 3,000 deposits of as many customers who owe, in turns of their own, a hundred lines a transaction as the
worker does it; beside every deposit stands a withdrawal. Each customer owes for each turn.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from amate.running.postgres import embedded
from benchmarks.ageing import _cpu, server_analysed
from benchmarks.companies import own_companies
from benchmarks.scratch import url_of_f
from benchmarks.units import open_units

SIZES = (100, 3_000)
ROUNDS = 3
BAR, RATIO_BAR = 8, 1.2
FLOOR = 205  # Tryton 8.2.1, of 205 to 337
DAY = date(2026, 3, 1)
NOW = datetime(2026, 6, 1, 18, tzinfo=UTC)
Row = dict[str, Any]


def run(*, sizes: tuple[int, int] = SIZES, rounds: int = ROUNDS) -> list[Row]:
    import django

    django.setup()
    from django.db import connection

    from amate.billing_cycle.reconciliation.models import BankLine
    from amate.tenancy.scope import company_scope

    server = embedded()
    shops = own_companies("bank_file", len(sizes))
    owing = [
        _fill(company.pk, branch.pk, size, rounds + 1) for (company, branch), size in zip(shops, sizes, strict=True)
    ]
    found: dict[int, list[float]] = {size: [] for size in sizes}
    with server_analysed(server), open_units(url_of_f(server)) as units:
        for turn in range(rounds + 1):
            units.batch()
            for (company, _), size, (account, numbers) in zip(shops, sizes, owing, strict=True):
                content = _statement(numbers, turn)

                def book(company_id: int = company.pk, account: int = account, content: bytes = content) -> None:
                    _book(company_id, account, content)

                seconds = _cpu(book, 1, connection.connection.info.backend_pid) / size
                if turn:  # the first one warms
                    found[size].append(seconds)
    for (company, _), size in zip(shops, sizes, strict=True):
        with company_scope(company.pk):
            matched = BankLine.objects.filter(state=BankLine.State.MATCHED).count()
            if matched != size * (rounds + 1):
                raise RuntimeError(f"{size * (rounds + 1)} deposits were told, {matched} were booked")
    small, large = (median(found[size]) for size in sizes)
    return [
        units.row("bank_file", large / units.f, "F/line", sizes[1] * rounds, bar=BAR, floor=FLOOR),
        units.row("bank_file_growth", large / small, "ratio", sizes[1] * rounds, bar=RATIO_BAR, floor=None),
    ]


def _fill(company_id: int, branch_id: int, size: int, turns: int) -> tuple[int, list[int]]:
    """A bank account, and customers who owe for every turn; answers it and their numbers."""
    from amate.billing_cycle.reconciliation.bank_accounts import keep_bank_account
    from amate.customers.add import add_customer
    from amate.ledger.charge import ChargeOf, Order, charge_customers
    from amate.ledger.models import FiscalMode, ReceivableKind
    from amate.tenancy.scope import company_scope

    with company_scope(company_id):
        account = keep_bank_account(account=None, name="BBVA", bank="bbva", clabe="", now=NOW).pk
    numbers: list[int] = []
    for start in range(0, size, 100):
        with company_scope(company_id):
            people = [
                add_customer(nombre=f"Cliente {n}", receptor=None, correo="", now=NOW)
                for n in range(start, min(start + 100, size))
            ]
            numbers += [one.number for one in people]
            for turn in range(turns):
                orders = [
                    Order(
                        customer_id=who.pk,
                        branch_id=branch_id,
                        kind=ReceivableKind.AVISO,
                        fiscal_mode=FiscalMode.AVISO,
                        due_on=DAY + timedelta(days=10 + turn),
                        charges=[
                            ChargeOf(f"c:{turn}:{who.pk}", "Internet 50 Mb", _price(who.number), iva=Decimal("48.14"))
                        ],
                    )
                    for who in people
                ]
                charge_customers(orders, today=DAY, now=NOW)
    return account, numbers


def _price(number: int) -> Decimal:
    return Decimal("349.00") + Decimal(number % 100) / 100


def _statement(numbers: list[int], turn: int) -> bytes:
    from amate.ledger.references import customer_reference

    rows = ["Día\tConcepto / Referencia\tCargo\tAbono\tSaldo"]
    day = DAY + timedelta(days=turn)
    for n, number in enumerate(numbers):
        text = f"SPEI RECIBIDO BANORTE {customer_reference(number)} PAGO INTERNET {turn}"
        rows.append(f"{day:%d-%m-%Y}\t{text}\t\t{_price(number)}\t{n + 10_000}.00")
        rows.append(f"{day:%d-%m-%Y}\tCOMISION {n}\t5.00\t\t{n + 9_995}.00")
    return "\r\n".join(rows).encode("cp1252")


def _book(company_id: int, account_id: int, content: bytes) -> None:
    from amate.billing_cycle.reconciliation.bank_file import (
        AT_ONCE,
        ask_booking,
        end_booking,
        rows_to_book,
        take_bank_file,
    )
    from amate.billing_cycle.reconciliation.book_lines import book_lines
    from amate.billing_cycle.reconciliation.models import BankAccount
    from amate.tenancy.scope import company_scope

    with company_scope(company_id):
        account = BankAccount.objects.get(pk=account_id)
        file = take_bank_file(account=account, name="movimientos.txt", content=content, by="ana", now=NOW)
        ask_booking(file_id=file.pk, now=NOW)
        rows = rows_to_book(file_id=file.pk)
    for start in range(0, len(rows), AT_ONCE):
        with company_scope(company_id):
            book_lines(file_id=file.pk, rows=rows[start : start + AT_ONCE], now=NOW)
    with company_scope(company_id):
        end_booking(file_id=file.pk, now=NOW)
