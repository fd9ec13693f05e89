"""pay_reconcile: CPU of the worker and of its backend per payment, in F: money that came in is allocated, its payer looked at
again, its REP drafted and sealed with its promises.

As in bill_issue each size has a process and a server of its own, and neither starting it nor the first seal is counted. How
the invoices came that are paid is not what is measured: they are written in bulk, with the XML of a sealed one of their price.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import uuid4

from benchmarks.two_sizes import Counter, two_sizes
from benchmarks.units import cpu_of

SMALL, LARGE = 100, 3_000
ROUNDS = 3
BAR, RATIO_BAR = 24, 1.2
AT_ONCE = 100
PRICES = 7


def run(*, small: int = SMALL, large: int = LARGE, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Payers, amounts, references and documents differ from one payment to the next."""
    of = two_sizes("benchmarks.pay_reconcile", small=small, large=large, rounds=rounds)
    units = of.units
    return [
        units.row("pay_reconcile", of.many["whole"] / units.f, "F", large, bar=BAR),
        units.row("pay_reconcile_receive", of.many["receive"] / units.f, "F", large),
        units.row("pay_reconcile_document", of.many["document"] / units.f, "F", large),
        units.row("pay_reconcile_seal", of.many["seal"] / units.f, "F", large),
        units.row("pay_reconcile_ratio", of.growth(), "x", large, bar=RATIO_BAR),
        units.row("pay_reconcile_statements", of.many["statements"], "statements", large),
    ]


# ------------------------------------------------------------ the process that is paid


def _pay(company_id: int, branch_id: int, count: int, name: str) -> dict[str, Any]:
    """Raises RuntimeError unless every payment has one sealed REP."""
    import django

    django.setup()
    from django.db import connection

    from amate.tenancy.scope import company_scope

    now = datetime.now(UTC)
    owing = _owing(company_id, branch_id, count, name, now=now)
    with company_scope(company_id):
        backend = connection.connection.info.backend_pid
    ran = Counter()

    def spent() -> float:
        return time.process_time() + cpu_of(backend)

    with connection.execute_wrapper(ran):
        before = spent()
        for at in range(0, count, AT_ONCE):
            _receive(company_id, owing[at : at + AT_ONCE], name, now=now)
        received = spent()
        _document(company_id, now=now)
        documented, said = spent(), ran.count
        sealed = _seal(company_id, now=now, spent=spent, ran=ran)
    if sealed.count != count:
        raise RuntimeError(f"{sealed.count} REPs of {count} payments were sealed")
    receive, document = (received - before) / count, (documented - received) / count
    seal = sealed.spent / (count - 1)
    return {
        "whole": receive + document + seal,
        "receive": receive,
        "document": document,
        "seal": seal,
        "statements": said / count + sealed.statements / (count - 1),
    }


def _receive(company_id: int, owing: Sequence[tuple[int, Decimal]], name: str, *, now: datetime) -> None:
    from amate.billing_cycle.collection.reassess import reassess_customers
    from amate.companies.day import day_of
    from amate.ledger.receive import Arrival, Incoming, receive_payments
    from amate.tenancy.scope import company_scope

    with company_scope(company_id):
        today = day_of(now)
        arrivals = [
            Arrival(
                Incoming(
                    provider="banco:1",
                    provider_ref=f"{name}-{customer_id}",
                    amount=amount,
                    account="banco:1",
                    paid_at=now - timedelta(hours=1),
                    paid_on=day_of(now - timedelta(hours=1)),
                    forma_pago="03",
                    num_operacion=f"{customer_id:07}",
                ),
                customer_id,
            )
            for customer_id, amount in owing
        ]
        receive_payments(arrivals, today=today, now=now)
        reassess_customers(customer_ids=[pk for pk, _ in owing], today=today, now=now)


def _document(company_id: int, *, now: datetime) -> None:
    """As the worker does it, promise by promise."""
    from amate.billing_cycle.reconciliation.document_payment import document_payments
    from amate.billing_cycle.reconciliation.paid_debts import payers_of
    from amate.companies.day import day_of
    from amate.ledger.lock import lock_customers
    from amate.promises.lease import hold_fast, settle_here, take
    from amate.tenancy.scope import company_scope

    for promise_id in _owed(company_id, "document_payments"):
        lease = take(company_id=company_id, promise_id=promise_id, now=now, worker=1)
        assert lease is not None
        payments = lease.args["payments"]
        with company_scope(company_id):
            lock_customers(payers_of(payments))
            hold_fast(lease)
            done = document_payments(payment_ids=payments, today=day_of(now), now=now)
            if done.reps != len(payments):
                raise RuntimeError(f"{done.reps} REPs of {len(payments)} payments: {done.troubles}")
            settle_here(lease, now=now)


@dataclass(slots=True)
class Sealed:
    count: int = 0
    spent: float = 0.0
    statements: int = 0


def _seal(company_id: int, *, now: datetime, spent: Any, ran: Counter) -> Sealed:
    from amate.companies.keep_csd import open_csd
    from amate.fiscal.catalogs import installed
    from amate.invoices.choose_pac import PacStanding
    from amate.invoices.stamp import Sending, prepare_stamp
    from amate.promises.lease import take
    from amate.tenancy.scope import company_scope

    done = Sealed()
    before, said = spent(), ran.count
    for number, promise_id in enumerate(_owed(company_id, "seal_and_stamp")):
        if number == 1:
            before, said = spent(), ran.count
        lease = take(company_id=company_id, promise_id=promise_id, now=now, worker=1)
        assert lease is not None
        with company_scope(company_id):
            told = prepare_stamp(
                invoice_id=lease.args["invoice_id"],
                open_csd=partial(open_csd, now=now),
                catalogs=installed(),
                pacs=[PacStanding("sw_sapien")],
                passed_over=(),
                now=now,
            )
        done.count += isinstance(told, Sending)
    done.spent, done.statements = spent() - before, ran.count - said
    return done


def _owed(company_id: int, kind: str) -> list[int]:
    from amate.promises.models import Promise
    from amate.tenancy.scope import company_scope

    with company_scope(company_id):
        rows = Promise.objects.filter(kind=kind, done_at__isnull=True, leased_until__isnull=True)
        return list(rows.order_by("id").values_list("pk", flat=True))


# ------------------------------------------------------------ what they owe


def _owing(company_id: int, branch_id: int, count: int, name: str, *, now: datetime) -> list[tuple[int, Decimal]]:
    """[(customer, what he owes)]: each by one stamped PPD invoice."""
    from amate.companies.day import day_of
    from amate.companies.models import BillingPolicy
    from amate.ledger.charge import charge_customers
    from amate.promises.models import Promise
    from amate.tenancy.scope import company_scope

    with company_scope(company_id):
        Promise.objects.filter(done_at__isnull=True).update(done_at=now)
        rules = {"fiscal_mode": "ppd", "rep_when": "at_once"}
        BillingPolicy.objects.get_or_create(effective_from=date(2020, 1, 1), defaults=rules)
        profiles = _payers(branch_id, count, name, now=now)
    sealed: dict[Decimal, bytes] = {}
    owing: list[tuple[int, Decimal]] = []
    for at in range(0, count, AT_ONCE):
        with company_scope(company_id):
            some = profiles[at : at + AT_ONCE]
            orders = [_order(one, branch_id, name, at + n, today=day_of(now)) for n, one in enumerate(some)]
            made = charge_customers(orders, today=day_of(now), now=now)
            _invoiced(made, some, sealed, now=now)
        owing += [(one.customer_id, one.total) for one in made]
    with company_scope(company_id):
        Promise.objects.filter(done_at__isnull=True).update(done_at=now)
    return owing


def _payers(branch_id: int, count: int, name: str, *, now: datetime) -> list[Any]:
    from amate.companies.models import Branch
    from amate.customers.models import Customer, FiscalProfile

    cp = Branch.objects.get(pk=branch_id).cp
    last = Customer.objects.order_by("-number").values_list("number", flat=True).first() or 0
    customers = Customer.objects.bulk_create(
        [
            Customer(
                number=last + n, nombre=f"Cliente {n}", search_name=f"cliente {n}", correo=f"c{n}@{name}.example",
                created_at=now,
            )
            for n in range(1, count + 1)
        ],
        batch_size=500,
    )  # fmt: skip
    return FiscalProfile.objects.bulk_create(
        [
            FiscalProfile(
                customer=one, rfc="XAXX010101000", nombre=f"CLIENTE {n} DE {name.upper()}", domicilio_fiscal=cp,
                regimen_fiscal="616", uso_cfdi="S01", origin="staff", proposed_at=now, accepted_at=now,
            )
            for n, one in enumerate(customers)
        ],
        batch_size=500,
    )  # fmt: skip


def _order(profile: Any, branch_id: int, name: str, number: int, *, today: date) -> Any:
    from amate.ledger.charge import ChargeOf, Order
    from amate.ledger.models import FiscalMode, ReceivableKind

    total = Decimal(100 + number % PRICES)
    iva = total - (total / Decimal("1.16")).quantize(Decimal("0.01"))
    line = {
        "descripcion": "Internet", "clave_prod_serv": "81112100", "clave_unidad": "E48", "no_identificacion": None,
        "unidad": None, "cantidad": "1", "precio": format(total, "f"), "descuento": "0", "incluye_impuestos": True,
        "objeto_imp": "02",
        "impuestos": [{"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.160000", "retencion": False}],
    }  # fmt: skip
    charge = ChargeOf(f"{name}:{number}", "Internet", total, iva=iva, line=line)
    return Order(
        customer_id=profile.customer_id,
        branch_id=branch_id,
        kind=ReceivableKind.INVOICE,
        fiscal_mode=FiscalMode.PPD,
        due_on=today + timedelta(days=10),
        charges=[charge],
    )


def _invoiced(made: Sequence[Any], profiles: Sequence[Any], sealed: dict[Decimal, bytes], *, now: datetime) -> None:
    """Drafted by the room's own act, and stamped by hand."""
    from django.db import connection

    from amate.companies.keep_csd import open_csd
    from amate.companies.models import Branch
    from amate.fiscal.catalogs import installed
    from amate.invoices.issue_many import DraftOf, issue_many
    from amate.invoices.models import Invoice, Origin, Sealing, Stamp
    from amate.invoices.seal import seal_invoice
    from amate.promises.kinds import BATCH

    branch = Branch.objects.get(pk=made[0].branch_id)
    drafts = [
        DraftOf(
            branch=branch, profile=profile, correo="", lines=[dict(one.line) for one in debt.made_of], total=debt.total,
            withheld=Decimal(0), forma_pago="99", metodo_pago="PPD", moneda="MXN", receivable_id=debt.pk,
        )
        for debt, profile in zip(made, profiles, strict=True)
    ]  # fmt: skip
    invoices = issue_many(drafts, origin=Origin.SYSTEM, priority=BATCH, now=now)
    for one in invoices:
        if one.total not in sealed:
            csd = open_csd(now=now)
            xml = seal_invoice(invoice=Invoice.locked(one.pk), csd=csd, catalogs=installed(), now=now).xml
            sealed[one.total] = bytes(xml)
            Sealing.objects.filter(invoice=one).update(superseded_at=now)
    sealings = Sealing.objects.bulk_create(
        [
            Sealing(
                invoice=one, key=f"bench-{one.pk}", sha256=sha256(f"bench-{one.pk}".encode()).digest(),
                xml=sealed[one.total], fecha=now, no_certificado="0" * 20, sealed_at=now,
            )
            for one in invoices
        ]
    )  # fmt: skip
    stamps = Stamp.objects.bulk_create(
        [
            Stamp(
                invoice=one, sealing=sealing, pac="sw_sapien", uuid=uuid4(), xml=sealed[one.total],
                xml_sha256=sha256(sealed[one.total]).digest(), fecha_timbrado=now, rfc_prov_certif="SPR190613I52",
                no_certificado_sat="0" * 20, recorded_at=now,
            )
            for one, sealing in zip(invoices, sealings, strict=True)
        ]
    )  # fmt: skip
    with connection.cursor() as c:
        c.execute(
            "UPDATE invoices_invoice i SET state = 'stamped', uuid = w.uuid, stamped_at = %s, sealed_at = %s, folio = 1000000 + i.id "
            "FROM unnest(%s::bigint[], %s::uuid[]) AS w(id, uuid) WHERE i.id = w.id",
            [now, now, [one.invoice_id for one in stamps], [one.uuid for one in stamps]],
        )


if __name__ == "__main__":
    print(json.dumps(_pay(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
