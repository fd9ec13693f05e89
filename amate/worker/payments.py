"""Promises about money that came in: the provider is asked between two transactions, never inside one."""

from contextlib import aclosing
from datetime import timedelta

from amate.adapters.payments import (
    PaymentEvent,
    ProviderRejected,
    ProviderUnavailable,
    UnknownPayment,
)
from amate.adapters.payments import ProviderAccount as Opened
from amate.billing_cycle.reconciliation.accounts import open_account
from amate.billing_cycle.reconciliation.models import InboxEvent, ProviderAccount
from amate.billing_cycle.reconciliation.reconcile import (
    apply_swept,
    apply_told,
    event_to_read,
    note_away,
    note_swept,
    settle_event,
)
from amate.companies.secrets import WrongMasterKey
from amate.promises.lease import Lease, TryLater
from amate.worker.inside import inside
from amate.worker.plugs import Plugs

# A notice may be quicker than the provider's own books.
BELIEVED = timedelta(minutes=10)
PAGES = 50  # of one sweep; the next one goes on where this one ended


async def reconcile(plugs: Plugs, lease: Lease) -> bool:
    """A notice said that something happened: ask what is true, and write that down."""
    found = await inside(lease, _to_read)(lease.args["event_id"])
    if found is None:
        return False
    event, account = found
    told: list[PaymentEvent] = []
    unknown: list[str] = []
    async with aclosing(plugs.provider_of(account)) as provider:
        for payment_id in event.payment_ids:
            try:
                told.append(await provider.fetch(payment_id))
            except UnknownPayment as unheard:
                if plugs.clock() - event.received_at < BELIEVED:
                    raise TryLater(f"El proveedor todavía no conoce el pago {payment_id}.") from unheard
                unknown.append(payment_id)
            except (ProviderUnavailable, ProviderRejected) as away:
                raise TryLater(f"El proveedor de pagos no contestó: {away}") from away
    done = [await inside(lease, apply_told)(account_id=event.account_id, told=one, now=plugs.clock()) for one in told]
    await inside(lease, settle_event, fenced=True, settles=plugs.clock)(
        event_id=event.pk, done=done, unknown=unknown, now=plugs.clock()
    )
    return True


async def sweep(plugs: Plugs, lease: Lease) -> bool:
    """Whatever moved since the last sweep, for notices that were lost."""
    await sweep_account(plugs, lease, lease.args["account_id"])
    return False


async def sweep_account(plugs: Plugs, lease: Lease, account_id: int) -> bool:
    """Ask one account to the end of what it has. False: there is more than one turn takes, or it was closed. Raises
    TryLater."""
    opened = await inside(lease, _to_sweep)(account_id)
    if opened is None:
        return False
    account_id, cursor, account = opened
    async with aclosing(plugs.provider_of(account)) as provider:
        for _ in range(PAGES):
            try:
                page = await provider.list_since(cursor or None)
            except (ProviderUnavailable, ProviderRejected) as away:
                await inside(lease, note_away, fenced=True)(account_id=account_id, now=plugs.clock())
                raise TryLater(f"El proveedor de pagos no contestó: {away}") from away
            for one in page.items:
                await inside(lease, apply_swept)(account_id=account_id, told=one, now=plugs.clock())
            await inside(lease, note_swept, fenced=True)(
                account_id=account_id, unread=page.unread, cursor=page.cursor, now=plugs.clock()
            )
            cursor = page.cursor
            if not page.more:
                return True
    return False


def _to_read(event_id: int) -> tuple[InboxEvent, Opened] | None:
    event = event_to_read(event_id=event_id)
    return None if event is None else (event, _opened(event.account))


def _to_sweep(account_id: int) -> tuple[int, str, Opened] | None:
    account = ProviderAccount.objects.filter(pk=account_id, closed_at__isnull=True).first()
    return None if account is None else (account.pk, account.cursor, _opened(account))


def _opened(account: ProviderAccount) -> Opened:
    try:
        return open_account(account)
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
