"""What each column of an unknown statement is: said once for an account, and kept."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_RECONCILE
from amate.adapters.bank import NotAStatement
from amate.adapters.bank.mapping import BadMapping, Named, guess_day_format
from amate.adapters.bank.table import head
from amate.adapters.bank.text import DAY_FORMATS, decode, fold
from amate.billing_cycle.reconciliation.bank_file import name_columns
from amate.billing_cycle.reconciliation.models import BankFile
from amate.tenancy.models import IllegalMove
from amate.web.backoffice.page import address, show
from amate.web.backoffice.payments.bank_files import find_file
from amate.web.backoffice.roles import require
from amate.web.clock import now

NOT_THERE = [("", "No viene en el archivo")]
SHOWN = 8
NO_SUCH = "Con esas columnas no se puede leer ningún movimiento: revisa cuál es la fecha y cómo se escribe."


class ColumnsForm(forms.Form):
    """`heads`: what each column is called, as the file has it."""

    dia = forms.ChoiceField(label="La fecha", error_messages={"required": "Di qué columna es la fecha"})
    formato = forms.ChoiceField(label="Cómo se escribe la fecha", choices=[(one, one) for one in DAY_FORMATS])
    texto = forms.ChoiceField(label="La descripción", error_messages={"required": "Di cuál es la descripción"})
    texto2 = forms.ChoiceField(label="Otra columna con descripción", required=False)
    deposito = forms.ChoiceField(label="Los depósitos", required=False, help_text="Si van en su propia columna.")
    retiro = forms.ChoiceField(label="Los retiros", required=False)
    importe = forms.ChoiceField(
        label="El importe con su signo", required=False, help_text="Si depósitos y retiros van en una sola columna."
    )
    referencia = forms.ChoiceField(label="La referencia", required=False)
    saldo = forms.ChoiceField(label="El saldo", required=False)

    def __init__(self, *said: Any, heads: list[str], **more: Any) -> None:
        super().__init__(*said, **more)
        choices = [(name, name) for name in heads]
        for name in self.fields:
            if name != "formato":
                self.fields[name].choices = NOT_THERE + choices  # type: ignore[attr-defined]

    def named(self) -> Named:
        said = self.cleaned_data
        texts = tuple(one for one in (said["texto"], said["texto2"]) if one)
        return Named(
            day=said["dia"],
            day_format=said["formato"],
            texts=texts,
            deposit=said["deposito"],
            withdrawal=said["retiro"],
            amount=said["importe"],
            reference=said["referencia"],
            balance=said["saldo"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, slug: str, file_id: int) -> HttpResponse:
    require(request, MAY_RECONCILE)
    found = find_file(file_id)
    if found.state not in (BankFile.State.ASKING, BankFile.State.READ):
        return redirect(address(request, "bank_file", found.pk))
    lines, heads = _look(found)
    if request.method != "POST":
        return _show(request, found, lines, ColumnsForm(heads=heads, initial=_guessed(lines, heads)))
    form = ColumnsForm(request.POST, heads=heads)
    if form.is_valid():
        try:
            name_columns(file_id=found.pk, named=form.named(), now=now())
        except BadMapping as bad:
            form.add_error(None, str(bad))
        except NotAStatement:
            form.add_error("dia", NO_SUCH)
        except IllegalMove:
            return redirect(address(request, "bank_file", found.pk))
        else:
            return redirect(address(request, "bank_file", found.pk))
    return _show(request, found, lines, form, status=422)


def _look(found: BankFile) -> tuple[list[tuple[str, ...]], list[str]]:
    """Its first lines from the one that looks like a header, and the names of the columns there."""
    lines = [one for one in head(decode(bytes(found.content or b""))) if any(one)]
    widest = max((sum(map(bool, one)) for one in lines), default=0)
    start = next((n for n, one in enumerate(lines) if sum(map(bool, one)) == widest), 0)
    shown = lines[start : start + SHOWN]
    return shown, list(dict.fromkeys(name for name in (shown[0] if shown else ()) if name))


def _guessed(lines: list[tuple[str, ...]], heads: list[str]) -> dict[str, str]:
    """By what columns are usually called."""
    usual = {
        "dia": ("fecha", "dia"),
        "texto": ("descripcion", "concepto", "detalle"),
        "deposito": ("deposito", "abono"),
        "retiro": ("retiro", "cargo"),
        "importe": ("importe", "monto"),
        "referencia": ("referencia",),
        "saldo": ("saldo",),
    }
    found = {
        field: next((name for name in heads if fold(name).startswith(words)), "") for field, words in usual.items()
    }
    if found["deposito"]:
        found["importe"] = ""
    if found["dia"]:
        place = lines[0].index(found["dia"])
        found["formato"] = guess_day_format([one[place] for one in lines[1:] if place < len(one) and one[place]])
    return {field: name for field, name in found.items() if name}


def _show(
    request: HttpRequest, found: BankFile, lines: list[tuple[str, ...]], form: ColumnsForm, *, status: int = 200
) -> HttpResponse:
    return show(
        request,
        "office/payments/columns.html",
        room="payments",
        status=status,
        file=found,
        heads=lines[0] if lines else (),
        samples=lines[1:],
        form=form,
    )
