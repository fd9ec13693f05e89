"""Ajustes › SMS: the gateway is kept with its key sealed, proved with a trial, and a month's bound stops it and is told."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from amate.messages.models import TextMessage, TextSettings
from amate.messages.set_texts import open_gateway
from amate.messages.text_bound import is_spent, paid_this_month
from tests.billing_cycle.collection.evening import Evening
from tests.billing_cycle.collection.test_wheel_letters import texting
from tests.outside_servers import TextServer, serve_texts
from tests.web.office.desk import Office
from tests.web.office.test_settings import post, said
from tests.world import World


@pytest.fixture(scope="module")
def gateway() -> Iterator[TextServer]:
    with serve_texts() as server:
        yield server


def typed(gateway: TextServer, **changes: str) -> dict[str, str]:
    return {
        "version": "0",
        "url": f"{gateway.url}/messages",
        "method": "POST",
        "kind": "json",
        "body": '{"to": "{{to}}", "text": "{{text}}", "id": "{{id}}", "sender": "{{sender}}"}',
        "header": "Authorization: Bearer {{key}}",
        "key": gateway.token,
        "sender": "AMATE",
        "success_at": "messages.0.status",
        "success": "accepted, queued",
        "id_at": "messages.0.id",
        "bad_number": "invalid_number",
        "most_a_month": "2",
    } | changes


def test_a_gateway_is_kept_tried_and_stops_at_the_months_bound(
    world: World, office: Office, gateway: TextServer, settings: Any
) -> None:
    settings.PRIVATE_MAIL_HOSTS = ["127.0.0.1"]
    gateway.admin("POST", "reset")
    assert "Apagados" in office.text("ajustes/sms/")
    assert "Primero guarda" in said(post(office, "sms/probar/", {"to": "55 1234 5678"}))
    assert post(office, "sms/", typed(gateway)).status_code == 302
    row = world.scoped(lambda: TextSettings.objects.get())
    assert gateway.token.encode() not in bytes(row.sealed_key)
    page = office.text("ajustes/sms/")
    assert gateway.token not in page + str(row.shown)
    assert "Bearer {{key}}" in page
    assert "de 9 a 20 horas" in page

    assert "no es un teléfono de México" in said(post(office, "sms/probar/", {"to": "1234"}))
    for _ in range(2):  # pressed twice: one message is paid
        assert post(office, "sms/probar/", {"to": "55 1234 5678"}).status_code == 302
    assert "Enviamos la prueba" in office.text("ajustes/sms/")
    world.settle()
    [text] = gateway.admin("GET", "texts")
    assert (text["to"], text["sender"]) == ("+525512345678", "AMATE")
    assert "La prueba salió a +525512345678." in office.text("ajustes/sms/")

    gateway.admin("PUT", "moods", {"dead": ["+525500000000"]})
    post(office, "sms/probar/", {"to": "5500000000"})
    world.settle()
    page = office.text("ajustes/sms/")
    assert "La prueba a +525500000000 no salió." in page
    assert "invalid_number" in page

    for number in ("5511111111", "5522222222"):
        post(office, "sms/probar/", {"to": number})
        world.settle()
    assert [one["to"] for one in gateway.admin("GET", "texts")] == ["+525512345678", "+525511111111"]
    page = office.text("ajustes/sms/")
    assert "Se llegó al tope de SMS de este mes." in page
    assert "Se llegó al tope de SMS de este mes" in office.text("")
    assert world.scoped(lambda: paid_this_month(now=world.now())) == 2

    more = typed(gateway, version="1", key="", most_a_month="3")
    assert post(office, "sms/", more).status_code == 302
    assert "Se llegó al tope" not in office.text("")
    kept = world.scoped(open_gateway)
    assert kept is not None
    assert (kept.key, kept.success) == (gateway.token, {"accepted", "queued"})


def test_a_kept_key_goes_to_no_other_server_and_a_conflict_is_told(
    world: World, office: Office, gateway: TextServer
) -> None:
    post(office, "sms/", typed(gateway))
    thief = typed(gateway, version="1", key="", url="https://ladron.example/messages")
    answer = post(office, "sms/", thief)
    assert answer.status_code == 422
    assert "La clave se pide otra vez" in said(answer)
    answer = post(office, "sms/", typed(gateway, sender="OTRO"))
    assert "alguien cambió estos datos" in said(answer)
    assert world.scoped(lambda: TextSettings.objects.get().shown["sender"]) == "AMATE"
    for change, sentence in (
        ({"header": "Bearer"}, "Escríbelo como nombre: valor"),
        ({"header": ""}, "Escribe {{key}} donde va la clave"),
        ({"body": '{"to": "{{to}}"}'}, "Falta decir dónde van"),
        ({"body": '{"to": {{to}}, "text": {{texto}}}'}, "No hay {{texto}}"),
        ({"url": "smtp.example"}, "La dirección empieza con https://"),
        ({"success": ""}, "Escribe qué dice ahí"),
        ({"most_a_month": "0"}, "apaga los SMS"),
    ):
        answer = post(office, "sms/", typed(gateway, version="1", **change))
        assert answer.status_code == 422, change
        assert sentence in said(answer)
    assert post(office, "sms/apagar/", {}).status_code == 302
    assert world.scoped(open_gateway) is None
    assert bytes(world.scoped(lambda: TextSettings.objects.get().sealed_key)) == b""
    assert post(office, "sms/", typed(gateway, version="2", key="")).status_code == 422, "the key was forgotten"


def test_a_last_warning_beyond_the_bound_becomes_a_call(world: World, gateway: TextServer, settings: Any) -> None:
    evening = Evening(world)
    texting(evening, gateway, settings)
    evening.scoped(lambda: TextSettings.objects.update(most_a_month=0))
    evening.beat(date(2026, 3, 17))
    assert evening.notices() == [("last", "sms", "failed")]
    assert gateway.admin("GET", "texts") == []
    assert world.scoped(lambda: TextMessage.objects.count()) == 0
    assert world.scoped(lambda: is_spent(now=world.now()))
    evening.beat(date(2026, 3, 18))
    assert evening.notices()[-1] == ("last", "call", "claimed")
