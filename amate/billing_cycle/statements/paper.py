"""A statement's values as its paper and its pages say them, and its PDF."""

from collections.abc import Sequence
from decimal import Decimal

from amate.billing_cycle.statements.compose import MXN
from amate.billing_cycle.statements.told import Told
from amate.companies.look import look_of
from amate.companies.models import Branch, Emisor
from amate.papers.dates import short
from amate.papers.look import Look
from amate.papers.statement import PaperItem, PaperRow, PaperStatement, PaperVoucher, money, statement_pdf


def pdf_of(told: Told) -> bytes:
    """The same telling and look give the same bytes."""
    return statement_pdf(paper_of(told), look=_look())


def name_of_file(told: Told) -> str:
    """Without its ending."""
    other = "" if told.moneda == MXN else f"-{told.moneda.lower()}"
    return f"estado-de-cuenta-{told.customer.number}-{told.fecha_corte.isoformat()}{other}"


def sums_told(told: Told) -> Sequence[tuple[str, Decimal]]:
    """The summary in the order in which it adds up; adjustments only where there are any."""
    middle = [("Ajustes", told.adjustments)] if told.adjustments else []
    return [
        ("Saldo anterior", told.opening),
        ("Cargos", told.charges),
        ("Pagos", -told.payments),
        *middle,
        ("Saldo al corte", told.closing),
    ]


def call_of(told: Told) -> str:
    """What is to be done about it, in one line."""
    if told.overdue > 0:
        return f"Vencido: {_of(told, told.overdue)}"
    if told.pay_before is not None and told.to_pay:
        return f"Paga antes del {short(told.pay_before)}"
    if told.closing < 0:
        return "Tienes saldo a favor"
    return "Estás al corriente. Gracias."


def notices_of(told: Told) -> list[str]:
    said = []
    if told.credit:
        said.append(f"Tienes {_of(told, told.credit)} a favor.")
    if told.promise:
        said.append(f"Prometiste pagar {money(told.promise.amount)} a más tardar el {short(told.promise.until)}.")
    if told.next_charge_on:
        said.append(f"Tu próximo cargo es el {short(told.next_charge_on)}.")
    return said


def paper_of(told: Told) -> PaperStatement:
    issuer, customer = told.emisor, told.customer
    facts = [f"RFC {issuer.rfc}", f"Tel. {issuer.telefono}" if issuer.telefono else "", issuer.correo]
    return PaperStatement(
        title=f"Estado de cuenta de {customer.nombre} al {short(told.fecha_corte)}",
        issuer=issuer.nombre,
        issuer_facts=[one for one in facts if one],
        customer=customer.nombre,
        customer_facts=[f"Cliente {customer.number}", *([f"RFC {customer.rfc}"] if customer.rfc else [])],
        since=told.since,
        cut_off=told.fecha_corte,
        moneda=told.moneda,
        balance=told.closing,
        call=call_of(told),
        opening=told.opening,
        sums=sums_told(told),
        ages=told.ageing,
        rows=[
            PaperRow(one.day, one.document, one.concept, one.charge, one.payment, one.balance, one.late)
            for one in told.rows
        ],
        items=[PaperItem(one.document, one.concept, one.due_on, one.late, one.total, one.left) for one in told.items],
        services=[(one.state, one.name, one.why) for one in told.services],
        notices=notices_of(told),
        ways=[(one.title, one.says) for one in told.ways],
        vouchers=[
            PaperVoucher(item.concept, one.title, one.amount, one.reference, one.barcode, one.url, one.where, one.until)
            for item, some in told.vouched
            for one in some
        ],
        pay=told.to_pay,
    )


def _of(told: Told, amount: Decimal) -> str:
    """Pesos need no word: they are what everybody expects."""
    return money(amount) if told.moneda == MXN else f"{money(amount)} {told.moneda}"


def _look() -> Look:
    """Of the first branch: a statement is the company's."""
    emisor = Emisor.objects.get()
    return look_of(emisor, branch=Branch.objects.order_by("id")[0])
