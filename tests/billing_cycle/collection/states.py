"""Customers in every standing on one day, made by the rooms' own acts: for all who answer "may he be served?"."""

from datetime import UTC, date, datetime, time, timedelta

from amate.billing_cycle.collection.exempt import exempt_customer
from amate.billing_cycle.collection.models import Notice
from amate.billing_cycle.collection.promise_to_pay import promise_to_pay
from amate.billing_cycle.collection.rules import Standing
from amate.billing_cycle.collection.suspend import LastLook, suspend_customers
from amate.billing_cycle.service.models import Service, Switch, SwitchAccount
from amate.customers.models import Customer
from amate.ledger.models import Receivable
from tests.ledger.hands import DAY, at, charged, customer, d, pays

# Due on 2026-03-11; grace ends on the 16th; Tuesday the 17th is the first day of a cut.
DUE = DAY + timedelta(days=10)
TODAY = date(2026, 3, 17)
MORNING = datetime.combine(TODAY, time(16), tzinfo=UTC)  # 10:00 in central Mexico
OWED = "599.00"


def line_of(who: Customer, name: str = "Casa") -> Service:
    """A service that a person cuts by hand."""
    switch, _ = SwitchAccount.objects.get_or_create(
        name="Central", defaults={"kind": Switch.MANUAL, "created_at": at(DAY)}
    )
    made: Service = Service.objects.create(
        customer=who,
        switch=switch,
        external_id=f"{who.number}-{name}",
        name=name,
        actual="active",
        actual_gen=1,
        changed_at=at(DAY),
        created_at=at(DAY),
    )
    return made


def warn(debt: Receivable, day: date) -> None:
    Notice.objects.create(
        customer_id=debt.customer_id,
        receivable=debt,
        step="last",
        channel="mail",
        last_warning=True,
        state="sent",
        day=day,
        claimed_at=at(day),
        settled_on=day,
        names_cut_on=day,
    )


def one_in(standing: Standing) -> Customer:
    """A new customer who stands so on TODAY, with one service."""
    who = customer(f"Cliente {standing}")
    line_of(who)
    facts = {"customer_id": who.pk, "today": TODAY, "now": MORNING}
    if standing == Standing.CURRENT:
        charged(who, f"s:{standing}", OWED)
        pays(who, f"p:{standing}", OWED, day=DUE)
        return who
    due_on = {Standing.IN_TERM: TODAY + timedelta(days=5), Standing.IN_GRACE: TODAY - timedelta(days=3)}
    debt = charged(who, f"s:{standing}", OWED, due_on=due_on.get(standing, DUE))
    if standing == Standing.PROMISED:
        promise_to_pay(
            amount=d(OWED), until=TODAY + timedelta(days=4), by="ana", by_staff=True, beyond_limit=False, **facts
        )
    if standing == Standing.EXEMPT:
        exempt_customer(until=TODAY + timedelta(days=30), why="Es la escuela", by="ana", **facts)
    if standing == Standing.SUSPENDED:
        warn(debt, TODAY - timedelta(days=2))
        look = LastLook(answered=True, money_on_its_way=False)
        cuts, _ = suspend_customers(looks={who.pk: look}, today=TODAY, now=MORNING)
        assert [one.customer_id for one in cuts] == [who.pk]
    return who
