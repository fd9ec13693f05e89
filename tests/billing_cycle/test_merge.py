"""Two rows of one customer become one, with everything that every room keeps of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from amate.billing_cycle.collection.models import CollectorNote, Exemption, Notice, OptOut, PromiseToPay
from amate.billing_cycle.reconciliation.models import LearnedOrigin, PaymentHint, PaymentReference, ReportedPayment
from amate.billing_cycle.service.accounts import keep_switch
from amate.billing_cycle.service.models import CutDecision, Service, SwitchAccount
from amate.billing_cycle.statements.compose import compose_statements
from amate.billing_cycle.statements.links import account_link
from amate.billing_cycle.statements.models import AccountLink, Statement
from amate.billing_cycle.subscriptions.models import Parking, Subscription
from amate.companies.models import Branch
from amate.customers.merge import merge_customers, plan_merge
from amate.customers.models import Contact, Customer, CustomerWord, FiscalProfile
from amate.ledger.models import Charge, JournalLine, Payment, Receivable
from amate.web.backoffice.customer_merge import KINDS
from tests.ledger.hands import DAY, at, charged, customer, pays
from tests.world import World

SOON = DAY + timedelta(days=3)


def merge(kept: Customer, merged: Customer) -> None:
    plan = plan_merge(kept=kept, merged=merged, sat_changed_rfc=False)
    merge_customers(kept_id=kept.pk, merged_id=merged.pk, sat_changed_rfc=False, seen=plan.seen, now=at(SOON))


def promised(who: Customer, until: date = SOON) -> PromiseToPay:
    return PromiseToPay.objects.create(
        customer=who, amount=100, until=until, made_on=DAY, made_by="rosa", created_at=at(DAY)
    )


def exempt(who: Customer, until: date = SOON) -> Exemption:
    return Exemption.objects.create(customer=who, until=until, why="es la escuela", by="ana", created_at=at(DAY))


def parked(who: Customer) -> Parking:
    return Parking.objects.create(customer=who, error="sin precio", parked_at=at(DAY))


def learned(who: Customer, origin: str = "646180000000000001") -> LearnedOrigin:
    return LearnedOrigin.objects.create(customer=who, origin=origin, by="ana", learned_at=at(DAY))


def owed(who: Customer) -> Receivable:
    found = Receivable.objects.filter(customer=who).first()
    return found or charged(who, f"p:{who.pk}", 116)


def served(who: Customer) -> Service:
    switch = (
        SwitchAccount.objects.first()
        or keep_switch(name="Red", url="https://red.example/", observe_url="", now=at(DAY))[0]
    )
    facts = {"external_id": f"ont-{who.pk}", "name": "Casa", "changed_at": at(DAY), "created_at": at(DAY)}
    return Service.objects.create(customer=who, switch=switch, **facts)


def cut(who: Customer) -> CutDecision:
    return CutDecision.objects.create(
        customer=who, day=SOON, rule={}, receivable_ids=[owed(who).pk], overdue=116, oldest_due=DAY, warned_on=DAY,
        last_look={}, created_at=at(DAY),
    )  # fmt: skip


def told(who: Customer) -> Notice:
    return Notice.objects.create(
        customer=who, receivable=owed(who), step="due", channel="mail", day=DAY, claimed_at=at(DAY)
    )


def subscribed(who: Customer) -> Subscription:
    facts = {"starts_on": DAY, "state_since": at(DAY), "created_at": at(DAY)}
    return Subscription.objects.create(customer=who, payer=who, branch=Branch.objects.earliest("id"), **facts)


def proposed(who: Customer) -> FiscalProfile:
    return FiscalProfile.objects.create(
        customer=who, rfc="XAXX010101000", nombre="ROSA", domicilio_fiscal="44160", regimen_fiscal="616",
        uso_cfdi="S01", origin="portal", proposed_at=at(DAY),
    )  # fmt: skip


def stated(who: Customer) -> Statement:
    [made] = compose_statements(customer_ids=[who.pk], fecha_corte=DAY, today=SOON, now=at(SOON))
    return made


# One row of every table that refers to a customer. A new table is written here, with what becomes of its rows.
MAKES: dict[Any, Callable[[Customer], Any]] = {
    FiscalProfile: proposed,
    Contact: lambda who: Contact.objects.create(customer=who, nombre="Luz", origin="staff", created_at=at(DAY)),
    Receivable: owed,
    Charge: owed,
    Payment: lambda who: pays(who, f"ox-{who.pk}", 16),
    JournalLine: owed,
    Subscription: subscribed,
    Parking: parked,
    Service: served,
    CutDecision: cut,
    Notice: told,
    PromiseToPay: promised,
    Exemption: exempt,
    OptOut: lambda who: OptOut.objects.create(customer=who, channel="sms", by="rosa", made_at=at(DAY)),
    CollectorNote: lambda who: CollectorNote.objects.create(
        customer=who, text="paga el 15", by="a", created_at=at(DAY)
    ),
    PaymentHint: lambda who: PaymentHint.objects.create(
        customer=who, source_key=f"h:{who.pk}", until=at(SOON), created_at=at(DAY)
    ),
    PaymentReference: lambda who: PaymentReference.objects.create(
        customer=who, kind="number", value=f"{who.pk:07}", created_at=at(DAY)
    ),
    LearnedOrigin: learned,
    ReportedPayment: lambda who: ReportedPayment.objects.create(
        customer=who, amount=116, paid_on=DAY, forma_pago="03", by="rosa", reported_at=at(DAY)
    ),
    Statement: stated,
    AccountLink: lambda who: account_link(customer_id=who.pk, key=f"k:{who.pk}", to="rosa@example.com", now=at(DAY)),
}


def fields_of(model: Any) -> list[str]:
    return [
        one.name for one in model._meta.get_fields() if isinstance(one, ForeignKey) and one.related_model is Customer
    ]


def test_every_table_that_refers_to_a_customer_is_known_here_and_has_words(world: World) -> None:
    def tables() -> set[str]:
        with connection.cursor() as c:
            c.execute(
                "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' "
                "AND confrelid = 'customers_customer'::regclass"
            )
            return {name for (name,) in c.fetchall()}

    by_model = {model for model in apps.get_models() if fields_of(model)} - {Customer, CustomerWord}
    assert by_model == set(MAKES)
    # A reference by number alone, which no model tells of, would be left behind.
    assert world.scoped(tables) == {one._meta.db_table for one in (*MAKES, Customer, CustomerWord)}
    assert {one.__name__ for one in MAKES} <= KINDS.keys()


@pytest.mark.parametrize("both", [False, True], ids=["of-the-merged-one", "of-both"])
@pytest.mark.parametrize("model", MAKES, ids=lambda model: model.__name__)
def test_rows_go_to_who_remains(world: World, model: Any, both: bool) -> None:
    def story() -> None:
        kept, merged = customer("Rosa"), customer("Rosa P")
        MAKES[model](merged)
        if both:
            MAKES[model](kept)
        rows = model.objects.count()
        merge(kept, merged)
        for name in fields_of(model):
            assert model.objects.filter(**{name: merged}).count() == 0
            # No customer's: where money came in.
            assert model.objects.filter(**{name: kept}).count() == rows - model.objects.filter(**{name: None}).count()
        assert model.objects.count() == rows

    world.scoped(story)


@pytest.mark.parametrize("theirs", [SOON, SOON + timedelta(days=4)], ids=["same", "later"])
def test_of_two_promises_and_two_exemptions_the_later_one_stays(world: World, theirs: date) -> None:
    def story() -> None:
        kept, merged = customer("Rosa"), customer("Rosa P")
        promised(kept), exempt(kept), promised(merged, theirs), exempt(merged, theirs)
        merge(kept, merged)
        rows = PromiseToPay.objects.order_by("id").values_list("state", "settled_on")
        ended = Exemption.objects.order_by("id").values_list("ended_by", flat=True)
        if theirs == SOON:
            assert (list(rows), list(ended)) == ([("open", None), ("withdrawn", SOON)], ["", "amate"])
        else:
            assert (list(rows), list(ended)) == ([("withdrawn", SOON), ("open", None)], ["amate", ""])

    world.scoped(story)


def test_both_parked_one_look_frees_him_and_what_both_paid_from_is_known_once(world: World) -> None:
    def story() -> None:
        kept, merged = customer("Rosa"), customer("Rosa P")
        parked(kept), parked(merged), learned(kept), learned(merged), learned(merged, "646180000000000002")
        merge(kept, merged)
        assert Parking.objects.open().filter(customer=kept).count() == 1
        live = LearnedOrigin.objects.filter(forgotten_at__isnull=True, customer=kept).order_by("origin")
        assert [one.origin[-1] for one in live] == ["1", "2"]

    world.scoped(story)
