"""Promises about vouchers of debts: the provider makes and cancels them between two transactions."""

from contextlib import aclosing, suppress
from datetime import datetime

from amate.adapters.payments import PaymentProvider, ProviderRejected, ProviderUnavailable
from amate.adapters.payments import ProviderAccount as Opened
from amate.billing_cycle.reconciliation.accounts import open_account
from amate.billing_cycle.reconciliation.make_vouchers import (
    Asked,
    charge_to_cancel,
    end_voucher,
    plan_vouchers,
    record_voucher,
    vouchers_to_ask,
)
from amate.billing_cycle.reconciliation.models import ProviderAccount
from amate.billing_cycle.statements.links import account_site
from amate.companies.models import Company
from amate.companies.portal_address import portal_of
from amate.companies.secrets import WrongMasterKey
from amate.promises.lease import Lease, TryLater
from amate.tenancy.scope import open_company
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


def plan(now: datetime) -> None:
    plan_vouchers(now=now)


async def make(plugs: Plugs, lease: Lease) -> bool:
    """One customer's: what is wrong is cancelled before its like is made, so that no two of a debt can be paid. Each is
    written down as it is done; what one account refuses does not keep the others waiting."""
    asked, opened = await inside(lease, _to_ask)(plugs, lease)
    refused: list[str] = []
    for account_id, account in opened.items():
        async with aclosing(plugs.provider_of(account)) as provider:
            try:
                await _at_one(plugs, lease, provider, asked, account_id, refused)
            except ProviderUnavailable as away:
                refused.append(str(away))
    if refused:
        raise TryLater(f"El proveedor de pagos no hizo las fichas: {'; '.join(dict.fromkeys(refused))}"[:300])
    return False


async def _at_one(
    plugs: Plugs, lease: Lease, provider: PaymentProvider, asked: Asked, account_id: int, refused: list[str]
) -> None:
    for voucher in (one for one in asked.end if one.account_id == account_id):
        if voucher.expires_at is not None and voucher.expires_at > plugs.clock():
            with suppress(ProviderRejected):  # paid, or expired there: what came by it is told by the provider itself
                await provider.cancel(charge_to_cancel(voucher))
        await inside(lease, end_voucher, fenced=True)(voucher_id=voucher.pk, now=plugs.clock())
    for wanted in (one for one in asked.make if one.account.pk == account_id):
        try:
            made = await provider.create_charge(wanted.request, idempotency_key=wanted.key)
        except ProviderRejected as no:
            refused.append(str(no))
            continue
        await inside(lease, record_voucher, fenced=True)(wanted=wanted, made=made, now=plugs.clock())


def _to_ask(plugs: Plugs, lease: Lease) -> tuple[Asked, dict[int, Opened]]:
    portal = portal_of(Company.objects.get(pk=open_company()), public_url=plugs.public_url)
    customer_id = lease.args["customer_id"]
    asked = vouchers_to_ask(customer_id=customer_id, back_url=account_site(portal), now=plugs.clock())
    of_all = [*(one.account for one in asked.end), *(one.account for one in asked.make)]
    accounts = {one.pk: one for one in of_all if one is not None}
    return asked, {pk: _opened(account) for pk, account in sorted(accounts.items())}


def _opened(account: ProviderAccount) -> Opened:
    try:
        return open_account(account)
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
