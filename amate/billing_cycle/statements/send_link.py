"""Links to a customer's page, by mail and nothing else: asked for by whoever says a mail, or from the page itself."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from amate.adapters.messages import Outgoing
from amate.audit.record import record
from amate.billing_cycle.statements.links import account_link, act_link, mails_of, token_of
from amate.billing_cycle.statements.models import AccountLink, Purpose
from amate.customers.models import Contact, Customer
from amate.messages.mail import claim_mail, outgoing, render_mail
from amate.messages.way import Way
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise, promise_all

MOST = 20  # customers of one address
WORDS = {
    Purpose.REPORT: "avisar de un pago",
    Purpose.PROMISE: "prometer una fecha de pago",
    Purpose.FISCAL: "corregir los datos fiscales",
    Purpose.CHANNELS: "elegir cómo te avisamos",
}


def ask_for_accounts(*, correo: str, now: datetime) -> None:
    """Somebody says that he is a customer with this mail. Whether anybody is, only the worker looks: whoever asked sees the
    same, and waits as long, either way. Once a minute and address."""
    key = f"accounts:{_minute(now)}:{_hash(correo)}"
    record("statement.asked_by_mail", about="", now=now)  # whether it is anybody's, nobody knows yet
    promise("find_accounts", key=key, now=now, priority=SOMEBODY_WAITS, correo=correo.lower(), asked=_minute(now))


def owe_links(*, correo: str, asked: int, now: datetime) -> int:
    """A link for each customer whose mail it is. Answers how many are."""
    own = Customer.objects.live().filter(correo__iexact=correo).values_list("pk", flat=True)[:MOST]
    handled = Contact.objects.filter(correo__iexact=correo, handles_payments=True, customer__merged_into=None)
    ids = sorted({*own, *handled.values_list("customer_id", flat=True)[:MOST]})
    wanted = {
        f"account:{pk}:{asked}:{_hash(correo)}": {
            "customer_id": pk,
            "to": correo,
            "message": f"account:{pk}:{asked}:{_hash(correo)}",
        }
        for pk in ids
    }
    promise_all(kind="send_account", wanted=wanted, now=now, priority=SOMEBODY_WAITS)
    for pk in ids:
        record("statement.link_asked", about=f"customer:{pk}", now=now, to=correo)
    return len(ids)


def promise_account(*, customer_id: int, to: str, now: datetime) -> None:
    """Another link that shows the page, to a mail of that customer's. Once a minute."""
    key = f"account:{customer_id}:{_minute(now)}:{_hash(to)}"
    promise("send_account", key=key, now=now, priority=SOMEBODY_WAITS, customer_id=customer_id, to=to, message=key)
    record("statement.link_asked", about=f"customer:{customer_id}", now=now, to=to)


def promise_act(*, link: AccountLink, purpose: Purpose, now: datetime) -> None:
    """A link that does one thing once, to the mail by which the page was opened. Once a minute."""
    key = f"act:{purpose}:{link.customer_id}:{_minute(now)}:{_hash(link.correo)}"
    promise(
        "send_act",
        key=key,
        now=now,
        priority=SOMEBODY_WAITS,
        customer_id=link.customer_id,
        to=link.correo,
        purpose=purpose.value,
        message=key,
    )
    record("statement.act_asked", about=f"customer:{link.customer_id}", now=now, to=link.correo, purpose=purpose.value)


def prepare_account(
    *, customer_id: int, to: str, key: str, site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """`site`: what stands before the token. None: it was sent before, or that is no mail of his any more."""
    customer = _whose(customer_id, to)
    if customer is None:
        return None
    link = account_link(customer_id=customer.pk, key=key, to=to, now=now)
    return _prepared("account_link", customer, link, facts={}, site=site, way=way, now=now)


def prepare_act(
    *, customer_id: int, to: str, purpose: Purpose, key: str, site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """As `prepare_account`, of a link that does one thing."""
    customer = _whose(customer_id, to)
    if customer is None:
        return None
    link = act_link(customer_id=customer.pk, purpose=purpose, key=key, to=to, now=now)
    return _prepared("account_act", customer, link, facts={"what": WORDS[purpose]}, site=site, way=way, now=now)


def _prepared(
    kind: str, customer: Customer, link: AccountLink, *, facts: dict[str, Any], site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    facts = facts | {"customer": customer}
    about = f"customer:{customer.pk}"
    shown = facts | {"link": f"{site}…/"}
    message = claim_mail(key=link.key, kind=kind, about=about, to=link.correo, facts=shown, way=way, now=now)
    if message is None:
        return None
    # What is kept of the mail does not open the page: the link is written in as it leaves.
    _, text, html = render_mail(kind, facts | {"link": f"{site}{token_of(link)}/"}, way=way)
    return message.pk, replace(outgoing(message, way=way), text=text, html=html)


def _whose(customer_id: int, to: str) -> Customer | None:
    customer = Customer.objects.live().filter(pk=customer_id).first()
    if customer is None or to.lower() not in mails_of([customer])[customer.pk]:
        return None
    return customer


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60


def _hash(correo: str) -> str:
    return sha256(correo.lower().encode()).hexdigest()[:16]
