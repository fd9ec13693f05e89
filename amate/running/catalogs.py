"""`amate catalogs`: which of the SAT's catalogues count, what a newer source would change, and adopting it."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from amate.audit.record import record
from amate.catalogs.adopt import OWNER, AlreadyInForce, adopt_edition
from amate.catalogs.compare import Difference, compare
from amate.catalogs.in_force import refresh, rows_of
from amate.catalogs.models import Edition
from amate.catalogs.source import Cells, Source, SourceRefused, read_source
from amate.companies.models import Company
from amate.fiscal.catalogs import LARGE, SMALL, catalogs_in_force, installed
from amate.running.prepare import server_up
from amate.tenancy.scope import company_scope

WHERE = "https://github.com/phpcfdi/resources-sat-catalogs/releases/latest/download/catalogs.db.bz2"
SHOWN = 12


def main(argv: Sequence[str]) -> int:
    """0: done, or nothing to do; 1: refused, or not confirmed."""
    said = _arguments(argv)
    with server_up():
        refresh()
        if said.what == "show":
            return _show()
        try:
            source = read_source(said.source)
        except SourceRefused as refused:
            print(refused, file=sys.stderr)
            return 1
        differences = compare(now=_now(), newer=source.tables)
        _tell(differences)
        if said.what == "check" or not differences:
            return 0
        return _adopt(source, differences, said)


def _adopt(source: Source, differences: Sequence[Difference], said: argparse.Namespace) -> int:
    if OWNER not in settings.DATABASES:
        print("Para adoptarlos hace falta AMATE_OWNER_DATABASE_URL, como para `amate migrate`.", file=sys.stderr)
        return 1
    cut = [one for one in differences if one.is_suspicious]
    if cut and not said.even_so:
        names = ", ".join(one.catalog for one in cut)
        print(
            f"No se adoptó nada: a {names} le faltan demasiadas claves, como si el archivo estuviera cortado. "
            "Si de verdad el SAT las quitó, repite la orden con --even-so.",
            file=sys.stderr,
        )
        return 1
    if not said.yes and input("¿Adoptarlos? Escribe sí: ").strip().lower() not in {"si", "sí"}:
        print("No se adoptó nada.")
        return 1
    now = timezone.now()
    try:
        edition = adopt_edition(source=source, named=said.source.name, now=now)
    except AlreadyInForce:
        print("Ya están en vigor.")
        return 0
    except SourceRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    for company_id in Company.objects.order_by("id").values_list("id", flat=True):
        with company_scope(company_id):  # what its documents are judged by changed
            record("company.catalogs_adopted", about="", now=now, version=edition.version)
    print(f"En vigor: {edition.version}. Los procesos que ya corren lo siguen en menos de un minuto.")
    return 0


def _show() -> int:
    print(f"En vigor: {catalogs_in_force().version}")
    for edition in Edition.objects.order_by("-id").values_list("version", "adopted_at", "source"):
        print(f"  {edition[0]}  adoptada {edition[1]:%Y-%m-%d %H:%M} UTC, de {edition[2]}")
    print(f"Los del paquete: {installed().version}")
    print(f"Más nuevos (dominio público): {WHERE}")
    return 0


def _now() -> Mapping[str, Sequence[Cells]]:
    """What counts now, as far as it is known: of the package, keys of the large sets and names of the small ones."""
    newest = Edition.objects.order_by("-id").first()
    kept: dict[str, Sequence[Cells]] = dict(rows_of(newest)) if newest else {}
    package = installed()
    for name, sat in LARGE.items():
        kept.setdefault(sat, [{"id": key} for key in package.read(name)])
    for sat, entries in SMALL.items():
        ends = ((entry.clave, entry.hasta) for entry in entries.values())
        kept.setdefault(sat, [{"id": key, "vigencia_hasta": end.isoformat() if end else ""} for key, end in ends])
    return kept


def _tell(differences: Sequence[Difference]) -> None:
    if not differences:
        print("No cambia nada: lo que está en vigor ya dice eso.")
    for one in differences:
        print(f"{one.catalog} ({one.before} claves)")
        _list("nuevas", one.added)
        _list("terminan o cambian de fecha", one.ended)
        _list("cambian de texto o de reglas", one.changed)
        _list("ya no están", one.gone)


def _list(what: str, keys: Sequence[str]) -> None:
    if keys:
        more = f" y {len(keys) - SHOWN} más" if len(keys) > SHOWN else ""
        print(f"  {what}: {len(keys)} ({', '.join(keys[:SHOWN])}{more})")


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="amate catalogs", description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("show", help="cuáles están en vigor")
    for name, told in (("check", "qué cambiaría; no escribe nada"), ("adopt", "ponerlos en vigor")):
        one = what.add_parser(name, help=told)
        one.add_argument("source", type=Path, help="catalogs.db, catalogs.db.bz2 o una carpeta de CSV")
        if name == "adopt":
            one.add_argument("--yes", action="store_true", help="sin preguntar")
            one.add_argument("--even-so", action="store_true", help="aunque falten demasiadas claves")
    return parser.parse_args(argv)
