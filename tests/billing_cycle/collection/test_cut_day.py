"""The day of a cut: after a last look at whoever takes the money, under the fuse, and never twice."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.adapters.payments import ProviderUnavailable
from amate.audit.models import Entry
from amate.billing_cycle.collection.allow_cuts import NothingHeld, allow_cuts
from amate.billing_cycle.collection.cuts import next_day_of_cuts, who_would_be_cut
from amate.billing_cycle.collection.models import Exemption
from amate.billing_cycle.reconciliation.accounts import keep_account
from amate.billing_cycle.reconciliation.models import BankAccount, BankFile, InboxEvent, PaymentReference
from amate.billing_cycle.service.models import CutDecision, Hold
from amate.customers.models import Customer
from amate.promises.models import Promise
from amate.worker import collection
from tests.billing_cycle.collection.evening import Evening
from tests.ledger.hands import again
from tests.payment_server import API_KEY, NOON, PaymentServer, serve_payments
from tests.world import World

CUT = date(2026, 3, 19)  # Thursday: warned on Tuesday, and two days of it


@pytest.fixture
def evening(world: World) -> Evening:
    return Evening(world)


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


@pytest.fixture
def provider(evening: Evening, _served: PaymentServer) -> PaymentServer:
    _served.admin("POST", "reset")
    facts = {"webhook_keys": _served.admin("GET", "account")["public_key"], "api_url": _served.url}
    evening.scoped(
        lambda: keep_account(code="conekta", name="Conekta", private_key=API_KEY, now=NOON - timedelta(days=9), **facts)
    )
    return _served


def warned(evening: Evening, *amounts: str) -> list[Customer]:
    """So many who owe, on the eve of their cut."""
    who = [evening.debtor(amount) for amount in amounts or ("599.00",)]
    evening.beat(date(2026, 3, 17))
    return who


def test_who_was_warned_and_still_owes_is_cut_on_the_day_that_was_named_and_comes_back_with_his_payment(
    evening: Evening,
) -> None:
    [who] = warned(evening)
    assert evening.desired(who) == "active"
    evening.beat(CUT)
    assert evening.desired(who) == "suspended"
    day = evening.the_day()
    assert (day.would_cut, day.cut) == (1, 1)
    assert day.cut_at is not None
    assert "suspendió" in evening.world.mail.mails[-1]["Subject"]
    evening.beat(CUT, 12)
    assert evening.scoped(CutDecision.objects.count) == 1
    evening.pays(who)

    def lift() -> None:
        from amate.billing_cycle.collection.reassess import reassess_customers

        reassess_customers(customer_ids=[who.pk], today=evening.day, now=evening.world.now())

    evening.scoped(lift)
    assert evening.desired(who) == "active"
    owed = evening.scoped(lambda: list(Promise.objects.filter(kind="reactivate").values_list("queue", flat=True)))
    assert owed == ["reactivate"]


def test_the_list_of_tomorrow_says_who_why_and_a_veto_takes_him_off(evening: Evening) -> None:
    first, second = warned(evening, "599.00", "349.00")
    look = evening.scoped(lambda: who_would_be_cut(on=CUT))
    assert [(one.customer_id, one.overdue, one.warned_on) for one in look] == [
        (first.pk, Decimal("599.00"), date(2026, 3, 17)),
        (second.pk, Decimal("349.00"), date(2026, 3, 17)),
    ]
    assert evening.scoped(lambda: next_day_of_cuts(after=date(2026, 3, 19))) == date(2026, 3, 23)

    def veto() -> None:
        now = evening.world.now()
        Exemption.objects.create(customer=first, until=CUT, why="Hospital", by="ana", created_at=now)

    evening.scoped(veto)
    assert [one.customer_id for one in evening.scoped(lambda: who_would_be_cut(on=CUT))] == [second.pk]
    evening.beat(CUT)
    assert (evening.desired(first), evening.desired(second)) == ("active", "suspended")


def test_nobody_is_cut_while_the_provider_does_not_answer(evening: Evening, provider: PaymentServer) -> None:
    [who] = warned(evening)
    provider.fault("down")
    evening.beat(CUT)
    evening.beat(CUT, 13)
    assert evening.desired(who) == "active"
    [waits] = evening.scoped(lambda: list(Promise.objects.open().filter(kind="cut")))
    assert "No se corta a nadie" in waits.last_error
    provider.admin("DELETE", "faults")
    evening.beat(CUT, 15)  # the hours of cuts are over
    assert evening.desired(who) == "active"
    evening.beat(date(2026, 3, 23))  # Monday
    assert evening.desired(who) == "suspended"
    assert evening.scoped(lambda: CutDecision.objects.get().last_look["asked"]) != []


def test_a_notice_that_nobody_has_read_holds_the_cuts(evening: Evening, provider: PaymentServer) -> None:
    [who] = warned(evening)

    def told() -> int:
        from amate.billing_cycle.reconciliation.models import ProviderAccount

        event = InboxEvent.objects.create(
            account=ProviderAccount.objects.get(), event_key="e", body=b"", received_at=evening.world.now()
        )
        return int(event.pk)

    event = evening.scoped(told)
    evening.beat(CUT)
    assert evening.desired(who) == "active"
    evening.scoped(lambda: InboxEvent.objects.filter(pk=event).update(state="ignored"))
    evening.beat(CUT, 12)
    assert evening.desired(who) == "suspended"


def test_with_bank_files_nobody_is_cut_before_todays_is_booked(evening: Evening) -> None:
    """One that was only brought tells of nobody's money yet, and what was dropped never did."""
    [who] = warned(evening)

    def brought(state: str) -> BankFile:
        now = evening.world.now()
        account = BankAccount.objects.first() or BankAccount.objects.create(name="BBVA", bank="bbva", created_at=now)
        return BankFile.objects.create(account=account, name="a.csv", sha256="", by="ana", read_at=now, state=state)

    evening.scoped(lambda: brought("booked"))  # of the day of the warning
    evening.beat(CUT)
    assert evening.desired(who) == "active"
    file = evening.scoped(lambda: brought("asking"))
    for hour, state in ((11, "asking"), (12, "read"), (13, "booking"), (13, "dropped")):
        evening.scoped(lambda state=state: BankFile.objects.filter(pk=file.pk).update(state=state))
        evening.beat(CUT, hour)
        assert evening.desired(who) == "active", state
    evening.scoped(lambda: brought("booked"))
    evening.beat(CUT, 13)
    assert evening.desired(who) == "suspended"


def test_the_fuse_stops_the_day_until_a_person_has_looked(evening: Evening, monkeypatch: Any) -> None:
    from amate.billing_cycle.collection import fuse

    monkeypatch.setattr(fuse, "FEW", 1)
    one, other = warned(evening, "599.00", "349.00")
    evening.beat(CUT)
    day = evening.the_day()
    assert (day.would_cut, day.cut) == (2, 0)
    assert "Serían 2 cortes" in day.held_because
    evening.beat(CUT, 11)
    acts = evening.scoped(lambda: list(Entry.objects.filter(act__startswith="cuts.").values_list("act", flat=True)))
    assert acts == ["cuts.held"]
    evening.scoped(lambda: allow_cuts(day=CUT, most=1, by="ana", now=evening.world.now()))
    with pytest.raises(NothingHeld):
        evening.scoped(lambda: allow_cuts(day=CUT, most=9, by="ana", now=evening.world.now()))
    evening.beat(CUT, 12)
    assert [evening.desired(who) for who in (one, other)] == ["suspended", "active"]


def test_a_payment_that_arrives_while_the_suspension_runs_keeps_the_service_on(
    evening: Evening, monkeypatch: Any
) -> None:
    """Between the list of the day and the cut of his hundred he pays: he is read again under his lock."""
    one, other = warned(evening, "599.00", "349.00")
    look = collection._look

    async def pays_meanwhile(*said: Any) -> tuple[tuple[str, ...], datetime]:
        found = await look(*said)
        from amate.promises.step import step

        await step(_pay)(evening, one)
        return found

    monkeypatch.setattr(collection, "_look", pays_meanwhile)
    evening.beat(CUT)
    assert (evening.desired(one), evening.desired(other)) == ("active", "suspended")


def _pay(evening: Evening, who: Customer) -> None:
    from amate.tenancy.scope import company_scope
    from tests.ledger.hands import pays

    with company_scope(evening.world.shop.company.pk):
        pays(who, "ox-late", "599.00", day=evening.day)


def test_a_run_that_was_stopped_goes_on_where_it_was(evening: Evening, monkeypatch: Any) -> None:
    one, other = warned(evening, "599.00", "349.00")
    monkeypatch.setattr(collection, "AT_ONCE", 1)
    cut, calls = collection._cut, []

    def dies(*said: Any) -> bool:
        calls.append(said)
        if len(calls) == 2:
            raise ProviderUnavailable("network", "the worker died here")
        return cut(*said)

    monkeypatch.setattr(collection, "_cut", dies)
    evening.beat(CUT)
    assert [evening.desired(who) for who in (one, other)] == ["suspended", "active"]
    monkeypatch.setattr(collection, "_cut", cut)
    evening.beat(CUT, 11)
    assert [evening.desired(who) for who in (one, other)] == ["suspended", "suspended"]
    assert evening.scoped(CutDecision.objects.count) == 2
    assert evening.scoped(lambda: Hold.objects.open().count()) == 2
    assert evening.the_day().cut == 2


def test_a_payment_that_the_provider_never_told_is_found_by_the_last_look(
    evening: Evening, provider: PaymentServer
) -> None:
    """His notice was lost: the sweep of the last look brings it, and he is not cut."""
    [who] = warned(evening, "349.00")
    clabe = _clabe(provider)
    evening.scoped(
        lambda: PaymentReference.objects.create(
            kind="clabe", value=clabe, customer=who, account_id=_account(), created_at=evening.world.now()
        )
    )
    evening.be(CUT)
    provider.admin("POST", "clock", {"set": evening.world.now().isoformat()})
    provider.pays(clabe)
    evening.beat(CUT)
    assert evening.desired(who) == "active"
    assert evening.scoped(lambda: again(evening_debt(who))).settled_on is not None


def evening_debt(who: Customer) -> Any:
    from amate.ledger.models import Receivable

    return Receivable.objects.get(customer=who)


def _account() -> int:
    from amate.billing_cycle.reconciliation.models import ProviderAccount

    found: int = ProviderAccount.objects.values_list("pk", flat=True)[0]
    return found


def _clabe(provider: PaymentServer) -> str:
    import httpx

    said = {
        "currency": "MXN",
        "customer_info": {"name": "Rosa"},
        "line_items": [{"name": "Internet", "unit_price": 34_900, "quantity": 1}],
        "charges": [{"payment_method": {"type": "spei"}}],
    }
    head = {"Authorization": f"Bearer {API_KEY}"}
    order = httpx.post(f"{provider.url}/orders", json=said, headers=head, trust_env=False).json()
    return str(order["charges"]["data"][0]["payment_method"]["clabe"])
