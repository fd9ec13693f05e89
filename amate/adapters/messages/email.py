"""Mail by plain SMTP."""

import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import aiosmtplib

from amate.adapters.messages import BadAddress, Cause, MailAccount, MessengerUnavailable, Outgoing, Tls, plain
from amate.adapters.messages.reach import line_to

PERMANENT = range(500, 600)
# Scheme: (TLS from the first byte, STARTTLS); None takes STARTTLS when it is offered.
SCHEMES: dict[str, tuple[bool, bool | None]] = {
    "smtp": (False, None),
    "smtps": (True, False),
    "smtp+starttls": (False, True),
    "smtp+plain": (False, False),
}
_OF_TLS = {Tls.STARTTLS: "smtp+starttls", Tls.FROM_THE_START: "smtps", Tls.NONE: "smtp+plain"}


@dataclass(frozen=True, slots=True)
class Smtp:
    """`smtp://user:password@host:port` (STARTTLS when offered), `smtps://…` (TLS from the first byte),
    `smtp+starttls://…` (or nothing), `smtp+plain://…` (never).

    `typed`: a company typed the address, so it may not lead into a private network but to the hosts of `private`.
    """

    url: str
    seconds: float = 20
    typed: bool = False
    private: frozenset[str] = frozenset()

    async def send(self, message: Outgoing) -> str:
        try:
            async with aiosmtplib.SMTP(**await self._way_in(), timeout=self.seconds) as server:
                await server.send_message(_mime(message), sender=message.sender, recipients=[message.to])
        except aiosmtplib.SMTPRecipientsRefused as refused:
            reply = refused.recipients[0]
            if all(one.code in PERMANENT for one in refused.recipients):
                raise BadAddress(plain(reply.message)) from refused
            raise MessengerUnavailable(plain(reply.message), cause=Cause.BUSY) from refused
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            raise self._away(fault) from fault
        return ""

    async def check(self) -> None:
        """Go in and out again without a mail. Raises MessengerUnavailable with the server's own words."""
        try:
            async with aiosmtplib.SMTP(**await self._way_in(), timeout=self.seconds):
                return
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            raise self._away(fault) from fault

    async def _way_in(self) -> dict[str, Any]:
        parts = urlsplit(self.url)
        use_tls, start_tls = SCHEMES.get(parts.scheme, (False, None))
        host, port = parts.hostname or "localhost", parts.port or (465 if use_tls else 25)
        way: dict[str, Any] = {
            "hostname": host,
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": use_tls,
            "start_tls": start_tls,
        }
        if not self.typed:
            return way | {"port": port}
        return way | {"sock": await line_to(host, port, private=self.private, seconds=self.seconds)}

    def _away(self, fault: BaseException) -> MessengerUnavailable:
        said = f"{urlsplit(self.url).hostname}: {type(fault).__name__}: {plain(_words(fault))}"
        return MessengerUnavailable(said, cause=_cause(fault))


def url_of(account: MailAccount) -> str:
    """
    >>> url_of(MailAccount("smtp", "mail.example", 587, "starttls", "ana@x.mx", "a/b"))
    'smtp+starttls://ana%40x.mx:a%2Fb@mail.example:587'
    """
    name = f"{quote(account.user, safe='')}:{quote(account.secret, safe='')}@" if account.user else ""
    return f"{_OF_TLS[Tls(account.tls)]}://{name}{account.host}:{account.port}"


def _cause(fault: BaseException) -> Cause:
    """Of the whole chain: what TLS says comes wrapped in a failed connection."""
    chain = list(_chain(fault))
    if any(isinstance(one, ssl.SSLError) for one in chain) or "starttls" in str(fault).lower():
        return Cause.TLS
    if isinstance(fault, aiosmtplib.SMTPAuthenticationError) or "SMTP AUTH" in str(fault):
        return Cause.LOGIN
    if isinstance(fault, aiosmtplib.SMTPResponseException) and fault.code not in PERMANENT:
        return Cause.BUSY
    if isinstance(fault, aiosmtplib.SMTPSenderRefused):
        return Cause.LOGIN if fault.code == 530 else Cause.SENDER
    if isinstance(fault, aiosmtplib.SMTPReadTimeoutError):
        return Cause.SILENT
    if isinstance(fault, aiosmtplib.SMTPConnectError | OSError):
        return Cause.SERVER
    return Cause.REFUSED


def _chain(fault: BaseException | None) -> Any:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__


def _words(fault: BaseException) -> str:
    return str(getattr(fault, "message", "") or fault)


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
    shown = mail.get_payload()[1]  # type: ignore[index]  # the HTML; its pictures travel beside it
    for file in message.attachments:
        if file.cid:
            shown.add_related(  # type: ignore[union-attr]
                file.content, maintype=file.maintype, subtype=file.subtype, cid=f"<{file.cid}>", filename=file.name
            )
        else:
            mail.add_attachment(file.content, maintype=file.maintype, subtype=file.subtype, filename=file.name)
    return mail
