"""Who was cut is told why, what he owes, and that his payment brings the service back."""

from collections.abc import Iterable
from datetime import datetime

from amate.adapters.messages import Outgoing
from amate.billing_cycle.collection.letter import Page, items_of, totals_of
from amate.billing_cycle.collection.reach import reach_of
from amate.billing_cycle.service.models import CutDecision, Hold
from amate.companies.day import day_of
from amate.ledger.debts import owed_now
from amate.messages.mail import claim_mail
from amate.messages.way import Way
from amate.papers.dates import short


def who_was_cut(*, decision_id: int) -> int:
    """Who remains of him, if he was merged since: rows of a decision go along."""
    found: int = CutDecision.objects.values_list("customer_id", flat=True).get(pk=decision_id)
    return found


def prepare_cut_letter(
    *, decision_id: int, page: Page, way: Way, now: datetime, deeper: bool = False
) -> tuple[int, Outgoing] | None:
    """Once a cut, and once more when what was only slower is cut (`deeper`). None: it was sent before, he has his service again, or no address of his receives mail."""
    held = Hold.objects.open().filter(decision_id=decision_id).select_related("service").order_by("id")
    services = [one.service.name for one in held if one.slower_until is None]
    slowed = [one.service.name for one in held if one.slower_until is not None]
    customer_id = who_was_cut(decision_id=decision_id)
    reach = reach_of([customer_id])[customer_id]
    if not (services or (slowed and not deeper)) or not reach.mail:
        return None
    today = day_of(now)
    owed = [one for one in owed_now([customer_id]) if one.due_on < today]
    facts = {
        "nombre": reach.nombre,
        "services": services,
        "slowed": slowed,
        "until": _day_of_cut(held),
        "items": items_of(owed, today=today),
        "totals": totals_of(owed),
        "one": len(owed) == 1,
        "link": page.shown,
        "ways": page.ways,
    }
    key, about = f"cut:{decision_id}:deeper" if deeper else f"cut:{decision_id}", f"customer:{customer_id}"
    message = claim_mail(key=key, kind="cut", about=about, to=reach.mail, facts=facts, way=way, now=now)
    return None if message is None else (message.pk, page.hand_over(message, facts, way=way))


def _day_of_cut(held: Iterable[Hold]) -> str:
    """The first day on which what is slower may be cut."""
    days = [one.slower_until for one in held if one.slower_until is not None]
    return short(min(days)) if days else ""
