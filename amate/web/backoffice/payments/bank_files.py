"""Archivos del banco: uploaded, looked through, booked by the worker, and undone."""

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from amate.access.may import MAY_CONFIGURE, MAY_RECONCILE
from amate.adapters.bank import MOST_BYTES, NotAStatement
from amate.adapters.bank.read import is_workbook
from amate.billing_cycle.reconciliation.bank_file import (
    Look,
    ask_booking,
    drop_bank_file,
    look_through,
    take_bank_file,
)
from amate.billing_cycle.reconciliation.models import BankAccount, BankFile, BankLine
from amate.billing_cycle.reconciliation.undo_bank_file import ask_undo
from amate.customers.models import Customer
from amate.intake.formats import FileRefused
from amate.intake.unpack import unpack
from amate.promises.models import Promise
from amate.tenancy.models import IllegalMove
from amate.web.backoffice.keyset import page_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

State = BankFile.State
TONES = {State.READ: "warn", State.ASKING: "warn", State.BOOKED: "ok", State.BOOKING: "warn", State.UNDOING: "warn"}
SHOWN = 100
MEANWHILE = "Ya no hacía falta: el archivo cambió mientras tanto. Así está ahora."
UNCHANGED = 204
MOST_UNPACKED = 10 * MOST_BYTES  # the XML of a workbook is several times its text
TOO_LONG = "El libro es demasiado grande: descarga los movimientos por periodos más cortos"


class UploadForm(forms.Form):
    cuenta = forms.ChoiceField(label="De qué cuenta es", error_messages={"required": "Elige la cuenta"})
    archivo = forms.FileField(
        label="Archivo",
        help_text="Los movimientos como los descarga tu banco: TXT, CSV, Excel, CAMT.053 o MT940.",
        error_messages={"required": "Elige un archivo", "empty": "El archivo está vacío"},
        widget=forms.FileInput({"accept": ".txt,.csv,.tsv,.xlsx,.xls,.xml,.sta,.940,.mt940"}),
    )

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        accounts = BankAccount.objects.order_by("name", "id").values_list("pk", "name")
        self.fields["cuenta"].choices = [(str(pk), name) for pk, name in accounts]  # type: ignore[attr-defined]

    def clean_archivo(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["archivo"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                f"El archivo pasa de {MOST_BYTES // 1_000_000} MB: descárgalo por periodos más cortos"
            )
        return file


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_RECONCILE)
    if request.method != "POST":
        return _list(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["archivo"]
        try:
            kept = take_bank_file(
                account=BankAccount.objects.get(pk=form.cleaned_data["cuenta"]),
                name=upload.name or "",
                content=_text_of(upload.read()),
                by=request.user.get_username(),
                now=now(),
            )
        except (NotAStatement, FileRefused) as refused:
            form.add_error("archivo", refused.message)
        else:
            asks = kept.state == State.ASKING
            return redirect(address(request, "bank_file_columns" if asks else "bank_file", kept.pk))
    return _list(request, form, status=422)


@require_safe
def file(request: HttpRequest, slug: str, file_id: int) -> HttpResponse:
    require(request, MAY_RECONCILE)
    found = find_file(file_id)
    if found.state == State.ASKING:
        return redirect(address(request, "bank_file_columns", found.pk))
    asked_by_page = bool(request.htmx)  # type: ignore[attr-defined]
    if asked_by_page and not found.is_working:
        return HttpResponseClientRefresh()
    phase = f"{found.state}-{found.done}"
    if asked_by_page and request.GET.get("fase") == phase:
        return HttpResponse(status=UNCHANGED)
    facts: dict[str, Any] = {"file": found, "phase": phase, "slug": slug, "stuck": _stuck(found)}
    if asked_by_page:
        return render(request, "office/payments/bank_progress.html", facts)
    return show(
        request, "office/payments/bank_file.html", room="payments", pill=file_pill(found), **facts, **_told(found)
    )


@require_POST
def book(request: HttpRequest, slug: str, file_id: int) -> HttpResponse:
    return _do(request, file_id, ask_booking)


@require_POST
def drop(request: HttpRequest, slug: str, file_id: int) -> HttpResponse:
    return _do(request, file_id, drop_bank_file)


@require_POST
def undo(request: HttpRequest, slug: str, file_id: int) -> HttpResponse:
    return _do(request, file_id, ask_undo)


def find_file(file_id: int) -> BankFile:
    """Raises Http404."""
    found = BankFile.objects.select_related("account").defer("content").filter(pk=file_id).first()
    if found is None:
        raise Http404
    return found


def file_pill(found: BankFile) -> Pill:
    return Pill(State(found.state).label, TONES.get(State(found.state), ""))


def _do(request: HttpRequest, file_id: int, act: Callable[..., BankFile]) -> HttpResponse:
    require(request, MAY_RECONCILE)
    found = find_file(file_id)
    try:
        act(file_id=found.pk, now=now())
    except IllegalMove:
        messages.info(request, MEANWHILE)
    except NotAStatement as changed:
        messages.error(request, changed.message)
    return redirect(address(request, "bank_file", found.pk))


def _list(request: HttpRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    page = page_of(
        BankFile.objects.select_related("account").defer("content").order_by("-id"), request=request, kept={}
    )
    return show(
        request,
        "office/payments/bank_files.html",
        room="payments",
        status=status,
        form=form,
        page=page,
        rows=[(one, file_pill(one)) for one in page.rows],
        has_accounts=bool(form.fields["cuenta"].choices),  # type: ignore[attr-defined]
        may_configure_banks=may(request, MAY_CONFIGURE),
    )


def _told(found: BankFile) -> dict[str, Any]:
    """What booking would do, or what came of it."""
    if found.state == State.READ:
        try:
            return _dry(look_through(found))
        except NotAStatement as changed:
            return {"trouble": changed.message}
    lines = BankLine.objects.filter(file=found).select_related("payment__customer").order_by("id")
    counts = {state: lines.filter(state=state).count() for state, _ in BankLine.State.choices}
    return {"counts": counts, "lines": lines[:SHOWN]}


def _dry(look: Look) -> dict[str, Any]:
    names = Customer.objects.in_bulk([one.customer_id for one in look.signs[:SHOWN] if one is not None])
    fresh = [
        (row, None if sign is None else names[sign.customer_id], sign)
        for row, sign in zip(look.fresh[:SHOWN], look.signs, strict=False)
    ]
    return {"look": look, "fresh": fresh, "bad": look.bad[:SHOWN]}


def _stuck(found: BankFile) -> str:
    if not found.is_working:
        return ""
    owed = Promise.objects.failing().filter(args__file_id=found.pk).order_by("-id").first()
    return owed.last_error if owed else ""


def _text_of(content: bytes) -> bytes:
    """Of a workbook the CSV of its first sheet. Raises `intake.formats.FileRefused`."""
    if not is_workbook(content):
        return content
    with tempfile.TemporaryDirectory(prefix="amate-bank-") as folder:
        book, text = Path(folder) / "book", Path(folder) / "text"
        book.write_bytes(content)
        _check_unpacked(book)
        unpack(book, text)
        if text.stat().st_size > MOST_BYTES:
            raise FileRefused(TOO_LONG)
        return text.read_bytes()


def _check_unpacked(book: Path) -> None:
    """By what the archive says of itself, before a program opens it: few bytes may unpack to a disk full. An older XLS is no
    archive. Raises FileRefused."""
    if not zipfile.is_zipfile(book):
        return
    with zipfile.ZipFile(book) as archive:
        if sum(one.file_size for one in archive.infolist()) > MOST_UNPACKED:
            raise FileRefused(TOO_LONG)
