"""`/avisos/{slug}/correo/`: where a company's mail provider tells what became of its mails."""

import logging
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from amate.adapters.messages.notices import BadNotice, BadSignature, read_notices
from amate.adapters.messages.providers import PROVIDERS
from amate.companies.secrets import WrongMasterKey, unseal
from amate.messages.models import MailSettings
from amate.messages.take_notice import take_notice
from amate.messages.way import SIGNING
from amate.web.clock import now

logger = logging.getLogger(__name__)
NAME = "amate"


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def mail_notices(request: HttpRequest, slug: str) -> HttpResponse:
    """200 also for what is of no mail of ours: told again, it would not be ours either. 403 for what is not proved."""
    kept: MailSettings | None = MailSettings.objects.first()
    if kept is None or kept.way not in PROVIDERS:
        return HttpResponse(status=404)
    if request.method == "HEAD":  # some providers look whether anybody lives here
        return HttpResponse()
    try:
        found = read_notices(
            provider=kept.way, request=request, secret=f"{NAME}:{_password(kept)}", signing_key=_signing_key(kept)
        )
    except BadSignature as refused:
        logger.warning("a mail notice is not proved", extra={"company": kept.company_id, "why": str(refused)})
        return HttpResponse(status=403)
    except BadNotice as broken:
        logger.warning("a mail notice cannot be read", extra={"company": kept.company_id, "why": str(broken)})
        return HttpResponse(status=400)
    moment = now()
    for notice in found:
        take_notice(notice=notice, now=moment)
    return HttpResponse()


def notices_address(kept: MailSettings, *, slug: str) -> str:
    """What is copied into the provider's page: the name and password that prove its notices are in it."""
    parts = urlsplit(settings.PUBLIC_URL + reverse("mail_notices", args=[slug]))
    address: str = urlunsplit(parts._replace(netloc=f"{NAME}:{_password(kept)}@{parts.netloc}"))
    return address


def _password(kept: MailSettings) -> str:
    """Made anew each time from what only this installation knows: neither the row nor a copy of it gives it away."""
    made = salted_hmac("amate.mail.notices", f"{kept.company_id}:{kept.notice_seed}", algorithm="sha256").digest()
    return urlsafe_b64encode(made[:24]).decode()


def _signing_key(kept: MailSettings) -> str:
    """The one secret that the web opens: it proves what comes in, and sends or signs nothing."""
    if not kept.sealed_signing:
        return ""
    try:
        return unseal(bytes(kept.sealed_signing), field=SIGNING).decode()
    except WrongMasterKey:
        logger.warning("the key of the mail notices cannot be opened", extra={"company": kept.company_id})
        return ""
