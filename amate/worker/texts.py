"""Texts that are owed: as letters (`mails.py`), but what may have left never leaves again."""

from datetime import date

from amate.adapters.messages import A_PERSON_MENDS, BadAddress, Cause, MessengerUnavailable
from amate.adapters.messages.sms import Gateway, Text
from amate.billing_cycle.collection.letter import prepare_text, settle_letter
from amate.billing_cycle.collection.models import Channel, Notice
from amate.billing_cycle.reconciliation.last_look import money_on_its_way
from amate.companies.secrets import WrongMasterKey
from amate.messages.set_texts import ALARM, open_gateway
from amate.messages.text_bound import note_spent
from amate.messages.texts import TextsSpent, record_text_not_sent, record_text_sent
from amate.messages.try_text import prepare_trial_text, record_trial_failed
from amate.promises.lease import GiveUp, Lease, TryLater
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


async def post(plugs: Plugs, lease: Lease) -> bool:
    """False: there is nothing to send any more."""
    try:
        ready = await inside(lease, _prepared)(plugs, lease)
    except (BadAddress, TextsSpent) as refused:
        await inside(lease, _refused, fenced=True)(plugs, lease, refused)
        if isinstance(
            refused, TextsSpent
        ):  # no text to mend: the reader is called instead, and the first page tells it
            return False
        raise GiveUp(str(refused)) from refused
    if ready is None:
        return False
    gateway, message_id, text = ready
    try:
        provider_id = await plugs.texter_of(gateway).send(text)
    except (BadAddress, MessengerUnavailable) as fault:
        cause = Cause.ADDRESS if isinstance(fault, BadAddress) else fault.cause
        again = await inside(lease, _not_sent, fenced=True)(plugs, lease, message_id, str(fault), cause)
        if isinstance(fault, BadAddress):
            raise GiveUp(f"El SMS no salió: {fault}") from fault
        if not again:
            return False
        alarm = ALARM if cause in A_PERSON_MENDS else ""
        raise TryLater(f"El SMS no salió: {fault}", after=fault.after, alarm=alarm) from fault
    await inside(lease, _sent, fenced=True, settles=plugs.clock)(plugs, lease, message_id, provider_id)
    return True


async def try_text(plugs: Plugs, lease: Lease) -> bool:
    """Whatever comes of it is what was asked: it is not sent again."""
    ready = await inside(lease, _trial)(plugs, lease)
    if ready is None:
        return False
    gateway, message_id, text = ready
    try:
        provider_id = await plugs.texter_of(gateway).send(text)
    except (BadAddress, MessengerUnavailable) as fault:
        cause = fault.cause if isinstance(fault, MessengerUnavailable) else Cause.ADDRESS
        await inside(lease, record_trial_failed, fenced=True, settles=plugs.clock)(
            message_id=message_id, error=str(fault), cause=cause
        )
        return True
    await inside(lease, record_text_sent, fenced=True, settles=plugs.clock)(
        message_id=message_id, provider_id=provider_id, now=plugs.clock()
    )
    return True


def _trial(plugs: Plugs, lease: Lease) -> tuple[Gateway, int, Text] | None:
    gateway = _opened()
    ready = gateway and prepare_trial_text(to=lease.args["to"], key=lease.args["message"], now=plugs.clock())
    return (gateway, ready[0].pk, ready[1]) if gateway and ready else None


def _opened() -> Gateway | None:
    try:
        return open_gateway()
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed


def _prepared(plugs: Plugs, lease: Lease) -> tuple[Gateway, int, Text] | None:
    gateway = _opened()
    if gateway is None:
        _settle(plugs, lease, Notice.State.SKIPPED, "Los SMS están apagados.")
        return None
    customer_id, day = lease.args["customer_id"], lease.args["day"]
    ready = prepare_text(
        customer_id=customer_id,
        day=date.fromisoformat(day),
        key=f"reminder:{customer_id}:{day}",
        money_coming=bool(money_on_its_way([customer_id], now=plugs.clock())),
        now=plugs.clock(),
    )
    return None if ready is None else (gateway, *ready)


def _refused(plugs: Plugs, lease: Lease, refused: Exception) -> None:
    if isinstance(refused, TextsSpent):
        note_spent(now=plugs.clock())
    _settle(plugs, lease, Notice.State.FAILED, str(refused))


def _sent(plugs: Plugs, lease: Lease, message_id: int, provider_id: str) -> None:
    record_text_sent(message_id=message_id, provider_id=provider_id, now=plugs.clock())
    _settle(plugs, lease, Notice.State.SENT, "")


def _not_sent(plugs: Plugs, lease: Lease, message_id: int, error: str, cause: Cause) -> bool:
    again = record_text_not_sent(message_id=message_id, error=error, cause=cause)
    if not again:
        unsure = cause == Cause.SILENT
        _settle(plugs, lease, Notice.State.UNKNOWN if unsure else Notice.State.FAILED, error)
    return again


def _settle(plugs: Plugs, lease: Lease, state: Notice.State, why: str) -> None:
    settle_letter(
        customer_id=lease.args["customer_id"],
        day=date.fromisoformat(lease.args["day"]),
        channel=Channel.SMS,
        state=state,
        why=why,
        now=plugs.clock(),
    )
