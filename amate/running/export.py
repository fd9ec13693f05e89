"""`amate export --company SLUG FILE.zip`: every XML and a CSV of everything, so that leaving is as easy as coming."""

import argparse
import csv
import io
import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from amate.audit.record import record
from amate.companies.models import Company
from amate.desk.sheet import inert
from amate.fiscal.tfd import read_timbre
from amate.invoices.models import Stamp
from amate.running.backup import Refused, told
from amate.tenancy.scope import company_scope

PAGE = 1000
# Of no use elsewhere, or not for anybody's eyes: secrets, files, what is owed to do, what a visitor left behind, what
# somebody has half typed.
NOT_EXPORTED = frozenset(
    {
        "promises.promise",
        "self_invoicing.visit",
        "self_invoicing.awaitedsale",
        "self_invoicing.purchaseslink",
        "self_invoicing.expiryreminder",
        "companies.datakey",
        "customers.customerword",
        "desk.draft",
        "invoices.downloadlink",
        "statements.accountlink",
    }
)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="amate export", description=__doc__)
    parser.add_argument("file", type=Path, help="un .zip nuevo; nunca se escribe encima de otro")
    parser.add_argument("--company", required=True, metavar="SLUG", help="la empresa, como en /f/SLUG/")
    said = parser.parse_args(argv)
    return told(lambda: export(said.file, slug=said.company, now=timezone.now()))


def export(target: Path, *, slug: str, now: datetime) -> str:
    """Everything of one company, table by table. Raises Refused."""
    company = Company.objects.filter(slug=slug).first()
    if company is None:
        raise Refused(f"No hay ninguna empresa en /f/{slug}/.")
    if target.exists():
        raise Refused(f"{target} ya existe: nombra un archivo nuevo.")
    partial = target.with_name(f".{target.name}.partial")
    try:
        handle = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(handle, "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
            company_scope(company.pk),
        ):
            documents = _write_documents(archive)
            tables = _write_tables(archive)
            record("company.exported", about="", now=now, xml=documents)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return f"{target}: {documents} XML y {tables} tablas en CSV (UTF-8)."


def exported_models() -> list[type[models.Model]]:
    """Every table of a company, but for what stays here."""
    return [
        model
        for model in apps.get_models()
        if any(field.name == "company" for field in model._meta.get_fields())
        and model._meta.app_label not in ("access",)
        and model._meta.label_lower not in NOT_EXPORTED
    ]


def _write_documents(archive: zipfile.ZipFile) -> int:
    """`xml/2026/11/UUID.xml`, by the month of FechaTimbrado: exactly the bytes that the PAC gave."""
    count = 0
    for stamp in _every(Stamp):
        xml = bytes(stamp.xml)
        month = read_timbre(xml).fecha_timbrado
        archive.writestr(f"xml/{month:%Y/%m}/{str(stamp.uuid).upper()}.xml", xml)
        count += 1
    return count


def _write_tables(archive: zipfile.ZipFile) -> int:
    count = 0
    for model in exported_models():
        columns = [field for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]
        name = f"csv/{model._meta.app_label}-{model._meta.model_name}.csv"
        with archive.open(name, "w") as entry, io.TextIOWrapper(entry, "utf-8-sig", newline="") as text:
            table = csv.writer(text)
            table.writerow([column.attname for column in columns])
            for row in _every(model):
                table.writerow([_cell(getattr(row, column.attname)) for column in columns])
        count += 1
    return count


def _every(model: type[models.Model]) -> Iterator[Any]:
    """All rows in the order of their keys, a page at a time: memory stays flat."""
    manager: Any = model._default_manager
    pk = model._meta.pk.attname
    last = 0
    while page := list(manager.filter(pk__gt=last).order_by("pk")[:PAGE]):
        yield from page
        last = getattr(page[-1], pk)


def _cell(value: Any) -> Any:
    """As a spreadsheet should read it. A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return inert(value) if isinstance(value, str) else value
