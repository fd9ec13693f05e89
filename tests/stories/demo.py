"""`amate demo`, or another command, as a process in a data folder of its own; and a buyer who walks the demo's portal
whatever restarts meanwhile."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.database import ROOT
from tests.people import FISICA
from tests.servers import free_port
from tests.stories.processes import processes_of, until

FIRST_START = 300.0
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass
class Demo:
    command: str = "demo"
    environment: dict[str, str] = field(default_factory=dict)  # beside what every process of these tests is told
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="amate-")))
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    known: set[str] = field(default_factory=set)  # the UUID of every invoice that its buyers got

    # ------------------------------------------------------------ life

    def start(self) -> None:
        self.process = self.popen(self.port)

    def popen(self, port: int) -> "subprocess.Popen[bytes]":
        env = {name: value for name, value in os.environ.items() if not name.startswith(("AMATE_", "DATABASE_URL"))}
        env |= {"AMATE_HOME": str(self.home), "AMATE_PORT": str(port), "AMATE_HEARTBEAT": "0.5", "AMATE_STALLED": "4"}
        env |= self.environment
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "amate.cli", self.command],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stderr=log,
                stdout=log,
            )

    @property
    def manifest(self) -> Path:
        return self.home / "demo.json"

    @property
    def said(self) -> Any:
        return json.loads(self.manifest.read_text())

    def told(self, *, api_key: str, portal: str, pac_url: str) -> None:
        """What a demo writes down by itself, for a house that was made otherwise. `portal`: its path."""
        address = f"http://127.0.0.1:{self.port}"
        said = {"api_key": api_key, "api_url": f"{address}/api/v1", "portal_url": address + portal, "pac_url": pac_url}
        self.manifest.write_text(json.dumps(said))

    def until_ready(self) -> None:
        def ready_or_dead() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.log()
            return self.manifest.exists()

        until(ready_or_dead, seconds=FIRST_START, what="demo.json")

    def interrupt(self) -> int:
        """Ctrl-C, to the supervisor alone. Answers its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")[-3000:]

    def clean_up(self) -> None:
        for pid in processes_of(self.home):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if self.process is not None:
            self.process.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)

    # ------------------------------------------------------------ its processes

    def postmaster(self) -> int:
        return int((self.home / "pg" / "data" / "postmaster.pid").read_text().split()[0])

    def child(self, word: str) -> int:
        """The pid of a child of the supervisor by a word of its command."""
        assert self.process is not None
        for pid, command in processes_of(self.home).items():
            if word in command and _parent(pid) == self.process.pid:
                return pid
        raise AssertionError(f"no {word} among {processes_of(self.home)}")

    # ------------------------------------------------------------ a sale and its buyer

    def sell(self, number: int) -> Any:
        sale = {
            "sold_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "folio": f"X-{number}",
            "forma_pago": "01",
            "total": "116.00",
            "lines": [
                {
                    "descripcion": "Café de olla",
                    "cantidad": "1",
                    "precio": "116.00",
                    "clave_prod_serv": "90101700",
                    "clave_unidad": "E48",
                    "impuestos": [{"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.160000"}],
                }
            ],
        }
        key = {"Authorization": f"Bearer {self.said['api_key']}"}
        url = f"{self.said['api_url']}/tickets/caja-x/{number}"
        return answered(lambda: httpx.put(url, json=sale, headers=key, timeout=10, trust_env=False)).json()

    def claim(self, ticket: Any) -> None:
        """From the QR to "Emitir", as a browser without JavaScript; a step that fails is taken again."""
        portal = self.said["portal_url"]
        with httpx.Client(timeout=10, trust_env=False, follow_redirects=True) as browser:
            page = answered(lambda: browser.get(ticket["qr_url"]))
            for form, typed in (("datos/", FISICA), ("revisar/", {})):
                filled = {**dict(_HIDDEN.findall(page.text)), **typed}
                page = answered(lambda form=form, filled=filled: browser.post(f"{portal}{form}", data=filled))
                assert page.status_code == 200, page.text[:2000]

    def uuid_of(self, ticket: Any) -> str:
        """Of the ticket's invoice; empty until it is stamped."""
        key = {"Authorization": f"Bearer {self.said['api_key']}"}
        answer = answered(
            lambda: httpx.get(f"{self.said['api_url']}/tickets/{ticket['code']}", headers=key, trust_env=False)
        )
        return (answer.json()["uuid"] or "").lower()

    def stamped(self) -> list[str]:
        """The UUIDs of everything the PAC ever stamped for the shop; the network has a year behind it."""
        answer = answered(lambda: httpx.get(f"{self.said['pac_url']}/_sim/documents?limit=10000", trust_env=False))
        ours = [one for one in answer.json()["documents"] if one["rfc_emisor"] == self.said["company_rfc"]]
        return [document["uuid"].lower() for document in ours]

    def mails(self) -> int:
        return len(list((self.home / "sandbox-mail").glob("*.eml")))


def answered(ask: Callable[[], httpx.Response], *, seconds: float = 60) -> httpx.Response:
    """Ask until somebody answers with less than a 500: what a person does with an error page."""
    gives_up = time.monotonic() + seconds
    while True:
        try:
            answer = ask()
            if answer.status_code < 500:
                return answer
            last: object = f"{answer.status_code}: {answer.text[:300]}"
        except httpx.TransportError as fault:
            last = fault
        if time.monotonic() > gives_up:
            raise AssertionError(f"no answer within {seconds:.0f} s; the last was {last}")
        time.sleep(0.2)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0
