"""What a payment provider is asked besides payments: a customer's reference for life, and whether it answers at all."""

from contextlib import aclosing

from amate.adapters.payments import ProviderAccount as Opened
from amate.adapters.payments import ProviderRejected, ProviderUnavailable
from amate.billing_cycle.reconciliation.accounts import open_account
from amate.billing_cycle.reconciliation.give_reference import Wanted, record_reference, wanted_reference
from amate.billing_cycle.reconciliation.models import ProviderAccount
from amate.billing_cycle.reconciliation.try_account import account_to_try, record_answer
from amate.companies.secrets import WrongMasterKey
from amate.promises.lease import Lease, TryLater
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


async def give(plugs: Plugs, lease: Lease) -> bool:
    found = await inside(lease, _wanted)(**lease.args)
    if found is None:
        return False
    wanted, account = found
    async with aclosing(plugs.provider_of(account)) as provider:
        try:
            given = await provider.customer_reference(wanted.payer, way=wanted.way)
        except (ProviderUnavailable, ProviderRejected) as away:
            raise TryLater(f"El proveedor de pagos no dio la referencia: {away}") from away
    await inside(lease, record_reference, fenced=True, settles=plugs.clock)(
        wanted=wanted, given=given, now=plugs.clock()
    )
    return True


def _wanted(account_id: int, customer_id: int, way: str) -> tuple[Wanted, Opened] | None:
    wanted = wanted_reference(customer_id=customer_id, account_id=account_id, way=way)
    return None if wanted is None else (wanted, _opened(wanted.account))


def _opened(account: ProviderAccount) -> Opened:
    try:
        return open_account(account)
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed


async def try_provider(plugs: Plugs, lease: Lease) -> bool:
    """One page of what it knows: the same call that the sweep makes."""
    opened = await inside(lease, _to_try)(lease.args["account_id"])
    if opened is None:
        return False
    well, said = True, "Contestó, y aceptó tus llaves."
    async with aclosing(plugs.provider_of(opened)) as provider:
        try:
            await provider.list_since(None)
        except (ProviderUnavailable, ProviderRejected) as away:
            well, said = False, away.message
    await inside(lease, record_answer, fenced=True, settles=plugs.clock)(
        account_id=lease.args["account_id"], well=well, said=said, now=plugs.clock()
    )
    return True


def _to_try(account_id: int) -> Opened | None:
    account = account_to_try(account_id=account_id)
    return None if account is None else _opened(account)
