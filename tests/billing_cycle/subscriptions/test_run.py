"""The day's run: planned once, kept by the worker, and harmless when doubled, killed or late."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, connections

from amate.billing_cycle.subscriptions.bill import Billed, bill_customers
from amate.billing_cycle.subscriptions.bill_soon import bill_soon
from amate.billing_cycle.subscriptions.models import BillingBatch, BillingRun, Parking, Period, Subscription
from amate.billing_cycle.subscriptions.parking import unpark
from amate.billing_cycle.subscriptions.plan_run import approve_run, plan_runs
from amate.billing_cycle.subscriptions.queries import last_run_day, progress_of
from amate.billing_cycle.subscriptions.subscribe import NewSubscription, subscribe
from amate.companies.models import Company
from amate.customers.merge import merge_customers, plan_merge
from amate.customers.models import Customer
from amate.customers.remaining import Merged
from amate.fiscal.clock import local_time
from amate.ledger.lock import lock_customers
from amate.ledger.models import Charge
from amate.promises.lease import take
from amate.promises.models import Promise
from amate.tenancy.scope import company_scope
from amate.worker import billing
from amate.worker.each_company import in_each_company
from tests.billing_cycle.subscriptions.wheel import Wheel


def today(wheel: Wheel) -> date:
    return wheel.world.today()


def ago(wheel: Wheel, days: int) -> str:
    return str(today(wheel) - timedelta(days=days))


def runs(wheel: Wheel) -> list[BillingRun]:
    found: list[BillingRun] = wheel.look(lambda: list(BillingRun.objects.order_by("pk")))
    return found


def subscribers(wheel: Wheel, count: int, *, days_ago: int = 40, **plan: object) -> list[Subscription]:
    """They begin quietly: nobody is promised to be billed at once."""
    made = wheel.plan(**plan)
    start = ago(wheel, days_ago)
    found = [wheel.subscribe(wheel.customer(f"Cliente {number}"), made, start) for number in range(count)]
    wheel.look(lambda: Promise.objects.filter(kind="bill").delete())
    return found


def test_the_beat_plans_the_day_once_and_the_worker_bills_it(wheel: Wheel) -> None:
    subscribers(wheel, 3)
    for _ in range(2):
        wheel.look(lambda: billing.plan(wheel.now()))
    [run] = runs(wheel)
    assert (run.day, run.state, run.customers) == (today(wheel), "running", 3)
    wheel.world.settle()
    [run] = runs(wheel)
    assert run.state == "done"
    [batch] = wheel.look(lambda: list(BillingBatch.objects.all()))
    assert (batch.charges, batch.receivables, batch.parked) == (6, 6, 0)
    assert wheel.look(Period.objects.count) == 6


def test_a_day_with_nothing_due_has_a_run_that_says_so(wheel: Wheel) -> None:
    wheel.look(lambda: billing.plan(wheel.now()))
    [run] = runs(wheel)
    assert (run.state, run.customers) == ("done", 0)


def test_44_an_hour_that_comes_twice_runs_the_day_once(wheel: Wheel) -> None:
    """Tijuana, 1 November 2026: 01:30 is at 08:30Z and again at 09:30Z."""
    subscribers(wheel, 1)
    for hour in (8, 9):
        moment = datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
        day = local_time("22000", moment).date()
        assert day == date(2026, 11, 1)
        wheel.look(lambda day=day: plan_runs(today=day, now=wheel.now()))
    assert len(runs(wheel)) == 1


def test_who_subscribes_in_the_middle_of_a_day_is_billed_at_once(wheel: Wheel) -> None:
    wheel.subscribe(wheel.customer(), wheel.plan(), ago(wheel, 0))
    wheel.world.settle()
    assert wheel.look(Charge.objects.count) == 1


def join(kept: int, merged: int, *, now: datetime) -> None:
    """Inside a company's scope."""
    both = {"kept": Customer.objects.get(pk=kept), "merged": Customer.objects.get(pk=merged)}
    seen = plan_merge(**both, sat_changed_rfc=False).seen
    merge_customers(kept_id=kept, merged_id=merged, sat_changed_rfc=False, seen=seen, now=now)


def test_who_is_merged_after_the_day_was_planned_is_billed_with_who_remains(wheel: Wheel) -> None:
    one, other = subscribers(wheel, 2, days_ago=5)
    wheel.look(lambda: Subscription.objects.filter(pk=other.pk).update(next_on=None))
    wheel.look(lambda: billing.plan(wheel.now()))
    wheel.look(lambda: join(other.payer_id, one.payer_id, now=wheel.now()))
    wheel.world.settle()
    assert wheel.look(lambda: list(Charge.objects.values_list("customer_id", flat=True))) == [other.payer_id]
    assert wheel.look(Parking.objects.count) == 0


def beside(wheel: Wheel, holds: Callable[[], object], act: Callable[[], object]) -> list[BaseException]:
    """`act` in another thread, in the middle of the transaction of `holds`: what it raised, once it waits or has ended."""
    faults: list[BaseException] = []

    def work() -> None:
        try:
            act()
        except BaseException as fault:  # noqa: BLE001 told below
            faults.append(fault)
        finally:
            connections.close_all()

    def inside() -> None:
        thread = threading.Thread(target=work)
        with company_scope(wheel.world.shop.company.pk):
            then = holds()
            thread.start()
            for _ in range(100):
                thread.join(0.1)
                with connection.cursor() as c:
                    c.execute(
                        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                    )
                    if c.fetchone() or not thread.is_alive():
                        break
            if callable(then):
                then()
        thread.join(30)

    wheel.world.inside(inside)
    return faults


def test_who_subscribes_for_a_customer_who_is_being_merged_hears_of_it(wheel: Wheel) -> None:
    payer, kept, merged = wheel.customer("Paga"), wheel.customer("Queda"), wheel.customer("Se va")
    made, company, now = wheel.plan(), wheel.world.shop.company.pk, wheel.now()
    asked = NewSubscription(
        customer_id=merged.pk, payer_id=payer.pk, branch_id=wheel.world.shop.branch.pk, plan_id=made.pk,
        starts_on=today(wheel),
    )  # fmt: skip

    def begin() -> None:
        with company_scope(company):
            subscribe(asked=asked, today=asked.starts_on, now=now)

    [fault] = beside(wheel, lambda: join(kept.pk, merged.pk, now=now), begin)
    assert isinstance(fault, Merged)
    assert wheel.look(Subscription.objects.count) == 0


def test_a_change_and_the_worker_do_not_wait_for_each_other(wheel: Wheel) -> None:
    [one] = subscribers(wheel, 1, days_ago=5)
    company, now = wheel.world.shop.company.pk, wheel.now()
    wheel.look(lambda: bill_soon(payer_id=one.payer_id, now=now))
    owed = wheel.look(lambda: Promise.objects.get(kind="bill"))
    lease = wheel.world.inside(lambda: take(company_id=company, promise_id=owed.pk, now=now, worker=0))
    assert lease is not None

    def change() -> Callable[[], object]:
        lock_customers([one.payer_id])
        return lambda: bill_soon(payer_id=one.payer_id, now=now)

    plugs = SimpleNamespace(clock=lambda: now)
    assert beside(wheel, change, lambda: billing._at_once(plugs, lease)) == []  # type: ignore[arg-type]
    assert wheel.look(Charge.objects.count) == 1


def test_a_company_that_cannot_be_planned_stops_no_other(wheel: Wheel, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribers(wheel, 1, days_ago=5)
    first, calls = [], []

    def breaks(*, today: date, now: datetime) -> list[BillingRun]:
        calls.append(today)
        if len(calls) == 1:
            first.append(RuntimeError("something nobody thought of"))
            raise first[0]
        return plan_runs(today=today, now=now)

    monkeypatch.setattr(billing, "plan_runs", breaks)
    wheel.world.inside(lambda: in_each_company(billing.plan, now=wheel.now(), beat="billing"))
    companies = wheel.world.inside(lambda: Company.objects.count())
    assert companies > 1
    assert (len(first), len(calls)) == (1, companies), "every company was asked, whichever came first"


def test_a_reviewed_plan_waits_for_a_persons_word_and_says_how_much(wheel: Wheel) -> None:
    subscribers(wheel, 2, reviewed=True, days_ago=5)
    wheel.look(lambda: billing.plan(wheel.now()))
    wheel.world.settle()
    assert wheel.look(Charge.objects.count) == 0
    run = next(one for one in runs(wheel) if one.reviewed)
    assert (run.state, run.foretold, str(run.foretold_total)) == ("review", 2, "1198.00")
    wheel.look(lambda: approve_run(run_id=run.pk, now=wheel.now()))
    wheel.world.settle()
    assert wheel.look(Charge.objects.count) == 2
    assert {one.state for one in runs(wheel)} == {"done"}
    done = wheel.look(lambda: progress_of(BillingRun.objects.get(pk=run.pk)))
    assert (done.percent, done.charges, str(done.total), done.short, done.is_red) == (100, 2, "1198.00", 0, False)


def test_a_reviewed_run_that_charged_less_than_it_said_is_red(wheel: Wheel) -> None:
    lost, _ = subscribers(wheel, 2, reviewed=True, days_ago=5)
    wheel.look(lambda: billing.plan(wheel.now()))
    run = next(one for one in runs(wheel) if one.reviewed)
    wheel.look(lambda: Subscription.objects.filter(pk=lost.pk).update(next_on=None))
    wheel.look(lambda: approve_run(run_id=run.pk, now=wheel.now()))
    wheel.world.settle()
    done = wheel.look(lambda: progress_of(BillingRun.objects.get(pk=run.pk)))
    assert (str(done.short), done.is_red) == ("599.00", True)
    assert wheel.look(last_run_day) == today(wheel)


def test_what_nobody_reviewed_yesterday_is_in_todays_run_alone(wheel: Wheel) -> None:
    subscribers(wheel, 1, reviewed=True, days_ago=5)
    for days in (1, 0):
        day = today(wheel) - timedelta(days=days)
        wheel.look(lambda day=day: plan_runs(today=day, now=wheel.now()))
    found = [(one.day, one.state) for one in runs(wheel) if one.reviewed]
    assert [state for _, state in found] == ["done", "review"]
    assert not wheel.look(lambda: progress_of(BillingRun.objects.filter(reviewed=True).earliest("day"))).is_red


def test_a_defect_in_one_customer_parks_him_alone_and_he_goes_on_when_freed(
    wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *_ = subscribers(wheel, 3, days_ago=5)

    def breaks(*, payer_ids: list[int], **rest: object) -> Billed:
        if bad.payer_id in payer_ids:
            raise RuntimeError("something nobody thought of")
        return bill_customers(payer_ids=payer_ids, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(billing, "bill_customers", breaks)
    wheel.look(lambda: billing.plan(wheel.now()))
    wheel.world.settle()
    assert wheel.look(Charge.objects.count) == 2
    [parking] = wheel.look(lambda: list(Parking.objects.open()))
    assert (parking.customer_id, "RuntimeError" in parking.error, "Traceback" in parking.trace) == (
        bad.payer_id,
        True,
        True,
    )
    assert runs(wheel)[0].state == "done"
    monkeypatch.undo()
    wheel.look(lambda: unpark(customer_id=bad.payer_id, now=wheel.now()))
    wheel.world.settle()
    assert wheel.look(Charge.objects.count) == 3


def test_two_planners_and_two_billers_at_once_bill_each_period_once(wheel: Wheel) -> None:
    made = subscribers(wheel, 8)
    company, payers, now, day = wheel.world.shop.company.pk, [one.payer_id for one in made], wheel.now(), today(wheel)
    gate, faults = threading.Barrier(4), []

    def work(plans: bool, order: list[int]) -> None:
        try:
            gate.wait(30)
            with company_scope(company):
                if plans:
                    plan_runs(today=day, now=now)
                else:
                    bill_customers(payer_ids=order, reviewed=None, today=day, now=now)
        except BaseException as fault:  # noqa: BLE001 told below
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=work, args=(plans, order))
        for plans, order in ((True, []), (True, []), (False, payers), (False, payers[::-1]))
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert faults == []
    assert len(runs(wheel)) == 1
    assert wheel.look(Period.objects.count) == wheel.look(Charge.objects.count) == 16
    keys = wheel.look(lambda: list(Charge.objects.values_list("source_key", flat=True)))
    assert len(set(keys)) == 16


KILLED = """
    import django, os, sys, time
    django.setup()
    from datetime import date, datetime, UTC
    from amate.tenancy.scope import company_scope
    from amate.billing_cycle.subscriptions.bill import bill_customers
    company, day, payers = int(sys.argv[1]), date.fromisoformat(sys.argv[2]), [int(one) for one in sys.argv[3].split(",")]
    at = 0
    while True:
        with company_scope(company):
            bill_customers(payer_ids=payers[at:at + 2], reviewed=None, today=day, now=datetime.now(UTC))
            if at == 4:
                print("inside", flush=True)
                time.sleep(60)
        at += 2
"""


def test_killed_in_the_middle_nothing_is_billed_twice_and_none_is_missing(wheel: Wheel) -> None:
    made = subscribers(wheel, 8)
    payers, day = [one.payer_id for one in made], today(wheel)
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(wheel.world.shop.company.pk), str(day), ",".join(map(str, payers))],
        stdout=subprocess.PIPE, env={**os.environ, "DJANGO_SETTINGS_MODULE": "amate.settings"}, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert any(line == "inside\n" for line in process.stdout)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    wheel.world.inside(lambda: _wait_for_its_backend())
    assert wheel.look(Period.objects.count) == 8, "two batches were committed; the third was not"
    wheel.bill(str(day))
    assert wheel.look(Period.objects.count) == wheel.look(Charge.objects.count) == 16
    assert wheel.look(lambda: {one.next_k for one in Subscription.objects.all()}) == {2}


def _wait_for_its_backend() -> None:
    """PostgreSQL sees that its client is gone when it next reads from it."""
    import time

    for _ in range(100):
        with connection.cursor() as c:
            c.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
            )
            row = c.fetchone()
        if row is None or row[0] == 0:
            return
        time.sleep(0.1)
    raise AssertionError("the dead process's transaction is still open")
