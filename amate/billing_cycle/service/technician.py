"""Whoever turns services on and off by hand is told by mail, with a link that says that it is done. Nothing is kept of the
link: it is made of the order and of whom it was sent to, by this installation's key, so that a new order or another person
ends it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils.crypto import constant_time_compare

from amate.access.link_token import token_of_seed
from amate.adapters.messages import Outgoing
from amate.billing_cycle.service.models import Desired, Service, Switch, SwitchAccount
from amate.messages.mail import claim_mail, outgoing, render_mail
from amate.messages.models import Message
from amate.messages.way import Way
from amate.promises.kinds import MAIL, SOMEBODY_WAITS
from amate.promises.promise import promise_all

KIND = "tell_technician"
REMINDERS = 3  # one a day; then it stays in the list of what is to be done by hand
AT_ONCE = 50  # mails of one beat
_TOKEN = re.compile(r"(?P<service>[1-9]\d{0,17})-(?P<gen>[1-9]\d{0,17})-[\w-]{43}", re.ASCII)


class Work(StrEnum):
    DUE = "due"
    DONE = "done"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Task:
    """What the link is about. `work`: whether it is still to be done, or something else is wanted by now."""

    service: Service
    gen: int
    mail: str
    work: Work


def mail_of(switch: SwitchAccount) -> str:
    """Who is told of a system that a person works; empty: nobody."""
    return str(switch.terms.get("mail", "")) if switch.kind == Switch.MANUAL else ""


def owe_task(service: Service, *, now: datetime) -> None:
    """The mail of its newest order, if its system has somebody who does it."""
    if mail_of(service.switch):
        _owe({_key(service.pk, service.gen, 0): service}, now=now)


def owe_tasks(*, now: datetime) -> int:
    """Who did not say that it is done is told again a day later, three times. Of a service that was never told of, what it
    already has is not asked for. Answers how many mails; doubled it is harmless."""
    rows = Service.objects.to_drive().filter(switch__kind=Switch.MANUAL, switch__terms__has_key="mail")
    rows = rows.exclude(actual="", desired=Desired.ACTIVE).order_by("changed_at", "id")
    due = {_key(one.pk, one.gen, min((now - one.changed_at).days, REMINDERS)): one for one in rows}
    told = set(Message.objects.filter(key__in=due).values_list("key", flat=True))
    owed = {key: one for key, one in due.items() if key not in told}
    first = dict(list(owed.items())[:AT_ONCE])
    _owe(first, now=now)
    return len(first)


def prepare_task_mail(
    *, service_id: int, gen: int, key: str, site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. `site` is what stands before the token. None: it was sent
    before, is done, or something else is wanted by now."""
    rows = Service.objects.live().filter(pk=service_id, gen=gen).select_related("switch", "customer")
    service: Service | None = rows.first()
    if service is None or service.actual_gen == gen or not mail_of(service.switch):
        return None
    facts = {
        "service": service,
        "suspend": service.desired == Desired.SUSPENDED,
        "again": not key.endswith(":0"),
        "usted": False,  # to a colleague, however a company speaks to its customers
    }
    shown = facts | {"link": f"{site}…/"}
    about = f"service:{service.pk}"
    message = claim_mail(key=key, kind="task", about=about, to=mail_of(service.switch), facts=shown, way=way, now=now)
    if message is None:
        return None
    # What is kept of the mail does not open the page: the link is written in as it leaves.
    _, text, html = render_mail("task", facts | {"link": f"{site}{task_token(service, gen)}/"}, way=way)
    return message.pk, replace(outgoing(message, way=way), text=text, html=html)


def task_token(service: Service, gen: int) -> str:
    seed = f"{service.company_id}:{service.pk}:{gen}:{mail_of(service.switch)}"
    return f"{service.pk}-{gen}-{token_of_seed(seed, purpose='amate.service.task')}"


def find_task(token: str) -> Task | None:
    """Of this company, while the system is worked by whom the link was sent to."""
    said = _TOKEN.fullmatch(token)
    if said is None:
        return None
    service = Service.objects.select_related("switch", "customer").filter(pk=int(said["service"])).first()
    if service is None or not mail_of(service.switch):
        return None
    gen = int(said["gen"])
    if not constant_time_compare(token, task_token(service, gen)):
        return None
    work = Work.OVERTAKEN if service.gen != gen else Work.DONE if service.actual_gen == gen else Work.DUE
    return Task(service, gen, mail_of(service.switch), work)


def _owe(due: dict[str, Service], *, now: datetime) -> None:
    """Who is wanted again does not queue behind whoever is cut."""
    for back in (True, False):
        wanted = {key: one for key, one in due.items() if (one.desired == Desired.ACTIVE) is back}
        promise_all(kind=KIND, wanted=_said(wanted.items()), now=now, priority=SOMEBODY_WAITS if back else MAIL)


def _said(wanted: Iterable[tuple[str, Service]]) -> dict[str, dict[str, object]]:
    return {key: {"service_id": one.pk, "gen": one.gen, "message": key} for key, one in wanted}


def _key(service_id: int, gen: int, nth: int) -> str:
    return f"task:{service_id}:{gen}:{nth}"
