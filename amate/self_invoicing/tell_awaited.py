"""The mail to somebody whose awaited sale became no invoice: what happened and what he can do."""

from datetime import datetime
from decimal import Decimal

from amate.adapters.messages import Outgoing
from amate.messages.mail import claim_mail, outgoing
from amate.messages.way import Way
from amate.self_invoicing.links import qr_url
from amate.self_invoicing.models import AwaitedSale

Outcome = AwaitedSale.Outcome
# After these he is led to his note, which says the rest; after the others, to the start, to look at his paper again.
HAS_A_PAGE = frozenset({Outcome.TAKEN, Outcome.CLOSED, Outcome.REFUSED})


def prepare_awaited_mail(
    *, awaited_id: int, outcome: str, to: str, key: str, portal: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. `portal` as `links.qr_url`. None: it was sent before."""
    wish = AwaitedSale.objects.get(pk=awaited_id)
    link = qr_url(portal=portal, code=wish.code, total_cents=wish.total_cents)
    facts = {
        "outcome": outcome,
        "code": wish.code,
        "total": Decimal(wish.total_cents) / 100,
        "link": link if outcome in HAS_A_PAGE else f"{portal}/",
        "button": "Ver mi compra" if outcome in HAS_A_PAGE else "Escribir otra vez mi código",
    }
    about = f"awaited_sale:{wish.pk}"
    message = claim_mail(key=key, kind="awaited", about=about, to=to, facts=facts, way=way, now=now)
    return None if message is None else (message.pk, outgoing(message, way=way))
