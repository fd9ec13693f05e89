"""Mis compras: by a mailed link, what was mailed to that same address. Who reads a mailbox has those files already.

What is kept opens nothing (as of invoices): the token is made of the row's seed by this installation's key, and written into
the mail as it leaves.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from amate.access.link_token import digest_of, token_of_seed
from amate.adapters.messages import Outgoing
from amate.audit.record import record
from amate.invoices.links import token_of as token_of_invoice
from amate.invoices.models import DownloadLink, Invoice
from amate.messages.mail import claim_mail, outgoing, render_mail
from amate.messages.models import Message
from amate.messages.way import Way
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.self_invoicing.models import PurchasesLink
from amate.tenancy.writes import insert_unless_there

LIFE = timedelta(days=1)
MOST = 100
ARRIVED = (Message.State.SENT, Message.State.DELIVERED)


@dataclass(frozen=True, slots=True)
class Purchase:
    """An invoice of the list. `token`: of the mail that brought it; `opens`: it still gives the files."""

    invoice: Invoice
    token: str
    opens: bool


def ask_for_purchases(*, correo: str, now: datetime) -> None:
    """Somebody says that this mail is his. Whether anything was ever mailed there, only the worker looks: whoever asked sees
    the same, and waits as long, either way. Once a minute and address."""
    key = f"purchases:{int(now.timestamp()) // 60}:{sha256(correo.lower().encode()).hexdigest()[:16]}"
    record("invoice.list_asked", about="", now=now)  # whose address it is, is not ours to keep twice
    promise("send_purchases", key=key, now=now, priority=SOMEBODY_WAITS, to=correo, message=key)


def prepare_purchases_mail(*, to: str, key: str, portal: str, way: Way, now: datetime) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. None: it was sent before, or nothing was ever mailed there."""
    if not purchases_of(to, now=now, most=1):
        return None
    seed = secrets.token_hex(32)
    made = PurchasesLink(
        key=key, correo=to, seed=seed, token_digest=digest_of(_token(seed)), made_at=now, expires_at=now + LIFE
    )
    link = made if insert_unless_there(made) else PurchasesLink.objects.get(key=key)
    site, about = f"{portal}/mis-compras/", f"purchases_link:{link.pk}"
    shown = {"link": f"{site}…/"}
    message = claim_mail(key=key, kind="purchases", about=about, to=to, facts=shown, way=way, now=now)
    if message is None:
        return None
    # What is kept of the mail does not open the list: the link is written in as it leaves.
    _, text, html = render_mail("purchases", {"link": f"{site}{_token(link.seed)}/"}, way=way)
    return message.pk, replace(outgoing(message, way=way), text=text, html=html)


def find_purchases_link(token: str, *, now: datetime) -> PurchasesLink | None:
    """Of this company, while it opens."""
    rows = PurchasesLink.objects.filter(token_digest=digest_of(token), expires_at__gt=now)
    found: PurchasesLink | None = rows.first()
    return found


def purchases_of(correo: str, *, now: datetime, most: int = MOST) -> list[Purchase]:
    """The invoices that reached this address, newest first, `most` of them; none whose links the company took back."""
    mails = Message.objects.filter(kind="invoice", to__in={correo, correo.lower()}, state__in=ARRIVED)
    links = DownloadLink.objects.standing().filter(key__in=mails.values("key"))
    found: dict[int, Purchase] = {}
    for link in links.select_related("invoice__branch").order_by("-invoice_id", "-expires_at"):
        if link.invoice_id not in found:
            if len(found) == most:
                break
            found[link.invoice_id] = Purchase(link.invoice, token_of_invoice(link), link.opens(now))
    return list(found.values())


def forget_purchases_links(*, now: datetime) -> int:
    """An address is kept no longer than its link opens."""
    count, _ = PurchasesLink.objects.filter(expires_at__lte=now).delete()
    return int(count)


def _token(seed: str) -> str:
    return token_of_seed(seed, purpose="amate.self_invoicing.purchases")
