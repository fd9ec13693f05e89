"""Mail by plain SMTP."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from amate.adapters.messages import BadAddress, MessengerUnavailable, Outgoing

PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class Smtp:
    """`smtp://user:password@host:port` (STARTTLS when offered) or `smtps://…` (TLS from the first byte)."""

    url: str
    seconds: float = 20

    async def send(self, message: Outgoing) -> None:
        try:
            await aiosmtplib.send(
                _mime(message),
                sender=message.sender,
                recipients=[message.to],
                timeout=self.seconds,
                **_way_in(self.url),
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            if all(reply.code in PERMANENT for reply in refused.recipients):
                raise BadAddress(_said(refused.recipients[0].message)) from refused
            raise MessengerUnavailable(_said(refused.recipients[0].message)) from refused
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            raise MessengerUnavailable(f"{type(fault).__name__}: {fault}") from fault

    async def check(self) -> None:
        """Go in and out again without a mail. Raises MessengerUnavailable with the server's own words."""
        parts = urlsplit(self.url)
        try:
            async with aiosmtplib.SMTP(**_way_in(self.url), timeout=self.seconds):
                return
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            raise MessengerUnavailable(f"{parts.hostname}: {type(fault).__name__}: {_said(str(fault))}") from fault


def _way_in(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "hostname": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 25),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": parts.scheme == "smtps",
    }


def _mime(message: Outgoing) -> EmailMessage:
    mail = EmailMessage()
    mail["Message-ID"] = message.message_id
    mail["Date"] = formatdate()
    mail["From"] = formataddr((message.sender_name, message.sender))
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    for file in message.attachments:
        mail.add_attachment(file.content, maintype=file.maintype, subtype=file.subtype, filename=file.name)
    return mail


def _said(text: str) -> str:
    return " ".join(text.split())[:300]
