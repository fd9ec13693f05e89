"""A factura global of 1,000 tickets and a receipt of 100 invoices, from what was sold or paid to the last check, in `sig`.

`floor` is the one signature that nobody can avoid.
"""

import random
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from amate.fiscal.catalogs import installed
from amate.fiscal.comprobante import Comprobante, InformacionGlobal
from amate.fiscal.factura_global import GlobalSale, build_global
from amate.fiscal.ingreso import SaleLine, build_ingreso
from amate.fiscal.instalments import TaxPart, objeto_of, pay, taxes_of
from amate.fiscal.money import Impuesto, Line
from amate.fiscal.pago20 import Instalment, Payment, build_pago
from amate.fiscal.rules.validate import validate_ours
from amate.fiscal.seal import seal
from benchmarks.fiscal_seal import EMISOR, IVA, Job, csd, fecha_of_the_day, measured, receptor

IVA_0 = Impuesto("002", "Tasa", Decimal("0.000000"))
LUGAR = "06700"

_dice = random.Random(41)


def run() -> list[dict[str, Any]]:
    """Medians of CPU time; each document is measured once and has data of its own."""
    return [
        measured("global_1000", 7, _globals(1000), bar=80, floor=1.0),
        measured("rep_100", 20, _receipts(100), bar=20, floor=1.0),
    ]


def _checked(document: Comprobante) -> None:
    wrong = [
        finding
        for finding in validate_ours(document, seal(document, csd()).xml, catalogs=installed())
        if finding.severity != "note"
    ]
    if wrong:
        raise RuntimeError(f"the benchmark builds a bad document: {wrong}")


# ------------------------------------------------------------ a day of tickets


def _globals(tickets: int) -> Callable[[int], list[Job]]:
    def issue(sales: list[GlobalSale], fecha: datetime) -> None:
        period = InformacionGlobal("01", f"{fecha.month:02}", fecha.year)
        _checked(
            build_global(
                emisor=EMISOR, lugar_expedicion=LUGAR, fecha=fecha, period=period, sales=sales, serie="G", folio="1"
            )
        )

    def prepare(n: int) -> list[Job]:
        issue(_tickets(2), fecha_of_the_day())
        return [partial(issue, _tickets(tickets), fecha_of_the_day()) for _ in range(n)]

    return prepare


def _tickets(number: int) -> list[GlobalSale]:
    return [
        GlobalSale(f"{_dice.randrange(10**8)}-{place}", _dice.choice(["01", "04", "28"]), _lines(_dice.randrange(1, 5)))
        for place in range(number)
    ]


def _lines(number: int) -> tuple[Line, ...]:
    return tuple(
        Line(
            cantidad=Decimal(_dice.randrange(1, 4)),
            precio=Decimal(_dice.randrange(500, 90_000)) / 100,
            impuestos=(_dice.choice([IVA, IVA, IVA, IVA_0]),),
        )
        for _ in range(number)
    )


# ------------------------------------------------------------ a payment of many invoices


def _receipts(invoices: int) -> Callable[[int], list[Job]]:
    def issue(owed: list["Owed"], fecha: datetime) -> None:
        paid = tuple(_half_paid(place, invoice) for place, invoice in enumerate(owed))
        monto = sum((one.paid.amount for one in paid), Decimal(0))
        _checked(
            build_pago(
                emisor=EMISOR,
                receptor=receptor(),
                lugar_expedicion=LUGAR,
                fecha=fecha,
                payments=[Payment(fecha, "03", monto, paid)],
                serie="P",
                folio="1",
            )
        )

    def prepare(n: int) -> list[Job]:
        issue(_owed(2), fecha_of_the_day())
        return [partial(issue, _owed(invoices), fecha_of_the_day()) for _ in range(n)]

    return prepare


Owed = tuple[str, Decimal, tuple[TaxPart, ...], str]


def _owed(number: int) -> list[Owed]:
    """UUID, total, taxes and object of tax: what a ledger keeps of a PPD invoice."""
    return [_invoice() for _ in range(number)]


def _invoice() -> Owed:
    made = build_ingreso(
        emisor=EMISOR,
        receptor=receptor(),
        lugar_expedicion=LUGAR,
        fecha=fecha_of_the_day(),
        lines=[SaleLine(line, "81112101", "E48", "Servicio de internet") for line in _lines(3)],
        forma_pago="99",
        metodo_pago="PPD",
    )
    uuid = "-".join(f"{_dice.randrange(16**places):0{places}x}" for places in (8, 4, 4, 4, 12))
    return uuid, made.total, taxes_of(made.conceptos), objeto_of(made.conceptos)


def _half_paid(place: int, owed: Owed) -> Instalment:
    uuid, total, taxes, objeto = owed
    amount = (total / 2).quantize(Decimal("0.01"))
    return Instalment(
        uuid=uuid,
        num_parcialidad=1,
        saldo_anterior=total,
        paid=pay(taxes=taxes, total=total, earlier=(), amount=amount),
        objeto_imp=objeto,
        serie="A",
        folio=str(place),
    )
