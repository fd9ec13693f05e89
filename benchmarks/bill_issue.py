"""bill_issue: CPU of the worker and of its backend per invoice, in F: a subscription that is due becomes a charge, a debt, its
journal, a draft and a sealed CFDI with its promises. nothing_due: the planner's look, per subscription that is not due.

Each size is billed by a process of its own, on a server of its own. Starting it, and the first invoice, which opens the
seal and the catalogues, are not counted; of its memory the highest mark of the whole life is.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.two_sizes import Counter, two_sizes
from benchmarks.units import cpu_of

SMALL, LARGE = 100, 3_000
ROUNDS = 3
BAR, NOTHING_BAR, RATIO_BAR, MEMORY_BAR, STATEMENTS_BAR = 20, 0.01, 1.2, 1.1, 12
DAY = date(2026, 3, 1)


def run(*, small: int = SMALL, large: int = LARGE, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Prices, names and keys differ from one invoice to the next."""
    of = two_sizes("benchmarks.bill_issue", small=small, large=large, rounds=rounds)
    units = of.units
    return [
        units.row("bill_issue", of.many["whole"] / units.f, "F", large, bar=BAR),
        units.row("bill_issue_charge", of.many["bill"] / units.f, "F", large),
        units.row("bill_issue_seal", of.many["seal"] / units.f, "F", large),
        units.row("bill_issue_ratio", of.growth(), "x", large, bar=RATIO_BAR),
        units.row("bill_issue_memory", of.growth("peak"), "x", large, bar=MEMORY_BAR),
        units.row("bill_issue_statements", of.many["statements"], "statements", large, bar=STATEMENTS_BAR),
        units.row("bill_statements", of.many["bill_statements"], "statements", large),
        units.row("nothing_due", of.many["nothing"] / units.f, "F", large, bar=NOTHING_BAR),
    ]


# ------------------------------------------------------------ the process that bills


def _bill(company_id: int, branch_id: int, count: int, name: str) -> dict[str, Any]:
    """Raises RuntimeError unless every one was billed and sealed, once."""
    import django

    django.setup()
    from django.db import connection

    from amate.billing_cycle.subscriptions.bill import bill_customers
    from amate.tenancy.scope import company_scope

    now = datetime.now(UTC)
    with company_scope(company_id):
        payers = _subscribers(branch_id, count, name, now=now)
        backend = connection.connection.info.backend_pid
    ran = Counter()

    def spent() -> float:
        return time.process_time() + cpu_of(backend)

    nothing = _nothing_due(company_id, count, now=now, spent=spent)
    with connection.execute_wrapper(ran):
        before = spent()
        for at in range(0, count, 100):
            with company_scope(company_id):
                bill_customers(payer_ids=payers[at : at + 100], reviewed=None, today=DAY, now=now)
        billed, said = spent(), ran.count
        sealed = _seal(company_id, payers, now=now, spent=spent, ran=ran)
    if sealed.count != count:
        raise RuntimeError(f"{sealed.count} of {count} were sealed")
    bill, seal = (billed - before) / count, sealed.spent / (count - 1)
    return {
        "whole": bill + seal,
        "bill": bill,
        "seal": seal,
        "nothing": nothing / count,
        "peak": _peak(),
        "statements": said / count + sealed.statements / (count - 1),
        "bill_statements": said / count,
    }


@dataclass(slots=True)
class Sealed:
    count: int = 0
    spent: float = 0.0
    statements: int = 0


def _seal(company_id: int, payers: Sequence[int], *, now: datetime, spent: Any, ran: Counter) -> Sealed:
    """As the worker does it: the promise is leased, and in one transaction the document is sealed and claimed."""
    from amate.companies.keep_csd import open_csd
    from amate.fiscal.catalogs import installed
    from amate.invoices.choose_pac import PacStanding
    from amate.invoices.models import Invoice
    from amate.invoices.stamp import Sending, prepare_stamp
    from amate.promises.lease import take
    from amate.promises.models import Promise
    from amate.tenancy.scope import company_scope

    with company_scope(company_id):
        found = Invoice.objects.filter(receivable__customer_id__in=payers)
        keys = {f"stamp:{pk}": pk for pk in found.values_list("pk", flat=True)}
        owed = list(Promise.objects.filter(key__in=keys).values_list("pk", "key"))
    done = Sealed()
    before, said = spent(), ran.count
    for number, (promise_id, key) in enumerate(owed):
        if number == 1:
            before, said = spent(), ran.count
        take(company_id=company_id, promise_id=promise_id, now=now, worker=1)
        with company_scope(company_id):
            told = prepare_stamp(
                invoice_id=keys[key],
                open_csd=partial(open_csd, now=now),
                catalogs=installed(),
                pacs=[PacStanding("sw_sapien")],
                passed_over=(),
                now=now,
            )
        done.count += isinstance(told, Sending)
    done.spent, done.statements = spent() - before, ran.count - said
    return done


def _nothing_due(company_id: int, count: int, *, now: datetime, spent: Any) -> float:
    from amate.billing_cycle.subscriptions.plan_run import plan_runs
    from amate.tenancy.scope import company_scope

    quiet = date(2026, 1, 2)
    with company_scope(company_id):
        plan_runs(today=quiet, now=now)
    before = spent()
    days = [date(2026, 1, day) for day in range(3, 13)]
    for day in days:
        with company_scope(company_id):
            plan_runs(today=day, now=now)
    told = (spent() - before) / len(days)
    from amate.billing_cycle.subscriptions.models import BillingRun

    with company_scope(company_id):
        if BillingRun.objects.filter(day__in=days).exclude(customers=0).exists():
            raise RuntimeError("something was due on a quiet day")
        BillingRun.objects.all().delete()
    return float(told)


def _subscribers(branch_id: int, count: int, name: str, *, now: datetime) -> list[int]:
    """Written in bulk: how they came is not what is measured."""
    from amate.billing_cycle.subscriptions.models import Plan, PlanPrice, Subscription, Term
    from amate.companies.models import BillingPolicy, Branch
    from amate.customers.models import Customer, FiscalProfile

    cp = Branch.objects.get(pk=branch_id).cp  # of a generic RFC the place of issue is the receiver's too (CFDI40149)
    last = Customer.objects.order_by("-number").values_list("number", flat=True).first() or 0
    BillingPolicy.objects.get_or_create(effective_from=date(2020, 1, 1), defaults={"fiscal_mode": "ppd"})
    plan = Plan.objects.create(
        key=name, nombre=name, concept="Internet de {mes}", clave_prod_serv="81112100", changed_at=now
    )
    iva = {"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.160000", "retencion": False}
    PlanPrice.objects.create(plan=plan, valid_from=date(2020, 1, 1), amount=599, taxes=[iva])
    customers = Customer.objects.bulk_create(
        [
            Customer(number=last + n, nombre=f"Cliente {n}", search_name=f"cliente {n}", created_at=now)
            for n in range(1, count + 1)
        ],
        batch_size=500,
    )
    FiscalProfile.objects.bulk_create(
        [
            FiscalProfile(
                customer=one, rfc="XAXX010101000", nombre=f"CLIENTE {n} DE {name.upper()}", domicilio_fiscal=cp,
                regimen_fiscal="616", uso_cfdi="S01", origin="staff", proposed_at=now, accepted_at=now,
            )
            for n, one in enumerate(customers)
        ],
        batch_size=500,
    )  # fmt: skip
    rows = Subscription.objects.bulk_create(
        [
            Subscription(
                customer=one, payer=one, branch_id=branch_id, state="active", state_since=now, starts_on=DAY,
                next_on=DAY, created_at=now, label=f"{name} {n}",
            )
            for n, one in enumerate(customers)
        ],
        batch_size=500,
    )  # fmt: skip
    Term.objects.bulk_create(
        [
            # A third of them has a price of its own, each another one.
            Term(
                subscription=one, seq=1, plan=plan, anchor=DAY, unit="month", from_on=DAY,
                price=None if n % 3 else 100 + n,
            )
            for n, one in enumerate(rows)
        ],
        batch_size=500,
    )  # fmt: skip
    return [one.pk for one in customers]


def _peak() -> int:
    """The highest resident memory of this process, in kB; getrusage would count its parent's before exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    print(json.dumps(_bill(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
