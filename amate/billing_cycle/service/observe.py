"""What the other side says of its services against what we want: what drifted is sent again, under a higher number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from amate.adapters.switch import Account, Observed
from amate.audit.record import record
from amate.billing_cycle.service.accounts import open_account
from amate.billing_cycle.service.models import Desired, Service, SwitchAccount
from amate.billing_cycle.service.want import owe_order
from amate.tenancy.writes import rewrite

AT_ONCE = 200
UNKNOWN = "El sistema dice que no conoce este servicio: revisa cómo se llama allá."


@dataclass(frozen=True, slots=True)
class Asked:
    id: int
    external_id: str
    gen: int


@dataclass(frozen=True, slots=True)
class Asking:
    """Some services of one system, in order of id."""

    account_id: int
    account: Account
    services: tuple[Asked, ...]


def accounts_to_observe() -> list[int]:
    """The systems that tell how their services stand."""
    rows = SwitchAccount.objects.observed()
    return list(rows.order_by("id").values_list("pk", flat=True))


def to_observe(*, account_id: int, after: int, now: datetime) -> Asking | None:
    """The next services after that id, without those whose order is on its way. None: there are no more, or the system is not
    asked now. Raises `companies.secrets.WrongMasterKey`."""
    account = SwitchAccount.objects.observed().filter(pk=account_id).first()
    if account is None or (account.rests_until is not None and now < account.rests_until):
        return None
    rows = Service.objects.live().filter(switch=account, pk__gt=after, actual_gen=F("gen")).order_by("id")
    services = tuple(Asked(*row) for row in rows.values_list("pk", "external_id", "gen")[:AT_ONCE])
    if not services:
        SwitchAccount.objects.filter(pk=account_id).update(observed_at=now)
        return None
    return Asking(account_id, open_account(account), services)


def settle_observed(*, asking: Asking, seen: Mapping[str, Observed], now: datetime) -> int:
    """Note what was seen, and owe the order again for what stands otherwise. Answers how many drifted.

    Whatever was decided while we asked is newer than what was seen, and left alone. A higher number than ours (we were
    restored from a backup) is passed, or the next order would not be heard.
    """
    drifted = 0
    for asked in asking.services:
        service = Service.locked(asked.id)
        if service.gen != asked.gen or service.actual_gen != asked.gen or service.ended_at is not None:
            continue
        found = seen.get(asked.external_id)
        if found is None:
            rewrite(service, trouble=UNKNOWN, observed_at=now)
        elif found.state.value == service.desired:
            gen = max(service.gen, found.gen or 0)
            rewrite(service, actual=found.state.value, gen=gen, actual_gen=gen, observed_at=now, trouble="")
        else:
            _send_again(service, found, now=now)
            drifted += 1
    return drifted


def _send_again(service: Service, found: Observed, *, now: datetime) -> None:
    rewrite(service, actual=found.state.value, gen=max(service.gen, found.gen or 0) + 1, observed_at=now)
    said = Desired(found.state.value).label.lower(), Desired(service.desired).label.lower()
    record("service.drifted", about=f"service:{service.pk}", now=now, found=said[0], wanted=said[1])
    owe_order(service, now=now)
