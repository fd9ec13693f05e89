"""Whoever works a system by hand is written to, says by his link that it is done, and is told again if nobody does."""

import re
from typing import Any

from django.test import Client

from amate.billing_cycle.service.models import Order, Service, Switch, SwitchAccount
from amate.billing_cycle.service.technician import task_token
from amate.messages.models import Message
from amate.worker.of_a_day import OF_A_DAY
from tests.billing_cycle.service.test_routers import AT, a_line, again, hold, kept, lift, send
from tests.web.office.desk import Office
from tests.web.portal.buyer import words
from tests.world import World

LUIS = "luis@torres.example"


def by_luis(world: World, mail: str = LUIS) -> None:
    terms = {"mail": mail} if mail else {}
    world.scoped(
        lambda: SwitchAccount.objects.create(name="Torre Sur", kind=Switch.MANUAL, terms=terms, created_at=world.now())
    )


def running(world: World, line: Service) -> Service:
    world.scoped(lambda: Service.objects.filter(pk=line.pk).update(actual="active", actual_gen=1))
    return line


def a_task(world: World) -> Service:
    """A line that Luis is to suspend, and his mail of it."""
    by_luis(world)
    line = running(world, a_line(world, "casa-7"))
    hold(world, line)
    return line


def link_of(world: World, nth: int = -1) -> str:
    """What stands after the address of the portal, in that mail."""
    found = re.search(r"/(tarea/\S+/)", world.mail.mails[nth].get_body(("plain",)).get_content())
    assert found
    return found[1]


def opens(world: World, path: str, *, says: bool = False) -> Any:
    client = Client()
    at = world.shop.portal + path
    return world.inside(lambda: client.post(at, follow=True) if says else client.get(at))


def beat(world: World) -> None:
    world.scoped(lambda: OF_A_DAY["services"](world.now()))
    world.settle()


def test_he_is_written_to_and_his_button_settles_the_order(world: World) -> None:
    line = a_task(world)
    [mail] = world.mail.mails
    assert (mail["To"], str(mail["Subject"])) == (LUIS, "Suspender casa-7 en Torre Sur")
    beat(world)
    assert len(world.mail.mails) == 1, "once an order"
    kept_mail = world.scoped(lambda: Message.objects.get(kind="task"))
    assert link_of(world) not in kept_mail.text + kept_mail.html, "what is kept opens nothing"

    page = opens(world, link_of(world))
    assert "Ya quedó suspendido" in words(page)
    assert "Rosa" not in words(page), "a link says no customer's name"
    assert again(world, line).actual == "active", "to look is not to say"
    assert "Anotado: quedó suspendido" in words(opens(world, link_of(world), says=True))
    opens(world, link_of(world), says=True)  # impatient
    assert (again(world, line).actual, again(world, line).actual_gen) == ("suspended", 2)
    assert world.scoped(lambda: Order.objects.get().answer) == f"Lo hizo {LUIS}"
    world.time_passes(days=2)
    beat(world)
    assert len(world.mail.mails) == 1, "who did it is left alone"

    lift(world, line)
    assert str(world.mail.mails[-1]["Subject"]) == "Activar casa-7 en Torre Sur"
    assert "Esto ya cambió" in words(opens(world, link_of(world, 0), says=True))
    assert again(world, line).actual == "suspended", "an old link settles no newer order"
    assert "quedó activo" in words(opens(world, link_of(world), says=True))
    assert again(world, line).actual == "active"


def test_nobody_says_it_and_he_is_told_again_three_times(world: World) -> None:
    line = a_task(world)
    for _ in range(6):
        world.time_passes(days=1)
        beat(world)
        beat(world)
    assert len(world.mail.mails) == 4
    assert str(world.mail.mails[-1]["Subject"]).startswith("Sigue pendiente: Suspender casa-7")
    assert "Anotado" in words(opens(world, link_of(world, 0), says=True)), "the first link is as good as the last"
    assert again(world, line).actual == "suspended"


def test_a_link_is_of_one_person_one_order_and_one_company(world: World) -> None:
    line = a_task(world)
    path = link_of(world)
    world.scoped(lambda: SwitchAccount.objects.update(terms={"mail": "otra@torres.example"}))
    assert opens(world, path).status_code == 404
    world.scoped(lambda: SwitchAccount.objects.update(terms={"mail": LUIS}))
    token = path.split("/")[1]
    forged = f"{line.pk}-3-{token.rpartition('-')[2]}"
    at_the_other = world.inside(lambda: Client().get(f"{world.other.portal}{path}"))
    assert [at_the_other.status_code, opens(world, f"tarea/{forged}/").status_code] == [404, 404]
    assert world.scoped(lambda: task_token(Service.objects.get(pk=line.pk), 2)) == token
    for n in range(12):
        last = opens(world, f"tarea/{line.pk}-2-{n:043}/")
    assert last.status_code == 429, "who guesses waits"
    world.scoped(lambda: SwitchAccount.objects.update(terms={}))
    assert again(world, line).actual == "active"


def test_without_a_mail_nobody_is_written_to(world: World) -> None:
    by_luis(world, mail="")
    line = running(world, a_line(world, "casa-7"))
    hold(world, line)
    world.time_passes(days=2)
    beat(world)
    assert world.mail.mails == []
    assert again(world, line).desired == "suspended"


def test_what_was_never_told_of_is_not_asked_for(world: World) -> None:
    by_luis(world)
    a_line(world, "casa-7")
    world.time_passes(days=2)
    beat(world)
    assert world.mail.mails == []


def test_his_mail_is_typed_in_the_office(world: World) -> None:
    office = Office(world)
    said = {"kind": "manual", "clave": "a" * 32, "name": "Torre Sur", "mail": "luis"}
    refused = send(office, AT, said)
    assert (refused.status_code, "nombre@dominio.mx" in refused.content.decode()) == (422, True)
    hook = send(office, AT, {**said, "kind": "webhook", "url": "https://red.example/", "mail": LUIS})
    assert (hook.status_code, "avisamos nosotros" in hook.content.decode()) == (422, True)
    assert send(office, AT, {**said, "mail": LUIS}).status_code == 302
    assert kept(world).terms == {"mail": LUIS}
    page = f"{AT}{kept(world).pk}/"
    assert LUIS in office.text(page)
    assert send(office, page, {"name": "Torre Sur", "mail": "ana@torres.example"}).status_code == 302
    assert kept(world).terms == {"mail": "ana@torres.example"}
    assert send(office, page, {"name": "Torre Sur", "mail": ""}).status_code == 302
    assert kept(world).terms == {}
