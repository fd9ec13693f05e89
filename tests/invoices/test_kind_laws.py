"""What no act of ours would write is refused by the database itself (DB-7, DB-9)."""

from typing import Any

from django.db import IntegrityError, transaction

from amate.invoices.models import Invoice
from amate.ledger.models import Receivable
from tests.invoices.life import issued
from tests.ledger.hands import charged, customer

PPD = {"metodo_pago": "PPD", "forma_pago": "99"}
DAY = {"periodicidad": "01", "period_from": "2026-06-30", "period_to": "2026-06-30", "part": 1}
EGRESO = {"kind": "egreso", "tipo": "E"}
GLOBAL = {"kind": "global", "tipo": "I", **DAY}
PAGO = {
    "kind": "pago",
    "tipo": "P",
    "metodo_pago": "",
    "forma_pago": "",
    "uso_cfdi": "CP01",
    "moneda": "XXX",
    "total": 0,
}

# Beside a draft of a PUE paid with 03: what changes, and which law refuses it. Empty: lawful.
ROWS: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    (PPD, ""),
    (EGRESO, ""),
    (GLOBAL, ""),
    (PAGO, ""),
    ({"tipo": "E"}, "invoice_tipo_of_kind"),
    ({"tipo": "T"}, "invoice_tipo_of_kind"),
    ({**EGRESO, "tipo": "I"}, "invoice_tipo_of_kind"),
    ({**GLOBAL, "tipo": "E"}, "invoice_tipo_of_kind"),
    ({**PAGO, "tipo": "I"}, "invoice_tipo_of_kind"),
    ({"forma_pago": "99"}, "invoice_pue_ppd"),
    ({"forma_pago": ""}, "invoice_pue_ppd"),
    ({"metodo_pago": "PPD"}, "invoice_pue_ppd"),
    ({"metodo_pago": ""}, "invoice_pue_ppd"),
    ({**EGRESO, **PPD}, "invoice_pue_ppd"),
    ({**GLOBAL, **PPD}, "invoice_pue_ppd"),
    ({"uso_cfdi": "CP01"}, "invoice_pago_cp01"),
    ({"moneda": "XXX"}, "invoice_pago_cp01"),
    ({**PAGO, "uso_cfdi": "G03"}, "invoice_pago_cp01"),
    ({**PAGO, "moneda": "MXN"}, "invoice_pago_cp01"),
    ({**PAGO, "total": 1}, "invoice_pago_cp01"),
    ({**PAGO, "metodo_pago": "PUE"}, "invoice_pago_cp01"),
    ({**PAGO, "forma_pago": "03"}, "invoice_pago_cp01"),
    (DAY, "invoice_global_period"),
    ({"part": 1}, "invoice_global_period"),
    ({**GLOBAL, "periodicidad": ""}, "invoice_global_period"),
    ({**GLOBAL, "period_from": None}, "invoice_global_period"),
    ({**GLOBAL, "period_to": None}, "invoice_global_period"),
    ({**GLOBAL, "period_to": "2026-06-29"}, "invoice_global_period"),
    ({**GLOBAL, "part": None}, "invoice_global_period"),
    ({**GLOBAL, "part": 0}, "invoice_global_period"),
    ({**GLOBAL, "withheld": 1}, "invoice_global_period"),
]


def draft_beside(invoice: Invoice, **changes: Any) -> Invoice:
    kept = {f.attname: getattr(invoice, f.attname) for f in Invoice._meta.concrete_fields if f.attname != "id"}
    fresh = {"state": "draft", "folio": None, "uuid": None, "stamped_at": None, "sealed_at": None, "wish": ""}
    return Invoice.objects.create(**{**kept, **fresh, **changes})


def refused_by(invoice: Invoice, **changes: Any) -> str:
    """The name of the constraint; empty when the row was taken. Nothing is left behind."""
    try:
        with transaction.atomic():
            draft_beside(invoice, **changes)
            transaction.set_rollback(True)
    except IntegrityError as refused:
        return str(refused.__cause__.diag.constraint_name)  # type: ignore[union-attr]
    return ""


def test_a_document_that_its_kind_may_not_be_is_refused_by_the_database(world: Any) -> None:
    invoice = issued(world, "116.00")
    answers = world.scoped(lambda: [(changes, refused_by(invoice, **changes)) for changes, _ in ROWS])
    assert answers == ROWS


def test_a_debt_has_one_live_invoice_whatever_is_written(world: Any) -> None:
    invoice = issued(world, "116.00")

    def second(debt: Receivable, first: dict[str, Any], **changes: Any) -> str:
        with transaction.atomic():
            draft_beside(invoice, receivable_id=debt.pk, **first)
            answer = refused_by(invoice, receivable_id=debt.pk, **changes)
            transaction.set_rollback(True)
        return answer

    def answers() -> list[str]:
        debt = charged(customer(), "p:1", 116)
        gone = {"state": "refused", "refused_by": "receiver"}
        return [
            second(debt, {}),
            second(debt, PPD, **PPD),
            second(debt, {**gone, "replaced_by_id": invoice.pk}),
            second(debt, gone),
            second(debt, {}, **gone),
            second(debt, {}, replaces_id=invoice.pk),
            second(debt, {}, **EGRESO),
        ]

    assert world.scoped(answers) == ["one_live_invoice_a_debt"] * 3 + [""] * 4
