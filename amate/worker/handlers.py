"""Which promise is kept by which act. Outside calls stand between two transactions: claim, call, record."""

import logging
import secrets
from datetime import timedelta
from functools import partial

from amate.adapters.hosts import HostAway
from amate.adapters.pac import Pac, PacError, PacKeyConflict, PacRejected, PacUnavailable, Stamped
from amate.companies.keep_csd import NoCsd, judge_csd, open_csd
from amate.companies.own_host import PROOF, host_to_prove, record_not_proved, record_proof
from amate.companies.secrets import WrongMasterKey
from amate.invoices.stamp import (
    LateStamp,
    Outcome,
    Sending,
    prepare_stamp,
    record_refusal,
    record_stamp,
    record_unavailable,
    record_unknown,
)
from amate.promises.keep import Handler
from amate.promises.lease import GiveUp, Lease, TryLater
from amate.self_invoicing.claim import release_claim
from amate.worker import files, mails, runs
from amate.worker.inside import inside
from amate.worker.plugs import Plugs

logger = logging.getLogger(__name__)
ASKED_FOR = timedelta(days=1)


def handlers(plugs: Plugs) -> dict[str, Handler]:
    """Every kind of promise and the act that keeps it."""
    return {
        "seal_and_stamp": partial(seal_and_stamp, plugs),
        **{kind: partial(mails.post, plugs) for kind in mails.LETTERS},
        "try_mail": partial(mails.try_mail, plugs),
        "release": partial(release, plugs),
        "read_batch": partial(files.read, plugs),
        "commit_batch": partial(files.commit, plugs),
        "undo_batch": partial(files.undo, plugs),
        "do_to_many": partial(runs.do_to_many, plugs),
        "make_file": partial(runs.make, plugs),
        "keep_csd": partial(keep_sent_csd, plugs),
        "prove_host": partial(prove_host, plugs),
    }


async def seal_and_stamp(plugs: Plugs, lease: Lease) -> bool:
    invoice_id = lease.args["invoice_id"]
    try:
        sending = await inside(lease, _prepare)(plugs, invoice_id=invoice_id)
    except NoCsd as closed:
        raise TryLater(str(closed), alarm="csd") from closed
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
    if isinstance(sending, Outcome):
        _follow(sending)
        return False
    try:
        stamped = await _ask(plugs.pac, sending)
    except PacError as fault:
        _follow(await inside(lease, _record_fault, fenced=True)(plugs, invoice_id=invoice_id, fault=fault))
        return False
    try:
        await inside(lease, record_stamp, settles=plugs.clock)(
            invoice_id=invoice_id, key=sending.key, stamped=stamped, pac=plugs.pac.code, now=plugs.clock()
        )
    except LateStamp as late:
        logger.error(str(late), extra={"invoice": invoice_id, "company": lease.company_id})
        raise GiveUp(str(late)) from late
    return True


async def release(plugs: Plugs, lease: Lease) -> bool:
    await inside(lease, release_claim, settles=plugs.clock)(invoice_id=lease.args["invoice_id"], now=plugs.clock())
    return True


async def keep_sent_csd(plugs: Plugs, lease: Lease) -> bool:
    try:
        await inside(lease, judge_csd, settles=plugs.clock)(upload_id=lease.args["upload_id"], now=plugs.clock())
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
    return True


async def prove_host(plugs: Plugs, lease: Lease) -> bool:
    """A name of the DNS takes its time to be seen: it is asked for a day, and then when a person asks again."""
    asked = await inside(lease, host_to_prove)()
    if asked is None:
        return False
    nonce = secrets.token_urlsafe(16)
    try:
        answer = await plugs.hosts.ask(asked.host, PROOF + nonce)
        why = await inside(lease, record_proof, fenced=True)(asked=asked, answer=answer, nonce=nonce, now=plugs.clock())
    except HostAway as away:
        why = await inside(lease, record_not_proved, fenced=True)(asked=asked, why=str(away))
    if why and plugs.clock() - asked.asked_at < ASKED_FOR:
        raise TryLater(why)
    return False


def _prepare(plugs: Plugs, *, invoice_id: int) -> Sending | Outcome:
    now = plugs.clock()
    return prepare_stamp(invoice_id=invoice_id, open_csd=partial(open_csd, now=now), catalogs=plugs.catalogs, now=now)


async def _ask(pac: Pac, sending: Sending) -> Stamped:
    recovered = await pac.recover(sending.xml, key=sending.key) if sending.ask_first else None
    return recovered or await pac.stamp(sending.xml, key=sending.key)


def _record_fault(plugs: Plugs, *, invoice_id: int, fault: PacError) -> Outcome:
    now = plugs.clock()
    if isinstance(fault, PacRejected):
        return record_refusal(invoice_id=invoice_id, refusal=fault, now=now)
    if isinstance(fault, PacUnavailable):
        return record_unavailable(invoice_id=invoice_id, fault=fault, now=now)
    why = f"No se sabe si el PAC timbró: {fault}"
    outcome = record_unknown(invoice_id=invoice_id, why=why, now=now)
    # Our key with other bytes (CFDI3307): a new key could stamp twice, so no machine goes on (SAFE-4).
    return Outcome("staff", why) if isinstance(fault, PacKeyConflict) else outcome


def _follow(outcome: Outcome) -> None:
    if outcome.next == "again":
        raise TryLater(outcome.sentence, after=outcome.after, alarm=outcome.alarm)
    if outcome.next == "staff":
        raise GiveUp(outcome.sentence)
