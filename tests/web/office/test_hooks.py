"""The page of the systems that are told: added, seen, told again, turned off."""

from typing import Any

from amate.hooks.models import Event, Hook
from amate.hooks.tell_hooks import give_places
from tests.hooks.test_hooks import comes
from tests.web.office.desk import Office
from tests.web.portal.buyer import words
from tests.world import World


def post(office: Office, path: str, **said: Any) -> Any:
    client, address = office.client, f"{office.world.shop.office}ajustes/avisos/{path}"
    return office.world.inside(lambda: client.post(address, said, follow=True))


def test_one_is_added_seen_and_told_again(world: World, office: Office) -> None:
    assert "A nadie todavía" in office.text("ajustes/avisos/")
    bad = post(office, "", name="", url="http://x", clave="a" * 32)
    assert bad.status_code == 422
    assert "Ponle un nombre" in words(bad)
    said = {"name": "ERP", "url": "https://erp.example/a", "kinds": ["customer.changed"], "clave": "a" * 32}
    plain = post(office, "", **said | {"url": "http://erp.example"})
    assert "https://" in words(plain)
    made = words(post(office, "", **said))
    assert "whsec_" in made
    assert "no la volvemos a mostrar" in made
    hook = world.scoped(Hook.objects.get)
    assert "whsec_" not in office.text(f"ajustes/avisos/{hook.pk}/")

    comes(world, "Ana")
    world.scoped(lambda: give_places(now=world.now()))
    assert "1 por avisar" in office.text("ajustes/avisos/")
    world.scoped(lambda: Hook.objects.update(told_seq=1))
    today = world.scoped(world.today).isoformat()
    assert "Le repetimos 1 avisos" in words(post(office, f"{hook.pk}/repetir/", since=today))
    assert "Escribe el día" in words(post(office, f"{hook.pk}/repetir/", since="x"))
    assert "whsec_" in words(post(office, f"{hook.pk}/llave/", clave="b" * 32))
    assert "Ya no le avisamos a ERP" in words(post(office, f"{hook.pk}/apagar/"))
    assert "Apagado" in office.text("ajustes/avisos/")
    changed = words(post(office, f"{hook.pk}/", **said | {"name": "Tienda"}))
    assert "Guardado" in changed
    assert world.scoped(lambda: Hook.objects.get().stopped_at) is None
    assert world.scoped(Event.objects.count) == 1
