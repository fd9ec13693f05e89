"""Help (FEATURES 54): how to reach the shop, and a message that becomes a case with the visit attached."""

import re

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.limit import Limit, hit, seconds_to_wait
from amate.companies.models import Branch
from amate.help.ask import ask_for_help
from amate.self_invoicing.models import Visit
from amate.self_invoicing.visits import find_visit
from amate.web import clock
from amate.web.mail_address import LONGEST_MAIL, MailField
from amate.web.network import network_of
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of
from amate.web.portal.visit import COOKIE

# Why somebody asks, as the page repeats it.
SUBJECTS = {
    "excepcion": "Pide que facturen tu compra aunque el plazo haya terminado. Ten a la mano tu nota y tus datos fiscales.",
    "global": "Pide tu factura aunque la tienda ya haya hecho la global. Ten a la mano tu nota y tus datos fiscales.",
    "cancelada": "Di que tu compra aparece cancelada y que no devolviste nada. Ten a la mano tu nota.",
    "revision": "Pregunta cuándo se podrá facturar tu compra. Ten a la mano tu nota.",
    "pausa": "Pide tu factura con tu nota y tus datos fiscales a la mano: la tienda la emite por ti.",
    "error": "Di qué dato está mal: la tienda emite otra factura que la sustituye y cancela la anterior.",
    "ajena": "Di que tu compra aparece facturada y que no fuiste tú. La tienda revisa qué pasó y te responde.",
    "extranjero": "Pide una factura para quien no es contribuyente en México: solo necesitas tu nombre y tu país.",
    "demora": "Pregunta por tu solicitud con el folio que te dimos. No la pidas otra vez: está guardada.",
}
LONGEST = 1000
NETWORK = Limit("portal-help-network", 5, 3_600)
NETWORK_A_DAY = Limit("portal-help-network", 15, 86_400)
VISIT = Limit("portal-help-visit", 3, 3_600)
TELEPHONE = re.compile(r"\+?[0-9]{10,15}")
NO_ONE_TO_ANSWER = "Escribe un correo como nombre@dominio.mx o un teléfono de 10 números, para poder responderte"


class HelpForm(forms.Form):
    mensaje = forms.CharField(
        label="¿Qué necesitas?",
        help_text="Di el folio y la fecha de tu nota. Tu código de facturación no hace falta.",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
        error_messages={
            "required": "Escribe qué necesitas",
            "max_length": f"Escríbelo más corto: caben {LONGEST} letras",
        },
    )
    contacto = forms.CharField(
        label="Tu correo o tu teléfono",
        help_text="Solo para responderte.",
        max_length=LONGEST_MAIL,
        widget=forms.TextInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": NO_ONE_TO_ANSWER, "max_length": NO_ONE_TO_ANSWER},
    )

    def clean_contacto(self) -> tuple[str, str]:
        """(mail, telephone), one of them empty."""
        typed = self.cleaned_data["contacto"]
        if "@" in typed:
            return MailField().clean(typed).lower(), ""
        digits = re.sub(r"[\s().-]", "", typed)
        if not TELEPHONE.fullmatch(digits):
            raise forms.ValidationError(NO_ONE_TO_ANSWER)
        return "", digits


@require_http_methods(["GET", "HEAD", "POST"])
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    subject = request.GET.get("asunto", "")
    subject = subject if subject in SUBJECTS else ""
    if request.method != "POST":
        return _draw(request, HelpForm(auto_id="%s"), subject, sent=request.GET.get("enviado") == "1")
    form = HelpForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return _draw(request, form, subject, status=422)
    now = clock.now()
    visit = find_visit(token=request.COOKIES.get(COOKIE, ""), now=now)
    buckets = _buckets(request, visit)
    if seconds_to_wait(buckets, now=now):
        return _draw(request, form, subject, status=429, busy=True)
    correo, telefono = form.cleaned_data["contacto"]
    ask_for_help(
        text=form.cleaned_data["mensaje"], correo=correo, telefono=telefono, subject=subject, visit=visit, now=now
    )

    def count(response: HttpResponse) -> None:
        for limit, who in buckets:
            hit(limit, who, now=now)

    request.after_scope = [*getattr(request, "after_scope", []), count]  # type: ignore[attr-defined]
    return redirect(f"{shop_of(request).url('help')}?enviado=1")


def _buckets(request: HttpRequest, visit: Visit | None) -> tuple[tuple[Limit, str], ...]:
    """The inbox of a shop is no place to pour rubbish into; a person asks twice, not twenty times."""
    who = f"{request.company.pk}:{network_of(request)}"  # type: ignore[attr-defined]
    of_the_visit = ((VISIT, str(visit.pk)),) if visit else ()
    return ((NETWORK, who), (NETWORK_A_DAY, who), *of_the_visit)


def _draw(
    request: HttpRequest, form: HelpForm, subject: str, *, status: int = 200, sent: bool = False, busy: bool = False
) -> HttpResponse:
    return page(
        request,
        "help",
        shop=shop_of(request),
        status=status,
        form=form,
        subject=SUBJECTS.get(subject, ""),
        branches=list(Branch.objects.open().order_by("id")[:20]),
        sent=sent,
        busy=busy,
    )
