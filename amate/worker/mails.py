"""Letters that are owed: prepare in one transaction, hand over between two, note in the next what became of it."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

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
from amate.billing_cycle.collection.letter import prepare_reminder, settle_letter
from amate.billing_cycle.collection.models import Channel, Notice
from amate.billing_cycle.collection.tell_cut import prepare_cut_letter, who_was_cut
from amate.billing_cycle.collection.tell_rise import prepare_rise_letter
from amate.billing_cycle.reconciliation.last_look import money_on_its_way
from amate.billing_cycle.reconciliation.thank import prepare_thanks
from amate.billing_cycle.service.technician import prepare_task_mail
from amate.billing_cycle.statements.links import account_site, act_site
from amate.billing_cycle.statements.models import Purpose
from amate.billing_cycle.statements.send import prepare_statement
from amate.billing_cycle.statements.send_link import prepare_account, prepare_act
from amate.companies.models import Company
from amate.companies.portal_address import portal_of
from amate.companies.secrets import WrongMasterKey
from amate.help.mail_answer import prepare_answer
from amate.invoices.deliver import prepare_delivery
from amate.invoices.tell_cancellation import prepare_telling
from amate.messages.mail import record_not_sent, record_sent
from amate.messages.mail_invitation import prepare_invitation
from amate.messages.set_mail import ALARM
from amate.messages.try_mail import prepare_test_mail, record_test_failed
from amate.messages.way import Way, house_way, way_out
from amate.promises.lease import GiveUp, Lease, TryLater
from amate.self_invoicing.my_purchases import prepare_purchases_mail
from amate.self_invoicing.remind_expiry import prepare_expiry_mail
from amate.self_invoicing.send_note import prepare_note_mail
from amate.self_invoicing.tell_awaited import prepare_awaited_mail
from amate.worker.account_mails import prepare_account_mail
from amate.worker.account_page import page_of
from amate.worker.documents import notes_of
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


class Left(StrEnum):
    """What became of a letter that was handed over."""

    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


Ready = tuple[int, Outgoing] | None
Prepare = Callable[[Plugs, Lease, Way], Ready]
# What became of it, as its own room keeps it: told in the transaction that notes it.
Settle = Callable[[Lease, Left, str, datetime], None]
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
        await inside(lease, _not_sent, fenced=True)(
            lease, message_id=message_id, error=str(refused), cause=Cause.ADDRESS, for_good=True, now=plugs.clock()
        )
        raise GiveUp(f"El servidor de correo rechaza a {outgoing.to}: {refused}") from refused
    except MessengerUnavailable as away:
        await inside(lease, _not_sent, fenced=True)(
            lease, message_id=message_id, error=str(away), cause=away.cause, for_good=False, now=plugs.clock()
        )
        if away.cause == Cause.SILENT and lease.kind in SETTLES:  # it may have left: told twice is worse than not told
            return False
        alarm = ALARM if away.cause in A_PERSON_MENDS else ""
        raise TryLater(f"El correo no salió: {away}", after=away.after, alarm=alarm) from away
    await inside(lease, _sent, fenced=True, settles=plugs.clock)(
        lease, message_id=message_id, provider_id=provider_id, now=plugs.clock()
    )
    return True


def _sent(lease: Lease, *, message_id: int, provider_id: str, now: datetime) -> None:
    record_sent(message_id=message_id, provider_id=provider_id, now=now)
    if lease.kind in SETTLES:
        SETTLES[lease.kind](lease, Left.SENT, "", now)


def _not_sent(lease: Lease, *, message_id: int, error: str, cause: Cause, for_good: bool, now: datetime) -> None:
    record_not_sent(message_id=message_id, error=error, cause=cause, for_good=for_good)
    if lease.kind in SETTLES and (for_good or cause == Cause.SILENT):
        SETTLES[lease.kind](lease, Left.REFUSED if for_good else Left.UNKNOWN, error, now)


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


def _telling(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_telling(
        cancellation_id=lease.args["cancellation_id"],
        occasion=lease.args["occasion"],
        to=lease.args["to"],
        key=lease.args["message"],
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


def _awaited(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_awaited_mail(
        awaited_id=lease.args["awaited_id"],
        outcome=lease.args["outcome"],
        to=lease.args["to"],
        key=lease.args["message"],
        portal=_portal(plugs, lease),
        way=way,
        now=plugs.clock(),
    )


def _purchases(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_purchases_mail(
        to=lease.args["to"], key=lease.args["message"], portal=_portal(plugs, lease), way=way, now=plugs.clock()
    )


def _expiry(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_expiry_mail(
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


def _reminder(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    customer_id = lease.args["customer_id"]
    return prepare_reminder(
        customer_id=customer_id,
        day=date.fromisoformat(lease.args["day"]),
        key=f"reminder:{customer_id}:{lease.args['day']}",
        page=page_of(plugs, customer_id=customer_id, now=plugs.clock()),
        money_coming=bool(money_on_its_way([customer_id], now=plugs.clock())),
        way=way,
        now=plugs.clock(),
    )


def _thanks(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    payment_id = lease.args["payment_id"]
    return prepare_thanks(
        payment_id=payment_id,
        to=lease.args["to"],
        key=lease.args["message"],
        notes=notes_of(payment_id, portal=_portal(plugs, lease), now=plugs.clock()),
        way=way,
        now=plugs.clock(),
    )


def _statement(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_statement(
        statement_id=lease.args["statement_id"],
        to=lease.args["to"],
        key=lease.args["message"],
        site=account_site(_portal(plugs, lease)),
        way=way,
        now=plugs.clock(),
    )


def _account(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_account(
        customer_id=lease.args["customer_id"],
        to=lease.args["to"],
        key=lease.args["message"],
        site=account_site(_portal(plugs, lease)),
        way=way,
        now=plugs.clock(),
    )


def _act(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_act(
        customer_id=lease.args["customer_id"],
        to=lease.args["to"],
        purpose=Purpose(lease.args["purpose"]),
        key=lease.args["message"],
        site=act_site(_portal(plugs, lease)),
        way=way,
        now=plugs.clock(),
    )


def _cut(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    decision_id = lease.args["decision_id"]
    now = plugs.clock()
    page = page_of(plugs, customer_id=who_was_cut(decision_id=decision_id), now=now)
    deeper = bool(lease.args.get("deeper"))
    return prepare_cut_letter(decision_id=decision_id, deeper=deeper, page=page, way=way, now=now)


def _rise(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_rise_letter(
        rise_id=lease.args["rise_id"], customer_id=lease.args["customer_id"], way=way, now=plugs.clock()
    )


def _task(plugs: Plugs, lease: Lease, way: Way) -> Ready:
    return prepare_task_mail(
        service_id=lease.args["service_id"],
        gen=lease.args["gen"],
        key=lease.args["message"],
        site=_portal(plugs, lease) + "/tarea/",
        way=way,
        now=plugs.clock(),
    )


def _reminder_left(lease: Lease, left: Left, why: str, now: datetime) -> None:
    settle_letter(
        customer_id=lease.args["customer_id"],
        day=date.fromisoformat(lease.args["day"]),
        channel=Channel.MAIL,
        state=NOTICE_IS[left],
        why=why,
        now=now,
    )


NOTICE_IS = {
    Left.SENT: Notice.State.SENT,
    Left.REFUSED: Notice.State.FAILED,
    Left.UNKNOWN: Notice.State.UNKNOWN,
}
SETTLES: dict[str, Settle] = {"remind_by_mail": _reminder_left}
LETTERS: dict[str, Prepare] = {
    "thank": _thanks,
    "deliver": _delivery,
    "remind_by_mail": _reminder,
    "tell_cut": _cut,
    "tell_rise": _rise,
    "tell_technician": _task,
    "tell_cancellation": _telling,
    "invite": _invitation,
    "send_note": _note,
    "tell_awaited": _awaited,
    "send_purchases": _purchases,
    "remind_expiry": _expiry,
    "answer_case": _answer,
    "alert": _alert,
    "send_statement": _statement,
    "send_account": _account,
    "send_act": _act,
    "reset_password": prepare_account_mail,
    "change_mail": prepare_account_mail,
    "tell_person": prepare_account_mail,
}
