"""Payers of an earlier life of the simulated provider keep what they pay at."""

from datetime import UTC, datetime

from amate.sandbox.payments.desk import Desk

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)


def test_a_clabe_given_for_life_still_takes_money_after_a_new_start() -> None:
    desk = Desk(seed=1, clock=lambda: NOON, api_key="key")
    desk.know([{"name": "Rosa", "email": "rosa@example.com", "phone": "5555550100", "clabe": "646180000000000003"}])
    event = desk.pays("646180000000000003", cents=34_900)
    assert event.told == "order.paid"
    [order] = desk.book.orders.values()
    assert [charge.amount for charge in order.charges if charge.paid_at] == [34_900]
