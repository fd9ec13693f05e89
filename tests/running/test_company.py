"""`amate company`: all or nothing, and every refusal says what mends it."""

import io
from pathlib import Path
from typing import Any

import pytest

from amate.access.models import Membership, User
from amate.companies.models import Company, Csd, Emisor
from amate.running.company import main


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("una contraseña larga\n"))


def files(minted: Any, role: str, folder: Path) -> list[str]:
    pair = minted.csds[role]
    (folder / "c.cer").write_bytes(pair.cer)
    (folder / "c.key").write_bytes(pair.key)
    (folder / "c.txt").write_text(pair.password)
    return ["--cer", f"{folder}/c.cer", "--key", f"{folder}/c.key", "--key-password-file", f"{folder}/c.txt"]


def asked(slug: str = "tienda", **more: str) -> list[str]:
    said = {
        "rfc": "CEA210315XX4",
        "nombre": "CAFETERIA EL AMATE",
        "regimen": "601",
        "cp": "44100",
        "email": "ana@tienda.example",
    }
    return ["add", "--slug", slug, *(part for name, value in {**said, **more}.items() for part in (f"--{name}", value))]


def test_it_founds_a_company_that_can_issue(
    world: Any, typed: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.inside(lambda: main([*asked(), *files(world.minted, "moral", tmp_path)])) == 0
    assert "amate_" in capsys.readouterr().out
    company = world.inside(lambda: Company.objects.get(slug="tienda"))
    shop = type(world.shop)(company, world.shop.branch, "", world.shop.owner)
    assert world.scoped(lambda: (Emisor.objects.get().rfc, Csd.objects.count()), shop) == ("CEA210315XX4", 1)
    assert world.inside(lambda: Membership.objects.get(company=company).user.email) == "ana@tienda.example"


@pytest.mark.parametrize(
    ("said", "role", "sentence"),
    [
        (asked(), "fisica", "RFC"),
        (asked(), "expired", "venci"),
        (asked(), "fiel", "e.firma"),
        (asked(rfc="NO"), "moral", "RFC"),
        (asked(cp="123"), "moral", "123"),
    ],
)
def test_a_refusal_leaves_nothing_behind(
    world: Any,
    typed: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    said: list[str],
    role: str,
    sentence: str,
) -> None:
    before = world.inside(lambda: (Company.objects.count(), User.objects.count()))
    assert world.inside(lambda: main([*said, *files(world.minted, role, tmp_path)])) == 1
    assert sentence in capsys.readouterr().err
    assert world.inside(lambda: (Company.objects.count(), User.objects.count())) == before


def test_half_a_csd_is_refused(world: Any, typed: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert world.inside(lambda: main([*asked(), *files(world.minted, "moral", tmp_path)[:2]])) == 1
    assert "--key" in capsys.readouterr().err


def test_a_taken_slug_says_so(world: Any, typed: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert world.inside(lambda: main(asked(world.shop.slug))) == 1
    assert "Elige otro --slug" in capsys.readouterr().err


def test_a_new_csd_lets_what_waited_go_on(world: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world.scoped(lambda: Csd.objects.all().delete())
    invoice = world.claim(world.sale())
    world.settle()
    assert world.invoice(invoice).state == "draft"
    assert "CSD" in world.promises()[0].last_error
    assert world.inside(lambda: main(["csd", "--slug", world.shop.slug, *files(world.minted, "moral", tmp_path)])) == 0
    world.time_passes(minutes=20)
    world.settle()
    assert world.invoice(invoice).state == "stamped"
