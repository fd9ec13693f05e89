"""What will be billed, and what would stop it."""

from datetime import date
from decimal import Decimal

from amate.billing_cycle.subscriptions.agreed import agreed_with
from amate.billing_cycle.subscriptions.forecast import forecast, never_billed, next_twelve_months
from amate.billing_cycle.subscriptions.models import Subscription
from amate.billing_cycle.subscriptions.pause import PauseOf, pause
from amate.billing_cycle.subscriptions.preflight import preflight
from amate.customers.models import FiscalProfile
from amate.fiscal.catalogs import installed
from tests.billing_cycle.subscriptions.wheel import FISICA, Wheel


def day(said: str) -> date:
    return date.fromisoformat(said)


def test_what_is_foretold_is_what_is_billed(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(cut_day=1, lead_days=3), "2026-01-20", cycles=5)
    files = wheel.look(lambda: agreed_with(list(Subscription.objects.select_related("customer"))))
    told = wheel.look(lambda: forecast(files, today=day("2026-01-20"), until=day("2026-12-31")))
    assert [str(row.on) for row in told] == ["2026-01-20", "2026-01-29", "2026-02-26", "2026-03-29", "2026-04-28"]
    from amate.ledger.models import Charge

    for row in told:
        wheel.bill(str(row.on))
    done = wheel.look(lambda: list(Charge.objects.order_by("pk").values_list("total", "service_from", "concept")))
    assert done == [(row.total, row.start, row.concept) for row in told]
    assert one.pk == told[0].subscription_id


def test_twelve_months_of_the_whole_company(wheel: Wheel) -> None:
    plan = wheel.plan(price="100.00")
    for number in range(3):
        wheel.subscribe(wheel.customer(f"Cliente {number}"), plan, "2026-01-15")
    found = wheel.look(lambda: next_twelve_months(today=day("2026-01-15")))
    assert found[day("2026-02-01")] == Decimal("300.00")
    assert len(found) == 13


def test_the_alarm_names_a_served_subscription_that_nothing_will_bill(wheel: Wheel) -> None:
    plan = wheel.plan()
    lost, paused, fine = (wheel.subscribe(wheel.customer(name), plan, "2026-06-01") for name in ("A", "B", "C"))
    wheel.look(lambda: Subscription.objects.filter(pk=lost.pk).update(next_on=None))
    asked = PauseOf(day("2026-06-01"), None, moves_anchor=False)
    wheel.look(lambda: pause(subscription_id=paused.pk, asked=asked, today=day("2026-06-01"), now=wheel.now()))
    found = wheel.look(lambda: [one.pk for one in never_billed(today=day("2026-06-01"))])
    assert found == [lost.pk]
    found = wheel.look(lambda: [one.pk for one in never_billed(today=day("2026-06-05"))])
    assert found == [lost.pk, fine.pk], "its day passed and nobody billed it"


def test_preflight_tells_what_would_stop_the_next_five_days(wheel: Wheel) -> None:
    wheel.policy(fiscal_mode="ppd")
    plan = wheel.plan()
    good = wheel.customer(fiscal=FISICA)
    wheel.subscribe(good, plan, "2026-06-01", today="2026-05-28")

    def look(stamps: int | None) -> set[str]:
        lacks = wheel.look(
            lambda: preflight(today=day("2026-05-28"), now=wheel.now(), catalogs=installed(), stamps_left=stamps)
        )
        return {one.code for one in lacks}

    assert look(None) == set()
    assert look(0) == {"few_stamps"}
    wheel.look(lambda: FiscalProfile.objects.filter(customer=good).update(domicilio_fiscal="00000", uso_cfdi="P01"))
    assert look(5) == {"fiscal.cp", "fiscal.uso_cfdi"}
    wheel.look(lambda: FiscalProfile.objects.filter(customer=good).update(superseded_at=wheel.now()))
    assert look(5) == {"no_fiscal_data"}
