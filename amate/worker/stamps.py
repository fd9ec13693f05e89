"""The promise to seal and stamp: one PAC after the other, and never two that may have the same document (C9)."""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import IntegrityError

from amate.adapters.pac import Pac, PacAmbiguous, PacError, PacKeyConflict, PacRejected, PacUnavailable, Stamped
from amate.billing_cycle.reconciliation.book_credit_note import owe_credit_note
from amate.billing_cycle.reconciliation.take_back import owe_taking_back
from amate.companies.keep_csd import NoCsd, open_csd
from amate.companies.secrets import WrongMasterKey
from amate.invoices.choose_pac import ANY
from amate.invoices.figures import note_answer
from amate.invoices.models import Kind
from amate.invoices.outcome import NOTHING, Outcome
from amate.invoices.pass_over_folios import pass_over_taken
from amate.invoices.stamp import (
    LateStamp,
    Sending,
    prepare_stamp,
    record_never_seen,
    record_refusal,
    record_stamp,
    record_unavailable,
    record_unknown,
)
from amate.promises.lease import GiveUp, Lease, TryLater
from amate.self_invoicing.claim import pass_claim_on
from amate.self_invoicing.credit_refund import owe_credits
from amate.self_invoicing.leave_global import owe_egreso
from amate.worker.follow import follow
from amate.worker.inside import inside
from amate.worker.plugs import Plugs

logger = logging.getLogger(__name__)

# As the database names them.
FOLIO_TAKEN = "invoice_folio"
UUID_TAKEN = "uuid"


@dataclass(frozen=True, slots=True)
class _NeverSeen:
    """Whoever was asked has no stamp; `narrowed_to` may still have it, empty: nobody has."""

    narrowed_to: str


async def seal_and_stamp(plugs: Plugs, lease: Lease) -> bool:
    """Each round asks one PAC; a PAC that surely did not process the document makes room for the next one."""
    try:
        return await _stamp(plugs, lease, lease.args["invoice_id"])
    except NoCsd as closed:
        raise TryLater(str(closed), alarm="csd") from closed
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
    except IntegrityError as double:
        if FOLIO_TAKEN not in str(double):
            raise
        await inside(lease, pass_over_taken)(invoice_id=lease.args["invoice_id"])
        raise TryLater("El folio que seguía ya es de otra factura: la serie sigue después del último.") from double


async def _stamp(plugs: Plugs, lease: Lease, invoice_id: int) -> bool:
    away: dict[str, PacUnavailable] = {}
    sending = await inside(lease, _prepare)(plugs, invoice_id=invoice_id, away=away)
    while isinstance(sending, Sending):
        try:
            told = await _ask(plugs, sending)
        except PacError as fault:
            if isinstance(fault, PacUnavailable):
                away[sending.pac] = fault
            sending = await inside(lease, _record_fault, fenced=True)(
                plugs, invoice_id=invoice_id, fault=fault, away=away
            )
        else:
            if not isinstance(told, _NeverSeen):
                pac, stamped = told
                return await _record(plugs, lease, invoice_id, sending, pac=pac, stamped=stamped)
            sending = await inside(lease, _record_never_seen, fenced=True)(
                plugs, invoice_id=invoice_id, narrowed_to=told.narrowed_to, away=away
            )
    follow(sending)
    return False


# ------------------------------------------------------------ outside


async def _ask(plugs: Plugs, sending: Sending) -> tuple[str, Stamped] | _NeverSeen:
    """Who stamped it, and the stamp. Raises `PacError`."""
    if sending.pac == ANY:
        return await _ask_all(plugs, sending)
    pac = plugs.pac_of(sending.pac)
    if sending.ask_first:
        recovered = await _heard(pac, pac.recover(sending.xml, key=sending.key))
        if recovered is not None:
            return pac.code, recovered
        if sending.settled:
            return _NeverSeen("")
    stamped = await _heard(pac, pac.stamp(sending.xml, key=sending.key))
    assert stamped is not None  # only `recover` may know of none
    return pac.code, stamped


async def _heard(pac: Pac, answer: Awaitable[Stamped | None]) -> Stamped | None:
    """What the PAC answered, counted for whoever watches (ENGINE 12)."""
    try:
        stamped = await answer
    except PacRejected:
        note_answer(pac.code, "rejected")
        raise
    except PacUnavailable:
        note_answer(pac.code, "unavailable")
        raise
    except PacError:
        note_answer(pac.code, "unknown")
        raise
    if stamped is not None:
        note_answer(pac.code, "recovered" if stamped.recovered else "stamped")
    return stamped


async def _ask_all(plugs: Plugs, sending: Sending) -> tuple[str, Stamped] | _NeverSeen:
    """Each may have it, so none is sent it before all that can be asked without stamping have answered."""
    for pac in plugs.pacs:
        if pac.tells:
            recovered = await _told_surely(pac, sending)
            if recovered is not None:
                return pac.code, recovered
    if not sending.settled:
        raise PacAmbiguous("Hace muy poco que pudo enviarse: se vuelve a preguntar en unos minutos")
    return _NeverSeen(next((pac.code for pac in plugs.pacs if not pac.tells), ""))


async def _told_surely(pac: Pac, sending: Sending) -> Stamped | None:
    try:
        return await _heard(pac, pac.recover(sending.xml, key=sending.key))
    except PacUnavailable as away:
        raise PacAmbiguous(f"Puede estar en {pac.code}, que no contesta: {away}") from away


# ------------------------------------------------------------ the database


def _prepare(plugs: Plugs, *, invoice_id: int, away: dict[str, PacUnavailable]) -> Sending | Outcome:
    now = plugs.clock()
    sending = prepare_stamp(
        invoice_id=invoice_id,
        open_csd=partial(open_csd, now=now),
        catalogs=plugs.catalogs,
        pacs=plugs.standings(now=now),
        passed_over=away.keys(),
        now=now,
    )
    return sending if isinstance(sending, Sending) else _ended(invoice_id, sending, now=now)


def _ended(invoice_id: int, outcome: Outcome, *, now: datetime) -> Outcome:
    """A REP that nobody sends any more: a payment that was asked back while it was on its way goes back now."""
    if outcome == NOTHING:
        owe_taking_back(invoice_id, now=now)
    return outcome


async def _record(plugs: Plugs, lease: Lease, invoice_id: int, sending: Sending, *, pac: str, stamped: Stamped) -> bool:
    try:
        await inside(lease, _record_stamp, settles=plugs.clock)(
            invoice_id=invoice_id, key=sending.key, stamped=stamped, pac=pac, now=plugs.clock()
        )
    except LateStamp as late:
        logger.error(str(late), extra={"invoice": invoice_id, "company": lease.company_id})
        raise GiveUp(str(late)) from late
    except IntegrityError as double:
        if UUID_TAKEN not in str(double):
            raise
        why = f"{pac} devolvió el folio fiscal {stamped.uuid}, que ya es de otra factura. Pregúntale por esta antes de seguir."
        await inside(lease, record_unknown, fenced=True)(invoice_id=invoice_id, why=why, now=plugs.clock())
        logger.error(why, extra={"invoice": invoice_id, "company": lease.company_id})
        raise GiveUp(why) from double
    return True


def _record_fault(
    plugs: Plugs, *, invoice_id: int, fault: PacError, away: dict[str, PacUnavailable]
) -> Sending | Outcome:
    """In one transaction: what this PAC did, and whom to ask next."""
    now = plugs.clock()
    if isinstance(fault, PacRejected):
        outcome = record_refusal(invoice_id=invoice_id, refusal=fault, now=now)
        return _ended(invoice_id, outcome, now=now)
    if isinstance(fault, PacUnavailable):
        outcome = record_unavailable(invoice_id=invoice_id, faults=list(away.values()), now=now)
        if outcome.free and any(pac.code not in away for pac in plugs.pacs):
            return _prepare(plugs, invoice_id=invoice_id, away=away)
        return outcome
    why = f"No se sabe si el PAC timbró: {fault}"
    outcome = record_unknown(invoice_id=invoice_id, why=why, now=now)
    # Our key with other bytes (CFDI3307): a new key could stamp twice, so no machine goes on (SAFE-4).
    return Outcome("staff", why) if isinstance(fault, PacKeyConflict) else outcome


def _record_never_seen(
    plugs: Plugs, *, invoice_id: int, narrowed_to: str, away: dict[str, PacUnavailable]
) -> Sending | Outcome:
    record_never_seen(invoice_id=invoice_id, narrowed_to=narrowed_to)
    return _prepare(plugs, invoice_id=invoice_id, away=away)


def _record_stamp(*, invoice_id: int, key: str, stamped: Stamped, pac: str, now: datetime) -> None:
    """A substitute takes its original's note over with the stamp, so that no moment finds the note free. A REP of a payment
    that was asked back meanwhile is at the SAT now, where it can be cancelled."""
    invoice = record_stamp(invoice_id=invoice_id, key=key, stamped=stamped, pac=pac, now=now)
    if invoice.kind == Kind.PAGO:
        owe_taking_back(invoice.pk, now=now)
    owe_egreso(invoice, now=now)
    owe_credit_note(invoice, now=now)
    if invoice.replaces_id is not None:
        pass_claim_on(invoice_id=invoice.replaces_id, to=invoice, now=now)
    owe_credits(invoice, now=now)
