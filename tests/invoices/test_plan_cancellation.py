"""The lawful order of a cancellation, as a pure function (FISCAL CAN-2, CAN-4, CAN-5; FEATURES 144)."""

from datetime import date
from decimal import Decimal

import pytest

from amate.invoices.plan_cancellation import Plan, Standing, needs_acceptance, plan_cancellation

FRIDAY = date(2026, 11, 13)


def document(number: int, kind: str = "ingreso", **more: object) -> Standing:
    facts: dict[str, object] = {
        "number": f"A-{number}",
        "state": "stamped",
        "rfc": "XOJI740919U48",
        "total": Decimal("5000"),
        "issued_on": FRIDAY,
    }
    return Standing(id=number, kind=kind, **{**facts, **more})  # type: ignore[arg-type]


def plan(one: Standing, *, motivo: str = "02", substitute: Standing | None = None, today: date = FRIDAY) -> Plan:
    return plan_cancellation(document=one, motivo=motivo, substitute=substitute, persona="M", today=today)


def told(made: Plan) -> list[tuple[str, int, str]]:
    return [(step.act, step.document.id, step.motivo) for step in made.steps]


def test_an_invoice_alone_is_one_step() -> None:
    assert told(plan(document(1))) == [("cancel", 1, "02")]


def test_what_hangs_on_it_goes_first_the_rep_before_the_credit_note() -> None:
    hangs = (document(2, "egreso"), document(3, "pago"), document(4, "pago"))
    assert told(plan(document(1, hangs=hangs), motivo="03")) == [
        ("cancel", 4, "02"),
        ("cancel", 3, "02"),
        ("cancel", 2, "02"),
        ("cancel", 1, "03"),
    ]


def test_the_new_one_comes_before_the_old_one_and_does_not_hang_on_it() -> None:
    new = document(9)
    old = document(1, hangs=(new, document(3, "pago")))
    assert told(plan(old, motivo="01", substitute=new)) == [("stamp", 9, ""), ("cancel", 3, "02"), ("cancel", 1, "01")]


def test_a_document_that_two_others_hang_by_is_cancelled_once() -> None:
    rep = document(3, "pago")
    note = document(2, "egreso", hangs=(rep,))
    assert told(plan(document(1, hangs=(rep, note)))) == [("cancel", 3, "02"), ("cancel", 2, "02"), ("cancel", 1, "02")]


def test_the_next_step_is_the_first_that_is_not_done() -> None:
    new = document(9, state="sending")
    rep = document(3, "pago", state="cancelled")
    made = plan(document(1, hangs=(rep,)), motivo="01", substitute=new)
    assert made.next is not None
    assert (made.next.act, made.next.document.id) == ("stamp", 9)
    after = plan(document(1, state="cancelled"), motivo="02")
    assert after.next is None


@pytest.mark.parametrize(
    ("one", "today", "needs"),
    [
        (document(1), date(2026, 11, 17), False),  # the Monday between is a holiday: Tuesday is the next working day
        (document(1), date(2026, 11, 18), True),
        (document(1, total=Decimal("1000")), date(2026, 12, 18), False),
        (document(1, total=Decimal("1000.01")), date(2026, 12, 18), True),
        (document(1, rfc="XAXX010101000"), date(2026, 12, 18), False),
        (document(1, rfc="XEXX010101000"), date(2026, 12, 18), False),
        (document(1, "global", rfc="XAXX010101000"), date(2026, 12, 18), False),
        (document(1, "egreso"), date(2026, 12, 18), False),
        (document(1, "pago", total=Decimal(0)), FRIDAY, True),
        (document(1, "pago", total=Decimal(0), issued_on=date(2025, 12, 31)), date(2026, 12, 18), False),
    ],
)
def test_who_must_accept_it(one: Standing, today: date, needs: bool) -> None:
    found, why = needs_acceptance(one, today=today)
    assert found is needs
    assert why.endswith(".")


def test_a_plan_after_the_last_day_says_what_it_costs() -> None:
    late = plan(document(1, issued_on=date(2025, 6, 1)), today=date(2026, 4, 1))
    assert late.last_day == date(2026, 3, 31)
    assert "5 a 10 %" in " ".join(late.warnings)
    assert plan(document(1)).warnings == ()


def test_cancelling_the_rep_of_an_invoice_warns_that_its_payment_is_left_without_one() -> None:
    assert "sin complemento" in " ".join(plan(document(1, hangs=(document(3, "pago"),))).warnings)
    assert plan(document(3, "pago")).warnings == ()
