"""What becomes of debts and payments afterwards. Each story ends with what stands in the accounts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from amate.audit.models import Entry
from amate.companies.billing_policy import BillingPolicy
from amate.customers.remaining import Merged
from amate.ledger.apply_credit import apply_credit
from amate.ledger.credit import CreditOf, credit_customer
from amate.ledger.deposit import Deposit, DepositRefused, record_deposit
from amate.ledger.freeze import freeze_allocations, unfreeze_allocations
from amate.ledger.identify import NotUnidentified, identify_payment
from amate.ledger.late_fee import FeeOf, NotDue, charge_late_fee
from amate.ledger.models import Allocation, FiscalMode, JournalEntry, Payment, PaymentKind, Receivable, ReceivableKind
from amate.ledger.receive import PaymentDiffers, Received
from amate.ledger.reverse import NotReversible, Undone, Why, move_payment, reverse_payment
from amate.ledger.unallocate import Frozen
from amate.ledger.void import void_receivable
from amate.ledger.write_off import NotOpen, write_off
from tests.ledger.hands import DAY, accounts, again, at, balance, charged, customer, d, pays
from tests.world import World

LATER = DAY + timedelta(days=20)


def reverse(received: Received, why: Why = Why.REFUND) -> Undone:
    return reverse_payment(payment_id=received.payment.pk, why=why, note="", today=LATER, now=at(LATER))


def credited(who, kind: PaymentKind, reference: str, amount, **more) -> Received:
    credit = CreditOf(who.pk, kind, reference, d(amount), **more)
    return credit_customer(credit=credit, today=DAY, now=at(DAY))


def identify(received: Received, who, chosen=()) -> list[Allocation]:
    return identify_payment(
        payment_id=received.payment.pk, customer_id=who.pk, chosen=chosen, today=LATER, now=at(LATER)
    )


def gives_up(debt: Receivable) -> Receivable:
    return write_off(receivable_id=debt.pk, why="se mudó", today=LATER, now=at(LATER))


def voids(debt: Receivable) -> Receivable:
    return void_receivable(receivable_id=debt.pk, why="duplicado", today=LATER, now=at(LATER))


def fee(debt: Receivable, n: int = 1):
    one = FeeOf(debt.pk, "recargo", n, d(58), d(8), "Recargo por pago tardío", LATER)
    return charge_late_fee(fee=one, today=LATER, now=at(LATER))


class TestIdentify:
    def test_it_counts_for_the_customer_from_today(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            parts = identify(pays(None, "spei-1", 116), who)
            assert [one.day for one in parts] == [LATER]
            assert again(debt).settled_on == LATER
            assert (balance(who), balance(who, LATER)) == (d(116), 0)
            assert accounts() == {"puente:conekta": d(116), "ingresos": d(-100), "iva_cobrado": d(-16)}

        world.scoped(story)

    def test_what_is_somebodys_already_is_refused(self, world: World) -> None:
        def story() -> None:
            who, other = customer("Uno"), customer("Dos")
            received = pays(who, "ox-1", 116)
            with pytest.raises(NotUnidentified, match="ya tiene cliente"):
                identify(received, other)
            nobodys = pays(None, "ox-2", 10)
            reverse(nobodys)
            with pytest.raises(NotUnidentified, match="ya se devolvió"):
                identify(nobodys, other)

        world.scoped(story)

    def test_to_the_wrong_one_and_back_and_to_the_right_one(self, world: World) -> None:
        def story() -> None:
            wrong, right = customer("Mal"), customer("Bien")
            debt, other = charged(wrong, "p:1", 116), charged(right, "p:2", 116)
            received = pays(None, "spei-1", 116)
            for _ in range(2):
                identify(received, wrong)
                reverse(received, Why.MISAPPLIED)
            assert again(debt).settled_on is None
            assert accounts()["por_identificar"] == d(-116)
            identify(received, right)
            assert again(other).settled_on == LATER
            assert (balance(wrong, LATER), balance(right, LATER)) == (d(116), 0)

        world.scoped(story)


class TestApplyCredit:
    def test_the_chosen_debt_is_paid_first(self, world: World) -> None:
        def story() -> None:
            who = customer()
            pays(who, "ox-1", 50)
            first = charged(who, "p:1", 40, uses_credit=False)
            second = charged(who, "p:2", 30, uses_credit=False, due_on=LATER)
            parts = apply_credit(customer_ids=[who.pk], chosen=[second.pk], today=LATER, now=at(LATER))
            assert [(one.receivable_id, one.amount) for one in parts] == [(second.pk, d(30)), (first.pk, d(20))]
            assert apply_credit(customer_ids=[who.pk], chosen=[], today=LATER, now=at(LATER)) == []
            assert Entry.objects.filter(act="payment.applied").count() == 1

        world.scoped(story)

    def test_the_oldest_credit_is_used_first(self, world: World) -> None:
        def story() -> None:
            who = customer()
            pays(who, "new", 30, day=LATER)
            pays(who, "old", 30)
            charged(who, "p:1", 40, day=LATER)
            used = {one.provider_ref: one.used_up_on for one in Payment.objects.all()}
            assert used == {"old": LATER, "new": None}

        world.scoped(story)


class TestCredit:
    def test_a_credit_note_takes_back_income_and_iva(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            credited(who, PaymentKind.CREDIT_NOTE, "uuid-1", 116, iva=d(16), receivable_id=debt.pk)
            assert again(debt).settled_on == DAY
            assert accounts() == {"ingresos": d(-100), "descuentos": d(100)}

        world.scoped(story)

    def test_of_what_was_paid_it_stays_in_favour(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            pays(who, "ox-1", 116)
            credited(who, PaymentKind.CREDIT_NOTE, "uuid-1", 58, iva=d(8), receivable_id=debt.pk)
            assert balance(who) == d(-58)
            assert accounts()["iva_cobrado"] == d(-8)

        world.scoped(story)

    def test_it_is_once_a_reference(self, world: World) -> None:
        def story() -> None:
            who = customer()
            assert credited(who, PaymentKind.COURTESY, "corte-7", 20).fresh
            assert not credited(who, PaymentKind.COURTESY, "corte-7", 20).fresh
            with pytest.raises(PaymentDiffers):
                credited(who, PaymentKind.COURTESY, "corte-7", 21)
            assert balance(who) == d(-20)

        world.scoped(story)

    def test_what_he_had_in_favour_before_us_is_opening(self, world: World) -> None:
        def story() -> None:
            who = customer()
            credited(who, PaymentKind.OPENING, "saldo", 20)
            charged(who, "saldo:1", 116, kind=ReceivableKind.OPENING)
            assert accounts() == {
                "apertura": d(-80),
                "clientes": d(96),
                "iva_no_cobrado": d("-13.24"),
                "iva_cobrado": d("-2.76"),
            }
            with pytest.raises(ValueError, match="received"):
                credited(who, PaymentKind.MONEY, "x", 1)

        world.scoped(story)


class TestReverse:
    def test_after_a_refund_the_debt_is_owed_again_and_the_books_are_as_before(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            before = accounts()
            received = pays(who, "ox-1", 120)
            reverse(received)
            assert accounts() == before
            one = again(debt)
            assert (one.settled_on, one.reopened_on, one.due_on) == (None, LATER, debt.due_on)
            payment = Payment.objects.get()
            assert (payment.reversed_on, payment.reversed_as, payment.used_up_on) == (LATER, "refund", None)
            assert (balance(who), balance(who, LATER)) == (d(-4), d(116))

        world.scoped(story)

    def test_it_is_once(self, world: World) -> None:
        def story() -> None:
            received = pays(customer(), "ox-1", 120)
            reverse(received, Why.CHARGEBACK)
            with pytest.raises(NotReversible, match="ya se revirtió"):
                reverse(received)
            assert JournalEntry.objects.filter(reverses__isnull=False).count() == 1

        world.scoped(story)

    def test_other_credit_of_his_pays_at_once_what_is_owed_again(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            received = pays(who, "ox-1", 116)
            pays(who, "ox-2", 100)
            undone = reverse(received, Why.CHARGEBACK)
            assert [one.amount for one in undone.paid_instead] == [d(100)]
            assert [one.receivable_id for one in undone.freed] == [debt.pk]
            assert balance(who, LATER) == d(16)

        world.scoped(story)

    def test_it_does_not_where_the_companys_rules_leave_credit_alone(self, world: World) -> None:
        def story() -> None:
            BillingPolicy.objects.create(effective_from=DAY, applies_credit=False)
            who = customer()
            debt = charged(who, "p:1", 116)
            received = pays(who, "ox-1", 116)
            pays(who, "ox-2", 100)
            assert reverse(received, Why.CHARGEBACK).paid_instead == []
            parts = apply_credit(customer_ids=[who.pk], chosen=[], today=LATER, now=at(LATER))
            assert [(one.receivable_id, one.amount) for one in parts] == [(debt.pk, d(100))]

        world.scoped(story)

    def test_what_a_rep_told_the_sat_waits_for_its_cancellation(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            received = pays(who, "ox-1", 116)
            ids = [one.pk for one in received.allocations]
            assert freeze_allocations(allocation_ids=ids, now=at(DAY)) == 1
            for act in (lambda: reverse(received, Why.CHARGEBACK), lambda: voids(debt)):
                with pytest.raises(Frozen, match="complemento"):
                    act()
            with pytest.raises(Frozen):
                move_payment(payment_id=received.payment.pk, chosen=[], today=LATER, now=at(LATER))
            assert again(debt).settled_on == DAY
            assert unfreeze_allocations(allocation_ids=ids) == 1
            reverse(received, Why.CHARGEBACK)
            assert balance(who, LATER) == d(116)

        world.scoped(story)

    def test_a_credit_note_is_cancelled_and_money_is_given_back(self, world: World) -> None:
        def story() -> None:
            who = customer()
            charged(who, "p:1", 116)
            before = accounts()
            note = credited(who, PaymentKind.CREDIT_NOTE, "uuid-1", 116, iva=d(16))
            money = pays(who, "ox-1", 10)
            for received, why in ((note, Why.REFUND), (money, Why.CANCELLED), (pays(None, "n", 5), Why.MISAPPLIED)):
                with pytest.raises(NotReversible, match="no se revierte así"):
                    reverse(received, why)
            reverse(note, Why.CANCELLED)
            reverse(money)
            assert {name: amount for name, amount in accounts().items() if amount.copy_abs() != 5} == before

        world.scoped(story)

    def test_of_a_debt_that_was_given_up_since_nothing_is_owed_again(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            received = pays(who, "ox-1", 58)
            gives_up(debt)
            reverse(received, Why.CHARGEBACK)
            assert balance(who, LATER) == 0
            assert accounts() == {"ingresos": d(-100), "incobrables": d(100)}

        world.scoped(story)


class TestMove:
    def test_the_same_money_pays_another_debt(self, world: World) -> None:
        def story() -> None:
            who = customer()
            first, second = charged(who, "p:1", 116), charged(who, "p:2", 116, due_on=LATER)
            received = pays(who, "ox-1", 116)
            move_payment(payment_id=received.payment.pk, chosen=[second.pk], today=LATER, now=at(LATER))
            assert (again(first).settled_on, again(second).settled_on) == (None, LATER)

        world.scoped(story)

    def test_money_of_nobody_moves_nowhere(self, world: World) -> None:
        def story() -> None:
            received = pays(None, "ox-1", 116)
            with pytest.raises(NotReversible, match="nada que mover"):
                move_payment(payment_id=received.payment.pk, chosen=[], today=LATER, now=at(LATER))

        world.scoped(story)


class TestWriteOff:
    def test_what_is_left_is_given_up_with_its_iva(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            pays(who, "ox-1", 58)
            gives_up(debt)
            assert balance(who, LATER) == 0
            assert accounts() == {
                "puente:conekta": d(58),
                "ingresos": d(-100),
                "iva_cobrado": d(-8),
                "incobrables": d(50),
            }
            with pytest.raises(NotOpen, match="incobrable"):
                gives_up(debt)

        world.scoped(story)

    @pytest.mark.parametrize("mode", [FiscalMode.PPD, FiscalMode.AVISO], ids=["ppd", "aviso"])
    def test_it_may_still_be_paid_and_comes_back(self, world: World, mode: FiscalMode) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116, mode=mode)
            gives_up(debt)
            pays(who, "ox-1", 116, day=LATER)
            assert balance(who, LATER) == d(-116)  # nobody said that it is for what was given up
            pays(who, "ox-2", 116, day=LATER, bound=debt.pk)
            assert again(debt).settled_on == LATER
            assert balance(who, LATER) == d(-116)
            books = accounts()
            assert (books["ingresos"], books["iva_cobrado"]) == (d(-100), d(-16))
            assert not {"incobrables", "clientes", "avisos"} & books.keys()

        world.scoped(story)

    def test_what_is_paid_is_not_given_up(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            pays(who, "ox-1", 116)
            with pytest.raises(NotOpen, match="pagado"):
                gives_up(debt)

        world.scoped(story)


class TestVoid:
    @pytest.mark.parametrize("mode", [FiscalMode.PPD, FiscalMode.AVISO], ids=["ppd", "aviso"])
    def test_it_is_as_if_it_had_never_been_and_the_money_stands_in_favour(self, world: World, mode: FiscalMode) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116, mode=mode)
            pays(who, "ox-1", 116)
            voids(debt)
            assert accounts() == {"puente:conekta": d(116), "saldo_a_favor": d(-116)}
            with pytest.raises(NotOpen):
                voids(debt)

        world.scoped(story)

    def test_what_was_paid_of_it_pays_his_other_debts(self, world: World) -> None:
        def story() -> None:
            who = customer()
            debt = charged(who, "p:1", 116)
            pays(who, "ox-1", 116)
            other = charged(who, "p:2", 50)
            voids(debt)
            assert again(other).settled_on == LATER

        world.scoped(story)


class TestLateFee:
    def test_it_is_a_debt_of_its_own_once_a_rule_and_number(self, world: World) -> None:
        def story() -> None:
            debt = charged(customer(), "p:1", 116)
            first = fee(debt)
            assert first is not None
            assert (first.kind, first.fee_of_id, first.total, again(debt).total) == ("fee", debt.pk, d(58), d(116))
            assert fee(debt) is None
            assert fee(debt, 2) is not None

        world.scoped(story)

    def test_of_an_aviso_it_is_an_aviso_too(self, world: World) -> None:
        def story() -> None:
            fee(charged(customer(), "p:1", 116, mode=FiscalMode.AVISO))
            assert accounts() == {"avisos": d(174), "avisos_contra": d(-174)}

        world.scoped(story)

    def test_what_is_not_owed_has_no_fee(self, world: World) -> None:
        def story() -> None:
            debt = charged(customer(), "p:1", 116)
            voids(debt)
            with pytest.raises(NotOpen):
                fee(debt)
            for due_on in (LATER, LATER + timedelta(days=1)):
                with pytest.raises(NotDue, match="todavía no vence"):
                    fee(charged(customer(), f"p:{due_on}", 116, due_on=due_on))
            assert fee(charged(customer(), "p:2", 116, due_on=LATER - timedelta(days=1))) is not None

        world.scoped(story)


class TestDeposit:
    def test_the_bridge_is_what_was_not_deposited_yet(self, world: World) -> None:
        def story() -> None:
            who = customer()
            one, two = pays(who, "ox-1", 116).payment.pk, pays(who, "ox-2", 50).payment.pk
            deposit = Deposit("conekta", "bbva", "dep-1", [one], d(3), d("0.48"), d("112.52"), LATER)
            assert record_deposit(deposit=deposit, today=LATER, now=at(LATER)) == Decimal("112.52")
            assert record_deposit(deposit=deposit, today=LATER, now=at(LATER)) == 0
            assert accounts() == {
                "puente:conekta": d(50),
                "banco:bbva": d("112.52"),
                "comisiones": d(3),
                "iva_acreditable": d("0.48"),
                "saldo_a_favor": d(-166),
            }
            for payments in ([one], [two, one], [], [two, 10**9]):
                again_ = Deposit("conekta", "bbva", "dep-2", payments, d(0), d(0), d(116), LATER)
                with pytest.raises(DepositRefused, match=r"no dice qué pagos|no está pendiente"):
                    record_deposit(deposit=again_, today=LATER, now=at(LATER))

        world.scoped(story)

    def test_it_is_refused_if_it_is_not_what_the_bank_got(self, world: World) -> None:
        def story() -> None:
            who = customer()
            good = Deposit("conekta", "bbva", "d-1", [pays(who, "ox-1", 116).payment.pk], d(3), d(0), d(113), LATER)
            back = pays(who, "ox-2", 50)
            reverse(back)
            for change, why in (
                ({"received": d("112.99")}, r"112\.99 .*113\.00"),
                ({"payments": [back.payment.pk], "received": d(47)}, "se devolvió"),
                ({"day": LATER + timedelta(days=1)}, "hasta hoy"),
                ({"day": DAY - timedelta(days=1)}, "desde el del último"),
            ):
                with pytest.raises(DepositRefused, match=why):
                    record_deposit(deposit=replace(good, **change), today=LATER, now=at(LATER))
            for change in ({"commission": Decimal("2.995")}, {"commission_iva": d(-1), "received": d(114)}):
                with pytest.raises(ValueError, match="whole cents"):
                    record_deposit(deposit=replace(good, **change), today=LATER, now=at(LATER))
            assert record_deposit(deposit=good, today=LATER, now=at(LATER)) == d(113)

        world.scoped(story)

    def test_the_same_reference_with_other_figures_is_refused(self, world: World) -> None:
        def story() -> None:
            who = customer()
            one, twin = pays(who, "ox-1", 116).payment.pk, pays(who, "ox-2", 116).payment.pk
            first = Deposit("conekta", "bbva", "dep-1", [one], d(3), d(0), d(113), LATER)
            record_deposit(deposit=first, today=LATER, now=at(LATER))
            assert record_deposit(deposit=first, today=LATER, now=at(LATER)) == 0
            for change in (
                {"payments": [twin]},
                {"payments": [one, twin], "received": d(229)},
                {"commission": d(4), "received": d(112)},
                {"day": DAY},
                {"bank": "banorte"},
            ):
                with pytest.raises(DepositRefused, match="ya se registró con otros"):
                    record_deposit(deposit=replace(first, **change), today=LATER, now=at(LATER))

        world.scoped(story)

    def test_what_went_back_after_its_deposit_is_kept_from_the_next_one_once(self, world: World) -> None:
        def story() -> None:
            who = customer()
            first, second, third = (pays(who, f"ox-{n}", 116).payment for n in range(3))
            facts = Deposit("conekta", "bbva", "dep-1", [first.pk], d(0), d(0), d(116), LATER)
            record_deposit(deposit=facts, today=LATER, now=at(LATER))
            net = replace(facts, reference="dep-2", payments=[second.pk], returned=[first.pk], received=d(0))
            with pytest.raises(DepositRefused, match="se depositó y después se devolvió"):
                record_deposit(deposit=net, today=LATER, now=at(LATER))
            reverse_payment(payment_id=first.pk, why=Why.CHARGEBACK, note="", today=LATER, now=at(LATER))
            assert accounts()["puente:conekta"] == d(116)  # two that are to come, less one that will be kept
            assert record_deposit(deposit=net, today=LATER, now=at(LATER)) == 0
            assert record_deposit(deposit=net, today=LATER, now=at(LATER)) == 0
            assert (accounts()["puente:conekta"], accounts()["banco:bbva"]) == (d(116), d(116))
            again_ = replace(net, reference="dep-3", payments=[third.pk])
            with pytest.raises(DepositRefused, match="ya se descontó"):
                record_deposit(deposit=again_, today=LATER, now=at(LATER))

        world.scoped(story)


def test_a_customer_who_was_merged_is_neither_charged_nor_paid(world: World) -> None:
    def story() -> None:
        from amate.customers.merge import merge_customers, plan_merge

        kept, merged = customer("Rosa"), customer("Rosa P")
        debt = charged(merged, "p:1", 116)
        pays(merged, "ox-1", 16)
        plan = plan_merge(kept=kept, merged=merged, sat_changed_rfc=False)
        merge_customers(kept_id=kept.pk, merged_id=merged.pk, sat_changed_rfc=False, seen=plan.seen, now=at(LATER))
        assert (balance(kept), balance(merged), again(debt).customer_id) == (d(100), 0, kept.pk)
        for act in (lambda: charged(merged, "p:2", 1), lambda: pays(merged, "ox-2", 1)):
            with pytest.raises(Merged):
                act()
        pays(kept, "ox-3", 100)
        assert again(debt).settled_on == DAY

    world.scoped(story)
