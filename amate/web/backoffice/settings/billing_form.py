"""The form of the rules of recurring billing: each with one sentence of what it does."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from amate.companies.billing_policy import BillingPolicy, FiscalMode, StatementWhen
from amate.intake.cells import CellRefused, read_number
from amate.web.backoffice.subscriptions.plan_form import MoneyField, day_field, figure_of, whole_number
from amate.web.backoffice.subscriptions.words import MODES, SUSPENDED

WEEKDAYS = tuple(enumerate(("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")))
STEPS = {
    "before": "Recordatorio antes de que venza",
    "eve": "Recordatorio la víspera",
    "today": "El día en que vence",
    "late": "Cuando ya venció",
    "last": "Último aviso, dice el día del corte",
    "again": "Otro recordatorio después",
    "call": "Llamada de tu equipo",
}
ORDERS = (
    ("reference,chosen,exact,oldest", "La referencia, lo que el cliente eligió, el importe exacto, y al final lo más antiguo"),
    ("reference,exact,oldest", "La referencia, el importe exacto, y al final lo más antiguo"),
    ("reference,oldest", "La referencia, y si no, lo más antiguo"),
    ("oldest", "Siempre lo más antiguo"),
)  # fmt: skip
NEEDED = (
    "terms_days", "grace_days", "min_overdue_amount", "min_overdue_debts", "cut_from_hour", "cut_to_hour", "warned_days",
    "reduced_days",
    "promise_days", "promises_a_year", "contact_from_hour", "contact_to_hour", "max_reminders", "max_messages_a_week",
    "late_fee_amount", "late_fee_percent", "late_fee_after_days", "reconnect_fee", "rep_day",
    "statement_day",
)  # fmt: skip
YES_NO = [("1", "Sí"), ("0", "No")]


class RateField(forms.CharField):
    """A percentage, as 1.5."""

    def clean(self, value: Any) -> Decimal:
        typed = str(super().clean(value)).strip().removesuffix("%")
        try:
            return read_number(typed) if typed else Decimal(0)
        except CellRefused as refused:
            raise forms.ValidationError(refused.message) from refused


def _yes(label: str, help_text: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, help_text=help_text, choices=YES_NO, coerce=lambda said: said == "1")


def _days(label: str, help_text: str) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label, help_text=help_text, choices=WEEKDAYS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class BillingForm(forms.Form):
    fiscal_mode = forms.ChoiceField(
        label="¿Cuándo sale la factura?", choices=[(mode, words[0]) for mode, words in MODES.items()],
        help_text="La de los planes que no dicen otra cosa.",
    )  # fmt: skip
    terms_days = whole_number(
        "Días para pagar", most=366, help_text="Desde que empieza el periodo o sale el cobro, lo que sea después."
    )
    due_on_bank_days = _yes(
        "Si vence en día sin bancos", "Sí: el vencimiento se recorre al siguiente día hábil bancario."
    )
    one_invoice_a_customer = _yes("Una sola factura por cliente", "Sí: lo que se cobra el mismo día va junto.")
    bill_while_suspended = forms.ChoiceField(
        label="Mientras está suspendido",
        choices=list(SUSPENDED.items()),
        help_text="Qué cuesta el periodo sin servicio.",
    )
    stop_after_unpaid = whole_number(
        "Deja de facturar con tantas vencidas", most=99,
        help_text="A quien debe esas, no se le emiten más facturas por adelantado. Vacío: siempre se emiten.",
    )  # fmt: skip
    grace_days = whole_number(
        "Días de gracia", most=366, help_text="Después de vencer, cuántos días se espera antes de suspender."
    )
    min_overdue_amount = MoneyField(
        label="Deuda vencida mínima", required=False, help_text="Por menos de esto no se suspende a nadie."
    )
    min_overdue_debts = whole_number(
        "Cobros vencidos mínimos", most=99, least=1, help_text="Con menos de estos no se suspende a nadie."
    )
    suspends = _yes("Suspender por falta de pago", "No: se avisa y se cobra, pero el servicio nunca se corta solo.")
    suspend_scope = forms.ChoiceField(
        label="Qué se suspende", choices=[("account", "Todos los servicios del cliente"),
                                          ("subscription", "Los de la suscripción que debe"),
                                          ("service", "Solo el servicio que debe")],
        help_text="Cuando un cliente tiene varios.",
    )  # fmt: skip
    cut_weekdays = _days(
        "Días en que se puede suspender", "Nunca en viernes o víspera de puente, salvo que lo marques."
    )
    cut_from_hour = whole_number("Se suspende desde las", most=23, help_text="Hora del día, de 0 a 23.")
    cut_to_hour = whole_number("Y hasta las", most=24, least=1, help_text="Antes de esta hora.")
    warned_days = whole_number(
        "Días entre el último aviso y el corte", most=60, help_text="Se cuentan desde que el aviso le llegó."
    )
    reduced_days = whole_number(
        "Días de servicio más lento", most=60,
        help_text="Antes de suspender, donde tu sistema sepa bajar la velocidad. 0: se suspende de una vez.",
    )  # fmt: skip
    terminate_after_days = whole_number(
        "Proponer la baja a los", most=3660, help_text="Días vencido. Vacío: nunca se propone."
    )
    promise_days = whole_number(
        "Plazo de una promesa de pago", most=366, help_text="Cuántos días puede pedir el cliente."
    )
    promises_a_year = whole_number("Promesas al año", most=99, help_text="Cuántas veces puede pedirlas cada cliente.")
    promises_by_themselves = _yes("Se aceptan solas", "No: alguien de tu equipo aprueba cada promesa.")
    contact_weekdays = _days("Días en que se avisa", "Los demás días los avisos esperan.")
    contact_from_hour = whole_number("Se avisa desde las", most=23, help_text="Hora del día, de 0 a 23.")
    contact_to_hour = whole_number("Y hasta las", most=24, least=1, help_text="Antes de esta hora.")
    max_reminders = whole_number("Avisos por cobro", most=99, help_text="De un mismo cobro, cuando mucho.")
    max_messages_a_week = whole_number("Mensajes por semana", most=99, help_text="A un mismo cliente, cuando mucho.")
    statement_when = forms.ChoiceField(
        label="El estado de cuenta sale", choices=StatementWhen.choices, help_text="Por correo, con su PDF."
    )
    statement_day = whole_number(
        "Qué día, si es mensual", most=31, least=1, help_text="El del corte. 31: el último del mes."
    )
    late_fee_amount = MoneyField(
        label="Recargo por atraso, en pesos", required=False, help_text="Una vez por cobro vencido. 0: sin recargo."
    )
    late_fee_percent = RateField(
        label="Recargo por atraso, en porcentaje", required=False, help_text="De lo vencido, como 3. 0: sin recargo.",
        widget=forms.TextInput({"class": "w-short num", "inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    late_fee_after_days = whole_number("El recargo entra a los", most=366, help_text="Días después de vencer.")
    reconnect_fee = MoneyField(
        label="Cuota de reconexión", required=False, help_text="Al volver de una suspensión. 0: no se cobra."
    )
    allocation_order = forms.ChoiceField(
        label="A qué se aplica un pago", choices=ORDERS, help_text="Se prueba en este orden."
    )
    applies_credit = _yes("El saldo a favor paga solo", "Sí: lo que un cliente pagó de más cubre su siguiente cobro.")
    partial_payment = forms.ChoiceField(
        label="Si paga una parte", choices=[("wait", "Se espera al resto y se factura completo"),
                                            ("split", "Sale una factura por esa parte"),
                                            ("ppd", "Sale la factura PPD y su complemento")],
        help_text="Cuando la factura sale al pagar.",
    )  # fmt: skip
    rep_when = forms.ChoiceField(
        label="El complemento de pago sale", choices=[("at_once", "Con cada pago"), ("end_of_day", "Al cerrar el día"),
                                                      ("monthly", "Una vez al mes")],
        help_text="De las facturas PPD. El SAT lo pide a más tardar el día 5 del mes siguiente.",
    )  # fmt: skip
    rep_day = whole_number("Qué día, si es mensual", most=5, least=1, help_text="Del mes siguiente, del 1 al 5.")
    effective_from = day_field("Vale desde el", help_text="Lo de antes se rige por las reglas de su día.")

    SECTIONS = (
        ("Qué se cobra", ("fiscal_mode", "terms_days", "due_on_bank_days", "one_invoice_a_customer",
                          "bill_while_suspended", "stop_after_unpaid")),
        ("Qué se avisa", ("contact_weekdays", "contact_from_hour", "contact_to_hour", "max_reminders",
                          "max_messages_a_week", "statement_when", "statement_day")),
        ("Cuánto se espera", ("grace_days", "min_overdue_amount", "min_overdue_debts")),
        ("Qué se suspende", ("suspends", "suspend_scope", "cut_weekdays", "cut_from_hour", "cut_to_hour", "warned_days",
                             "reduced_days", "terminate_after_days")),
        ("Promesas de pago", ("promise_days", "promises_a_year", "promises_by_themselves")),
        ("Lo que cuesta atrasarse", ("late_fee_amount", "late_fee_percent", "late_fee_after_days", "reconnect_fee")),
        ("Qué se hace con los pagos", ("allocation_order", "applies_credit", "partial_payment", "rep_when", "rep_day")),
    )  # fmt: skip
    MAY_BE_EMPTY = ("stop_after_unpaid", "terminate_after_days")

    def __init__(self, typed: Any, *, before: BillingPolicy, **more: Any) -> None:
        super().__init__(typed, **more)
        self.before = before
        self.steps = steps_of(before)
        for name in NEEDED:
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = "Escribe un número, aunque sea 0"
        for step in self.steps:
            code = str(step["code"])
            self.fields[f"step_{code}"] = forms.IntegerField(
                label=STEPS.get(code, code), required=False, min_value=-60, max_value=366,
                error_messages={"invalid": "Escribe los días, como -5 o 2"},
                widget=forms.TextInput({"class": "w-short num", "autocomplete": "off"}),
            )  # fmt: skip
        order = ",".join(before.allocation_order)
        if order not in dict(ORDERS):
            own = ("order", "Como está ahora")
            self.fields["allocation_order"].choices = [(order, own[1]), *ORDERS]  # type: ignore[attr-defined]

    def sections(self) -> list[tuple[str, list[Any], list[Any]]]:
        """(heading, fields, fields of the ladder)."""
        steps = [self[f"step_{step['code']}"] for step in self.steps]
        return [
            (head, [self[name] for name in names], steps if head == "Qué se avisa" else [])
            for head, names in self.SECTIONS
        ]

    def facts(self) -> dict[str, Any]:
        """After `is_valid`: the fields of BillingPolicy. What was left empty is as before, but for what may be empty."""
        said = dict(self.cleaned_data)
        facts: dict[str, Any] = {}
        for _, names in self.SECTIONS:
            for name in names:
                value = said[name]
                if value is None and name not in self.MAY_BE_EMPTY:
                    value = getattr(self.before, name)
                facts[name] = bool(value) if isinstance(getattr(self.before, name), bool) else value
        facts["allocation_order"] = said["allocation_order"].split(",")
        facts["fiscal_mode"] = FiscalMode(said["fiscal_mode"])
        facts["ladder"] = sorted(
            (
                {**step, "offset": said[f"step_{step['code']}"]}
                for step in self.steps
                if said[f"step_{step['code']}"] is not None
            ),
            key=lambda step: step["offset"],
        )
        return facts

    def refuse(self, errors: Mapping[str, str]) -> None:
        for name, sentence in errors.items():
            field = f"step_{self.steps[0]['code']}" if name == "ladder" and self.steps else name
            self.add_error(field if field in self.fields else None, sentence)


def steps_of(before: BillingPolicy) -> list[dict[str, Any]]:
    """Those in force, and those of the house that are not sent: an empty one is not."""
    found = {str(step["code"]): dict(step) for step in before.ladder}
    for step in BillingPolicy._meta.get_field("ladder").get_default():
        found.setdefault(str(step["code"]), {**step, "offset": None})
    places = list(STEPS)
    return sorted(found.values(), key=lambda step: places.index(step["code"]) if step["code"] in places else 99)


def policy_as_typed(before: BillingPolicy) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for _, names in BillingForm.SECTIONS:
        for name in names:
            value = getattr(before, name)
            if isinstance(value, bool):
                value = "1" if value else "0"
            elif isinstance(value, Decimal):
                value = figure_of(value)
            shown[name] = "" if value is None else value
    shown["allocation_order"] = ",".join(before.allocation_order)
    for step in steps_of(before):
        shown[f"step_{step['code']}"] = "" if step["offset"] is None else step["offset"]
    return shown
