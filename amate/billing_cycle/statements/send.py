"""The statement by mail: once a snapshot and address, with its PDF and a link to the customer's page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from amate.adapters.messages import Attachment, Outgoing
from amate.audit.record import record
from amate.billing_cycle.statements.links import account_link, mails_of, token_of
from amate.billing_cycle.statements.models import Statement
from amate.billing_cycle.statements.paper import name_of_file, pdf_of
from amate.billing_cycle.statements.told import told_of
from amate.messages.mail import claim_mail, outgoing, render_mail
from amate.messages.way import Way
from amate.papers.dates import short
from amate.promises.kinds import MAIL, SOMEBODY_WAITS
from amate.promises.promise import promise, promise_all


class NobodyToWrite(Exception):
    """The customer has no mail; nothing is owed. The message (Spanish) says what to do."""

    def __init__(self) -> None:
        super().__init__("No tiene correo: agrégalo en sus datos, o un contacto que vea los pagos.")


def promise_statements(statements: Sequence[Statement], *, at: datetime, now: datetime) -> int:
    """Owe the mails of these snapshots, each once an address for ever; who has no mail gets none. Answers how many mails."""
    mails = mails_of([one.customer for one in statements])
    wanted = {
        key_of(one, to): {"statement_id": one.pk, "to": to, "message": key_of(one, to)}
        for one in statements
        for to in mails[one.customer_id]
    }
    promise_all(kind="send_statement", wanted=wanted, now=now, priority=MAIL, at=at)
    return len(wanted)


def send_statement(*, statement: Statement, now: datetime) -> list[str]:
    """Somebody of the company wants it sent now, again if it was sent before. Answers to whom. Raises NobodyToWrite."""
    mails = mails_of([statement.customer])[statement.customer_id]
    if not mails:
        raise NobodyToWrite
    for to in mails:
        key = f"{key_of(statement, to)}:{int(now.timestamp()) // 60}"
        promise(
            "send_statement",
            key=key,
            now=now,
            priority=SOMEBODY_WAITS,
            statement_id=statement.pk,
            to=to,
            message=key,
        )
    about = f"customer:{statement.customer_id}"
    record("statement.sent", about=about, now=now, day=statement.fecha_corte.isoformat(), to=", ".join(mails))
    return mails


def prepare_statement(
    *, statement_id: int, to: str, key: str, site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """`site`: what stands before the token of the page. None: it was sent before."""
    statement = Statement.objects.select_related("customer").get(pk=statement_id)
    told = told_of(statement.facts)
    facts = {
        "told": told,
        "cut_off": short(told.fecha_corte),
        "services": told.services,
    }
    about = f"customer:{statement.customer_id}"
    shown = facts | {"link": f"{site}…/"}
    message = claim_mail(key=key, kind="statement", about=about, to=to, facts=shown, way=way, now=now)
    if message is None:
        return None
    link = account_link(customer_id=statement.customer_id, key=key, to=to, now=now)
    paper = Attachment(f"{name_of_file(told)}.pdf", pdf_of(told), "application", "pdf")
    mail = outgoing(message, way=way, attachments=(paper,))
    _, text, html = render_mail("statement", facts | {"link": f"{site}{token_of(link)}/"}, way=way)
    return message.pk, replace(mail, text=text, html=html)


def key_of(statement: Statement, to: str) -> str:
    return f"statement:{statement.pk}:{sha256(to.encode()).hexdigest()[:16]}"
