"""`amate doctor` finds what is wrong, says it in plain words and names what mends it."""

import io
import socket
from contextlib import nullcontext, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from amate.audit.models import Inspection, Invariant
from amate.companies.models import Csd, Emisor
from amate.promises.kinds import KINDS
from amate.running import database_health, doctor, prepare
from amate.running.doctor import diagnose
from amate.running.home import kept_secret
from amate.running.postgres import Server
from amate.running.verdict import Verdict
from tests.database import as_owner
from tests.messages.ways import by_mailgun, by_smtp, refusing_logins
from tests.servers import free_port
from tests.stories.processes import until
from tests.web.office import desk


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


def test_a_worker_that_is_silent(well: Any, committed: str) -> None:
    beat = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (clock_timestamp() - make_interval(secs => %s))"
    behind(committed, beat, 40)
    assert of(well, "Trabajador").said == "ninguno da señales"
    behind(committed, beat, 20)
    assert of(well, "Trabajador").said == "1 encendido(s), 0 pendientes en fila"


def test_a_worker_that_does_not_keep_up(well: Any, committed: str) -> None:
    desk.claimed(well)
    behind(committed, "INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert of(well, "Trabajador").said == "1 encendido(s), 1 pendientes en fila"
    behind(committed, "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - interval '15 minutes'")
    found = of(well, "Trabajador")
    queue = KINDS["seal_and_stamp"].queue
    assert found.said == f"la fila {queue} espera desde hace 15 minutos (1 pendientes)"
    assert (found.warning, "amate worker" in found.mend) == (True, True)


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


def test_a_mail_server_that_refuses_our_login(well: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing_logins() as port:
        monkeypatch.setattr(settings, "SMTP_URL", f"smtp://ana:mala@127.0.0.1:{port}")
        found = of(well, "Correo")
    assert ("usuario y contraseña" in found.mend, found.warning) == (True, False)
    assert well.mail.mails == []


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


def behind(database: str, statement: str, *values: Any) -> None:
    with as_owner(database) as c:
        c.execute(statement, values)


def test_tables_that_lack_a_migration(well: Any, committed: str) -> None:
    last = MigrationLoader(None).graph.leaf_nodes("audit")[0]
    behind(committed, "DELETE FROM django_migrations WHERE app = %s AND name = %s", *last)
    try:
        verdict = of(well, "Tablas")
    finally:
        behind(committed, "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", *last)
    assert (verdict.said, verdict.mend) == ("faltan 1 migraciones", "Corre `amate migrate`.")


@pytest.mark.parametrize("app", ["invoices", "ledger"])
def test_tables_of_a_newer_amate_are_not_up_to_date(well: Any, committed: str, app: str) -> None:
    name = "9999_of_the_future"
    behind(committed, "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", app, name)
    try:
        verdict = of(well, "Tablas")
    finally:
        behind(committed, "DELETE FROM django_migrations WHERE name = %s", name)
    assert verdict.said == f"las cambió un Amate más nuevo que este ({app}.{name})"
    assert not verdict.warning
    assert of(well, "Tablas").said == "al día"


def elsewhere(well: Any, monkeypatch: pytest.MonkeyPatch, **where: str) -> list[Verdict]:
    """As `diagnose` finds it with another line to the database."""
    with monkeypatch.context() as other:
        for name, value in where.items():
            other.setitem(connection.settings_dict, name, value)
        well.inside(lambda: connection.close())
        found = well.inside(lambda: list(diagnose(clock=well.now)))
        well.inside(lambda: connection.close())
    return list(found)


def test_a_database_that_does_not_answer(well: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = elsewhere(well, monkeypatch, HOST="127.0.0.1", PORT=str(free_port()))
    found = {verdict.what: verdict for verdict in verdicts}
    assert "DATABASE_URL" in found["Base de datos"].mend
    assert "Tablas" not in found
    assert {"PAC", "Reloj", "Correo"} <= found.keys()  # what does not need it is looked at all the same


def test_a_role_that_passes_every_policy(well: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    password = kept_secret("pg-postgres").decode()
    verdicts = elsewhere(well, monkeypatch, USER="postgres", PASSWORD=password)
    found = next(verdict for verdict in verdicts if verdict.what == "Base de datos")
    assert (found.said, "BYPASSRLS" in found.mend) == ("el rol postgres pasa por encima de las políticas", True)


def test_a_postgresql_that_is_too_old(well: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert of(well, "Base de datos").mend == ""
    monkeypatch.setattr(database_health, "OLDEST", 99)
    assert "Pásala a PostgreSQL 99" in of(well, "Base de datos").mend


def test_data_of_another_major_version(well: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = Server(tmp_path)
    old.data.mkdir(parents=True)
    (old.data / "PG_VERSION").write_text("13\n")

    def refuse(self: Server) -> None:
        old._refuse_other_major()

    monkeypatch.setattr(settings, "EMBEDDED", True)
    monkeypatch.setattr(Server, "running", lambda self: False)
    monkeypatch.setattr(Server, "start", refuse)
    monkeypatch.setattr(Server, "stop", lambda self: None)  # it is the one that all tests run on
    monkeypatch.setattr(prepare, "leaving_by_the_door", lambda **_: nullcontext())  # signals are the main thread's
    found = of(well, "PostgreSQL")
    assert (found.said, "was made by PostgreSQL 13" in found.mend) == ("no arranca", True)


def test_a_disk_that_is_full(well: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert of(well, "Disco").mend == ""
    monkeypatch.setattr(doctor, "LITTLE_DISK", 10**18)
    assert "Libera espacio" in of(well, "Disco").mend


def test_the_account_of_each_company_is_tried_and_nothing_is_sent(well: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PRIVATE_MAIL_HOSTS", ["127.0.0.1"])
    what = f"Correo de /f/{well.shop.slug}/"
    by_smtp(well)
    assert of(well, what).said == "su servidor nos deja entrar"
    by_smtp(well, port=free_port())
    assert "Ajustes → Correo" in of(well, what).mend
    with refusing_logins() as port:
        by_smtp(well, port=port, user="ana", secret="mala")
        assert "Ajustes → Correo" in of(well, what).mend
    by_mailgun(well)
    found = of(well, what)
    assert (found.mend, "mailgun" in found.said) == ("", True)
    assert well.mail.mails == []
    every = well.inside(lambda: [verdict.what for verdict in diagnose(clock=well.now)])
    assert f"Correo de /f/{well.other.slug}/" not in every  # by the installation's own server


def test_the_records_of_the_sender_are_named(well: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MAIL_FROM", "facturas@tienda.mx")
    said = of(well, "Remitente").said
    assert all(one in said for one in ("SPF (tienda.mx)", "_dmarc.tienda.mx", "DKIM"))


def test_what_the_nightly_look_found(well: Any) -> None:
    assert of(well, "Revisión nocturna").said == "nada roto"
    well.scoped(lambda: Inspection.objects.create(invariant=Invariant.STAMP, ids=[7, 9], checked_at=well.now()))
    found = of(well, "Revisión nocturna")
    assert f"{well.shop.slug}: Facturas que no son como se timbraron: 2 (stamp_is_of_its_sealing: 7, 9)" in found.said
    assert (bool(found.mend), found.warning) == (True, False)
    well.scoped(lambda: Inspection.objects.update(ids=[], checked_at=well.now() - timedelta(days=4)))
    found = of(well, "Revisión nocturna")
    assert (found.warning, well.shop.slug in found.said) == (True, True)
