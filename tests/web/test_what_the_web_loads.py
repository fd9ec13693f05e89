"""A web process stays small: what seals, builds or prints by other means is never loaded into it (ENGINE FILE)."""

import subprocess
import sys
from pathlib import Path

import httpx

from amate.running.collector import OFTEN
from tests.database import ROOT
from tests.servers import free_port
from tests.stories.processes import environment, until
from tests.world import World

# WeasyPrint and its 85 MB, satcfdi's builders with their database, and pyOpenSSL, which they bring; what reads strangers' files.
NEVER = ("weasyprint", "satcfdi.", "OpenSSL", "pypdfium2", "zxingcpp")
# Of the worker alone: whoever can call a PAC or open a key.
NOR = ("amate.adapters.pac.finkok", "amate.adapters.pac.sw_sapien", "amate.companies.keep_csd", "amate.worker")


def test_after_real_requests_it_has_loaded_none_of_the_heavy_ones(world: World, tmp_path: Path) -> None:
    invoice = world.claim(world.sale())
    world.settle()
    open_note = world.sale()
    office = world.log_in()
    cookies = {name: morsel.value for name, morsel in office.cookies.items()}
    told = tmp_path / "modules.txt"
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "amate.web.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1"),
        *("--worker-class", "gthread", "--threads", "2", "--log-level", "warning", "--no-control-socket"),
        *("--config", "python:tests.web.tell_modules"),
    ]
    env = {**environment(world), "TELL_MODULES_TO": str(told)}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client:
            until(lambda: answers(client, "/salud/web/"), what="the web")
            cents = round(open_note.total * 100)
            pages = [
                *("/salud/web/", world.shop.portal, f"{world.shop.portal}{open_note.code}/{cents}"),
                *(world.shop.office, f"{world.shop.office}facturas/", f"{world.shop.office}pendientes/"),
                *(f"{world.shop.office}facturas/{invoice.pk}/{end}" for end in ("", "pdf", "xml")),
                f"{world.shop.office}ajustes/sello/",
            ]
            client.cookies.update(cookies)
            codes = {page: client.get(page).status_code for page in pages}
            key = {"Authorization": f"Bearer {world.shop.api_key}"}
            codes["api"] = client.get("/api/v1/nothing", headers=key).status_code
    finally:
        process.terminate()
        process.wait(30)
    assert all(code < 500 for code in codes.values()), codes
    assert sum(code == 200 for code in codes.values()) >= 8, codes
    loaded = told.read_text().splitlines()
    assert "amate.web.wsgi" in loaded
    assert f"young: {OFTEN[0]}" in loaded
    assert [name for name in loaded if name.startswith(NEVER)] == []
    assert [name for name in loaded if name.startswith(NOR)] == []


def answers(client: httpx.Client, path: str) -> bool:
    try:
        return client.get(path).status_code == 200
    except httpx.TransportError:
        return False
