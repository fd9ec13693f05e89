"""A note is divided at the desk: by shares or by pieces; its page tells its parts, and unites it again."""

from decimal import Decimal
from typing import Any

from amate.self_invoicing.models import Ticket
from tests.self_invoicing.test_refund import TOTAL, fresh, sold
from tests.web.office.desk import Office
from tests.web.portal.buyer import words
from tests.world import World

PIECES = {
    "accion": "piezas",
    "toma_0_0": "1", "toma_0_1": "2",
    "toma_1_0": "2",
    "toma_2_0": "1",
}  # fmt: skip


def post(office: Office, ticket: Ticket, to: str, **fields: Any) -> Any:
    path = f"{office.world.shop.office}notas/{ticket.pk}/{to}"
    return office.world.inside(lambda: office.client.post(path, fields, follow=True))


def parts(world: World, note: Ticket) -> list[Ticket]:
    return world.scoped(lambda: list(Ticket.objects.filter(split_of=note, rejoined_at__isnull=True).order_by("pk")))


def test_by_pieces_the_last_part_has_what_is_left(world: World, office: Office) -> None:
    note = sold(world)
    page = office.text(f"notas/{note.pk}/dividir/")
    assert "Dividir la nota R-1" in page
    assert "Martillo de uña 16 oz (3)" in page
    told = words(post(office, note, "dividir/?partes=2", **PIECES))
    assert "Da a cada quien el código de su parte" in told
    first, second = parts(world, note)
    assert [line["cantidad"] for line in first.lines] == ["1", "2", "1"]
    assert [line["cantidad"] for line in second.lines] == ["2", "3"]
    assert first.total + second.total == Decimal(TOTAL)
    shown = office.text(f"notas/{note.pk}/")
    assert "Se dividió en 2" in shown
    assert "R-1-1" in shown
    assert f"${second.total}" in shown
    assert "La dividió ana@amate.example" in shown
    assert "Dividir entre varios" not in shown
    assert "Es una parte de la nota <a" in office.text(f"notas/{first.pk}/")
    listed = office.text("notas/")
    assert "3 notas por $238.37" in listed
    assert "1 nota por $0.00" in office.text("notas/", estado="split")
    assert "registra la devolución en la parte que toca" in words(post(office, note, "devolver/"))


def test_by_shares_and_pressed_twice_it_is_divided_once(world: World, office: Office) -> None:
    note = sold(world)
    thirds = {"accion": "proporcion"} | {f"proporcion_{part}": "1" for part in range(3)}
    for _ in range(2):
        assert "La dividimos" in words(post(office, note, "dividir/?partes=3", **thirds))
    found = parts(world, note)
    assert sum(part.total for part in found) == Decimal(TOTAL)
    assert max(part.total for part in found) - min(part.total for part in found) < Decimal("0.20")
    assert "Está entera otra vez" in words(post(office, note, "unir/"))
    assert (parts(world, note), fresh(world, note).state) == ([], Ticket.State.OPEN)
    assert "Dividir entre varios" in office.text(f"notas/{note.pk}/")


def test_what_cannot_be_is_said_where_it_was_typed(world: World, office: Office) -> None:
    note = sold(world)
    more = post(office, note, "dividir/?partes=2", **PIECES | {"toma_0_0": "2"})
    assert more.status_code == 422
    assert "Son 3: reparte todas, ni más ni menos" in words(more)
    empty = post(office, note, "dividir/?partes=3", **PIECES | {"toma_1_1": "0", "toma_2_1": "3", "toma_0_2": "0"})
    assert "Cada parte lleva algo" in words(empty)
    nothing = post(office, note, "dividir/?partes=2", accion="proporcion", proporcion_0="1")
    assert "Escribe cuánto le toca" in words(nothing)
    assert parts(world, note) == []
    world.claim(note)
    assert "Esta nota se está facturando: ya no se divide" in words(post(office, note, "dividir/"))


def test_a_part_that_somebody_has_keeps_the_note_divided(world: World, office: Office) -> None:
    note = sold(world)
    post(office, note, "dividir/?partes=2", **PIECES)
    world.claim(parts(world, note)[0])
    assert "La parte R-1-1 ya se facturó" in words(post(office, note, "unir/"))
    assert "Volver a unirla" not in office.text(f"notas/{note.pk}/")


def test_programs_are_told_the_parts(world: World, office: Office) -> None:
    note = sold(world)
    assert world.api("GET", f"/tickets/{note.code}").json()["parts"] == []
    post(office, note, "dividir/?partes=2", **PIECES)
    said = world.api("GET", f"/tickets/{note.code}").json()
    found = parts(world, note)
    assert (said["state"], said["split_of"]) == ("split", None)
    assert [code.replace("-", "") for code in said["parts"]] == [part.code for part in found]
    part = world.api("GET", f"/tickets/{found[0].code}").json()
    assert (part["state"], part["split_of"], part["parts"]) == ("open", said["code"], [])
    refused = world.api("DELETE", "/tickets/pos/1")
    assert (refused.status_code, refused.json()["detail"]) == (
        409, "Esta nota se dividió: hazlo con sus partes, o vuelve a unirla primero.",
    )  # fmt: skip
