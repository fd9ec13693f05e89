"""Ajustes › Cobro: each rule says what it does, and rules that contradict each other are refused in words."""

import pytest

from amate.companies.billing_policy import BillingPolicy
from amate.web.backoffice.settings.billing_form import policy_as_typed
from tests.billing_cycle.subscriptions.test_run import today
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.web.office.desk import Office
from tests.web.office.subscriptions.pages import hidden, looks
from tests.web.office.test_imports import post
from tests.world import World

PATH = "ajustes/cobro/"


def typed(wheel: Wheel) -> dict[str, object]:
    day = today(wheel)
    return wheel.look(lambda: policy_as_typed(BillingPolicy(effective_from=day)) | {"effective_from": str(day)})


def test_rules_say_what_they_do_and_hold_from_their_day(world: World, office: Office) -> None:
    wheel = Wheel(world)
    assert "Hoy valen las reglas de la casa" in office.text(PATH)
    said = typed(wheel) | {"grace_days": "9", "cut_weekdays": ["0", "2"], "fiscal_mode": "ppd", "step_before": ""}
    sent, page = looks(office, PATH, said)
    assert "solo lunes, miércoles" in page
    assert "De cada pago sale su complemento" in page
    assert wheel.look(BillingPolicy.objects.count) == 0
    assert post(office, PATH, sent | {"guardar": "1"}).status_code == 302
    kept = wheel.look(BillingPolicy.objects.get)
    assert (kept.grace_days, kept.cut_weekdays, kept.fiscal_mode) == (9, [0, 2], "ppd")
    assert "before" not in {step["code"] for step in kept.ladder}
    assert (kept.applies_credit, kept.max_reminders) == (True, 5)
    answer = post(office, PATH, sent | {"guardar": "1"})
    assert "alguien cambió estas reglas" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cut_weekdays": []}, "elige al menos un día de la semana"),
        ({"contact_weekdays": []}, "ningún día para hacerlo"),
        ({"step_last": "-2"}, "mándalo después de que venza"),
        ({"suspends": "0", "reconnect_fee": "50"}, "no hay reconexión que cobrar"),
        ({"terminate_after_days": "3"}, "más días que los de gracia"),
        ({"cut_from_hour": "15"}, "antes de la última"),
    ],
    ids=["weekdays", "contact", "last", "reconnect", "terminate", "hours"],
)
def test_rules_that_contradict_each_other_are_refused(
    world: World, office: Office, change: dict[str, object], sentence: str
) -> None:
    wheel = Wheel(world)
    answer = post(office, PATH, typed(wheel) | hidden(office.text(PATH)) | change | {"guardar": "1"})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert wheel.look(BillingPolicy.objects.count) == 0
