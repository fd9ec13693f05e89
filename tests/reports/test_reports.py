"""The reports: their sums are the books', on any day, and the file's are the screen's."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from amate.billing_cycle.collection.models import Notice
from amate.billing_cycle.subscriptions.models import Pause, Plan, PlanPrice, Subscription
from amate.billing_cycle.subscriptions.stop import stop
from amate.billing_cycle.subscriptions.subscribe import NewSubscription, subscribe
from amate.companies.models import Branch
from amate.desk.filters import At
from amate.desk.reports import REPORTS, Days, Told, report_file, tell, usual_days
from amate.fiscal.money import Impuesto, Line
from amate.invoices.lines import line_to_json
from amate.ledger.models import Receivable
from amate.ledger.overview import overview_of
from amate.ledger.queries import ageing, owed_in_books, top_debtors
from amate.ledger.reverse import Why, reverse_payment
from amate.ledger.void import void_receivable
from amate.ledger.write_off import write_off
from amate.reports.income import shares_of
from amate.sandbox.companies import sell
from amate.self_invoicing.tallies import tally
from tests.ledger.hands import DAY, at, charged, customer, d, pays
from tests.world import World

ZONE = ZoneInfo("America/Mexico_City")
LAST = DAY + timedelta(days=120)
AT = At(datetime(2026, 7, 1, 18, tzinfo=UTC), ZONE, sees_codes=False)


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def a_year() -> None:
    """Debts of every age, paid on time, late, in part, too much, and given back."""
    for n, who in enumerate([customer("Ana"), customer("Beto"), customer("Caro")]):
        for month in range(6):
            day = after(month * 20)
            charged(who, f"c:{n}:{month}", 100 + n, day=day)
            if n == 0 or month % 2:
                pays(
                    who, f"p:{n}:{month}", 100 + n, day=day + timedelta(days=5 + 20 * n), forma_pago=["03", "01", ""][n]
                )
    late = pays(customer("Dora"), "p:credit", "75.50", day=after(30))
    back = pays(customer("Eli"), "p:back", "40.00", day=after(31))
    reverse_payment(payment_id=back.payment.pk, why=Why.REFUND, note="", today=after(70), now=at(after(70)))
    told_of(charged(customer("Gabi"), "c:told", 100), day=after(12))
    subscribed()
    lost = charged(customer("Fito"), "c:lost", 900)
    write_off(receivable_id=lost.pk, why="", today=after(90), now=at(after(90)))
    assert late.payment.pk
    sold = sell(branch=Branch.objects.order_by("id")[0], number=1, sold_at=at(after(3)), now=at(after(3)))
    for what in ("scanned", "given", "X1"):
        tally(what, branch_id=None if what == "X1" else sold.branch_id, now=at(after(3)))


def told_of(debt: Receivable, *, day: date, step: str = "late", channel: str = "mail") -> None:
    Notice.objects.create(
        customer_id=debt.customer_id, receivable=debt, step=step, channel=channel, day=day, claimed_at=at(day), state="sent",
        settled_on=day,
    )  # fmt: skip


def subscribed(
    price: str = "116.00", *, unit: str = "month", every: int = 1, on: date = DAY, key: str = "p"
) -> Subscription:
    plan = Plan.objects.create(
        key=key,
        nombre=f"Plan {key}",
        concept="Internet",
        clave_prod_serv="81112100",
        unit=unit,
        every=every,
        changed_at=at(DAY),
    )
    iva = line_to_json(Line(d(1), d(1), (Impuesto("002", "Tasa", Decimal("0.160000")),)))["impuestos"]
    PlanPrice.objects.create(plan=plan, valid_from=date(2020, 1, 1), amount=price, includes_tax=True, taxes=iva)
    who, branch = customer(f"De {key}"), Branch.objects.order_by("id")[0]
    new = NewSubscription(customer_id=who.pk, branch_id=branch.pk, plan_id=plan.pk, starts_on=on)
    return subscribe(asked=new, today=on, now=at(on))


def told(name: str, *, first: date = DAY, last: date = LAST) -> Told:
    return tell(REPORTS[name], Days(first, last), AT)


def total(found: Told, head: str) -> Any:
    heads = [one.head for one in found.report.columns]
    return found.totals[heads.index(head)]


def came_in(first: date, last: date) -> Decimal:
    """What the journal says of the accounts where money comes in."""
    with connection.cursor() as c:
        c.execute(
            "SELECT coalesce(sum(amount), 0) FROM ledger_journalline WHERE account LIKE 'puente:%%' AND day BETWEEN %s AND %s",
            [first, last],
        )
        found: Decimal = c.fetchone()[0]
        return found


def test_ages_of_any_day_are_the_books_of_that_day(world: World) -> None:
    def story() -> None:
        a_year()
        for days in range(0, 125, 9):
            found = told("antiguedad", last=after(days))
            assert total(found, "Total") == ageing(as_of=after(days)).total == owed_in_books(as_of=after(days))
            for bucket, row in zip(ageing(as_of=after(days)).buckets, found.totals[5:10], strict=True):
                assert row == bucket.amount
        assert total(told("antiguedad", last=after(89)), "Total") - total(
            told("antiguedad", last=after(90)), "Total"
        ) == d(900)

    world.scoped(story)


def test_income_is_what_came_into_the_accounts_whichever_way_it_is_told(world: World) -> None:
    def story() -> None:
        a_year()
        for first, last in ((DAY, LAST), (after(20), after(69)), (after(70), after(70))):
            sums = {
                name: total(told(name, first=first, last=last), "Neto") for name in ("ingresos", "formas", "planes")
            }
            assert set(sums.values()) == {came_in(first, last)}, (first, last, sums)
        months = told("ingresos").rows
        assert [row.what for row in months] == sorted(row.what for row in months)
        assert sum(row.returned for row in months) == d(-40)
        assert [row.what for row in told("planes").rows] == ["Otros cargos", "Sin aplicar todavía"]

    world.scoped(story)


def test_who_owes_most_for_longest_and_who_pays_on_time(world: World) -> None:
    def story() -> None:
        a_year()
        debtors = told("deudores").rows
        assert [row.customer_id for row in debtors] == [one.customer_id for one in top_debtors(as_of=LAST, limit=9)]
        assert all(row.weight > 0 and row.days_late > 0 for row in debtors)
        good = told("cumplidos").rows
        assert (good[0].nombre, good[0].on_time, good[0].due, good[0].share) == ("Ana", 6, 6, 1)
        assert [row.nombre for row in good] == ["Ana", "Beto", "Caro"]

    world.scoped(story)


def test_the_rate_tells_what_was_paid_by_when(world: World) -> None:
    def story() -> None:
        one, two = customer("Ana"), customer("Beto")
        charged(one, "c:1", 100)
        charged(two, "c:2", 300)
        pays(one, "p:1", 100, day=after(10))
        pays(two, "p:2", 150, day=after(20))
        pays(two, "p:3", 50, day=after(45))
        [row] = told("cobranza").rows
        assert (row.due, row.by_due, row.by_15, row.by_30, row.so_far) == (d(400), d(100), d(250), d(250), d(300))
        assert row.rate == Decimal("0.75")
        [then] = told("cobranza", last=after(15)).rows
        assert (then.by_due, then.so_far) == (d(100), d(100))

    world.scoped(story)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_the_file_holds_the_screen_with_real_types_and_what_was_asked(world: World, name: str) -> None:
    def story() -> tuple[Told, bytes]:
        a_year()
        found = told(name)
        return found, report_file(found, kind="xlsx", at=AT, who="ana@amate.example")

    found, content = world.scoped(story)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    head, *rows, last = book.get_sheet_by_index(0).to_python()
    assert head == [one.head for one in found.report.columns]
    assert len(rows) == len(found.rows) > 0
    for place, one in enumerate(found.report.columns):
        if found.totals[place] is None:
            continue
        assert all(isinstance(row[place], float) for row in rows)
        assert sum((d(row[place]) for row in rows), d(0)) == d(last[place]) == found.totals[place], one.head
    said = dict(book.get_sheet_by_index(1).to_python())
    assert book.sheet_names[1] == "Parámetros"
    assert said["Lo pidió"] == "ana@amate.example"
    assert said["Hasta" if found.report.stretch else "Al día"] == "29 jun 2026"
    assert days_of(rows, found) is not None


def days_of(rows: list[list[Any]], found: Told) -> list[date]:
    """Days are days, not texts."""
    places = [place for place, one in enumerate(found.report.columns) if one.kind.value == "day"]
    cells = [row[place] for row in rows for place in places]
    assert all(isinstance(cell, date) for cell in cells)
    return cells


def test_a_report_of_nothing_is_empty(world: World) -> None:
    for name, report in REPORTS.items():
        found = world.scoped(lambda report=report: tell(report, usual_days(report, LAST), AT))
        assert list(found.rows) == [], name
        assert set(found.totals) <= {None, 0}


def test_the_first_page_says_what_the_books_say(world: World) -> None:
    def story() -> None:
        assert not overview_of(LAST, debtors=5).charges
        a_year()
        for days in (0, 31, 70, 120):
            found = overview_of(after(days), debtors=2)
            assert found.ageing == ageing(as_of=after(days))
            worst = [one for one in top_debtors(as_of=after(days), limit=2) if one.weight]
            assert [(one.customer_id, one.owed) for one in found.worst] == [
                (one.customer_id, one.left) for one in worst
            ]
        assert overview_of(after(30), debtors=1).received == d("75.50")
        assert overview_of(after(30), debtors=1).charges

    world.scoped(story)


def test_what_repeats_is_taken_to_a_month_without_taxes_and_its_moves_add_up(world: World) -> None:
    def story() -> None:
        subscribed("116.00", key="mes")
        subscribed("1392.00", key="año", unit="year")
        subscribed("58.00", key="quincena", unit="semimonth")
        week = subscribed("116.00", key="semana", unit="week", on=after(20))
        found = told("recurrente", last=after(25))
        sums = {row.plan: row.monthly for row in found.rows}
        assert sums == {"Plan mes": d(100), "Plan año": d(100), "Plan quincena": d(100), "Plan semana": d("433.33")}
        assert (total(found, "Al mes"), total(found, "Suscripciones")) == (d("733.33"), 4)
        assert total(told("recurrente", last=after(5)), "Al mes") == d(300)
        # it goes, another rises and a third rests for a while
        stop(subscription_id=week.pk, on=after(45), reason="se muda", today=after(40), now=at(after(40)))
        PlanPrice.objects.create(
            plan=Plan.objects.get(key="mes"), valid_from=after(50), amount="174.00", includes_tax=True,
            taxes=PlanPrice.objects.filter(plan__key="mes").get().taxes,
        )  # fmt: skip
        resting = Subscription.objects.get(terms__plan__key="quincena")
        Pause.objects.create(
            subscription=resting, from_on=after(58), to_on=after(95), reason="viaje", made_at=at(after(50))
        )
        rows = told("movimientos", first=DAY, last=LAST).rows
        assert [row.opening for row in rows[1:]] == [row.closing for row in rows[:-1]]
        for row in rows:
            assert row.opening + row.fresh + row.back + row.more + row.less + row.lost == row.closing
        march, april, may, june = rows
        assert (march.opening, march.fresh) == (d(0), d("733.33"))
        assert (april.more, april.lost) == (d(50), d("-533.33"))
        assert (may.more, may.lost, june.back, june.closing) == (d(0), d(0), d(100), d(350))
        assert told("recurrente", last=after(25)).rows == found.rows  # a past day is told as it was

    world.scoped(story)


def test_days_to_collect_are_what_is_owed_over_what_was_billed(world: World) -> None:
    def story() -> None:
        who = customer("Ana")
        charged(who, "c:1", 600, day=DAY)
        charged(who, "c:2", 300, day=after(40))
        pays(who, "p:1", 600, day=after(35))
        void_receivable(
            receivable_id=charged(who, "c:3", 999, day=after(41)).pk, why="error", today=after(42), now=at(after(42))
        )
        march, april, may, june = told("dias").rows
        assert [(one.owed, one.in_month, one.billed, one.days) for one in (march, april, may)] == [
            (d(600), d(600), d(600), Decimal("90.0")),
            (d(300), d(300), d(900), Decimal("30.0")),
            (d(300), d(0), d(300), Decimal("90.0")),
        ]
        assert june.owed == owed_in_books(as_of=june.day)
        assert total(told("dias"), "Emitido en el mes") == d(900)

    world.scoped(story)


def test_money_counts_for_the_last_word_before_it_and_once(world: World) -> None:
    def story() -> None:
        one, two, three = (charged(customer(n), f"c:{n}", 100) for n in ("Ana", "Beto", "Caro"))
        for debt in (one, two, three):
            told_of(debt, day=after(8), step="before")
        for debt in (two, three):
            told_of(debt, day=after(12), step="late")
        told_of(three, day=after(12), step="late", channel="sms")
        pays(one.customer, "p:1", 100, day=after(8))
        pays(two.customer, "p:2", 40, day=after(10))
        pays(two.customer, "p:3", 60, day=after(13))
        pays(three.customer, "p:4", 30, day=after(27))
        pays(three.customer, "p:5", 70, day=after(28))  # too late to be anybody's
        rows = {(row.step, row.channel): row for row in told("avisos").rows}
        assert {key: (row.told, row.owed, row.paying, row.paid) for key, row in rows.items()} == {
            ("before", "mail"): (3, d(300), 2, d(140)),
            ("late", "mail"): (2, d(160), 1, d(60)),
            ("late", "sms"): (1, d(100), 1, d(30)),
        }
        assert rows["late", "mail"].rate == Decimal("0.375")
        assert total(told("avisos"), "Entró") == d(230)

    world.scoped(story)


@given(
    amount=st.decimals(min_value="0.01", max_value="99999.99", places=2),
    weights=st.lists(st.decimals(min_value="0.01", max_value="9999.99", places=2), min_size=1, max_size=6),
)
def test_shares_add_up_to_the_cent(amount: Decimal, weights: list[Decimal]) -> None:
    found = shares_of(amount, dict(enumerate(weights)))
    assert sum(found.values()) == amount
    assert all(part >= 0 for part in found.values())
