"""The company's day about debts: who owes is told, and who was warned and still owes is cut, after a last look."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from amate.alerts.watch import watch_cuts
from amate.audit.record import record
from amate.billing_cycle.collection.cuts import who_would_be_cut
from amate.billing_cycle.collection.fees import charge_late_fees
from amate.billing_cycle.collection.fuse import most_cuts
from amate.billing_cycle.collection.models import CollectionDay
from amate.billing_cycle.collection.plan_day import cuts_are_held, hour_of, plan_day, the_day
from amate.billing_cycle.collection.remind import BILL_FOR, days_ahead, remind_customers
from amate.billing_cycle.collection.suspend import LastLook, suspend_customers
from amate.billing_cycle.reconciliation.last_look import (
    accounts_to_ask,
    bank_is_read,
    money_on_its_way,
    notices_to_read,
)
from amate.companies.billing_policy import billing_policy_on
from amate.companies.day import day_of
from amate.ledger.debts import who_owes
from amate.ledger.lock import lock_customers
from amate.promises.lease import Lease, TryLater, hold_fast
from amate.promises.step import step
from amate.tenancy.scope import company_scope
from amate.tenancy.writes import rewrite
from amate.worker.inside import inside
from amate.worker.payments import sweep_account
from amate.worker.plugs import Plugs

AT_ONCE = 100  # customers of one transaction
BELIEVED = timedelta(minutes=2)  # so old may a last look be when somebody is cut
LOST = timedelta(days=3)  # without an answer: then a person is told
AWAY = "provider_away"
UNREAD = "No se corta a nadie todavía: hay avisos de pago por leer."


def plan(now: datetime) -> None:
    """One company's day, if it is the hour for it."""
    plan_day(now=now)
    watch_cuts(held=cuts_are_held(day=day_of(now)), now=now)


# ------------------------------------------------------------ tell


async def remind(plugs: Plugs, lease: Lease) -> bool:
    """Interrupted anywhere it is done again from the start: what was claimed stays claimed."""
    who = await inside(lease, _who_owes)(plugs, lease)
    if who is None:
        return False
    notices = 0
    for at in range(0, len(who), AT_ONCE):
        notices += await inside(lease, _remind, fenced=True)(plugs, who[at : at + AT_ONCE])
    await inside(lease, _reminded, settles=plugs.clock)(plugs, lease, notices)
    return True


def _who_owes(plugs: Plugs, lease: Lease) -> list[int] | None:
    """None: its day or its hour is over."""
    now = plugs.clock()
    hour = hour_of(now)
    if hour.day != _day(lease) or not hour.tells:
        return None
    ahead = timedelta(days=days_ahead(billing_policy_on(hour.day)))
    return who_owes(due_by=hour.day + ahead, issued_since=hour.day - timedelta(days=BILL_FOR))


def _remind(plugs: Plugs, customer_ids: Sequence[int]) -> int:
    now = plugs.clock()
    today = hour_of(now).day
    charge_late_fees(customer_ids=customer_ids, policy=billing_policy_on(today), today=today, now=now)
    coming = money_on_its_way(customer_ids, now=now)
    return remind_customers(customer_ids=customer_ids, money_coming=coming, today=today, now=now).notices


def _reminded(plugs: Plugs, lease: Lease, notices: int) -> None:
    row = CollectionDay.locked(the_day(_day(lease)).pk)
    rewrite(row, reminded_at=plugs.clock(), notices=row.notices + notices)


# ------------------------------------------------------------ cut


async def cut(plugs: Plugs, lease: Lease) -> bool:
    """Nobody is cut while a provider does not answer. Stopped anywhere it goes on: who is cut already is found to be so."""
    who = await inside(lease, _who_is_to_be_cut, fenced=True)(plugs, lease)
    if who is None:
        return False
    looked_at: datetime | None = None
    asked: tuple[str, ...] = ()
    for at in range(0, len(who), AT_ONCE):
        if looked_at is None or plugs.clock() - looked_at > BELIEVED:
            asked, looked_at = await _look(plugs, lease)
        if not await step(_cut)(plugs, lease, who[at : at + AT_ONCE], asked):
            return False
    await inside(lease, _through, fenced=True, settles=plugs.clock)(plugs, lease)
    return True


def _who_is_to_be_cut(plugs: Plugs, lease: Lease) -> list[int] | None:
    """None: its hour is over, it is done, or the fuse stopped it until a person has looked (CYCLE R5)."""
    hour = hour_of(plugs.clock())
    if hour.day != _day(lease) or not hour.cuts:
        return None
    row = CollectionDay.locked(the_day(hour.day).pk)
    if row.cut_at is not None or row.held_because:
        return None
    who = [one.customer_id for one in who_would_be_cut(on=hour.day)]
    most = _most(row, hour.day)
    if len(who) > most and row.allowed is None:
        said = f"Serían {len(who)} cortes, y sin que una persona lo vea se hacen {most}: quizá los pagos no están llegando."
        rewrite(row, would_cut=len(who), held_because=said)
        record("cuts.held", about=f"collection_day:{row.pk}", now=plugs.clock(), would_cut=len(who), most=most)
        return None
    if row.would_cut is None:
        rewrite(row, would_cut=len(who))
    return who[:most]


def _most(row: CollectionDay, day: date) -> int:
    return most_cuts(day) if row.allowed is None else max(row.allowed - row.cut, 0)


async def _look(plugs: Plugs, lease: Lease) -> tuple[tuple[str, ...], datetime]:
    """Ask every provider for what it did not tell. Raises TryLater: nobody is cut until it answers (CYCLE R4)."""
    accounts = await inside(lease, accounts_to_ask)()
    began = plugs.clock()
    for account in accounts:
        try:
            whole = await sweep_account(plugs, lease, account.pk)
        except TryLater as away:
            since = account.away_since
            alarm = away.alarm or (AWAY if since is not None and began - since > LOST else "")
            raise TryLater(f"No se corta a nadie: {away}", after=away.after, alarm=alarm) from away
        if not whole:
            raise TryLater("No se corta a nadie todavía: el proveedor tiene más pagos por leer.")
    if await inside(lease, notices_to_read)():
        raise TryLater(UNREAD)
    return tuple(account.source for account in accounts), began


def _cut(plugs: Plugs, lease: Lease, customer_ids: Sequence[int], asked: tuple[str, ...]) -> bool:
    """One transaction. False: the hour is over, or there is no room under the fuse any more."""
    with company_scope(lease.company_id):
        lock_customers(customer_ids)
        hold_fast(lease)
        now = plugs.clock()
        hour = hour_of(now)
        if hour.day != _day(lease) or not hour.cuts:
            return False
        if notices_to_read():  # what came since the look: whoever it is of is not known before it is read
            raise TryLater(UNREAD)
        row = CollectionDay.locked(the_day(hour.day).pk)
        coming, read = money_on_its_way(customer_ids, now=now), bank_is_read(now=now)
        looks = {
            pk: LastLook(answered=True, money_on_its_way=pk in coming, asked=asked, bank_read=read)
            for pk in customer_ids[: _most(row, hour.day)]
        }
        cuts, _ = suspend_customers(looks=looks, today=hour.day, now=now)
        rewrite(row, cut=row.cut + len(cuts))
        return len(looks) == len(customer_ids)


def _through(plugs: Plugs, lease: Lease) -> None:
    """Without today's statement of the bank it is not: whoever brings it has the rest of the hours."""
    row = CollectionDay.locked(the_day(_day(lease)).pk)
    if row.would_cut == 0 or bank_is_read(now=plugs.clock()):
        rewrite(row, cut_at=plugs.clock())


def _day(lease: Lease) -> date:
    return date.fromisoformat(lease.args["day"])
