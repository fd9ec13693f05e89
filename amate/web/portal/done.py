"""Done (V5): the two files first, then everything else; and sending them to another address."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amate.fiscal.catalogs import name_of
from amate.fiscal.qr import verification_url
from amate.fiscal.tfd import read_timbre
from amate.invoices.deliver import resend_invoice
from amate.invoices.models import Invoice, Stamp
from amate.invoices.pdf import pdf_of
from amate.invoices.refusals import meaning_of
from amate.messages.models import Message
from amate.promises.kinds import MAIL
from amate.self_invoicing.queries import tickets_of_invoice
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.writes import rewrite
from amate.web.files import paper_language, pdf_response, xml_response
from amate.web.mail_address import MailField
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.visit import Here, Place, only_at
from amate.web.sends import PORTAL, count_send, sends_must_wait

_STAMP = Compiled(
    lambda: Stamp.objects.select_related("invoice__profile", "invoice__branch").filter(invoice_id=Arg("invoice"))
)


class SendForm(forms.Form):
    correo = MailField(
        label="Correo electrónico",
        help_text="Le mandamos el PDF y el XML.",
        error_messages={"required": "Escribe el correo a donde la enviamos"},
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )


@require_safe
@only_at(Place.DONE)
def done(request: HttpRequest, here: Here) -> HttpResponse:
    return _draw(request, here, SendForm(auto_id="%s"), sent=request.GET.get("enviada") == "1")


@require_safe
@only_at(Place.DONE)
def pdf(request: HttpRequest, here: Here) -> HttpResponse:
    stamp = _stamp(here)
    return pdf_response(pdf_of(stamp, lang=paper_language(request)), name=f"{_name(stamp.invoice)}.pdf")


@require_safe
@only_at(Place.DONE)
def xml(request: HttpRequest, here: Here) -> HttpResponse:
    stamp = _stamp(here)
    return xml_response(bytes(stamp.xml), name=f"{_name(stamp.invoice)}.xml")


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DONE)
def send(request: HttpRequest, here: Here) -> HttpResponse:
    if request.method != "POST":
        return redirect(f"{here.shop.url('done')}#enviar")
    form = SendForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return _draw(request, here, form)
    invoice = _invoice(here)
    about = f"invoice:{invoice.pk}"
    if sends_must_wait(PORTAL, about, now=here.now):
        form.add_error("correo", "Ya la enviamos varias veces. Espera una hora o descárgala aquí mismo")
        return _draw(request, here, form)
    to = form.cleaned_data["correo"]
    resend_invoice(invoice_id=invoice.pk, to=to, priority=MAIL, now=here.now)
    count_send(request, PORTAL, about, now=here.now)
    return redirect(f"{here.shop.url('done')}?enviada=1")


@require_POST
@only_at(Place.DONE)
def again(request: HttpRequest, here: Here) -> HttpResponse:
    """Another purchase for the same receiver. Only this act carries data on: a browser may be lent."""
    invoice = _invoice(here)
    profile = invoice.profile
    here.visit.fiscal = {
        "again": True,
        "rfc": profile.rfc,
        "nombre": profile.nombre,
        "cp": profile.domicilio_fiscal,
        "regimen_fiscal": profile.regimen_fiscal,
        "uso_cfdi": profile.uso_cfdi,
        "residencia_fiscal": profile.residencia_fiscal,
        "num_reg_id_trib": profile.num_reg_id_trib,
        "correo": here.correo,
    }
    here.visit.save(update_fields=["fiscal"])
    return redirect(f"{here.shop.url('code')}?aviso=otra")


def masked(correo: str) -> str:
    """
    >>> masked("administracion@surco.example")
    'a•••@surco.example'
    """
    name, at, domain = correo.partition("@")
    return f"{name[:1]}•••{at}{domain}"


def _draw(request: HttpRequest, here: Here, form: SendForm, *, sent: bool = False) -> HttpResponse:
    stamp = _stamp(here)
    invoice = stamp.invoice
    mailed = (here.correo if here.refused_correction else _forget(here)) or (
        masked(invoice.correo) if invoice.correo else ""
    )
    timbre = read_timbre(bytes(stamp.xml))
    return page(
        request,
        "done",
        shop=here.shop,
        status=422 if form.errors else 200,
        form=form,
        sent=sent,
        invoice=invoice,
        notes=tickets_of_invoice(invoice.pk),
        mailed=mailed,
        mail_state=_mail_state(invoice) if mailed else "",
        uso=name_of("uso_cfdi", invoice.profile.uso_cfdi),
        forma_pago=name_of("forma_pago", invoice.forma_pago),
        metodo_pago=name_of("metodo_pago", invoice.metodo_pago),
        uuid=str(stamp.uuid).upper(),
        stamped=in_full(stamp.recorded_at.astimezone(here.zone)),
        kilobytes=max(round(len(bytes(stamp.xml)) / 1000), 1),
        sample=invoice.sample,
        wrong=_wrong(here),
        verification=verification_url(
            uuid=str(stamp.uuid),
            rfc_emisor=here.shop.rfc,
            rfc_receptor=invoice.rfc,
            total=invoice.total,
            sello=timbre.sello_cfd,
        ),
    )


def _forget(here: Here) -> str:
    """What was typed is issued now, so it goes; the address stays, for its owner alone sees it in full to check it."""
    typed = here.visit.fiscal
    correo = here.correo
    if set(typed) - {"correo", "again"} and not typed.get("again"):
        rewrite(here.visit, fiscal={"correo": correo})
    return correo


def _wrong(here: Here) -> str:
    """Why the SAT did not take the data of its correction."""
    refused = here.refused_correction
    return meaning_of(refused.refusal_code).message if refused else ""


def _mail_state(invoice: Invoice) -> str:
    """What became of the mail to the address that was given; nothing yet means that it waits."""
    about = f"invoice:{invoice.pk}"
    found = (
        Message.objects.filter(about=about, to=invoice.correo).order_by("-id").values_list("state", flat=True).first()
    )
    return found or Message.State.WAITING.value


def _invoice(here: Here) -> Invoice:
    assert here.invoice is not None  # Place.DONE says so
    found: Invoice = Invoice.objects.select_related("profile").get(pk=here.invoice.pk)
    return found


def _stamp(here: Here) -> Stamp:
    assert here.invoice is not None  # Place.DONE says so
    return _STAMP.get(invoice=here.invoice.pk)


def _name(invoice: Invoice) -> str:
    return f"{invoice.rfc}-{invoice.number}"
