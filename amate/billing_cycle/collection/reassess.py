"""Where customers stand now, and what follows at once: anything may lift, nothing here cuts (CYCLE 5.4)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db.models import Q, Sum

from amate.billing_cycle.collection.fees import charge_reconnections
from amate.billing_cycle.collection.models import Exemption, PromiseToPay
from amate.billing_cycle.collection.rules import Agreed, Debt, Quiet, Stand, Standing, Step, Terms, stand_of
from amate.billing_cycle.service.lift import lift_holds
from amate.billing_cycle.service.models import CutDecision, Hold, Reason
from amate.companies.billing_policy import BillingPolicy, billing_policy_on
from amate.ledger.accounts import BANCO
from amate.ledger.debts import owed_now
from amate.ledger.lock import lock_customers
from amate.ledger.models import Payment, PaymentKind
from amate.ledger.rules import CENT

ITSELF = "amate"


def reassess_customers(*, customer_ids: Collection[int], today: date, now: datetime) -> dict[int, Stand]:
    """Where each stands, with his promise to pay settled and, if he may no longer be cut, his services wanted again: in the
    transaction of whatever changed, a payment above all (I16). Customers are locked here if they were not yet."""
    lock_customers(customer_ids)
    policy = billing_policy_on(today)
    terms = terms_of(policy)
    stands = stands_of(customer_ids, terms=terms, today=today)
    _settle_promises(stands, today=today)
    held = set(_held(customer_ids))
    for pk, stand in stands.items():
        if pk in held and not stand.may_stay_cut:
            cuts = _cuts_of(pk, terms=terms) if stand.standing in _BY_MONEY else []
            lift_holds(
                customer_id=pk,
                reason=Reason.NONPAYMENT,
                by=ITSELF,
                because=_BECAUSE[stand.standing],
                today=today,
                now=now,
            )
            charge_reconnections(decisions=cuts, policy=policy, today=today, now=now)
    return stands


def _cuts_of(customer_id: int, *, terms: Terms) -> list[tuple[int, int]]:
    """The open cuts of the customer (of a service that is only slower nothing is reconnected), each with the oldest of the debts that it is for. Not those that would not have been
    made had we known by then what he had paid: coming back from such a one costs nothing."""
    held = Hold.objects.open().filter(
        reason=Reason.NONPAYMENT, service__customer_id=customer_id, slower_until__isnull=True
    )
    decisions = CutDecision.objects.filter(pk__in=held.values("decision_id")).order_by("id")
    return [(one.pk, one.receivable_ids[0]) for one in decisions if not had_paid(one, terms=terms)]


def had_paid(cut: CutDecision, *, terms: Terms) -> bool:
    """Of what a bank tells only the day is known: what was paid on the day of the cut was paid before it."""
    by_then = Q(paid_at__lte=cut.created_at) | Q(account__startswith=f"{BANCO}:", paid_on__lte=cut.day)
    rows = Payment.objects.live().filter(
        by_then, kind=PaymentKind.MONEY, customer_id=cut.customer_id, created_at__gt=cut.created_at
    )
    paid = rows.aggregate(whole=Sum("amount"))["whole"] or 0
    return bool(cut.overdue - paid < max(terms.min_overdue_amount, CENT))


def stands_of(customer_ids: Collection[int], *, terms: Terms, today: date) -> dict[int, Stand]:
    """Of each of these customers, in four statements however many they are. Reads, and changes nothing."""
    debts: dict[int, list[Debt]] = defaultdict(list)
    for one in owed_now(customer_ids):
        debts[one.customer_id].append(Debt(one.receivable_id, one.due_on, one.left, one.reopened_on))
    agreed = agreed_with(customer_ids)
    held = set(_held(customer_ids))
    return {
        pk: stand_of(debts[pk], terms=terms, agreed=agreed.get(pk, Agreed()), held=pk in held, today=today)
        for pk in sorted(set(customer_ids))
    }


def ladder_of(policy: BillingPolicy) -> tuple[Step, ...]:
    """Who is never cut is never told of a cut: his last warning is a reminder like the others."""
    return tuple(
        Step(
            str(one["code"]),
            int(one["offset"]),
            last_warning=bool(one.get("last_warning")) and policy.suspends,
            call=bool(one.get("call")),
        )
        for one in policy.ladder
    )


def quiet_of(policy: BillingPolicy) -> Quiet:
    return Quiet(policy.contact_from_hour, policy.contact_to_hour, frozenset(policy.contact_weekdays))


def terms_of(policy: BillingPolicy) -> Terms:
    return Terms(
        grace_days=policy.grace_days,
        min_overdue_amount=policy.min_overdue_amount,
        min_overdue_debts=policy.min_overdue_debts,
        suspends=policy.suspends,
        warned_days=policy.warned_days,
        cut_weekdays=frozenset(policy.cut_weekdays),
    )


# Who comes back by paying; whoever promised has not paid yet.
_BY_MONEY = frozenset({Standing.CURRENT, Standing.IN_TERM, Standing.IN_GRACE})
# Why a cut ends, as the customer and staff read it.
_BECAUSE: Mapping[Standing, str] = {
    Standing.CURRENT: "Ya no debe nada.",
    Standing.IN_TERM: "Lo que debe todavía no vence.",
    Standing.IN_GRACE: "Lo vencido ya no alcanza para un corte.",
    Standing.PROMISED: "Prometió pagar.",
    Standing.EXEMPT: "La empresa lo exentó del corte.",
}


def _held(customer_ids: Collection[int]) -> list[int]:
    rows = Hold.objects.open().filter(reason=Reason.NONPAYMENT, service__customer_id__in=customer_ids)
    return list(rows.values_list("service__customer_id", flat=True))


def agreed_with(customer_ids: Collection[int]) -> dict[int, Agreed]:
    """The promises and exemptions of these customers, of whom has any."""
    promised = dict(
        PromiseToPay.objects.filter(customer_id__in=customer_ids, state=PromiseToPay.State.OPEN).values_list(
            "customer_id", "until"
        )
    )
    exempt = dict(
        Exemption.objects.filter(customer_id__in=customer_ids, ended_at__isnull=True).values_list(
            "customer_id", "until"
        )
    )
    return {pk: Agreed(promised.get(pk), exempt.get(pk)) for pk in promised.keys() | exempt.keys()}


def _settle_promises(stands: Mapping[int, Stand], *, today: date) -> None:
    """Kept once as much came in since as was promised (money of the same morning was paid before the word), or nothing is owed any more; broken once its last day passed without."""
    for one in PromiseToPay.objects.filter(customer_id__in=stands, state=PromiseToPay.State.OPEN).order_by(
        "customer_id"
    ):
        since = Payment.objects.live().filter(
            kind=PaymentKind.MONEY, customer_id=one.customer_id, created_at__gte=one.created_at
        )
        paid = since.aggregate(whole=Sum("amount"))["whole"] or 0
        if paid >= one.amount or not stands[one.customer_id].owed:
            one.move_to(PromiseToPay.State.KEPT, settled_on=today)
        elif one.until < today:
            one.move_to(PromiseToPay.State.BROKEN, settled_on=today)
