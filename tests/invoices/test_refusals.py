"""What a refusal means: the receiver's on a field of his form, everything else ours (FISCAL 14)."""

import pytest

from amate.fiscal.rules.table import rules
from amate.invoices.models import RefusedBy
from amate.invoices.refusals import RECEIVER, STAFF, meaning_of, staff_advice

FORM = {"rfc", "nombre", "cp", "regimen_fiscal", "uso_cfdi"}
OURS = "Recibimos tus datos; te enviamos la factura en cuanto quede."


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("CFDI40143", "rfc"),
        ("CFDI40144", "nombre"),
        ("CFDI40145", "nombre"),
        ("CFDI40147", "cp"),
        ("CFDI40148", "cp"),
        ("CFDI40157", "regimen_fiscal"),
        ("CFDI40158", "regimen_fiscal"),
        ("CFDI40159", "regimen_fiscal"),
        ("CFDI40160", "uso_cfdi"),
        ("CFDI40161", "uso_cfdi"),
    ],
)
def test_what_the_receiver_can_mend_lands_on_his_field(code: str, field: str) -> None:
    meaning = meaning_of(code)
    assert (meaning.refused_by, meaning.field) == (RefusedBy.RECEIVER, field)
    assert field in FORM


def test_every_other_rule_is_ours_to_mend_and_the_customer_only_waits() -> None:
    for code in rules().keys() - RECEIVER.keys():
        meaning = meaning_of(code)
        assert (meaning.refused_by, meaning.field, meaning.message) == (RefusedBy.OURS, "", OURS), code


@pytest.mark.parametrize("code", ["CRP20999", "CFDI40999", "CFDI40222", "CO1025", "AU2000", ""])
def test_a_code_that_nobody_listed_is_ours_too(code: str) -> None:
    assert meaning_of(code).refused_by == RefusedBy.OURS
    assert "avísanos con el código" in staff_advice(code)


def test_a_customer_never_sees_a_raw_code() -> None:
    for code in rules():
        assert code not in meaning_of(code).message


def test_staff_are_told_what_to_do_and_which_rule_in_which_edition() -> None:
    for code, rule in rules().items():
        told = staff_advice(code)
        assert f"Regla {code}: {rule.demands}" in told
        assert told.endswith(f"[{rule.source}]")
    assert staff_advice("CRP20225").startswith("Los datos bancarios del pago")
    assert staff_advice("CFDI40162").startswith("Una clave de producto no está vigente")
    assert staff_advice("CRP20268").startswith("Es un defecto del documento")


def test_every_advice_is_about_a_rule_of_the_table() -> None:
    assert STAFF.keys() <= rules().keys()
    assert RECEIVER.keys() <= rules().keys()
