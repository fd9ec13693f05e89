"""May he be served, and why: the same as the rules say, for every standing, whoever asks."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amate.billing_cycle.collection.courtesy import NoCourtesy, give_courtesy
from amate.billing_cycle.collection.exempt import NotExempted, end_exemption, exempt_customer
from amate.billing_cycle.collection.models import Exemption
from amate.billing_cycle.collection.reassess import reassess_customers, stands_of, terms_of
from amate.billing_cycle.collection.rules import Standing
from amate.billing_cycle.collection.served import Answer, Serve, answer_for, answers_for
from amate.billing_cycle.collection.served_words import HEADLINES, TONES, WORDS, why_of
from amate.billing_cycle.collection.withdraw_promise import withdraw_promise
from amate.billing_cycle.service.hold_by_hand import hold_by_hand
from amate.billing_cycle.service.models import Reason, Service
from amate.companies.billing_policy import BillingPolicy, billing_policy_on
from tests.billing_cycle.collection.states import MORNING, OWED, TODAY, line_of, one_in, warn
from tests.ledger.hands import DAY, customer, d, pays
from tests.world import World

# What is said of each, word for word: the standing, its rule and its day.
SAID = {
    Standing.CURRENT: "No debe nada.",
    Standing.IN_TERM: "Debe $599.00; lo primero vence el 22 mar 2026.",
    Standing.IN_GRACE: "Debe $599.00 vencidos desde el 14 mar 2026; tiene 5 días de gracia, hasta el 19 mar 2026.",
    Standing.PROMISED: "Debe $599.00 vencidos desde el 11 mar 2026; prometió pagar $599.00 a más tardar el 21 mar 2026.",
    Standing.EXEMPT: (
        "Debe $599.00 vencidos desde el 11 mar 2026; la empresa lo exentó del corte hasta el 16 abr 2026: Es la escuela."
    ),
    Standing.SUSPENDABLE: (
        "Debe $599.00 vencidos desde el 11 mar 2026 y ya pasó su gracia de 5 días; falta entregarle el último aviso, y sin "
        "él no se corta."
    ),
    Standing.SUSPENDED: (
        "Debe $599.00 vencidos desde el 11 mar 2026, y por eso está suspendido. En cuanto pague se reactiva solo."
    ),
}


def test_every_standing_is_answered_as_the_rules_say_and_in_few_statements(world: World) -> None:
    def story() -> None:
        people = {standing: one_in(standing).pk for standing in Standing}
        with CaptureQueriesContext(connection) as asked:
            found = answers_for(list(people.values()), today=TODAY)
        assert len(asked) <= 10  # however many customers
        rules = stands_of(list(people.values()), terms=terms_of(billing_policy_on(TODAY)), today=TODAY)
        again = reassess_customers(customer_ids=list(people.values()), today=TODAY, now=MORNING)
        for standing, pk in people.items():
            answer = found[pk]
            assert answer.standing == rules[pk].standing == again[pk].standing == standing
            assert answer.stand == rules[pk]
            assert why_of(answer)[0] == SAID[standing]
            assert answer.serve == (Serve.NO if standing == Standing.SUSPENDED else Serve.YES)
            assert answer.balance == (0 if standing == Standing.CURRENT else d(OWED))

    world.scoped(story)


def test_every_standing_and_answer_has_its_words() -> None:
    assert set(WORDS) == set(TONES) == set(Standing)
    assert set(HEADLINES) == set(Serve)


def test_who_was_warned_is_told_the_day_from_which_he_may_be_cut(world: World) -> None:
    def story() -> None:
        who = one_in(Standing.SUSPENDABLE)
        warn(who.receivables.get(), TODAY - timedelta(days=1))
        answer = answer_for(who.pk, today=TODAY)
        assert answer.cut_from == TODAY + timedelta(days=1)
        assert why_of(answer)[0].endswith("se le avisó el 16 mar 2026 y puede suspenderse desde el 18 mar 2026.")
        later = answer_for(who.pk, today=TODAY + timedelta(days=1))
        assert why_of(later)[0].endswith("puede suspenderse desde hoy.")

    world.scoped(story)


def test_credit_and_what_money_does_not_lift_are_told(world: World) -> None:
    def story() -> None:
        who = customer("Con saldo")
        house, office = line_of(who, "Casa"), line_of(who, "Oficina")
        pays(who, "p:1", "50.00")
        said = {"by": "ana", "today": TODAY, "now": MORNING}
        hold_by_hand(service_id=office.pk, reason=Reason.ABUSE, note="Reventa", **said)
        answer = answer_for(who.pk, today=TODAY)
        assert (answer.serve, answer.balance) == (Serve.PARTLY, d(-50))
        assert why_of(answer) == [
            "No debe nada y tiene $50.00 a favor.",
            "Oficina: suspendido desde el 17 mar 2026 por mal uso: Reventa.",
        ]
        before = answer.gen
        hold_by_hand(service_id=house.pk, reason=Reason.ADMIN, note="Mudanza", **said)
        answer = answer_for(who.pk, today=TODAY)
        assert (answer.serve, answer.gen) == (Serve.NO, before + 1)

    world.scoped(story)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"suspends": False}, "la empresa no corta por falta de pago."),
        ({"min_overdue_amount": d(600)}, "se corta a partir de $600.00."),
        ({"min_overdue_debts": 2}, "se corta a partir de 2 adeudos vencidos."),
    ],
    ids=["never", "amount", "debts"],
)
def test_the_rule_that_spares_who_is_past_his_grace_is_named(world: World, rule: dict[str, object], why: str) -> None:
    def story() -> None:
        BillingPolicy.objects.create(effective_from=DAY, **rule)
        answer = answer_for(one_in(Standing.SUSPENDABLE).pk, today=TODAY)
        assert answer.standing == Standing.IN_GRACE
        assert why_of(answer)[0].endswith(why)

    world.scoped(story)


def test_a_courtesy_gives_the_service_back_until_tomorrow_ends(world: World) -> None:
    def story() -> None:
        who = one_in(Standing.SUSPENDED)
        facts = {"customer_id": who.pk, "by": "luz", "today": TODAY, "now": MORNING}
        made = give_courtesy(note="Paga hoy", beyond_limit=False, **facts)
        assert (made.until, made.why) == (TODAY + timedelta(days=1), "Cortesía de 24 horas: Paga hoy")
        assert Service.objects.get(customer=who).desired == "active"
        assert answer_for(who.pk, today=TODAY).standing == Standing.EXEMPT
        after = TODAY + timedelta(days=2)
        assert answer_for(who.pk, today=after).standing == Standing.SUSPENDABLE
        later = {**facts, "today": after, "now": MORNING + timedelta(days=2)}
        with pytest.raises(NoCourtesy, match="últimos 30 días"):
            give_courtesy(note="", beyond_limit=False, **later)
        assert give_courtesy(note="", beyond_limit=True, **later).until == after + timedelta(days=1)
        assert Exemption.objects.filter(customer=who, ended_at__isnull=True).count() == 1

    world.scoped(story)


def test_who_needs_no_courtesy_gets_none(world: World) -> None:
    def story() -> None:
        for standing in (Standing.CURRENT, Standing.IN_GRACE, Standing.EXEMPT):
            with pytest.raises(NoCourtesy):
                give_courtesy(
                    customer_id=one_in(standing).pk, note="", by="luz", beyond_limit=True, today=TODAY, now=MORNING
                )

    world.scoped(story)


def test_an_exemption_has_its_reason_and_ends(world: World) -> None:
    def story() -> None:
        who = one_in(Standing.SUSPENDED)
        facts = {"customer_id": who.pk, "by": "ana", "today": TODAY, "now": MORNING}
        for until, why in ((TODAY, " "), (TODAY - timedelta(days=1), "Sí")):
            with pytest.raises(NotExempted):
                exempt_customer(until=until, why=why, **facts)
        exempt_customer(until=TODAY, why="Acuerdo", **facts)
        assert Service.objects.get(customer=who).desired == "active"
        assert end_exemption(**facts)
        assert not end_exemption(**facts)
        assert answer_for(who.pk, today=TODAY).standing == Standing.SUSPENDABLE
        assert Service.objects.get(customer=who).desired == "active"  # only the evening's step cuts

    world.scoped(story)


def test_a_promise_that_was_taken_back_holds_nothing(world: World) -> None:
    def story() -> None:
        who = one_in(Standing.PROMISED)
        facts = {"customer_id": who.pk, "today": TODAY, "now": MORNING}
        assert withdraw_promise(**facts)
        assert not withdraw_promise(**facts)
        assert answer_for(who.pk, today=TODAY).standing == Standing.SUSPENDABLE

    world.scoped(story)


def test_a_promise_that_passed_is_no_promise(world: World) -> None:
    def story() -> None:
        who = one_in(Standing.PROMISED)
        answer: Answer = answer_for(who.pk, today=TODAY + timedelta(days=5))
        assert (answer.promised, answer.standing) == (None, Standing.SUSPENDABLE)

    world.scoped(story)
