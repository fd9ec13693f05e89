"""Mail by plain SMTP."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate
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
        parts = urlsplit(self.url)
        try:
            await aiosmtplib.send(
                _mime(message),
                sender=message.sender,
                recipients=[message.to],
                hostname=parts.hostname,
                port=parts.port or (465 if parts.scheme == "smtps" else 25),
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=parts.scheme == "smtps",
                timeout=self.seconds,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            if all(reply.code in PERMANENT for reply in refused.recipients):
                raise BadAddress(_said(refused.recipients[0].message)) from refused
            raise MessengerUnavailable(_said(refused.recipients[0].message)) from refused
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            raise MessengerUnavailable(f"{type(fault).__name__}: {fault}") from fault


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
