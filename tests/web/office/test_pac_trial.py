"""The company asks its PAC whether it answers, and reads the answer in words."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.companies.models import Branch
from amate.promises.models import Promise
from amate.running.pacs_heard import Heard, keep_heard
from tests.servers import free_port
from tests.web.office.desk import Office
from tests.web.office.test_settings import post
from tests.world import World

ANSWERS: list[tuple[str, int | None, dict[str, str], bool, str]] = [
    ("without a limit", None, {}, True, "Contestó y acepta la cuenta: timbra sin límite."),
    ("with stamps", 1250, {}, True, "Contestó y acepta la cuenta: quedan 1,250 timbres."),
    ("without stamps", 0, {}, False, "Contestó, pero la cuenta no tiene timbres"),
    ("with a wrong password", None, {"password": "otra"}, False, "no reconoce el usuario o la contraseña"),
    ("away", None, {"services_url": "", "api_url": ""}, False, "ve qué falta con «amate doctor»"),
]


@pytest.mark.parametrize(
    ("left", "wrong", "is_well", "sentence"), [one[1:] for one in ANSWERS], ids=[one[0] for one in ANSWERS]
)
def test_the_answer_of_the_pac_is_told_in_words(
    world: World,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    left: int | None,
    wrong: dict[str, str],
    is_well: bool,
    sentence: str,
) -> None:
    world.pac.admin("credits", {"left": left}, method="PUT")
    nobody = f"http://127.0.0.1:{free_port()}"
    account: Callable[[World], Any] = World.account
    said = {name: value or nobody for name, value in wrong.items()}
    monkeypatch.setattr(World, "account", lambda self: replace(account(self), **said))
    assert post(office, "timbrado/probar/", {}).status_code == 302
    assert "Le preguntamos al PAC" in office.text("ajustes/timbrado/")
    world.settle()
    page = office.text("ajustes/timbrado/")
    assert sentence in page
    assert ("Tu PAC está listo" in page, "Así todavía no se puede timbrar" in page) == (is_well, not is_well)


def test_asked_twice_it_is_one_question_and_its_verdict_leads_to_the_page(world: World, office: Office) -> None:
    for _ in range(2):
        post(office, "timbrado/probar/", {})
    assert world.scoped(lambda: Promise.objects.filter(kind="try_pac").count()) == 1
    assert world.scoped(lambda: Entry.objects.filter(act="pac.tried").count()) == 1
    assert "Le preguntamos al PAC" in office.text("ajustes/timbrado/estado/")
    world.settle()
    answer = office.get("ajustes/timbrado/estado/")
    assert answer["HX-Redirect"] == f"{world.shop.office}ajustes/timbrado/"


def test_the_path_of_a_new_company_asks_for_its_branch_and_its_pac(world: World, office: Office) -> None:
    def done() -> dict[str, bool]:
        return {step.name: step.done for step in office.get().context["path"].steps}

    world.scoped(lambda: Branch.objects.update(address=""))
    assert (done()["Tu sucursal"], done()["Tu PAC"]) == (False, False)
    world.scoped(lambda: Branch.objects.update(address="Av. Juárez 415"))
    post(office, "timbrado/probar/", {})
    world.settle()
    assert (done()["Tu sucursal"], done()["Tu PAC"]) == (True, True)


def test_what_was_last_heard_of_each_pac_stands_on_the_page(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    assert "Timbres que quedan" not in office.text("ajustes/timbrado/"), "nobody has heard of them"
    resting = Heard("sw_sapien", left=1250, resting=True, latency=0.42)
    wrong = Heard("finkok", troubles={"credentials": "FORD no entra con su contraseña"})
    keep_heard([resting, wrong], now=world.now())
    page = re.sub(r"<[^>]+>", " ", office.text("ajustes/timbrado/"))
    told = " ".join(page.split())
    assert "PAC SW Sapien Estado Descansa Timbres que quedan 1,250 Tarda en contestar 0.42 s" in told
    assert "PAC Finkok Estado No acepta la cuenta Timbres que quedan Sin límite, o no lo dice" in told
    assert "Todavía no se sabe" in told
    assert "FORD" not in told
