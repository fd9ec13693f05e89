"""Mail through a provider's HTTP API, as django-anymail speaks it (decision 0008)."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.utils import formataddr
from importlib import import_module
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailMessage

from amate.adapters.messages import Attachment, BadAddress, Cause, MailAccount, MessengerUnavailable, Outgoing, plain
from amate.adapters.messages.providers import EUROPE, MARK, PROVIDERS

# anymail waits for its answer in a thread: as many as the mail queue keeps in flight, and none of the database's.
_threads = ThreadPoolExecutor(4, thread_name_prefix="mail")
_ADDRESS = re.compile(
    r"'?\bto\b'? (parameter|address|field)|`to`|recipient|destinat|inactive|suppress|invalid email", re.I
)
_SENDER = re.compile(r"\bfrom\b|sender|domain|verif", re.I)


@dataclass(frozen=True, slots=True)
class ByProvider:
    """`api_url` instead of the provider's own: a test's stand-in."""

    account: MailAccount
    api_url: str = ""
    seconds: float = 20

    async def send(self, message: Outgoing) -> str:
        return await asyncio.get_running_loop().run_in_executor(_threads, self._send, message)

    def _send(self, message: Outgoing) -> str:
        mail = self._mail(message)
        try:
            self._backend().send_messages([mail])
        except AnymailRecipientsRefused as refused:
            raise BadAddress(_said(refused)) from refused
        except AnymailAPIError as fault:
            raise _fault(fault) from fault
        except AnymailError as fault:
            raise MessengerUnavailable(plain(fault.args[0] if fault.args else fault)) from fault
        return str(mail.anymail_status.message_id or "")

    def _backend(self) -> Any:
        provider, account = PROVIDERS[self.account.way], self.account
        options: dict[str, Any] = {provider.key: account.secret, "ignore_unsupported_features": True}
        if provider.user:
            options[provider.user] = account.user
        if provider.domain and account.domain:
            options[provider.domain] = account.domain
        url = self.api_url or (provider.europe if account.region == EUROPE else "")
        if url:
            options["api_url"] = url
        made = import_module(f"anymail.backends.{provider.code}").EmailBackend(**options)
        made.timeout = self.seconds
        return made

    def _mail(self, message: Outgoing) -> Any:
        headers = {"Auto-Submitted": "auto-generated"}
        if PROVIDERS[self.account.way].keeps_our_id:
            headers["Message-ID"] = message.message_id
        mail = AnymailMessage(
            subject=message.subject,
            body=message.text,
            from_email=formataddr((message.sender_name, message.sender)),
            to=[message.to],
            reply_to=[message.reply_to] if message.reply_to else None,
            headers=headers,
            metadata={MARK: message.mark} if message.mark else {},
        )
        mail.attach_alternative(message.html, "text/html")
        for file in message.attachments:
            if file.cid:
                mail.attach(_picture(file))
            else:
                mail.attach(file.name, file.content, f"{file.maintype}/{file.subtype}")
        return mail


def _picture(file: Attachment) -> MIMEBase:
    made = MIMEImage(file.content, file.subtype)
    made.add_header("Content-Disposition", "inline", filename=file.name)
    made.add_header("Content-ID", f"<{file.cid}>")
    return made


def _fault(fault: AnymailAPIError) -> BadAddress | MessengerUnavailable:
    """What a refusal of the API means. No answer at all is told by what lies below it."""
    answer = getattr(fault, "response", None)
    if answer is None:
        late = "Timeout" in type(fault.__cause__).__name__
        said = "El proveedor no contestó a tiempo" if late else "No se pudo llegar al proveedor"
        return MessengerUnavailable(said, cause=Cause.SILENT if late else Cause.SERVER)
    status, said = int(answer.status_code), f"{answer.status_code}: {_said(fault)}"
    if status == 429 or status >= 500:
        return MessengerUnavailable(said, cause=Cause.BUSY, after=_wait(answer.headers.get("Retry-After")))
    if status in (401, 403):
        sender = status == 403 and _SENDER.search(said)
        return MessengerUnavailable(said, cause=Cause.SENDER if sender else Cause.LOGIN)
    if status != 404 and _ADDRESS.search(said):
        return BadAddress(said)
    return MessengerUnavailable(said, cause=Cause.SENDER if _SENDER.search(said) else Cause.REFUSED)


def _wait(said: str | None) -> float | None:
    return float(said) if said and said.isdecimal() else None


def _said(fault: AnymailError) -> str:
    """The provider's own words, wherever it puts them; never our request, which carries the key."""
    answer = getattr(fault, "response", None)
    if answer is None:
        return plain(fault.args[0] if fault.args else "")
    try:
        body = answer.json()
    except ValueError:
        return plain(answer.text)
    return plain(_message_in(body) or answer.text)


def _message_in(body: Any) -> str:
    """
    >>> _message_in({"errors": [{"message": "Bad key"}]}), _message_in({"Message": "Inactive"}), _message_in([1])
    ('Bad key', 'Inactive', '')
    """
    if isinstance(body, list):
        return next((found for one in body if (found := _message_in(one))), "")
    if not isinstance(body, dict):
        return ""
    for name in ("message", "Message", "ErrorMessage", "description"):
        if isinstance(body.get(name), str):
            return str(body[name])
    return next((found for name in ("errors", "Errors", "Messages") if (found := _message_in(body.get(name)))), "")
