"""Each import contract, proved by a planted violation: a rule that never bites is no rule."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PLANTED = {
    "Rooms import only what stands below them": ("amate/invoices/issue.py", "import amate.self_invoicing.claim"),
    "The law knows no framework, no network and no room of ours": ("amate/fiscal/money.py", "import django"),
    "Adapters know no framework and no tables": ("amate/adapters/pac/breaker.py", "import django.db"),
    "Vendor files are wired in one place": ("amate/worker/handlers.py", "import amate.adapters.pac.sw_sapien"),
    "The web never calls an outside system nor opens a private key": ("amate/web/health.py", "import httpx"),
    "The PAC simulator shares no seal, money or rules with us (a shared bug would be invisible)": (
        "amate/sandbox/pac/windows.py",
        "import amate.fiscal.money",
    ),
    "The simulated outside shares nothing with us": (
        "amate/sandbox/payments/paying.py",
        "import amate.adapters.payments.cents",
    ),
    "satcfdi's builders and pdf stay out of production": ("amate/papers/words.py", "import weasyprint"),
    "The wheel's parts import only what turns before them": (
        "amate/billing_cycle/subscriptions/bill.py",
        "import amate.billing_cycle.service.hold",
    ),
    "Portal, back office and API share what lies in web, and nothing of each other": (
        "amate/web/portal/purchase.py",
        "import amate.web.api.media",
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "amate", tmp_path / "amate", ignore=shutil.ignore_patterns("__pycache__", "static", "templates")
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def lint(folder: Path) -> str:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "COLUMNS": "400"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True).stdout


def test_the_house_keeps_every_contract(copy: Path) -> None:
    said = lint(copy)
    assert f"{len(PLANTED)} kept, 0 broken" in said, said


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_violation_breaks_its_contract(copy: Path, contract: str) -> None:
    path, line = PLANTED[contract]
    file = copy / path
    file.write_text(f"{line}\n{file.read_text()}")
    said = " ".join(lint(copy).split())
    assert f"{contract} BROKEN" in said, said
