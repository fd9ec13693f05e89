"""What a customer may change of his account, and the one-time link that each of these wants (CYCLE 7)."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from amate.billing_cycle.statements.models import Purpose
from amate.billing_cycle.statements.send_link import promise_act
from amate.billing_cycle.statements.told import Told
from amate.companies.billing_policy import billing_policy_on
from amate.web import clock
from amate.web.portal.account.opened import opened
from amate.web.portal.done import masked
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of
from amate.web.sends import PORTAL, count_send, sends_must_wait


@dataclass(frozen=True, slots=True)
class Ask:
    """`word`: in the address."""

    word: str
    purpose: Purpose
    title: str
    why: str


ASKS = (
    Ask("avisar-pago", Purpose.REPORT, "Ya pagué", "Sube tu comprobante y detenemos los avisos mientras lo buscamos."),
    Ask(
        "prometer",
        Purpose.PROMISE,
        "Proponer una fecha",
        "Dinos cuándo puedes pagar y tu servicio sigue hasta ese día.",
    ),
    Ask("datos", Purpose.FISCAL, "Corregir mis datos fiscales", "La empresa los revisa antes de tu siguiente factura."),
    Ask("avisos", Purpose.CHANNELS, "Elegir cómo me avisan", "Di por dónde no quieres recordatorios de pago."),
)
BY_WORD = {one.word: one for one in ASKS}


def offered(told: Told, *, today: date) -> list[Ask]:
    """What makes sense now: nobody promises who owes nothing, has promised, or whose company wants to be called."""
    promises = told.owed > 0 and told.promise is None and billing_policy_on(today).promises_by_themselves
    wanted = {Purpose.REPORT: told.owed > 0, Purpose.PROMISE: promises, Purpose.FISCAL: True}
    wanted[Purpose.CHANNELS] = True
    return [one for one in ASKS if wanted[one.purpose]]


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str, token: str, word: str) -> HttpResponse:
    """A page that says what will come by mail; its button has it sent."""
    now, shop = clock.now(), shop_of(request)
    link = opened(request, token, now=now)
    if isinstance(link, HttpResponse):
        return link
    one, trouble, sent = BY_WORD[word], "", False
    if request.method == "POST":
        about = f"act:{link.customer_id}"
        if sends_must_wait(PORTAL, about, now=now):
            trouble = "Ya te enviamos varios enlaces. Usa el último que recibiste, o espera una hora."
        else:
            promise_act(link=link, purpose=one.purpose, now=now)
            count_send(request, PORTAL, about, now=now)
            sent = True
    return page(
        request,
        "account/asked",
        shop=shop,
        status=422 if trouble else 200,
        token=token,
        ask=one,
        to=masked(link.correo),
        sent=sent,
        trouble=trouble,
    )
