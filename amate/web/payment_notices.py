"""`/avisos/{slug}/pagos/{account}/`: where a payment provider tells that something happened."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from amate.adapters.payments import BadSignature, InboundRequest, open_provider
from amate.billing_cycle.reconciliation.accounts import to_verify
from amate.billing_cycle.reconciliation.models import ProviderAccount
from amate.billing_cycle.reconciliation.take_notice import take_notice
from amate.billing_cycle.reconciliation.unproved import TooMany, keep_unproved
from amate.web.clock import now

logger = logging.getLogger(__name__)
LONGEST = 256 * 1024


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def payment_notices(request: HttpRequest, slug: str, account_id: int) -> HttpResponse:
    """200 once it is kept, also when it was told before. 400 for what is not proved, of which nothing is kept (PAY-4). What
    only its provider can prove waits apart; 503 when too much does."""
    account = ProviderAccount.objects.filter(pk=account_id, closed_at__isnull=True).first()
    if account is None:
        return HttpResponse(status=404)
    if request.method == "HEAD":  # some providers look whether anybody lives here
        return HttpResponse()
    if len(request.body) > LONGEST:
        return HttpResponse(status=413)
    came = InboundRequest(
        body=request.body,
        headers={name.lower(): value for name, value in request.headers.items()},
        at=now(),
        query=request.GET.dict(),
    )
    provider = open_provider(to_verify(account))
    try:
        delivery = provider.verify(came)
    except BadSignature as refused:
        logger.warning("a payment notice is not proved", extra={"company": account.company_id, "why": str(refused)})
        return HttpResponse(status=400)
    if delivery.proof:
        try:
            keep_unproved(account=account, delivery=delivery, now=now())
        except TooMany:
            return HttpResponse(status=503)
        return HttpResponse()
    take_notice(account=account, delivery=delivery, hints=provider.hints(delivery), now=now())
    return HttpResponse()
