"""The machine is lost. A new one, the backup and the master key are enough to go on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings

from amate.invoices.models import Stamp
from amate.running.backup import back_up
from tests.database import ROOT, as_owner
from tests.stories.demo import Demo, answered
from tests.stories.processes import outside, stamped_by, until

OPEN_THE_PORTAL = """
import django; django.setup()
from amate.companies.models import Company, PortalPolicy
from amate.tenancy.scope import company_scope
with company_scope(Company.objects.get(slug="{slug}").pk):
    print(PortalPolicy.objects.update(enabled=True))
"""


@pytest.fixture
def new_machine(world: Any) -> Iterator[Demo]:
    """A data folder, a PostgreSQL and a port of its own; the same PAC and mail server."""
    made = Demo(command="serve", environment=outside(minted=world.minted, pac=world.pac, mail=world.mail))
    made.told(api_key=world.shop.api_key, portal=world.shop.portal, pac_url=world.pac.url)
    yield made
    made.clean_up()


@pytest.fixture
def one_key(database_name: str) -> Iterator[None]:
    """So that the new machine need not fill in all of the SAT's."""
    with as_owner(database_name) as c:
        c.execute("INSERT INTO catalogs_satkey (catalog, key, text, plain, words) VALUES ('test', 'x', '', '', '')")
        yield
        c.execute("DELETE FROM catalogs_satkey WHERE catalog = 'test'")


def amate(machine: Demo, *command: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AMATE_", "DATABASE_URL"))}
    env |= {"AMATE_HOME": str(machine.home), "DJANGO_SETTINGS_MODULE": "amate.settings", **machine.environment}
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_machine_with_the_backup_and_the_master_key_goes_on(
    world: Any, one_key: None, new_machine: Demo, tmp_path: Path
) -> None:
    old = world.claim(world.sale())
    world.settle()
    stamp = world.scoped(lambda: Stamp.objects.get(invoice=old))
    file = tmp_path / "night.amate"
    world.inside(lambda: back_up(file, now=world.now()))

    (new_machine.home / "keys").mkdir(mode=0o700)
    shutil.copy2(settings.HOME / "keys" / "master-key", new_machine.home / "keys" / "master-key")
    assert "Restaurado" in amate(new_machine, "-m", "amate.cli", "restore", str(file))
    new_machine.start()
    health = f"http://127.0.0.1:{new_machine.port}/salud/"
    ask = httpx.Client(trust_env=False, timeout=10)
    until(lambda: answered(lambda: ask.get(health), seconds=120).json()["ok"], seconds=120, what="the new machine")

    key = {"Authorization": f"Bearer {world.shop.api_key}"}
    address = f"{new_machine.said['api_url']}/invoices/{stamp.uuid}.xml"
    assert answered(lambda: ask.get(address, headers=key)).content == bytes(stamp.xml)

    ticket = new_machine.sell(1)
    assert amate(new_machine, "-c", OPEN_THE_PORTAL.format(slug=world.shop.slug)).strip() != "0"
    new_machine.claim(ticket)
    until(lambda: new_machine.uuid_of(ticket), what="the stamp")
    assert sorted(stamped_by(world.pac)) == sorted([str(stamp.uuid), new_machine.uuid_of(ticket)])
    address = f"{new_machine.said['api_url']}/invoices/{new_machine.uuid_of(ticket)}.xml"
    assert b'Folio="2001"' in answered(lambda: ask.get(address, headers=key)).content
    assert new_machine.interrupt() == 0
