"""Cancelling, as issuer and as receiver: signed and kept, called, recorded; and then the SAT is asked until it is final."""

from datetime import datetime
from functools import partial

from amate.adapters.pac import CancelReceipt, PacAmbiguous, PacError, PacUnavailable
from amate.adapters.pac.sat_status import SatStanding
from amate.billing_cycle.reconciliation.book_credit_note import owe_credit_note
from amate.billing_cycle.reconciliation.take_back import owe_taking_back
from amate.billing_cycle.reconciliation.tell_anew import owe_telling_anew
from amate.companies.keep_csd import NoCsd, open_csd
from amate.companies.secrets import WrongMasterKey
from amate.invoices.answer_cancellation import (
    Said,
    prepare_answer,
    record_answer,
    record_answer_fault,
    record_pending,
    rfc_to_look_for,
)
from amate.invoices.follow_cancellation import prepare_look, record_standing
from amate.invoices.models import AT_THE_SAT, Cancellation, Invoice
from amate.invoices.outcome import Outcome
from amate.invoices.send_cancellation import Request, prepare_cancel, record_cancel_fault, record_receipt
from amate.promises.lease import Lease, TryLater
from amate.self_invoicing.claim import pass_claim_on
from amate.self_invoicing.credit_refund import owe_credits
from amate.worker.follow import follow
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


async def cancel(plugs: Plugs, lease: Lease) -> bool:
    cancellation_id = lease.args["cancellation_id"]
    try:
        request = await inside(lease, _prepare)(plugs, cancellation_id=cancellation_id)
    except (NoCsd, WrongMasterKey) as closed:
        raise TryLater(str(closed), alarm="csd" if isinstance(closed, NoCsd) else "master_key") from closed
    if isinstance(request, Outcome):
        follow(request)
        return False
    if request.ask_first and await _is_known(plugs, lease):
        return False
    try:
        receipt = await _send(plugs, request)
    except PacError as fault:
        follow(
            await inside(lease, record_cancel_fault, fenced=True)(
                cancellation_id=cancellation_id, fault=fault, request=request, now=plugs.clock()
            )
        )
        return False
    follow(
        await inside(lease, record_receipt)(
            cancellation_id=cancellation_id, receipt=receipt, request=request, now=plugs.clock()
        )
    )
    return False


async def look(plugs: Plugs, lease: Lease) -> bool:
    """One look at the SAT. What it says is true whoever brings it, so no fence stands before it."""
    cancellation_id = lease.args["cancellation_id"]
    query = await inside(lease, prepare_look)(cancellation_id=cancellation_id, now=plugs.clock())
    if query is None:
        return False
    try:
        standing = await plugs.standing_of(query)
    except PacUnavailable as away:
        raise TryLater(str(away), after=away.retry_after) from away
    follow(await inside(lease, _record_standing)(cancellation_id=cancellation_id, standing=standing, now=plugs.clock()))
    return False


async def look_for_requests(plugs: Plugs, lease: Lease) -> bool:
    """What others ask our company to let them cancel."""
    rfc = await inside(lease, rfc_to_look_for)()
    try:
        found = await plugs.pacs[0].pending(rfc)
    except (PacUnavailable, PacAmbiguous) as away:
        raise TryLater(f"El PAC no dijo qué cancelaciones esperan tu respuesta: {away}") from away
    await inside(lease, record_pending, settles=plugs.clock)(uuids=found, now=plugs.clock())
    return True


async def answer(plugs: Plugs, lease: Lease) -> bool:
    request_id = lease.args["request_id"]
    try:
        said = await inside(lease, _prepare_answer)(plugs, request_id=request_id)
    except (NoCsd, WrongMasterKey) as closed:
        raise TryLater(str(closed), alarm="csd" if isinstance(closed, NoCsd) else "master_key") from closed
    if said is None:
        return False
    try:
        receipt = await plugs.pacs[0].answer(said.order)
    except PacError as fault:
        follow(
            await inside(lease, record_answer_fault, fenced=True)(
                request_id=request_id, fault=fault, again=said.again, now=plugs.clock()
            )
        )
        return False
    follow(
        await inside(lease, record_answer)(request_id=request_id, receipt=receipt, again=said.again, now=plugs.clock())
    )
    return False


async def _send(plugs: Plugs, request: Request) -> CancelReceipt:
    """By the PAC that stamped it, or by another while that one is away: the SAT takes a request twice and does it once."""
    *others, last = plugs.first_of(request.pac)
    for pac in others:
        try:
            return await pac.cancel(request.order)
        except PacUnavailable:
            continue
    return await last.cancel(request.order)


async def _is_known(plugs: Plugs, lease: Lease) -> bool:
    """Whether the SAT has the request that we sent and heard nothing of. Not asked in vain: sending again is harmless."""
    cancellation_id = lease.args["cancellation_id"]
    query = await inside(lease, prepare_look)(cancellation_id=cancellation_id, now=plugs.clock())
    if query is None:
        return True
    try:
        standing = await plugs.standing_of(query)
    except PacUnavailable:
        return False
    if not (standing.cancelled or standing.in_process):
        return False
    follow(await inside(lease, _record_standing)(cancellation_id=cancellation_id, standing=standing, now=plugs.clock()))
    return True


def _record_standing(*, cancellation_id: int, standing: SatStanding, now: datetime) -> Outcome:
    """A substitute that is cancelled while what it replaced lives gives the note back to that, not to the portal."""
    outcome = record_standing(cancellation_id=cancellation_id, standing=standing, now=now)
    if standing.cancelled:
        gone = Invoice.objects.select_related("replaces").get(cancellations=cancellation_id)
        owe_taking_back(gone.pk, now=now)
        owe_telling_anew(gone, now=now)
        owe_credit_note(gone, now=now)
        heir = None if gone.replaced_by_id else _stands_again(gone)
        if heir is not None:
            pass_claim_on(invoice_id=gone.pk, to=heir, now=now)
            owe_credits(heir, now=now)
    elif standing.refused_by_receiver:
        stays = Cancellation.objects.get(pk=cancellation_id)
        if stays.state == Cancellation.State.REJECTED:
            owe_taking_back(stays.invoice_id, now=now)
    return outcome


def _stands_again(gone: Invoice) -> Invoice | None:
    """The nearest before it that lives for itself: in between there may be substitutes that are cancelled too."""
    one = gone.replaces
    while one is not None and (one.state not in AT_THE_SAT or one.replaced_by_id is not None):
        one = one.replaces
    return one


def _prepare(plugs: Plugs, *, cancellation_id: int) -> Request | Outcome:
    now = plugs.clock()
    return prepare_cancel(cancellation_id=cancellation_id, open_csd=partial(open_csd, now=now), now=now)


def _prepare_answer(plugs: Plugs, *, request_id: int) -> Said | None:
    now = plugs.clock()
    return prepare_answer(
        request_id=request_id, rfc_pac=plugs.pacs[0].rfc, open_csd=partial(open_csd, now=now), now=now
    )
