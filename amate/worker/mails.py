"""Letters that are owed: prepare in one transaction, hand over between two, note in the next what became of it."""

from collections.abc import Callable

from amate.adapters.messages import (
    A_PERSON_MENDS,
    BadAddress,
    Cause,
    MailAccount,
    Messenger,
    MessengerUnavailable,
    Outgoing,
)
from amate.alerts.causes import MAIL, MASTER_KEY
from amate.alerts.mail_alert import prepare_alert
from amate.companies.models import Company
from amate.companies.portal_address import portal_of
from amate.companies.secrets import WrongMasterKey
from amate.help.mail_answer import prepare_answer
from amate.invoices.deliver import prepare_delivery
from amate.messages.mail import record_not_sent, record_sent
from amate.messages.mail_invitation import prepare_invitation
from amate.messages.set_mail import ALARM
from amate.messages.try_mail import prepare_test_mail, record_test_failed
from amate.messages.way import Way, house_way, way_out
from amate.promises.lease import GiveUp, Lease, TryLater
from amate.self_invoicing.send_note import prepare_note_mail
from amate.worker.account_mails import prepare_account_mail
from amate.worker.inside import inside
from amate.worker.plugs import Plugs

Ready = tuple[int, Outgoing] | None
Prepare = Callable[[Plugs, Lease, Way], Ready]
# Their links open a person's account, in other companies too: they never pass a server that one company chose.
OPENS_AN_ACCOUNT = frozenset({"invite", "reset_password", "change_mail", "tell_person"})
# What is wrong with the company's own way cannot be told by it.
BY_THE_HOUSE = frozenset({MAIL, MASTER_KEY})


async def post(plugs: Plugs, lease: Lease) -> bool:
    """Keep a promise of one of LETTERS. False: there is nothing to send any more."""
    ready = await _claim(plugs, lease, LETTERS[lease.kind])
    if ready is None:
        return False
    message_id, outgoing, messenger = ready
    try:
        provider_id = await messenger.send(outgoing)
    except BadAddress as refused:
        await inside(lease, record_not_sent, fenced=True)(
            message_id=message_id, error=str(refused), cause=Cause.ADDRESS, for_good=True
        )
        raise GiveUp(f"El servidor de correo rechaza a {outgoing.to}: {refused}") from refused
    except MessengerUnavailable as away:
        await inside(lease, record_not_sent, fenced=True)(
            message_id=message_id, error=str(away), cause=away.cause, for_good=False
        )
        alarm = ALARM if away.cause in A_PERSON_MENDS else ""
        raise TryLater(f"El correo no salió: {away}", after=away.after, alarm=alarm) from away
    await inside(lease, record_sent, fenced=True, settles=plugs.clock)(
        message_id=message_id, provider_id=provider_id, now=plugs.clock()
    )
    return True


async def try_mail(plugs: Plugs, lease: Lease) -> bool:
    """Whatever comes of it is what was asked: it is not tried again."""
    ready = await _claim(plugs, lease, _test)
    if ready is None:
        return False
    message_id, outgoing, messenger = ready
    try:
        provider_id = await messenger.send(outgoing)
    except (BadAddress, MessengerUnavailable) as fault:
        cause = fault.cause if isinstance(fault, MessengerUnavailable) else Cause.ADDRESS
        await inside(lease, record_test_failed, fenced=True, settles=plugs.clock)(
            message_id=message_id, error=str(fault), cause=cause.value, now=plugs.clock()
        )
        return True
    await inside(lease, record_sent, fenced=True, settles=plugs.clock)(
        message_id=message_id, provider_id=provider_id, now=plugs.clock()
    )
    return True


async def _claim(plugs: Plugs, lease: Lease, prepare: Prepare) -> tuple[int, Outgoing, Messenger] | None:
    """What is to be sent and by whom, read in one transaction: the sender belongs to the account that sends it."""
    try:
        account, ready = await inside(lease, _prepared)(plugs, lease, prepare)
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
    if ready is None:
        return None
    return *ready, plugs.messenger if account is None else plugs.messenger_of(account)


def _prepared(plugs: Plugs, lease: Lease, prepare: Prepare) -> tuple[MailAccount | None, Ready]:
    open_way = house_way if lease.kind in OPENS_AN_ACCOUNT or _is_barred(lease) else way_out
    way = open_way(house_sender=plugs.mail_from)
    return way.account, prepare(plugs, lease, way)


def _is_barred(lease: Lease) -> bool:
    """An alert that failed once by the company's way does not wait until that is mended too."""
    return lease.kind == "alert" and (lease.args["cause"] in BY_THE_HOUSE or lease.attempt > 1)


def _delivery(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_delivery(
        invoice_id=lease.args["invoice_id"],
        to=lease.args["to"],
        key=lease.args["message"],
        site=_portal(plugs, lease) + "/",
        way=way,
        now=plugs.clock(),
    )


def _invitation(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_invitation(
        invitation_id=lease.args["invitation_id"],
        site=f"{plugs.public_url}/cuenta/invitacion/",
        way=way,
        now=plugs.clock(),
    )


def _note(plugs: Plugs, lease: Lease, way: Way) -> Ready:
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


def _test(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_test_mail(to=lease.args["to"], key=lease.args["message"], way=way, now=plugs.clock())


def _answer(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_answer(case_id=lease.args["case_id"], key=lease.args["message"], way=way, now=plugs.clock())


def _alert(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    slug = Company.objects.values_list("slug", flat=True).get(pk=lease.company_id)
    return prepare_alert(
        cause=lease.args["cause"],
        user_id=lease.args["user_id"],
        key=lease.args["message"],
        office=f"{plugs.public_url}/oficina/{slug}/",
        way=way,
        now=plugs.clock(),
    )


LETTERS: dict[str, Prepare] = {
    "deliver": _delivery,
    "invite": _invitation,
    "send_note": _note,
    "answer_case": _answer,
    "alert": _alert,
    "reset_password": prepare_account_mail,
    "change_mail": prepare_account_mail,
    "tell_person": prepare_account_mail,
}
