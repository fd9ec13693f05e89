"""The mail of an alert: one kind for every cause."""

from datetime import datetime

from django.utils import timezone

from amate.access.may import MAY_RETRY
from amate.access.models import Membership
from amate.access.rules import MANAGERS
from amate.adapters.messages import Outgoing
from amate.alerts.causes import CASE, HOME, SEAL_ENDS, SETTINGS, words_of
from amate.alerts.models import Alert
from amate.companies.models import Branch, Csd
from amate.fiscal.clock import zone_of
from amate.messages.mail import claim_mail, outgoing
from amate.messages.way import Way
from amate.papers.dates import short
from amate.promises.models import Promise
from amate.tenancy.scope import open_company


def prepare_alert(
    *, cause: str, user_id: int, key: str, office: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. `office`: the company's back office, with its last slash.

    None: it was sent before, was mended meanwhile, or the person works on something else now.
    """
    people = Membership.objects.filter(
        company_id=open_company(), user_id=user_id, role__in=MAY_RETRY, user__is_active=True
    )
    member = people.select_related("user").first()
    if member is None or not _lasts(cause):
        return None
    words = words_of(cause, day=_end_of(cause))
    mends = member.role in MANAGERS or not words.page.startswith(SETTINGS)
    facts = {
        "person": member.user,
        "usted": False,  # to colleagues, however a company speaks to its customers
        "words": words,
        "waiting": Promise.objects.open().filter(alarm=cause).exclude(kind="alert").count(),
        "button": words.button if mends else "Abrir tu inicio",
        "link": office + (words.page if mends else HOME),
    }
    about = f"alert:{cause}"
    message = claim_mail(key=key, kind="alert", about=about, to=member.user.email, facts=facts, way=way, now=now)
    return None if message is None else (message.pk, outgoing(message, way=way))


def _lasts(cause: str) -> bool:
    return cause.startswith(f"{CASE}:") or Alert.objects.lasting().filter(cause=cause).exists()


def _end_of(cause: str) -> str:
    kind, _, detail = cause.partition(":")
    if kind != SEAL_ENDS:
        return ""
    csd = Csd.objects.only("valid_to").get(pk=int(detail.partition(":")[0]))
    cp = Branch.objects.order_by("id").values_list("cp", flat=True).first()
    return short(csd.valid_to.astimezone(zone_of(cp) if cp else timezone.get_default_timezone()))
