"""What lasts is told once, and once a day while it lasts; what is gone is told anew when it comes back.

Read from what is owed and from the seal itself, not from events: nothing that fails has to remember to ring.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection

from amate.alerts.causes import (
    CANCEL_HELD,
    CUTS_HELD,
    DUE,
    FEW,
    FEW_STAMPS,
    MAIL,
    PAC,
    REFUSED,
    SAT_DIFFERS,
    SEAL_ENDS,
    mark_of,
)
from amate.alerts.models import Alert
from amate.alerts.tell import tell_staff
from amate.companies.models import Csd
from amate.invoices.models import Cancellation, Invoice, SatDifference
from amate.promises.models import Promise
from amate.running.pacs_heard import Heard
from amate.tenancy.writes import insert_unless_there

A_DAY = timedelta(days=1)
STAMPS = "seal_and_stamp"


def companies_to_watch() -> list[int]:
    """Whose work waits for a person, or did when we last looked. Needs no company's scope."""
    with connection.cursor() as c:
        c.execute("SELECT company_id FROM alerts_companies()")
        return [company_id for (company_id,) in c.fetchall()]


def watch_work(*, now: datetime) -> None:
    """What stamps and mails wait for. Inside the company's scope."""
    lasting = Alert.objects.lasting()
    for other in (SEAL_ENDS, PAC, FEW_STAMPS, DUE):
        lasting = lasting.exclude(cause__startswith=f"{other}:")
    lasting = lasting.exclude(cause__in=(SAT_DIFFERS, CUTS_HELD))
    _tell(_stuck(), known=lasting, again=A_DAY, now=now)


def watch_seal(*, now: datetime) -> None:
    """60, 30 and 7 days before the seal ends, and when it has: once each. Inside the company's scope."""
    _tell(_ending(now), known=Alert.objects.lasting().filter(cause__startswith=f"{SEAL_ENDS}:"), again=None, now=now)


def watch_dates(causes: Iterable[str], *, now: datetime) -> None:
    """Of `due:` each once: what lasts stands on Inicio. Inside the company's scope."""
    _tell(set(causes), known=Alert.objects.lasting().filter(cause__startswith=f"{DUE}:"), again=None, now=now)


def watch_differences(*, now: datetime) -> None:
    """What the SAT says otherwise, each day while it lasts. Inside the company's scope."""
    found = {SAT_DIFFERS} if SatDifference.objects.lasting().exists() else set()
    _tell(found, known=Alert.objects.lasting().filter(cause=SAT_DIFFERS), again=A_DAY, now=now)


def watch_cuts(*, held: bool, now: datetime) -> None:
    """The cuts of a day that wait for a person. Inside the company's scope."""
    _tell({CUTS_HELD} if held else set(), known=Alert.objects.lasting().filter(cause=CUTS_HELD), again=A_DAY, now=now)


def watch_pacs(heard: Sequence[Heard], *, now: datetime) -> None:
    """What ails a PAC, each day while it lasts; stamps that run out, once at each limit. Inside the company's scope."""
    lasting = Alert.objects.lasting()
    _tell(_ailing(heard), known=lasting.filter(cause__startswith=f"{PAC}:"), again=A_DAY, now=now)
    _tell(_running_out(heard), known=lasting.filter(cause__startswith=f"{FEW_STAMPS}:"), again=None, now=now)


def _tell(found: set[str], *, known: Iterable[Alert], again: timedelta | None, now: datetime) -> None:
    """Two workers may look at once: the unique cause and the compare-and-set let one of them tell."""
    before = {alert.cause: alert for alert in known}
    for cause in sorted(found - before.keys()):
        if insert_unless_there(Alert(cause=cause, raised_at=now, told_at=now)):
            tell_staff(cause=cause, now=now)
    for cause, alert in before.items():
        row = Alert.objects.lasting().filter(pk=alert.pk, told_at=alert.told_at)
        if cause not in found:
            row.update(mended_at=now)
        elif again and now - alert.told_at >= again and row.update(told_at=now):
            tell_staff(cause=cause, now=now)


def _stuck() -> set[str]:
    # That a mail about mail cannot leave is no cause of its own: it would keep itself alive.
    alarms = Promise.objects.open().exclude(alarm="").exclude(kind="alert", alarm=MAIL)
    given_up = Promise.objects.given_up().filter(kind=STAMPS).values_list("args__invoice_id", flat=True)[:1000]
    codes = Invoice.objects.filter(pk__in=list(given_up)).values_list("refusal_code", flat=True)
    held = {CANCEL_HELD} if Cancellation.objects.filter(state=Cancellation.State.HELD).exists() else set()
    return {*alarms.values_list("alarm", flat=True).distinct(), *(f"{REFUSED}:{code or ''}" for code in codes), *held}


def _ailing(heard: Sequence[Heard]) -> set[str]:
    """With one PAC alone, the promises that wait for its account ring themselves."""
    own = ("lies", "clock") if len(heard) == 1 else ("lies", "clock", "credits", "credentials")
    return {f"{PAC}:{kind}:{one.code}" for one in heard for kind in one.troubles if kind in own}


def _running_out(heard: Sequence[Heard]) -> set[str]:
    found = set()
    for one in heard:
        limit = next((limit for limit in FEW if one.left and one.left <= limit), None)
        if limit is not None:
            found.add(f"{FEW_STAMPS}:{one.code}:{limit}")
    return found


def _ending(now: datetime) -> set[str]:
    csd = Csd.objects.in_use().only("id", "valid_to").first()
    if csd is None:
        return set()
    days = mark_of(csd.valid_to - now)
    return set() if days is None else {f"{SEAL_ENDS}:{csd.pk}:{days}"}
