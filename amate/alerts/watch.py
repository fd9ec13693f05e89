"""What lasts is told once, and once a day while it lasts; what is gone is told anew when it comes back.

Read from what is owed and from the seal itself, not from events: nothing that fails has to remember to ring.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from amate.alerts.causes import DAYS, MAIL, REFUSED, SEAL_ENDS
from amate.alerts.models import Alert
from amate.alerts.tell import tell_staff
from amate.companies.models import Csd
from amate.invoices.models import Invoice
from amate.promises.models import Promise
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
    lasting = Alert.objects.lasting().exclude(cause__startswith=f"{SEAL_ENDS}:")
    _tell(_stuck(), known=lasting, again=A_DAY, now=now)


def watch_seal(*, now: datetime) -> None:
    """60, 30 and 7 days before the seal ends, and when it has: once each. Inside the company's scope."""
    _tell(_ending(now), known=Alert.objects.lasting().filter(cause__startswith=f"{SEAL_ENDS}:"), again=None, now=now)


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
    return {*alarms.values_list("alarm", flat=True).distinct(), *(f"{REFUSED}:{code or ''}" for code in codes)}


def _ending(now: datetime) -> set[str]:
    csd = Csd.objects.in_use().only("id", "valid_to").first()
    if csd is None:
        return set()
    days = next((days for days in DAYS if csd.valid_to - now <= timedelta(days=days)), None)
    return set() if days is None else {f"{SEAL_ENDS}:{csd.pk}:{days}"}
