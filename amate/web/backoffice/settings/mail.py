"""Correo: by which server or provider the company's mails leave, proved with a test mail."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from amate.access.may import MAY_CONFIGURE
from amate.adapters.messages import SMTP
from amate.adapters.messages.providers import PROVIDERS
from amate.messages.models import MailSettings, Message
from amate.messages.set_mail import MailChanged, MailRefused, set_mail
from amate.messages.try_mail import KIND as TEST
from amate.messages.try_mail import promise_test_mail
from amate.promises.models import Promise
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.mails import Delivery, delivery
from amate.web.backoffice.page import address, slug_of
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.mail_form import FORMS, HOUSE, PROVIDER, MailForm, TestForm, facts_of
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now
from amate.web.mail_notices import notices_address
from amate.web.sends import TESTS, count_send, sends_must_wait

CHANGED = "No se guardó: alguien cambió estos datos hace un momento. Revisa y vuelve a guardar; las claves se escriben otra vez"
TABS = ((HOUSE, "De esta instalación"), (SMTP, "Tu servidor SMTP"), (PROVIDER, "Un proveedor"))
TOO_MANY = "Ya enviaste varias pruebas en esta hora. Espera un rato"
# Of Message.State: what a test has come to once it has.
WAITS = (Message.State.WAITING, Message.State.SENDING)

# A password or key is never part of it: it is typed again. Of a provider the first key is `user`.
SECRETS = {HOUSE: set[str](), SMTP: {"secret"}, PROVIDER: {"secret", "signing", "user"}}
DRAFTS = {
    name: Drafted(
        f"mail-{name}",
        page="settings_mail",
        roles=MAY_CONFIGURE,
        fields=frozenset(form.base_fields) - SECRETS[name],
        picks=frozenset({"por"}),
        query=f"?por={name}",
    )
    for name, form in FORMS.items()
}


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    kept = _kept()
    tab = _tab(request, kept)
    draft = draft_of(request, DRAFTS[tab])
    if request.method != "POST":
        form = FORMS[tab](kept=kept)
        if draft.typed is not None:  # its version too, so that saving it days later is still told as a conflict
            form.initial = draft.typed.dict()
        return _draw(request, kept, tab, form, draft)
    form = FORMS[tab](request.POST, kept=kept)
    if form.is_valid():
        try:
            set_mail(facts=facts_of(tab, form.cleaned_data), version=form.cleaned_data["version"], now=now())
        except MailRefused as refused:
            for name, message in refused.errors.items():
                form.add_error(name if name in form.fields else None, message)
        except MailChanged:
            form.add_error(None, CHANGED)
            form.shows(kept)
        else:
            draft.drop()
            messages.success(request, "Guardado. Envía un correo de prueba para ver que sale.")
            return redirect(address(request, "settings_mail"))
    return _draw(request, kept, tab, form, draft)


@require_POST
def test(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    form, moment, kept = TestForm(request.POST), now(), _kept()
    who = f"company:{request.company.pk}"  # type: ignore[attr-defined]
    if form.is_valid() and sends_must_wait(TESTS, who, now=moment):
        form.add_error("to", TOO_MANY)
    if not form.is_valid():
        tab = _tab(request, kept)
        nothing = PageDraft(DRAFTS[tab], "", 0)
        return _draw(request, kept, tab, FORMS[tab](kept=kept), nothing, test_form=form)
    promise_test_mail(to=form.cleaned_data["to"], now=moment)
    count_send(request, TESTS, who, now=moment)
    return redirect(address(request, "settings_mail") + "#prueba")


@require_safe
def verdict(request: HttpRequest, slug: str) -> HttpResponse:
    """Asked by the page while the worker sends the test; it stops by leading to the whole page."""
    require(request, MAY_CONFIGURE)
    if _waits():
        return render(request, "office/settings/mail_wait.html", {"slug": slug})
    return HttpResponseClientRedirect(address(request, "settings_mail") + "#prueba")


def _kept() -> MailSettings | None:
    found: MailSettings | None = MailSettings.objects.first()
    return found


def _tab(request: HttpRequest, kept: MailSettings | None) -> str:
    """What is shown: what was asked for, else what is in use."""
    wanted = request.GET.get("por", "")
    if wanted:
        if wanted not in FORMS:
            raise Http404
        return wanted
    way = kept.way if kept else HOUSE
    return way if way in (HOUSE, SMTP) else PROVIDER


def _waits() -> bool:
    """A test was asked for and has not come to anything yet."""
    return Promise.objects.open().filter(kind="try_mail", next_try_at__isnull=False).exists()


def _last_test() -> Delivery | None:
    found = Message.objects.filter(kind=TEST).defer("text", "html").order_by("-id").first()
    return delivery(found) if found is not None and found.state not in WAITS else None


def _draw(
    request: HttpRequest,
    kept: MailSettings | None,
    tab: str,
    form: MailForm,
    draft: PageDraft,
    *,
    test_form: TestForm | None = None,
) -> HttpResponse:
    provider = PROVIDERS.get(kept.way) if kept else None
    wrong = form if form.errors else test_form
    facts: dict[str, Any] = {
        "kept": kept,
        "in_use": kept.get_way_display() if kept else dict(MailSettings.WAYS)[HOUSE],
        "tabs": [(f"{address(request, 'settings_mail')}?por={name}", label, name == tab) for name, label in TABS],
        "tab": tab,
        "mail_form": form,
        "test_form": test_form or TestForm(initial={"to": request.user.email}),  # type: ignore[union-attr]
        # What is wrong with no field has a summary of its own on the page.
        "form": None if form.non_field_errors() else wrong or form,
        "provider": provider,
        "notices": notices_address(kept, slug=slug_of(request)) if kept and provider else "",
        "lacks_signing": bool(kept and provider and provider.signing and not kept.sealed_signing),
        "draft": draft,
        "waiting": _waits(),
        "last_test": _last_test(),
    }
    status = 422 if wrong is not None and wrong.errors else 200
    return show_setting(request, "mail", current="settings_mail", status=status, **facts)
