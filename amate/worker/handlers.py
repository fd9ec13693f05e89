"""Which promise is kept by which act. Outside calls stand between two transactions: claim, call, record."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import ParamSpec, TypeVar

from amate.adapters.hosts import HostAway
from amate.adapters.messages import (
    A_PERSON_MENDS,
    BadAddress,
    Cause,
    MailAccount,
    Messenger,
    MessengerUnavailable,
    Outgoing,
)
from amate.adapters.pac import Pac, PacError, PacKeyConflict, PacRejected, PacUnavailable, Stamped
from amate.companies.keep_csd import NoCsd, judge_csd, open_csd
from amate.companies.models import Company
from amate.companies.own_host import PROOF, host_to_prove, record_not_proved, record_proof
from amate.companies.portal_address import portal_of
from amate.companies.secrets import WrongMasterKey
from amate.help.mail_answer import prepare_answer
from amate.invoices.deliver import prepare_delivery
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
from amate.messages.mail import record_not_sent, record_sent
from amate.messages.mail_invitation import prepare_invitation
from amate.messages.set_mail import ALARM
from amate.messages.try_mail import prepare_test_mail, record_test_failed
from amate.messages.way import Way, way_out
from amate.promises.keep import Clock, Handler, step
from amate.promises.lease import GiveUp, Lease, TryLater, hold_fast, settle_here
from amate.self_invoicing.claim import release_claim
from amate.self_invoicing.send_note import prepare_note_mail
from amate.tenancy.scope import company_scope
from amate.worker import files, runs
from amate.worker.account_mails import prepare_account_mail
from amate.worker.plugs import Plugs

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
ASKED_FOR = timedelta(days=1)
Ready = tuple[int, Outgoing] | None
# Their links open a person's account, in other companies too: they never pass a server that one company chose.
OPENS_AN_ACCOUNT = frozenset({"invite", "reset_password", "change_mail", "tell_person"})
Prepare = Callable[[Plugs, Lease, Way], Ready]


def handlers(plugs: Plugs) -> dict[str, Handler]:
    """Every kind of promise and the act that keeps it."""
    return {
        "seal_and_stamp": partial(seal_and_stamp, plugs),
        "deliver": partial(deliver, plugs),
        "invite": partial(invite, plugs),
        "send_note": partial(send_note, plugs),
        "try_mail": partial(try_mail, plugs),
        "reset_password": partial(account_mail, plugs),
        "change_mail": partial(account_mail, plugs),
        "tell_person": partial(account_mail, plugs),
        "answer_case": partial(answer_case, plugs),
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
        sending = await _in(lease, _prepare)(plugs, invoice_id=invoice_id)
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
        _follow(await _in(lease, _record_fault, fenced=True)(plugs, invoice_id=invoice_id, fault=fault))
        return False
    try:
        await _in(lease, record_stamp, settles=plugs.clock)(
            invoice_id=invoice_id, key=sending.key, stamped=stamped, pac=plugs.pac.code, now=plugs.clock()
        )
    except LateStamp as late:
        logger.error(str(late), extra={"invoice": invoice_id, "company": lease.company_id})
        raise GiveUp(str(late)) from late
    return True


async def deliver(plugs: Plugs, lease: Lease) -> bool:
    return await _post(plugs, lease, _prepare_delivery)


async def invite(plugs: Plugs, lease: Lease) -> bool:
    return await _post(plugs, lease, _prepare_invitation)


async def account_mail(plugs: Plugs, lease: Lease) -> bool:
    return await _post(plugs, lease, prepare_account_mail)


async def send_note(plugs: Plugs, lease: Lease) -> bool:
    return await _post(plugs, lease, _prepare_note_mail)


async def answer_case(plugs: Plugs, lease: Lease) -> bool:
    return await _post(plugs, lease, _prepare_answer)


async def _post(plugs: Plugs, lease: Lease, prepare: Prepare) -> bool:
    """Prepare a message, hand it over and note what became of it. False: there is nothing to send any more."""
    ready = await _claim(plugs, lease, prepare)
    if ready is None:
        return False
    message_id, outgoing, messenger = ready
    try:
        provider_id = await messenger.send(outgoing)
    except BadAddress as refused:
        await _in(lease, record_not_sent, fenced=True)(
            message_id=message_id, error=str(refused), cause=Cause.ADDRESS, for_good=True
        )
        raise GiveUp(f"El servidor de correo rechaza a {outgoing.to}: {refused}") from refused
    except MessengerUnavailable as away:
        await _in(lease, record_not_sent, fenced=True)(
            message_id=message_id, error=str(away), cause=away.cause, for_good=False
        )
        alarm = ALARM if away.cause in A_PERSON_MENDS else ""
        raise TryLater(f"El correo no salió: {away}", after=away.after, alarm=alarm) from away
    await _in(lease, record_sent, fenced=True, settles=plugs.clock)(
        message_id=message_id, provider_id=provider_id, now=plugs.clock()
    )
    return True


async def try_mail(plugs: Plugs, lease: Lease) -> bool:
    """Whatever comes of it is what was asked: it is not tried again."""
    ready = await _claim(plugs, lease, _prepare_test_mail)
    if ready is None:
        return False
    message_id, outgoing, messenger = ready
    try:
        provider_id = await messenger.send(outgoing)
    except (BadAddress, MessengerUnavailable) as fault:
        cause = fault.cause if isinstance(fault, MessengerUnavailable) else Cause.ADDRESS
        await _in(lease, record_test_failed, fenced=True, settles=plugs.clock)(
            message_id=message_id, error=str(fault), cause=cause.value, now=plugs.clock()
        )
        return True
    await _in(lease, record_sent, fenced=True, settles=plugs.clock)(
        message_id=message_id, provider_id=provider_id, now=plugs.clock()
    )
    return True


async def _claim(plugs: Plugs, lease: Lease, prepare: Prepare) -> tuple[int, Outgoing, Messenger] | None:
    """What is to be sent and by whom, read in one transaction: the sender belongs to the account that sends it."""
    try:
        account, ready = await _in(lease, _prepared)(plugs, lease, prepare)
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
    if ready is None:
        return None
    return *ready, plugs.messenger if account is None else plugs.messenger_of(account)


def _prepared(plugs: Plugs, lease: Lease, prepare: Prepare) -> tuple[MailAccount | None, Ready]:
    way = way_out(house_sender=plugs.mail_from)
    if lease.kind in OPENS_AN_ACCOUNT:
        usted = way.usted and lease.kind == "invite"  # letters about an account speak one way
        way = replace(way, account=None, sender=plugs.mail_from, usted=usted)
    return way.account, prepare(plugs, lease, way)


async def release(plugs: Plugs, lease: Lease) -> bool:
    await _in(lease, release_claim, settles=plugs.clock)(invoice_id=lease.args["invoice_id"], now=plugs.clock())
    return True


async def keep_sent_csd(plugs: Plugs, lease: Lease) -> bool:
    try:
        await _in(lease, judge_csd, settles=plugs.clock)(upload_id=lease.args["upload_id"], now=plugs.clock())
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
    return True


async def prove_host(plugs: Plugs, lease: Lease) -> bool:
    """A name of the DNS takes its time to be seen: it is asked for a day, and then when a person asks again."""
    asked = await _in(lease, host_to_prove)()
    if asked is None:
        return False
    nonce = secrets.token_urlsafe(16)
    try:
        answer = await plugs.hosts.ask(asked.host, PROOF + nonce)
        why = await _in(lease, record_proof, fenced=True)(asked=asked, answer=answer, nonce=nonce, now=plugs.clock())
    except HostAway as away:
        why = await _in(lease, record_not_proved, fenced=True)(asked=asked, why=str(away))
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


def _prepare_delivery(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_delivery(
        invoice_id=lease.args["invoice_id"],
        to=lease.args["to"],
        key=lease.args["message"],
        site=_portal(plugs, lease) + "/",
        way=way,
        now=plugs.clock(),
    )


def _prepare_invitation(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_invitation(
        invitation_id=lease.args["invitation_id"],
        site=f"{plugs.public_url}/cuenta/invitacion/",
        way=way,
        now=plugs.clock(),
    )


def _prepare_note_mail(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_note_mail(
        ticket_id=lease.args["ticket_id"],
        to=lease.args["to"],
        key=lease.args["message"],
        portal=_portal(plugs, lease),
        way=way,
        now=plugs.clock(),
    )


def _portal(plugs: Plugs, lease: Lease) -> str:
    return portal_of(Company.objects.get(pk=lease.company_id), public_url=plugs.public_url)


def _prepare_test_mail(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_test_mail(to=lease.args["to"], key=lease.args["message"], way=way, now=plugs.clock())


def _prepare_answer(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_answer(case_id=lease.args["case_id"], key=lease.args["message"], way=way, now=plugs.clock())


def _follow(outcome: Outcome) -> None:
    if outcome.next == "again":
        raise TryLater(outcome.sentence, after=outcome.after, alarm=outcome.alarm)
    if outcome.next == "staff":
        raise GiveUp(outcome.sentence)


def _in(
    lease: Lease, act: Callable[P, R], *, fenced: bool = False, settles: Clock | None = None
) -> Callable[P, Awaitable[R]]:
    """One step of a job: one transaction of the promise's company. `fenced`: only while the lease is ours; `settles`:
    it is the last one, so the promise is settled with it.

    A stamp is recorded without the fence: it was checked against the sealed bytes, so it is true whoever brings it.
    """

    def scoped(*args: P.args, **kwargs: P.kwargs) -> R:
        with company_scope(lease.company_id):
            if fenced:
                hold_fast(lease)
            done = act(*args, **kwargs)
            if settles:
                settle_here(lease, now=settles())
            return done

    return step(scoped)
