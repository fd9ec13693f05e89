"""What must hold at the end of every day (CYCLE 4, I1 to I24). Each check answers what breaks it; none trusts the product's
own word for what it can read from the oracle or from the other side's books."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from amate.audit.models import Invariant
from amate.billing_cycle.service.models import Service
from amate.billing_cycle.subscriptions.models import Parking, Period
from amate.companies.billing_policy import LADDER
from amate.invoices.models import Invoice
from amate.ledger.models import Payment
from amate.messages.models import Message
from amate.promises.models import Promise
from amate.sandbox.simulation.day import Life
from amate.sandbox.simulation.oracle import due, iva_of, starts
from amate.worker.inspect import EVERY

# The house's own nightly looks that tell something of this company (HOUSE law 15).
NIGHTLY = {
    "I1_entries_sum_to_zero": Invariant.JOURNAL,
    "I4_stamp_of_its_sealing": Invariant.STAMP,
    "I6_allocations_keep_within": Invariant.ALLOCATIONS,
    "I7_credit_pays_debt": Invariant.CREDIT,
    "I8_balance_is_what_happened": Invariant.BALANCE,
    "I9_statements_go_on": Invariant.STATEMENTS,
    "I10_debt_is_in_the_books": Invariant.DEBT,
    "I12_iva_of_what_was_paid": Invariant.IVA,
    "I13_instalments_keep_within": Invariant.INSTALMENTS,
}
ALL_ROWS = 10**9

NEWER_FIRST = """
SELECT a.id FROM ledger_allocation a
JOIN ledger_receivable r ON r.id = a.receivable_id JOIN ledger_payment p ON p.id = a.payment_id
WHERE a.reversed_on IS NULL AND p.amount <> r.total AND EXISTS (
  SELECT FROM ledger_receivable o WHERE o.customer_id = r.customer_id AND (o.due_on, o.id) < (r.due_on, r.id)
    AND o.created_at < a.created_at AND (o.settled_on IS NULL OR o.settled_on > a.day))
"""
# Less what the provider keeps, which is an expense as soon as it tells so.
BRIDGE = """
SELECT coalesce((SELECT sum(amount) FROM ledger_journalline WHERE account LIKE 'puente:%%'), 0),
       coalesce((SELECT sum(amount) FROM ledger_payment
                 WHERE provider <> '' AND kind = 'money' AND reversed_on IS NULL AND deposited_on IS NULL), 0)
     - coalesce((SELECT sum(l.amount) FROM ledger_journalline l
                 JOIN ledger_journalentry e ON e.id = l.entry_id JOIN ledger_payment p ON p.id = l.payment_id
                 WHERE l.account = 'comisiones' AND e.source_key = 'fee:' || p.id AND p.deposited_on IS NULL), 0)
"""
# How much of a customer's debts is past its grace: below the company's least amount it justifies no cut.
PAST_GRACE = """
coalesce((SELECT sum(r.total - coalesce((SELECT sum(a.amount) FROM ledger_allocation a
    WHERE a.receivable_id = r.id AND a.reversed_on IS NULL), 0))
  FROM ledger_receivable r WHERE r.customer_id = s.customer_id AND r.settled_on IS NULL AND r.state = 'open'
    AND r.due_on + %s < %s), 0)
"""
CUT_WITHOUT_CAUSE = f"""
SELECT DISTINCT s.customer_id FROM service_hold h JOIN service_service s ON s.id = h.service_id
WHERE h.reason = 'nonpayment' AND h.lifted_at IS NULL AND {PAST_GRACE} < greatest(%s, 0.01)
"""  # noqa: S608 literals
CUT_UNWARNED = """
SELECT d.id FROM service_cutdecision d WHERE NOT EXISTS (
  SELECT FROM collection_notice n WHERE n.customer_id = d.customer_id AND n.last_warning AND n.state = 'sent'
    AND n.settled_on <= d.day - %s)
"""
# Nobody here buys anything but his periods; a late fee is of a debt.
BESIDE_THE_PERIODS = """
SELECT c.id FROM ledger_charge c JOIN ledger_receivable r ON r.id = c.receivable_id
WHERE r.kind <> 'fee' AND NOT EXISTS (SELECT FROM subscriptions_period p WHERE p.charge_id = c.id)
"""
TWICE = """
SELECT receivable_id FROM invoices_invoice
WHERE receivable_id IS NOT NULL AND state IN ('sealed', 'sending', 'unknown', 'stamped') AND kind = 'ingreso'
GROUP BY receivable_id HAVING count(*) > 1
"""
RUNG_BEFORE_ITS_DAY = """
SELECT n.id FROM collection_notice n JOIN ledger_receivable r ON r.id = n.receivable_id
JOIN unnest(%s::text[], %s::int[]) AS rung(code, days_after) ON rung.code = n.step
WHERE n.day < r.due_on + rung.days_after
"""
# Past grace for a week and warned as long, and still served: there was a day of cuts among those. Not who left a peso.
NEVER_CUT = f"""
SELECT DISTINCT s.customer_id FROM service_service s WHERE s.desired = 'active' AND s.ended_at IS NULL AND EXISTS (
  SELECT FROM ledger_receivable r JOIN collection_notice n ON n.receivable_id = r.id
  WHERE r.customer_id = s.customer_id AND r.settled_on IS NULL AND r.state = 'open' AND r.reopened_on IS NULL
    AND r.due_on + %s < %s AND n.last_warning AND n.state = 'sent' AND n.settled_on <= %s)
AND {PAST_GRACE} >= %s
"""  # noqa: S608 literals
# Of each cut what was overdue, and what of his money we had at that instant: what more the provider had by then was missing.
CUTS = """
SELECT d.id, d.customer_id, d.created_at, d.overdue, coalesce((SELECT sum(p.amount) FROM ledger_payment p
  WHERE p.customer_id = d.customer_id AND p.provider <> '' AND p.kind = 'money' AND p.created_at <= d.created_at), 0)
FROM service_cutdecision d WHERE d.id > %s ORDER BY d.id
"""
A_WEEK = timedelta(days=7)
WARNED = 2  # days, of the default policy


@dataclass(slots=True)
class Checks:
    """Of one life. `violations` counts what each check found, one each time it is found anew."""

    life: Life
    violations: Counter[str] = field(default_factory=Counter)
    paid_but_suspended: int = 0
    known: set[tuple[str, object]] = field(default_factory=set)
    judged_cuts: int = 0
    names: set[str] = field(default_factory=set)
    calm_since: date | None = None  # the last day on which something was away

    def note(self, name: str, broken: Iterable[object]) -> None:
        """`broken`: ids; each is counted once."""
        self.names.add(name)
        for one in broken:
            if (name, one) not in self.known:
                self.known.add((name, one))
                self.violations[name] += 1

    def as_json(self) -> dict[str, int]:
        return {name: self.violations[name] for name in sorted(self.names)}

    # ------------------------------------------------------------ every day

    def of_the_day(self, today: date) -> None:
        self.life.within(lambda: self._of_the_day(today))

    def _of_the_day(self, today: date) -> None:
        pace = self.life.simulated.pace
        for name, invariant in NIGHTLY.items():
            self.note(name, EVERY[invariant](known=(), after=0, at_most=ALL_ROWS).broken)
        if self.life.worker_is_up:
            self.note("I2_I3_I23_periods", self._periods(today))
        self.note("I2_amounts", self._amounts())
        self.note("I2_charged_beside_the_periods", _ids(BESIDE_THE_PERIODS))
        self.note("I3_due_days", self._due_days())
        self.note("I4_two_live_invoices", _ids(TWICE))
        self.note("I4_stamps_at_the_pac", self._unknown_stamps())
        self.note("I5_payments_are_the_providers", self._payments())
        self.note("I11_bridge_is_not_yet_deposited", _bridge())
        self.note("I14_cut_without_cause", _ids(CUT_WITHOUT_CAUSE, [pace.grace, today, pace.least]))
        self.note("I15_cut_unwarned", _ids(CUT_UNWARNED, [WARNED]))
        self.note("I18_reminder_left_twice", self._left_twice())
        ladder = {code: days for code, days, _ in LADDER}
        self.note("I18_rung_before_its_day", _ids(RUNG_BEFORE_ITS_DAY, [list(ladder), list(ladder.values())]))
        if self.calm_since is None or self.life.faults.away:
            self.calm_since = today
        if today - self.calm_since > A_WEEK:
            ago = today - A_WEEK
            self.note("I22_warned_and_never_cut", _ids(NEVER_CUT, [pace.grace, ago, ago, pace.grace, ago, pace.least]))
        self.note("I24_given_up", Promise.objects.given_up().values_list("pk", flat=True))
        self.note("parked", Parking.objects.open().values_list("pk", flat=True))
        self.note("newer_debt_first", _ids(NEWER_FIRST))
        self.note("forged_notice_taken", range(self.life.outside.took_forged))

    def _periods(self, today: date) -> list[tuple[int, date]]:
        told: dict[int, list[tuple[int, date]]] = {}
        rows = Period.objects.order_by("subscription_id", "k").values_list("subscription_id", "k", "starts_on")
        for subscription_id, k, begins in rows:
            told.setdefault(subscription_id, []).append((k, begins))
        return [
            (one.subscription_id, today)
            for one in self.life.simulated.agreements
            if told.get(one.subscription_id, []) != list(enumerate(starts(one.unit, one.every, one.anchor, today)))
        ]

    def _amounts(self) -> list[int]:
        cents = {one.subscription_id: one.cents for one in self.life.simulated.agreements}
        rows = Period.objects.filter(charge__isnull=False).values_list(
            "pk", "subscription_id", "charge__total", "charge__iva"
        )
        return [
            pk
            for pk, subscription_id, total, iva in rows
            if (int(total * 100), int(iva * 100)) != (cents[subscription_id], iva_of(cents[subscription_id]))
        ]

    def _due_days(self) -> list[int]:
        rows = Period.objects.filter(charge__isnull=False).values_list(
            "pk", "starts_on", "charge__receivable__issued_on", "charge__receivable__due_on"
        )
        terms = self.life.simulated.pace.terms
        return [pk for pk, begins, issued, told in rows if due(begins, issued, terms) not in (told, None)]

    def _unknown_stamps(self) -> list[str]:
        """What we hold for stamped, and the PAC does not."""
        rows = Invoice.objects.filter(state="stamped").values_list("uuid", flat=True)
        return [str(uuid) for uuid in rows if self.life.outside.store.by_uuid(str(uuid)) is None]

    def _left_twice(self) -> list[int]:
        """What is sent at most once: a letter about debts."""
        left = self.life.outside.mail.left
        rows = Message.objects.filter(key__startswith="reminder:").values_list("pk", flat=True)
        return [pk for pk in rows if left.get(str(pk), 0) > 1]

    def _payments(self) -> list[str]:
        """Once each, of the amount that came; and what came before this day, if everybody was there today, is here."""
        truth = self.life.outside.truth()
        rows = Payment.objects.exclude(provider="").values_list("provider_ref", "amount")
        told = [(ref, int(amount * 100)) for ref, amount in rows]
        counts = Counter(ref for ref, _ in told)
        wrong = [ref for ref, cents in told if counts[ref] > 1 or truth.get(ref, (0, 0))[0] != cents]
        if self.life.worker_is_up and "payments" not in self.life.faults.away and not self.life.faults.probability:
            wrong += [ref for ref in truth if ref not in counts]
        return wrong

    # ------------------------------------------------------------ after each stop

    def of_the_cuts(self) -> None:
        """Whether the provider already held what would have covered whom we cut, at the instant of the cut (DECISIONS D)."""
        self.life.within(self._of_the_cuts)

    def _of_the_cuts(self) -> None:
        with connection.cursor() as c:
            c.execute(CUTS, [self.judged_cuts])
            cuts = c.fetchall()
        for pk, customer_id, at, overdue, received in cuts:
            self.judged_cuts = pk
            clabe = self.life.simulated.members[customer_id].clabe
            paid = sum(cents for mine, cents, second in self._paid() if mine == clabe and second <= at.timestamp())
            self.paid_but_suspended += paid - received * 100 >= overdue * 100

    def _paid(self) -> list[tuple[str, int, int]]:
        book = self.life.outside.desk.book
        return [
            (charge.reference, charge.amount, charge.paid_at)
            for order in book.orders.values()
            for charge in order.charges
            if charge.paid_at
        ]

    # ------------------------------------------------------------ at the end, after days on which nothing went wrong

    def of_the_end(self) -> None:
        self.life.within(self._of_the_end)

    def _of_the_end(self) -> None:
        served = self.life.outside.served()
        rows = Service.objects.live().values_list("external_id", "desired", "actual")
        self.note(
            "I17_served_as_wanted",
            [name for name, desired, actual in rows if not desired == actual == served.get(name)],
        )
        stamped = Invoice.objects.filter(state="stamped").count()
        self.note("I4_stamps_are_ours", range(abs(self.life.outside.store.count() - stamped)))
        due = Promise.objects.open().filter(next_try_at__lte=self.life.clock())
        self.note("I24_promises_kept", due.values_list("pk", flat=True))

    def fingerprint(self) -> list[tuple[object, ...]]:
        """Of everything that the ledger and the calendar say: replaying changes nothing of it (I19)."""
        return self.life.within(_fingerprint)


def _fingerprint() -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    with connection.cursor() as c:
        for table in (
            "subscriptions_period",
            "ledger_charge",
            "ledger_receivable",
            "ledger_payment",
            "service_cutdecision",
        ):
            c.execute(f"SELECT '{table}', count(*), sum(id) FROM {table}")  # noqa: S608 literals
            found += c.fetchall()
        c.execute("SELECT 'journal', count(*), sum(amount * id) FROM ledger_journalline")
        found += c.fetchall()
    return found


def _ids(query: str, values: list[Any] | None = None) -> list[int]:
    with connection.cursor() as c:
        c.execute(query, values)
        return [pk for (pk,) in c.fetchall()]


def _bridge() -> list[str]:
    with connection.cursor() as c:
        c.execute(BRIDGE)
        [(booked, waiting)] = c.fetchall()
    return [] if booked == waiting else [f"{booked} {waiting}"]
