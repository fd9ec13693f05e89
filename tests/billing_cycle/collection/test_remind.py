"""Each debt is told at most one step a day and each step once; each customer gets one letter a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from amate.billing_cycle.collection.models import Notice
from amate.billing_cycle.collection.promise_to_pay import promise_to_pay
from amate.billing_cycle.reconciliation.models import PaymentHint
from amate.ledger.reverse import Why, reverse_payment
from amate.promises.models import Promise
from tests.billing_cycle.collection.evening import CUT, DUE, Evening, text_of
from tests.ledger.hands import charged
from tests.world import World


@pytest.fixture
def evening(world: World) -> Evening:
    return Evening(world)


def test_the_ladder_is_told_step_by_step_and_the_last_warning_names_the_day_of_the_cut(evening: Evening) -> None:
    evening.debtor()
    said = evening.until(CUT)
    assert [one[:5] for one in said] == ["03-06", "03-10", "03-11", "03-13", "03-17"]
    for number, words in ((0, "vence en 5 días"), (2, "vence hoy"), (3, "vencido"), (4, "Último aviso")):
        assert words in said[number]
    assert "jueves 19 de marzo" in said[4]
    assert [state for _, _, state in evening.notices()] == ["sent"] * 5


def test_a_second_run_of_the_same_day_changes_nothing(evening: Evening) -> None:
    evening.debtor()
    assert len(evening.beat(DUE)) == 1
    before = evening.notices()
    assert evening.beat(DUE, 11) == []

    def again() -> None:
        from amate.billing_cycle.collection.models import CollectionDay

        CollectionDay.objects.update(reminded_at=None)  # as if the run had been stopped before its end

    evening.scoped(again)
    assert evening.beat(DUE, 12) == []
    assert evening.notices() == before


def test_after_a_week_without_a_worker_only_the_latest_step_is_told(evening: Evening) -> None:
    evening.debtor()
    evening.beat(DUE - timedelta(days=5))
    [mail] = evening.beat(DUE + timedelta(days=3))  # Saturday: "eve", "today" and "late" were missed
    assert [step for step, _, _ in evening.notices()] == ["before", "late"]
    assert "venció hace 3 días" in text_of(mail)


def test_one_letter_lists_all_that_a_customer_owes(evening: Evening) -> None:
    who = evening.debtor()
    evening.scoped(lambda: charged(who, "p:more", "100.50", due_on=DUE - timedelta(days=1)))
    [mail] = evening.beat(DUE)
    said = text_of(mail)
    assert "$599.00 MXN, vence hoy" in said
    assert "$100.50 MXN, venció ayer" in said
    assert "Total: $699.50" in said


def test_nobody_is_written_to_at_night_on_sundays_or_holidays(evening: Evening) -> None:
    evening.debtor()
    assert evening.beat(DUE, 8) == []
    assert evening.beat(DUE, 20) == []
    assert evening.beat(date(2026, 3, 15)) == []  # a Sunday
    assert evening.beat(date(2026, 3, 16)) == []  # Benito Juárez
    assert evening.notices() == []


def test_a_letter_that_waited_into_the_night_leaves_in_the_morning_and_tells_what_is_true_then(
    evening: Evening,
) -> None:
    evening.debtor()
    evening.world.mail.busy = True
    assert evening.beat(DUE, 19) == []
    evening.world.mail.busy = False
    evening.be(DUE, 22)
    evening.world.settle()
    assert evening.world.mail.mails == []
    evening.be(DUE + timedelta(days=1), 10)
    evening.world.settle()
    [mail] = evening.world.mail.mails
    assert "venció ayer" in text_of(mail)
    assert evening.notices() == [("today", "mail", "sent")]


def test_a_letter_that_waited_does_not_leave_to_who_said_meanwhile_that_he_paid(evening: Evening) -> None:
    who = evening.debtor()
    evening.world.mail.busy = True
    assert evening.beat(DUE, 9) == []
    evening.world.mail.busy = False
    evening.be(DUE, 10)
    now = evening.world.now()
    evening.scoped(
        lambda: PaymentHint.objects.create(
            customer=who, source_key="report:1", until=now + timedelta(days=2), created_at=now
        )
    )
    evening.be(DUE, 13)
    evening.world.settle()
    assert evening.world.mail.mails == []
    assert evening.notices() == [("today", "mail", "skipped")]


def test_who_promised_is_exempt_or_has_money_on_its_way_is_not_told(evening: Evening) -> None:
    promised, coming = evening.debtor(), evening.debtor()
    evening.be(DUE)

    def agree() -> None:
        now = evening.world.now()
        facts = {"by": "rosa", "by_staff": True, "beyond_limit": False, "today": DUE, "now": now}
        promise_to_pay(customer_id=promised.pk, amount=Decimal("599"), until=DUE + timedelta(days=2), **facts)  # type: ignore[arg-type]
        PaymentHint.objects.create(customer=coming, source_key="n:1", until=now + timedelta(hours=12), created_at=now)

    evening.scoped(agree)
    assert evening.beat(DUE) == []


def test_who_pays_between_the_claim_and_the_letter_gets_none(evening: Evening) -> None:
    who = evening.debtor()
    evening.world.mail.busy = True
    evening.beat(DUE)
    evening.world.mail.busy = False
    evening.pays(who)
    evening.be(DUE, 12)
    evening.world.settle()
    assert evening.world.mail.mails == []
    assert evening.notices() == [("today", "mail", "skipped")]


def test_nobody_gets_more_letters_a_week_than_the_rules_allow(evening: Evening) -> None:
    evening.policy(max_messages_a_week=1)
    evening.debtor()
    said = evening.until(CUT)
    assert [one[:5] for one in said] == ["03-06", "03-13", "03-17"]  # the last warning comes all the same


def test_a_debt_that_is_owed_again_is_told_and_warned_of_anew(evening: Evening) -> None:
    who = evening.debtor()
    evening.until(date(2026, 3, 17))
    paid = evening.pays(who)
    evening.be(date(2026, 3, 30))

    def charge_back() -> None:
        now = evening.world.now()
        reverse_payment(payment_id=paid.payment.pk, why=Why.CHARGEBACK, note="", today=evening.day, now=now)

    evening.scoped(charge_back)
    said = evening.until(date(2026, 4, 8))
    # Maundy Thursday and Good Friday are holidays: "late" (1 April) leaves, and the last warning (3 April) on Saturday.
    assert [one[:5] for one in said] == ["04-01", "04-04"]
    assert "Último aviso" in said[1]
    warned = evening.scoped(
        lambda: list(Notice.objects.filter(last_warning=True).order_by("id").values_list("reopened_on", flat=True))
    )
    assert warned == [None, date(2026, 3, 30)]


def test_a_last_warning_that_bounces_is_a_call_for_a_person(evening: Evening) -> None:
    who = evening.debtor()
    evening.until(date(2026, 3, 14))
    evening.world.mail.refuse.add(who.correo)
    evening.beat(date(2026, 3, 17))
    assert evening.notices()[-1] == ("last", "mail", "failed")
    evening.beat(date(2026, 3, 18))
    assert evening.notices()[-1] == ("last", "call", "claimed")
    assert evening.beat(date(2026, 3, 19)) == []


def test_who_has_no_address_is_called(evening: Evening) -> None:
    evening.debtor(correo="")
    evening.until(date(2026, 3, 18))
    assert evening.notices() == [("last", "call", "claimed")]


def test_a_worker_killed_between_claim_and_answer_does_not_tell_twice(evening: Evening) -> None:
    evening.debtor()
    evening.world.mail.busy = True
    evening.beat(DUE)
    evening.world.mail.busy = False

    def killed() -> None:
        from amate.messages.models import Message

        Message.objects.update(state="sending")  # as the dead worker left it
        Promise.objects.open().update(next_try_at=evening.world.now())

    evening.scoped(killed)
    evening.world.settle()
    assert evening.world.mail.mails == []
    assert evening.notices() == [("today", "mail", "unknown")]
    assert evening.beat(DUE + timedelta(days=2)) != []
