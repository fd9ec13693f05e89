"""Acts on many rows: first what they will do, then once, each row by its own act."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.access.models import Membership, Role, User
from amate.audit.models import Entry
from amate.desk import do_to_many
from amate.desk.begin_run import begin_run
from amate.desk.models import Run
from amate.promises.models import Promise
from amate.self_invoicing.models import Ticket
from tests.access.team import hired
from tests.web.office import desk, plenty
from tests.web.office.desk import Office
from tests.web.office.test_imports import post
from tests.world import World

PRICE = {"total": Decimal("290.00"), "total_cents": 29000}


def preview(office: Office, act: str, *, ids: list[int] | None = None, room: str = "notas", **query: str) -> Any:
    said: dict[str, Any] = {"acto": act, **query, **({"id": ids} if ids is not None else {"todas": "1"})}
    return office.world.inside(lambda: office.client.get(f"{office.world.shop.office}{room}/varias/", said))


def form_of(page: Any) -> dict[str, Any]:
    """The hidden part of the page's form, as a browser sends it back."""
    said: dict[str, Any] = {}
    for tag in re.findall(r"<input type=\"hidden\"[^>]*>", page.content.decode().split("</header>")[-1]):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name
        assert value
        said.setdefault(name[1], []).append(value[1])
    return said


def confirm(office: Office, page: Any, *, room: str = "notas", **typed: str) -> Any:
    said = {**form_of(page), **typed}
    return office.world.inside(lambda: office.client.post(f"{office.world.shop.office}{room}/varias/", said))


def result(office: Office, answer: Any) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return office.text(answer["Location"].removeprefix(office.world.shop.office))


def states(world: World, ids: list[int]) -> list[str]:
    return world.scoped(lambda: list(Ticket.objects.filter(pk__in=ids).order_by("id").values_list("state", flat=True)))


def acts(world: World, act: str) -> list[tuple[str, str]]:
    return world.scoped(lambda: list(Entry.objects.filter(act=act).order_by("id").values_list("about", "actor")))


def test_ticked_notes_are_told_and_then_locked(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 14, vary=lambda n: PRICE | ({"state": "void"} if n < 2 else {}))
    page = preview(office, "bloquear", ids=ids)
    said = page.content.decode()
    assert "Bloquear: 12 notas por $3,480.00" in said
    assert "Están canceladas: 2" in said
    assert set(states(world, ids)) == {"void", "open"}
    told = result(office, confirm(office, page, reason="Inventario"))
    assert "Bloqueadas: 12" in told
    assert "Están canceladas: 2" in told
    assert states(world, ids) == ["void"] * 2 + ["locked"] * 12
    assert acts(world, "ticket.locked") == [(f"ticket:{pk}", "ana@amate.example") for pk in ids[2:]]
    reasons = world.scoped(lambda: set(Ticket.objects.filter(pk__in=ids[2:]).values_list("state_reason", flat=True)))
    assert reasons == {"Inventario"}


def test_all_of_a_filter_goes_to_the_worker_in_parts(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 120, vary=lambda n: {**PRICE, "source": "caja-7" if n < 110 else "caja-8"})
    page = preview(office, "bloquear", canal="caja-7")
    assert "110 notas por $31,900.00" in page.content.decode()
    answer = confirm(office, page, reason="Revisión")
    told = result(office, answer)
    assert "Bloqueando" in told
    assert '?van=0"' in told, "it is asked for by itself"
    assert set(states(world, ids)) == {"open"}
    world.settle()
    assert "Bloqueadas: 110" in result(office, answer)
    assert states(world, ids) == ["locked"] * 110 + ["open"] * 10
    assert {actor for _, actor in acts(world, "ticket.locked")} == {"ana@amate.example"}
    assert len(acts(world, "ticket.locked")) == 110


def test_a_run_that_is_cut_off_goes_on_where_it_stood(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = plenty.tickets(world, 130)
    monkeypatch.setattr("amate.desk.ask_run.AT_ONCE", 10)
    answer = confirm(office, preview(office, "bloquear", q="F-"), reason="x")
    run_id = int(answer["Location"].rstrip("/").rpartition("/")[2])
    world.scoped(lambda: do_to_many.do_some(run_id=run_id, now=world.now()))
    assert states(world, ids).count("locked") == do_to_many.AT_ONCE
    assert f"Van {do_to_many.AT_ONCE} de 130" in result(office, answer)

    def falls() -> None:
        do_to_many.do_some(run_id=run_id, now=world.now())
        raise RuntimeError("the machine stops before it commits")

    with pytest.raises(RuntimeError):
        world.scoped(falls)
    assert states(world, ids).count("locked") == do_to_many.AT_ONCE
    world.settle()
    assert states(world, ids) == ["locked"] * 130
    assert len(acts(world, "ticket.locked")) == 130


def test_a_yes_sent_twice_is_one(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 3)
    page = preview(office, "enviar", ids=ids)
    first, second = (confirm(office, page, correo="contador@example.com") for _ in range(2))
    assert first["Location"] == second["Location"]
    assert world.scoped(lambda: Run.objects.count()) == 1
    world.time_passes(seconds=11)
    world.settle()
    assert len(acts(world, "note.sent")) == 3
    assert [mail["To"] for mail in world.mail.mails] == ["contador@example.com"] * 3


def test_what_changed_meanwhile_is_shown_again_and_not_done(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 3, vary=lambda n: PRICE)
    page = preview(office, "bloquear", q="F-")
    world.scoped(lambda: Ticket.objects.filter(pk=ids[0]).update(state="void"))
    answer = confirm(office, page, reason="x")
    assert answer.status_code == 422
    assert "Mientras lo mirabas cambió la lista" in answer.content.decode()
    assert "2 notas por $580.00" in answer.content.decode()
    assert states(world, ids) == ["void", "open", "open"]
    assert "Bloqueadas: 2" in result(office, confirm(office, answer, reason="x"))


def test_a_note_that_was_claimed_while_the_run_waited_stays(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amate.desk.ask_run.AT_ONCE", 0)
    free, other = world.sale(), world.sale()
    answer = confirm(office, preview(office, "bloquear", ids=[free.pk, other.pk]), reason="x")
    world.claim(other)
    world.scoped(
        lambda: Promise.objects.filter(kind="seal_and_stamp").update(next_try_at=world.now() + timedelta(days=9))
    )
    world.settle()
    told = result(office, answer)
    assert "Bloqueadas: 1" in told
    assert "Cambiaron mientras tanto, porque se facturaron o se cancelaron: 1" in told
    assert states(world, [free.pk, other.pk]) == ["locked", "open"]


def test_what_is_for_good_asks_for_the_count(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 3)
    page = preview(office, "cancelar", ids=ids)
    for typed, sentence in (("", "Escribe cuántas son"), ("2", "Son 3: escribe ese número")):
        answer = confirm(office, page, reason="Cierre", cuantas=typed)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert confirm(office, page, reason="", cuantas="3").status_code == 422
    assert set(states(world, ids)) == {"open"}
    assert "Canceladas: 3" in result(office, confirm(office, page, reason="Cierre", cuantas="3"))
    assert set(states(world, ids)) == {"void"}


def test_locked_notes_are_unlocked(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 3, vary=lambda n: {"state": "locked" if n else "open"})
    page = preview(office, "desbloquear", ids=ids)
    assert "No están bloqueadas: 1" in page.content.decode()
    assert "Desbloqueadas: 2" in result(office, confirm(office, page))
    assert set(states(world, ids)) == {"open"}


def test_nothing_ticked_and_acts_of_another_list_are_told(world: World, office: Office) -> None:
    world.sale()
    for query in (
        {"acto": "bloquear"},
        {"acto": "bloquear", "id": "x"},
        {"acto": "zip", "todas": "1"},
        {},
        {"acto": "\x00"},
    ):
        answer = world.inside(lambda query=query: office.client.get(f"{world.shop.office}notas/varias/", query))
        assert answer.status_code == 302
    assert "Marca al menos una" in office.text("notas/")
    assert "No hay ninguna que se pueda" in preview(office, "desbloquear", ids=[999999]).content.decode()


def test_more_than_one_act_may_take_is_told(world: World, office: Office) -> None:
    plenty.tickets(world, 201)
    page = preview(office, "enviar", q="F-").content.decode()
    assert "Son demasiadas" in page
    assert "hasta 200 a la vez" in page


def test_invoices_are_sent_again_each_to_its_own_mail(world: World, office: Office) -> None:
    first, second = desk.stamped(world, correo="uno@example.com"), desk.stamped(world, correo="dos@example.com")
    silent, draft = desk.stamped(world), desk.claimed(world)
    world.mail.mails.clear()
    page = preview(office, "reenviar", ids=[first.pk, second.pk, silent.pk, draft.pk], room="facturas")
    said = page.content.decode()
    assert "2 facturas por $" in said
    assert "No están timbradas: 1" in said
    assert "No tienen correo guardado: 1" in said
    answer = confirm(office, page, room="facturas")
    world.time_passes(seconds=11)
    world.settle()
    assert "Por enviar: 2" in result(office, answer)
    assert sorted(mail["To"] for mail in world.mail.mails if mail["To"]) == ["dos@example.com", "uno@example.com"]


def test_many_invoices_become_one_zip_of_xml_and_pdf(world: World, office: Office) -> None:
    made = [desk.stamped(world) for _ in range(2)]
    desk.claimed(world)
    page = preview(office, "zip", room="facturas")
    assert "No están timbradas: 1" in page.content.decode()
    answer = confirm(office, page, room="facturas")
    path = answer["Location"].removeprefix(world.shop.office)
    assert "Juntando" in office.text(path)
    assert office.get(path + "archivo").status_code == 404
    world.settle()
    assert "Descargar facturas-" in office.text(path)
    got = world.inside(lambda: b"".join(office.client.get(f"{world.shop.office}{path}archivo").streaming_content))
    with zipfile.ZipFile(io.BytesIO(got)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        xml = world.inside(lambda: office.client.get(f"{world.shop.office}facturas/{made[0].pk}/xml")).content
        assert archive.read(next(one for one in names if str(made[0].uuid) in one and one.endswith("xml"))) == xml
        assert all(archive.read(one).startswith(b"%PDF-") for one in names if one.endswith("pdf"))
    assert len(names) == 4


def test_a_role_that_may_not_do_it_to_one_may_not_to_many(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 2)
    page = preview(office, "cancelar", ids=ids)
    for role in (Role.CASHIER, Role.SUPPORT, Role.COLLECTOR):
        world.inside(lambda role=role: Membership.objects.filter(company=world.shop.company).update(role=role))
        assert preview(office, "cancelar", ids=ids).status_code == 403
        assert confirm(office, page, reason="x", cuantas="2").status_code == 403
    assert set(states(world, ids)) == {"open"}


def test_a_run_is_seen_by_who_asked_and_who_leads(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 2)
    answer = confirm(office, preview(office, "bloquear", ids=ids), reason="x")
    path = answer["Location"].removeprefix(world.shop.office)
    assert office.get(path).status_code == 200
    world.scoped(lambda: Run.objects.update(owner=world.other.owner))
    assert office.get(path).status_code == 200
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=Role.CASHIER))
    assert office.get(path).status_code == 404


def test_a_run_is_of_the_person_whatever_the_mail(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 60)
    answer = confirm(office, preview(office, "cancelar", ids=ids), reason="x", cuantas="60")
    path = answer["Location"].removeprefix(world.shop.office)
    ana = world.shop.owner
    world.inside(lambda: User.objects.filter(pk=ana.pk).update(email="ana.ruiz@amate.example"))
    heir = hired(world, "ana@amate.example", Role.CASHIER).user
    world.settle()
    assert set(states(world, ids)) == {"void"}
    world.inside(lambda: Membership.objects.filter(user=ana).update(role=Role.CASHIER))
    assert "La pidió ana@amate.example" in office.text(path)
    world.inside(lambda: office.client.force_login(heir, backend="django.contrib.auth.backends.ModelBackend"))
    assert office.get(path).status_code == 404


def test_ids_of_another_company_are_not_there(world: World, office: Office) -> None:
    theirs = plenty.tickets(world, 2, shop=world.other)
    assert "No hay ninguna que se pueda" in preview(office, "bloquear", ids=theirs).content.decode()


@pytest.mark.parametrize("role", ["", Role.CASHIER])
def test_what_somebody_asked_who_may_no_longer_is_left_undone(world: World, office: Office, role: str) -> None:
    ids = plenty.tickets(world, 60)
    confirm(office, preview(office, "cancelar", ids=ids), reason="x", cuantas="60")
    members = Membership.objects.filter(company=world.shop.company)
    world.inside(lambda: members.update(role=role) if role else members.delete())
    world.settle()
    assert set(states(world, ids)) == {"open"}
    run = world.scoped(lambda: Run.objects.get())
    assert (run.state, run.counts["left"]) == (Run.State.DONE, {"quien lo pidió ya no puede hacerlo": 60})


def test_a_run_is_stopped_where_it_stands(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 60)
    answer = confirm(office, preview(office, "bloquear", ids=ids), reason="x")
    run_id = int(answer["Location"].rstrip("/").rpartition("/")[2])
    world.scoped(lambda: do_to_many.do_some(run_id=run_id, now=world.now()))
    assert "Detener" in result(office, answer)
    for _ in range(2):  # a double click
        assert post(office, f"trabajos/{run_id}/detener/", {}).status_code == 302
    told = result(office, answer)
    assert "Bloqueadas: 50" in told
    assert "Se detuvo antes de llegar a ellas: 10" in told
    world.settle()
    assert states(world, ids).count("open") == 10
    assert len(acts(world, "run.stopped")) == 1


def test_many_mails_wait_long_enough_to_be_taken_back(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 3)
    answer = confirm(office, preview(office, "enviar", ids=ids), correo="contador@example.com")
    world.time_passes(seconds=5)
    world.settle()
    told = result(office, answer)
    assert "todavía puedes deshacerlo" in told
    assert "Deshacer" in told
    run_id = int(answer["Location"].rstrip("/").rpartition("/")[2])
    post(office, f"trabajos/{run_id}/detener/", {})
    assert "Se detuvo antes de llegar a ellas: 3" in result(office, answer)
    world.time_passes(seconds=60)
    world.settle()
    assert world.mail.mails == []
    assert acts(world, "note.sent") == []


def test_mailing_many_has_its_limit_an_hour(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 1)
    for _ in range(10):
        assert confirm(office, preview(office, "enviar", ids=ids), correo="ana@example.com").status_code == 302
    assert confirm(office, preview(office, "enviar", ids=ids), correo="ana@example.com").status_code == 422


def test_what_was_left_out_is_named_and_downloaded_with_its_why(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 14, vary=lambda n: {"state": "void"} if n < 12 else {})
    answer = confirm(office, preview(office, "bloquear", q="F-"), reason="x")
    page = result(office, answer)
    assert "Están canceladas: 12" in page
    assert f'href="{world.shop.office}notas/{ids[0]}/">F-0</a>' in page
    assert "y 2 más" in page
    path = answer["Location"].removeprefix(world.shop.office) + "fuera.csv"
    head, *rows = csv.reader(io.StringIO(office.get(path).content.decode("utf-8-sig")))
    assert head[:3] == ["Número interno", "Por qué se quedó fuera", "Folio"]
    assert [row[:3] for row in rows] == [[str(pk), "están canceladas", f"F-{n}"] for n, pk in enumerate(ids[:12])]


def test_what_changed_while_it_ran_is_downloaded_too(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amate.desk.ask_run.AT_ONCE", 0)
    free, other = world.sale(), world.sale()
    answer = confirm(office, preview(office, "bloquear", ids=[free.pk, other.pk]), reason="x")
    world.claim(other)
    world.settle()
    path = answer["Location"].removeprefix(world.shop.office) + "fuera.csv"
    _, row = csv.reader(io.StringIO(office.get(path).content.decode("utf-8-sig")))
    assert row[:3] == [str(other.pk), "cambiaron mientras tanto, porque se facturaron o se cancelaron", other.folio]


def test_a_run_that_left_nothing_out_has_no_such_file(world: World, office: Office) -> None:
    ids = plenty.tickets(world, 2)
    answer = confirm(office, preview(office, "bloquear", ids=ids), reason="x")
    path = answer["Location"].removeprefix(world.shop.office) + "fuera.csv"
    assert "Descargar las que" not in result(office, answer)
    assert office.get(path).status_code == 404


def test_a_run_that_works_tells_how_long_it_still_takes(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    plenty.tickets(world, 130)
    monkeypatch.setattr("amate.desk.ask_run.AT_ONCE", 10)
    answer = confirm(office, preview(office, "bloquear", q="F-"), reason="x")
    run_id = int(answer["Location"].rstrip("/").rpartition("/")[2])
    assert "Falta" not in result(office, answer), "nothing is known yet"
    world.scoped(lambda: begin_run(run_id=run_id, now=world.now()))
    world.scoped(lambda: do_to_many.do_some(run_id=run_id, now=world.now()))
    world.time_passes(minutes=5)
    assert "Faltan unos 8 minutos." in result(office, answer), "fifty in five minutes, eighty to go"
    world.settle()
    assert "Falta" not in result(office, answer)


def test_a_file_of_many_rows_knows_how_many_they_are_when_it_begins(world: World, office: Office) -> None:
    plenty.tickets(world, 7)
    run_id = plenty.run(world)

    def begun() -> tuple[int, bool]:
        Run.objects.filter(pk=run_id).update(state=Run.State.ASKED, query="q=F-")
        begin_run(run_id=run_id, now=world.now())
        run = Run.objects.get(pk=run_id)
        return run.total, run.began_at is not None

    assert world.scoped(begun) == (7, True)
