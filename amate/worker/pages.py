"""Promises about pages that are made on a press, and about notices that only their provider proves."""

from contextlib import aclosing
from typing import Any

from amate.adapters.payments import ProviderAccount as Opened
from amate.adapters.payments import ProviderRejected, ProviderUnavailable, UnknownPayment, VerifiedDelivery
from amate.billing_cycle.reconciliation.accounts import open_account
from amate.billing_cycle.reconciliation.make_page import page_to_look_at, page_to_make
from amate.billing_cycle.reconciliation.make_vouchers import Wanted, record_voucher
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount
from amate.billing_cycle.reconciliation.reconcile import apply_told
from amate.billing_cycle.reconciliation.unproved import notice_to_prove, settle_unproved
from amate.billing_cycle.statements.links import account_site
from amate.companies.models import Company
from amate.companies.portal_address import portal_of
from amate.companies.secrets import WrongMasterKey
from amate.promises.lease import GiveUp, Lease, TryLater
from amate.tenancy.scope import open_company
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


async def make_page(plugs: Plugs, lease: Lease) -> bool:
    found = await inside(lease, _to_make)(plugs, **lease.args)
    if found is None:
        return False
    wanted, account = found
    async with aclosing(plugs.provider_of(account)) as provider:
        try:
            made = await provider.create_charge(wanted.request, idempotency_key=wanted.key)
        except ProviderRejected as no:
            raise GiveUp(f"El proveedor de pagos no hizo la página: {no}"[:300]) from no
        except ProviderUnavailable as away:
            raise TryLater(f"El proveedor de pagos no contestó: {away}", after=away.retry_after) from away
    await inside(lease, record_voucher, fenced=True, settles=plugs.clock)(wanted=wanted, made=made, now=plugs.clock())
    return True


async def look_at_page(plugs: Plugs, lease: Lease) -> bool:
    """Its payer is back: whether he paid, only the provider knows."""
    found = await inside(lease, _to_look)(lease.args["page_id"])
    if found is None:
        return False
    page, account = found
    async with aclosing(plugs.provider_of(account)) as provider:
        try:
            told = await provider.fetch(page.payment_id)
        except UnknownPayment:  # an order that nobody agreed to is forgotten there after some hours
            return False
        except (ProviderUnavailable, ProviderRejected) as away:
            raise TryLater(f"El proveedor de pagos no contestó: {away}") from away
    assert page.account_id is not None  # a page is an account's
    await inside(lease, apply_told, settles=plugs.clock)(account_id=page.account_id, told=told, now=plugs.clock())
    return True


async def prove_notice(plugs: Plugs, lease: Lease) -> bool:
    found = await inside(lease, _to_prove)(lease.args["notice_id"])
    if found is None:
        return False
    delivery, account = found
    async with aclosing(plugs.provider_of(account)) as provider:
        try:
            proved = await provider.prove(delivery)
        except ProviderRejected:  # what has not even the form of a notice is refused
            proved = None
        except ProviderUnavailable as away:
            raise TryLater(f"El proveedor de pagos no contestó: {away}", after=away.retry_after) from away
        hints = list(provider.hints(proved)) if proved is not None else []
    await inside(lease, settle_unproved, fenced=True, settles=plugs.clock)(
        notice_id=lease.args["notice_id"], proved=proved, hints=hints, now=plugs.clock()
    )
    return True


def _to_make(plugs: Plugs, **asked: Any) -> tuple[Wanted, Opened] | None:
    portal = portal_of(Company.objects.get(pk=open_company()), public_url=plugs.public_url)
    wanted = page_to_make(**asked, site=account_site(portal), now=plugs.clock())
    return None if wanted is None else (wanted, _opened(wanted.account))


def _to_look(page_id: int) -> tuple[PaymentReference, Opened] | None:
    page = page_to_look_at(page_id=page_id)
    if page is None or page.account is None:
        return None
    return page, _opened(page.account)


def _to_prove(notice_id: int) -> tuple[VerifiedDelivery, Opened] | None:
    found = notice_to_prove(notice_id=notice_id)
    return None if found is None else (found[1], _opened(found[0]))


def _opened(account: ProviderAccount) -> Opened:
    try:
        return open_account(account)
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
