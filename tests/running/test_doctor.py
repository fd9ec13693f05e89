"""`amate doctor` finds what is wrong, says it in plain words and names what mends it."""

import io
import socket
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from amate.companies.models import Csd, Emisor
from amate.running import doctor
from amate.running.doctor import Verdict, diagnose
from tests.servers import free_port
from tests.stories.processes import until


@pytest.fixture
def well(world: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An installation whose PAC, mail and port are as they should be."""
    monkeypatch.setenv("AMATE_PAC_URL", world.pac.url)
    monkeypatch.setenv("AMATE_PAC_API_URL", world.pac.url)
    monkeypatch.setenv("AMATE_PAC_USER", world.minted.user)
    monkeypatch.setenv("AMATE_PAC_PASSWORD", world.minted.password)
    monkeypatch.setenv("AMATE_PAC_CERTIFICATES", str(world.minted.pac_certificate.parent))
    monkeypatch.setattr(settings, "SMTP_URL", world.mail.url)
    monkeypatch.setattr(settings, "PORT", free_port())
    return world


def of(world: Any, what: str) -> Verdict:
    return next(verdict for verdict in world.inside(lambda: list(diagnose(clock=world.now))) if what in verdict.what)


def test_all_is_well_but_that_nothing_runs(well: Any) -> None:
    verdicts = well.inside(lambda: list(diagnose(clock=well.now)))
    wrong = [verdict.what for verdict in verdicts if verdict.mend and not verdict.warning]
    assert wrong == ["Trabajador"], verdicts
    with well.worker():
        until(lambda: of(well, "Trabajador").mend == "", what="the worker's heartbeat")


def test_a_port_that_another_program_holds(well: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.PORT))
        taken.listen()
        verdict = of(well, "Puerto")
    assert (verdict.said, "AMATE_PORT" in verdict.mend) == ("lo ocupa otro programa", True)


@pytest.mark.parametrize(
    ("change", "said", "warning"),
    [
        ({"valid_to": timedelta(days=-1)}, "venció", False),
        ({"retired_at": timedelta()}, "no hay ninguno", False),
        ({"valid_to": timedelta(days=6, hours=1)}, "vigente 6 días", True),
        ({"valid_to": timedelta(days=59, hours=1)}, "vigente 59 días", True),
    ],
)
def test_a_seal_that_expired_is_missing_or_soon_will_be(
    well: Any, change: dict[str, timedelta], said: str, warning: bool
) -> None:
    well.scoped(lambda: Csd.objects.update(**{name: well.now() + later for name, later in change.items()}))
    verdict = of(well, f"/f/{well.shop.slug}/")
    assert said in verdict.said
    assert "Guarda un CSD vigente" in verdict.mend
    assert verdict.warning is warning


def test_a_seal_of_another_rfc(well: Any) -> None:
    well.scoped(lambda: Emisor.objects.update(rfc="XIA190128J61"))
    assert "es de CEA210315XX4 y la empresa es XIA190128J61" in of(well, f"/f/{well.shop.slug}/").said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AMATE_PAC_PASSWORD", "otra", "no reconoce el usuario"),
        ("AMATE_PAC_USER", "", "sin cuenta"),
        ("AMATE_PAC_URL", "http://127.0.0.1:9", "No se pudo llegar"),
        ("AMATE_PAC_CERTIFICATES", "", "no hay con qué verificar"),
    ],
)
def test_a_pac_that_cannot_serve_us(
    well: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    if name == "AMATE_PAC_URL":
        monkeypatch.setenv("AMATE_PAC_API_URL", value)
    verdict = of(well, "PAC")
    assert said in verdict.said
    assert verdict.mend


def test_a_pac_without_stamps(well: Any) -> None:
    well.pac.admin("credits", {"left": 0}, method="PUT")
    assert of(well, "PAC").said == "la cuenta no tiene timbres"


def test_a_mail_server_that_is_away(well: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SMTP_URL", "smtp://127.0.0.1:9")
    assert "AMATE_SMTP_URL" in of(well, "Correo").mend


@pytest.mark.parametrize(("ahead", "said"), [(3, "3 minutos adelantado"), (-3, "3 minutos atrasado")])
def test_a_clock_that_is_off(well: Any, ahead: int, said: str) -> None:
    off = timedelta(minutes=ahead)
    verdicts = well.inside(lambda: list(diagnose(clock=lambda: well.now() + off)))
    assert said in next(verdict.said for verdict in verdicts if verdict.what == "Reloj")


def test_the_command_prints_it_and_answers_one_when_something_is_wrong(well: Any) -> None:
    with redirect_stdout(io.StringIO()) as said:
        assert well.inside(lambda: doctor.main([])) == 1
    assert "FALLA  Trabajador: ninguno da señales" in said.getvalue()
    assert "1 cosa(s) por arreglar" in said.getvalue()
