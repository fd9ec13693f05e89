"""Leaving is one command: every XML as the PAC gave it, and a table of everything that is no secret."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import models

from amate.audit.models import Entry
from amate.customers.models import Customer
from amate.invoices.models import Invoice, Stamp
from amate.running.backup import Refused
from amate.running.export import export, exported_models
from amate.self_invoicing.models import Ticket


def exported(world: Any, tmp_path: Path) -> zipfile.ZipFile:
    file = tmp_path / "todo.zip"
    world.inside(lambda: export(file, slug=world.shop.slug, now=world.now()))
    assert file.stat().st_mode & 0o777 == 0o600
    return zipfile.ZipFile(file)


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    text = archive.read(f"csv/{name}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_xml_and_every_row_of_this_company_alone(world: Any, tmp_path: Path) -> None:
    for shop in world.shops:
        world.claim(world.sale(shop), shop=shop)
    world.settle()
    archive = exported(world, tmp_path)
    stamp = world.scoped(lambda: Stamp.objects.get())
    (name,) = [name for name in archive.namelist() if name.startswith("xml/")]
    assert name.endswith(f"/{str(stamp.uuid).upper()}.xml")
    assert archive.read(name) == bytes(stamp.xml)
    (row,) = table(archive, "invoices-invoice")
    found = world.scoped(lambda: Invoice.objects.get())
    assert (row["uuid"], row["total"], row["rfc"]) == (str(found.uuid), str(found.total), found.rfc)
    assert [one["id"] for one in table(archive, "self_invoicing-ticket")] == [
        str(pk) for pk in world.scoped(lambda: list(Ticket.objects.values_list("pk", flat=True)))
    ]


def test_no_secret_leaves(world: Any, tmp_path: Path) -> None:
    archive = exported(world, tmp_path)
    assert not any("promises-" in name or "visit" in name or "datakey" in name for name in archive.namelist())
    assert "encrypted_key" not in table(archive, "companies-csd")[0]
    assert world.shop.api_key not in "".join(str(archive.read(name)) for name in archive.namelist())


def test_the_audit_tells_that_everything_was_exported(world: Any, tmp_path: Path) -> None:
    exported(world, tmp_path)
    with pytest.raises(Refused):
        exported(world, tmp_path)
    (entry,) = world.scoped(lambda: list(Entry.objects.filter(act="company.exported")))
    assert (entry.actor_kind, entry.detail) == ("system", {"xml": 0})
    assert world.scoped(lambda: Entry.objects.filter(act="company.exported").exists(), world.other) is False


def test_every_table_of_a_company_is_exported_or_left_out_by_name() -> None:
    names = {model._meta.label_lower for model in exported_models()}
    assert {"invoices.invoice", "invoices.stamp", "customers.customer", "audit.entry", "companies.product"} <= names
    for model in exported_models():
        secret = [f.name for f in model._meta.concrete_fields if "key" in f.name and isinstance(f, models.CharField)]
        # Idempotency keys, article numbers, and what a charge, a notice or a bank's line is known by.
        assert set(secret) <= {"key", "source_key", "event_key", "row_key", "notice_key"}, model


def test_a_name_that_a_spreadsheet_would_run_is_only_text(world: Any, tmp_path: Path) -> None:
    world.scoped(
        lambda: Customer.objects.create(
            number=1, nombre='=HYPERLINK("http://x")', search_name="x", created_at=world.now()
        )
    )
    (row,) = table(exported(world, tmp_path), "customers-customer")
    assert row["nombre"] == '\'=HYPERLINK("http://x")'


def test_an_unknown_company_and_an_existing_file_are_refused(world: Any, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No hay ninguna empresa"):
        world.inside(lambda: export(tmp_path / "a.zip", slug="nadie", now=world.now()))
    (tmp_path / "b.zip").write_bytes(b"ayer")
    with pytest.raises(Refused, match="ya existe"):
        world.inside(lambda: export(tmp_path / "b.zip", slug=world.shop.slug, now=world.now()))
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]
