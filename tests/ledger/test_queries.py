"""Reading the ledger as of any day."""

from datetime import date, timedelta

from amate.ledger.queries import (
    account_of,
    ageing,
    ageing_of_each,
    balances_of,
    best_payers,
    open_items,
    owed_in_books,
    top_debtors,
)
from amate.ledger.receive import Arrival, receive_payments
from amate.ledger.reverse import Why, reverse_payment
from amate.ledger.void import void_receivable
from amate.ledger.write_off import write_off
from tests.ledger.hands import DAY, at, charged, customer, d, incoming, pays
from tests.world import World


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def buckets(day: date) -> dict[str, str]:
    return {one.name: str(one.amount) for one in ageing(as_of=day).buckets if one.items}


def test_a_debt_walks_through_the_buckets_by_days_after_its_due_day(world: World) -> None:
    def story() -> None:
        charged(customer(), "p:1", 116, due_on=after(10))
        said = {days: next(iter(buckets(after(days)))) for days in (0, 10, 11, 40, 41, 70, 71, 100, 101, 900)}
        assert said == {
            0: "por_vencer", 10: "por_vencer", 11: "1-30", 40: "1-30", 41: "31-60", 70: "31-60", 71: "61-90",
            100: "61-90", 101: "91+", 900: "91+",
        }  # fmt: skip
        assert buckets(after(-1)) == {}

    world.scoped(story)


def test_any_day_of_the_past_is_as_it_was_whatever_came_later(world: World) -> None:
    def story() -> None:
        who = customer()
        first, second = charged(who, "p:1", 100), charged(who, "p:2", 200, day=after(5))
        received = pays(who, "ox-1", 150, day=after(8))
        written = charged(who, "p:3", 40, day=after(9))
        voided = charged(who, "p:4", 70, day=after(9))
        write_off(receivable_id=written.pk, why="", today=after(12), now=at(after(12)))
        void_receivable(receivable_id=voided.pk, why="", today=after(13), now=at(after(13)))
        reverse_payment(payment_id=received.payment.pk, why=Why.CHARGEBACK, note="", today=after(20), now=at(after(20)))

        def left(days: int) -> dict[int, str]:
            return {one.receivable_id: str(one.left) for one in open_items(as_of=after(days))}

        assert left(-1) == {}
        assert left(4) == {first.pk: "100.00"}
        assert left(7) == {first.pk: "100.00", second.pk: "200.00"}
        assert left(8) == {second.pk: "150.00"}
        assert left(9) == {second.pk: "150.00", written.pk: "40.00", voided.pk: "70.00"}
        assert left(12) == {second.pk: "150.00", voided.pk: "70.00"}
        assert left(13) == left(19) == {second.pk: "150.00"}
        assert left(20) == {first.pk: "100.00", second.pk: "200.00"}
        for days in range(-1, 22):
            whole = sum((one.left for one in open_items(as_of=after(days))), d(0))
            assert ageing(as_of=after(days)).total == whole == owed_in_books(as_of=after(days))

    world.scoped(story)


def test_closing_of_some_days_is_opening_of_the_next(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 100)
        pays(who, "ox-1", 30, day=after(5))
        charged(who, "p:2", 100, day=after(31))
        march, april = (
            account_of(who.pk, first=first, last=last) for first, last in ((DAY, after(30)), (after(31), after(60)))
        )
        assert [(one.what, str(one.amount), str(one.balance)) for one in march.movements] == [
            ("receivable", "100.00", "100.00"),
            ("payment", "-30.00", "70.00"),
        ]
        assert (march.opening, march.closing, april.opening, april.closing) == (0, d(70), d(70), d(170))
        assert april.movements[0].receivable_id is not None

    world.scoped(story)


def test_news_that_came_late_say_so(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 100)
        receive_payments([Arrival(incoming("ox-1", 100, day=after(3)), who.pk)], today=after(9), now=at(after(9)))
        [_, movement] = account_of(who.pk, first=DAY, last=after(30)).movements
        assert (movement.day, movement.booked_on) == (after(3), after(9))
        assert owed_in_books(as_of=after(3)) == 0

    world.scoped(story)


def test_the_age_of_each_is_by_the_day_and_adds_up_to_the_ageing_of_all(world: World) -> None:
    def story() -> None:
        edges = {0: 1, 1: 2, 30: 4, 31: 8, 60: 16, 61: 32, 90: 64, 91: 128}  # days late: pesos
        late, early = customer("Tarde"), customer("Temprano")
        for days, pesos in edges.items():
            charged(late, f"p:{days}", pesos, due_on=after(100 - days))
        charged(early, "p:later", 500, due_on=after(105))
        pays(late, "ox-1", 28, day=after(99), chosen=[])  # the oldest first: it lowers what is 91 days late
        of_late, of_early = ageing_of_each(as_of=after(100))
        assert of_late == (late.pk, 8, after(9), (d(1), d(6), d(24), d(96), d(100)))
        assert of_early == (early.pk, 1, after(105), (d(500), d(0), d(0), d(0), d(0)))
        whole = [one.amount for one in ageing(as_of=after(100)).buckets]
        assert [a + b for a, b in zip(of_late.ages, of_early.ages, strict=True)] == whole

    world.scoped(story)


def test_debtors_are_sorted_by_pesos_and_days_late(world: World) -> None:
    def story() -> None:
        much, long, early = customer("Mucho"), customer("Largo"), customer("Temprano")
        charged(much, "p:1", 1000, due_on=after(20))
        charged(long, "p:2", 100, due_on=after(1))
        charged(early, "p:3", 5000, due_on=after(60))
        found = top_debtors(as_of=after(22), limit=10)
        assert [one.customer_id for one in found] == [long.pk, much.pk, early.pk]
        assert (found[0].weight, found[1].weight, found[0].oldest_due) == (d(2100), d(2000), after(1))
        assert len(top_debtors(as_of=after(22), limit=2)) == 2

    world.scoped(story)


def test_who_pays_on_time_comes_first_if_he_had_enough_to_pay(world: World) -> None:
    def story() -> None:
        good, bad, new = customer("Bueno"), customer("Malo"), customer("Nuevo")
        for n in range(6):
            for who in (good, bad):
                charged(who, f"p:{who.pk}:{n}", 100, day=after(n), due_on=after(n + 5))
        charged(new, "p:new", 100)
        for n in range(6):
            pays(good, f"g-{n}", 100, day=after(n + 5))
            pays(bad, f"b-{n}", 100, day=after(n + (5 if n < 2 else 12)))
        pays(new, "n-1", 100)
        found = best_payers(first=DAY, last=after(30), at_least=6, limit=10)
        assert [(one.customer_id, one.on_time, one.due) for one in found] == [(good.pk, 6, 6), (bad.pk, 2, 6)]

    world.scoped(story)


def test_currencies_are_told_apart(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 100)
        charged(who, "p:2", 30, moneda="USD")
        assert balances_of([who.pk], as_of=DAY) == {who.pk: d(100)}
        assert balances_of([who.pk], as_of=DAY, moneda="USD") == {who.pk: d(30)}
        assert (ageing(as_of=DAY, moneda="USD").total, ageing(as_of=DAY).overdue) == (d(30), 0)
        assert open_items(as_of=DAY, customer_ids=[who.pk], moneda="USD")[0].left == d(30)
        assert open_items(as_of=DAY, customer_ids=[who.pk + 1]) == []

    world.scoped(story)
