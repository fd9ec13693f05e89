"""Promises to tell whoever serves a customer: suspensions in their queue, reactivations in a faster one."""

from datetime import datetime

from amate.adapters.switch import SwitchError, SwitchPermanent, SwitchRetryable
from amate.billing_cycle.service.drive import Rests, Sending, order_to_send, record_order
from amate.billing_cycle.service.observe import Asking, settle_observed, to_observe
from amate.billing_cycle.service.try_switch import Trial, record_answer, switch_to_try
from amate.companies.secrets import WrongMasterKey
from amate.promises.lease import GiveUp, Lease, TryLater
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


async def drive(plugs: Plugs, lease: Lease) -> bool:
    """Tell the newest wish. Perhaps done counts as not done: told again, it does no harm."""
    sending = await inside(lease, _to_send)(lease.args["service_id"], plugs.clock())
    if sending is None:
        return False
    began = plugs.clock()
    try:
        applied = await plugs.switch_of(sending.account).apply(sending.command, now=began)
    except SwitchError as fault:
        gone = isinstance(fault, SwitchPermanent) and fault.gone
        await inside(lease, record_order, fenced=True)(
            sending=sending,
            answer=str(fault),
            went_well=False,
            millis=_since(plugs, began),
            gone=gone,
            away=not isinstance(fault, SwitchPermanent),
            now=plugs.clock(),
        )
        if isinstance(fault, SwitchPermanent):
            raise GiveUp(f"{sending.command.service}: {fault}") from fault
        after = fault.retry_after if isinstance(fault, SwitchRetryable) else None
        raise TryLater(f"{sending.command.service}: {fault}", after=after) from fault
    await inside(lease, record_order, settles=plugs.clock)(
        sending=sending, answer=applied.answer, went_well=True, millis=_since(plugs, began), now=plugs.clock()
    )
    return True


async def observe(plugs: Plugs, lease: Lease) -> bool:
    """Ask how the services stand, some at a time, and send again what stands otherwise (CYCLE 8)."""
    after = 0
    while (asking := await inside(lease, _to_observe)(lease.args["account_id"], after, plugs.clock())) is not None:
        names = [one.external_id for one in asking.services]
        try:
            seen = await plugs.switch_of(asking.account).observe(names, now=plugs.clock())
        except SwitchError as fault:
            raise TryLater(f"No dijo cómo están los servicios: {fault}") from fault
        await inside(lease, settle_observed, fenced=True)(asking=asking, seen=seen, now=plugs.clock())
        after = asking.services[-1].id
    return False


async def try_switch(plugs: Plugs, lease: Lease) -> bool:
    """Ask it of some of its services, which changes nothing there."""
    trial = await inside(lease, _to_try)(lease.args["account_id"])
    if trial is None:
        return False
    well, said = True, "Contestó, y aceptó tus datos."
    try:
        seen = await plugs.switch_of(trial.account).observe(trial.names, now=plugs.clock())
    except SwitchError as fault:
        well, said = False, str(fault)
    else:
        lost = [one for one in trial.of_ours if one not in seen]
        if lost:
            well, said = False, f"Contestó, pero no conoce a «{lost[0]}»: revisa cómo se llama allá."
    await inside(lease, record_answer, fenced=True, settles=plugs.clock)(
        account_id=lease.args["account_id"], well=well, said=said, now=plugs.clock()
    )
    return True


def _to_try(account_id: int) -> Trial | None:
    try:
        return switch_to_try(account_id=account_id)
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed


def _to_observe(account_id: int, after: int, now: datetime) -> Asking | None:
    try:
        return to_observe(account_id=account_id, after=after, now=now)
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed


def _to_send(service_id: int, now: datetime) -> Sending | None:
    try:
        return order_to_send(service_id=service_id, now=now)
    except Rests as tired:
        raise TryLater(str(tired), after=(tired.until - now).total_seconds()) from tired
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed


def _since(plugs: Plugs, began: datetime) -> int:
    return int((plugs.clock() - began).total_seconds() * 1000)
