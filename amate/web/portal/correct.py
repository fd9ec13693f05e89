"""Correcting (V8): the data of his own invoice, by whoever may download it; what is beyond the limits is asked of the shop."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.companies.policies import Rules, stamps_an_hour
from amate.fiscal.receptor import Receptor
from amate.help.ask_correction import ask_correction_of_the_shop
from amate.invoices.models import Invoice
from amate.invoices.refusals import meaning_of
from amate.self_invoicing.correct import NotCorrectable, Way, content_for, correct_invoice, how_corrected
from amate.self_invoicing.models import Correction
from amate.tenancy.writes import rewrite
from amate.web.beside import beside
from amate.web.fiscal_form import FiscalForm, as_typed
from amate.web.portal.guard import count_stamp, stamps_must_wait
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.visit import Here, Place, only_at
from amate.web.portal.waiting import too_many

NEEDS_MAIL = "Escribe tu correo: la tienda lo aprueba y te avisamos ahí"
SAME = "Así está ya en tu factura. Cambia lo que esté mal"
OPEN = (Way.AT_ONCE, Way.BY_THE_SHOP)


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DONE)
def correct(request: HttpRequest, here: Here) -> HttpResponse:
    invoice = _invoice(here)
    found = how_corrected(ticket=here.ticket, invoice=invoice, now=here.now)
    if found.way not in OPEN:
        return _shut(request, here, invoice, found.way)
    if request.method != "POST":
        return _draw(request, here, found.way, _as_left(here, invoice, found.rules))
    form = _form(here, as_typed(request.POST), found.rules)
    if form.is_valid() and found.way is Way.BY_THE_SHOP and not form.cleaned_data["correo"]:
        form.lands_on("correo", NEEDS_MAIL)
    if form.is_valid() and _receptor(form) == invoice.profile.receptor:
        form.add_error(None, SAME)
    if not form.is_valid():
        return _draw(request, here, found.way, form)
    typed = {**as_typed(request.POST), "correo": form.cleaned_data["correo"]}
    rewrite(here.visit, fiscal=typed, seen_at=here.now)
    return redirect(here.shop.url("correct_review"))


@require_POST
@only_at(Place.DONE)
def fiscal(request: HttpRequest, here: Here) -> HttpResponse:
    """As `details.fiscal`."""
    rules = how_corrected(ticket=here.ticket, invoice=_invoice(here), now=here.now).rules
    return page(request, "fiscal", shop=here.shop, form=_form(here, request.POST, rules).quiet(), live=True)


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DONE)
def correct_review(request: HttpRequest, here: Here) -> HttpResponse:
    """The old and the new beside each other, and the only button that makes it."""
    invoice = _invoice(here)
    found = how_corrected(ticket=here.ticket, invoice=invoice, now=here.now)
    if found.way not in OPEN:
        return _shut(request, here, invoice, found.way)
    form = _form(here, here.visit.fiscal, found.rules)
    if not here.visit.fiscal.get("rfc") or not form.is_valid():
        return redirect(here.shop.url("correct"))
    receptor, correo = _receptor(form), str(form.cleaned_data["correo"])
    if request.method != "POST":
        return _review(request, here, invoice, receptor, correo=correo, way=found.way)
    if found.way is Way.BY_THE_SHOP:
        return _ask(here, invoice, receptor, correo=correo)
    most = stamps_an_hour(found.rules.today)
    if seconds := stamps_must_wait(request, receptor.rfc, most=most, now=here.now):
        return too_many(request, here.shop, seconds, now=here.now, why="stamps")
    try:
        made = correct_invoice(
            ticket_id=here.ticket.pk, invoice_id=invoice.pk, receptor=receptor, correo=correo, now=here.now
        )
    except NotCorrectable:
        return redirect(here.shop.url("correct"))  # another tab or the shop was faster: the page says so
    count_stamp(request, made.rfc, most=most, now=here.now)
    rewrite(here.visit, invoice_id=made.pk, seen_at=here.now)
    return redirect(here.shop.url("issuing"))


def _ask(here: Here, invoice: Invoice, receptor: Receptor, *, correo: str) -> HttpResponse:
    """The page says what became of it, also when somebody was faster."""
    try:
        ask_correction_of_the_shop(visit=here.visit, invoice=invoice, receptor=receptor, correo=correo, now=here.now)
    except NotCorrectable:
        pass
    else:
        rewrite(here.visit, fiscal={"correo": correo})
    return redirect(here.shop.url("correct"))


def _invoice(here: Here) -> Invoice:
    """The one that stands, never the substitute that the SAT did not take."""
    assert here.invoice is not None  # Place.DONE says so
    found: Invoice = Invoice.objects.select_related("profile", "branch").get(pk=here.invoice.pk)
    return found


def _as_left(here: Here, invoice: Invoice, rules: Rules) -> FiscalForm:
    """What was typed, else what the invoice says; if the SAT refused it, with its reason on the field."""
    typed = here.visit.fiscal if here.visit.fiscal.get("rfc") else _as_invoiced(invoice, here)
    form = _form(here, typed, rules)
    refused = here.refused_correction
    if refused is None:
        return form.quiet()
    meaning = meaning_of(refused.refusal_code)
    form.lands_on(meaning.field, meaning.message)
    return form


def _as_invoiced(invoice: Invoice, here: Here) -> dict[str, str]:
    who = invoice.profile
    return {
        "rfc": who.rfc,
        "nombre": who.nombre,
        "cp": who.domicilio_fiscal,
        "regimen_fiscal": who.regimen_fiscal,
        "uso_cfdi": who.uso_cfdi,
        "correo": here.correo,
    }


def _form(here: Here, typed: dict[str, str], rules: Rules) -> FiscalForm:
    usos = (rules.today.usos or None) if rules.today else None
    return FiscalForm(typed, offered=usos, refresh=here.shop.url("correct_fiscal"))


def _receptor(form: FiscalForm) -> Receptor:
    assert form.receptor is not None  # it is valid
    return form.receptor.receptor


def _draw(request: HttpRequest, here: Here, way: Way, form: FiscalForm) -> HttpResponse:
    return page(
        request,
        "correct",
        shop=here.shop,
        status=422 if form.errors else 200,
        form=form,
        by_the_shop=way is Way.BY_THE_SHOP,
    )


def _review(
    request: HttpRequest, here: Here, invoice: Invoice, receptor: Receptor, *, correo: str, way: Way
) -> HttpResponse:
    return page(
        request,
        "correct_review",
        shop=here.shop,
        rows=beside(invoice.profile.receptor, receptor),
        invoice=invoice,
        total=content_for(invoice, receptor, now=here.now).total,
        correo=correo,
        by_the_shop=way is Way.BY_THE_SHOP,
    )


def _shut(request: HttpRequest, here: Here, invoice: Invoice, way: Way) -> HttpResponse:
    """X17, or that the shop has it."""
    asked = Correction.objects.filter(invoice=invoice, state=Correction.State.ASKED).first()
    return page(
        request,
        "correct_shut",
        shop=here.shop,
        way=way.value,
        asked=in_full(asked.asked_at.astimezone(here.zone)) if asked else "",
        correo=asked.correo if asked else "",
        number=invoice.number,
    )
