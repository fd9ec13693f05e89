"""The other side is told what we want of a service: the newest wish, whichever promise brings it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amate.adapters.switch import Account, Command, State
from amate.billing_cycle.service.accounts import open_account
from amate.billing_cycle.service.models import Desired, Hold, Order, Service, Switch, SwitchAccount
from amate.billing_cycle.service.technician import owe_task
from amate.tenancy.writes import insert, rewrite

FAILS, LONGEST = 5, 15  # orders in a row; minutes


@dataclass(frozen=True, slots=True)
class Sending:
    service_id: int
    account_id: int
    command: Command
    account: Account


class Rests(Exception):
    """The system failed so often that it is left alone until `until`; the others are told meanwhile."""

    def __init__(self, name: str, until: datetime) -> None:
        super().__init__(f"{name} no contesta: se le deja descansar unos minutos.")
        self.until = until


def order_to_send(*, service_id: int, now: datetime) -> Sending | None:
    """What is wanted now, not when it was promised: an order that came late carries the newest wish. None: the other side
    has it, or a person tells it, who is written to then. Raises Rests and `companies.secrets.WrongMasterKey`."""
    rows = Service.objects.live().filter(pk=service_id).select_related("switch", "customer")
    service = rows.first()
    if service is None or service.actual_gen == service.gen:
        return None
    if service.switch.kind == Switch.MANUAL:
        owe_task(service, now=now)
        return None
    if service.switch.disabled_at is not None:
        return None
    if service.switch.rests_until is not None and now < service.switch.rests_until:
        raise Rests(service.switch.name, service.switch.rests_until)
    reasons = Hold.objects.open().filter(service=service).order_by("id").values_list("reason", flat=True)
    return Sending(
        service_id=service.pk,
        account_id=service.switch_id,
        command=Command(
            service=service.external_id,
            customer=str(service.customer.number),
            state=State(service.desired),
            gen=service.gen,
            reason=", ".join(reasons),
            at=service.changed_at,
        ),
        account=open_account(service.switch),
    )


def record_order(
    *,
    sending: Sending,
    answer: str,
    went_well: bool,
    millis: int,
    gone: bool = False,
    away: bool = False,
    now: datetime,
) -> None:
    """Note the try. What the other side has only ever moves to a higher number, so that an answer that comes late unsays
    nothing. `gone`: it wants to be told nothing any more, until a person says otherwise; `away`: it did not answer as it
    should, which may pass."""
    service = Service.locked(sending.service_id)
    command = sending.command
    insert(
        Order(
            service=service,
            gen=command.gen,
            state=Desired(command.state),
            answer=answer[:300],
            went_well=went_well,
            millis=millis,
            at=now,
        )
    )
    if gone:
        SwitchAccount.objects.filter(pk=sending.account_id).update(disabled_at=now)
    _breaker(sending.account_id, went_well=went_well, away=away, now=now)
    if went_well and (service.actual_gen is None or service.actual_gen < command.gen):
        Service.objects.filter(pk=service.pk).update(
            actual=command.state.value, actual_gen=command.gen, observed_at=now, trouble=""
        )
    elif not went_well and service.gen == command.gen:
        Service.objects.filter(pk=service.pk).update(trouble=answer[:300])


def _breaker(account_id: int, *, went_well: bool, away: bool, now: datetime) -> None:
    """One order that is taken closes it; five in a row that are not open it, each further one for longer."""
    if went_well:
        SwitchAccount.objects.filter(pk=account_id, failures__gt=0).update(failures=0, rests_until=None)
    elif away:
        account = SwitchAccount.locked(account_id)
        failures = account.failures + 1
        rests = None if failures < FAILS else now + timedelta(minutes=min(2 ** min(failures - FAILS, 4), LONGEST))
        rewrite(account, failures=failures, rests_until=rests)
