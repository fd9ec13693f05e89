"""`amate audit verify`: is the audit of each company still what was written?"""

import argparse
import sys
from collections.abc import Sequence

from amate.audit.verify import Broken, Verdict, digest_at, verify
from amate.companies.models import Company
from amate.running.prepare import server_up
from amate.tenancy.scope import company_scope

BROKEN, NOT_UNDERSTOOD = 1, 2
WHAT = {
    "edited": "el acto {seq} no es como se escribió",
    "deleted": "falta el acto {seq}",
    "inserted": "el acto {seq} no lo encadenó Amate",
}


def main(argv: Sequence[str]) -> int:
    """0: every chain holds; 1: one is broken; 2: the question was not understood."""
    said = _arguments(argv)
    with server_up():
        companies = list(Company.objects.order_by("slug"))
        if said.company:
            companies = [company for company in companies if company.slug == said.company]
            if not companies:
                print(f"No hay ninguna empresa en /f/{said.company}/.", file=sys.stderr)
                return NOT_UNDERSTOOD
        holds = [_tell(company, through=said.through) for company in companies]
    return 0 if all(holds) else BROKEN


def _tell(company: Company, *, through: tuple[int, str] | None) -> bool:
    with company_scope(company.pk):
        found = verify()
        known = digest_at(through[0]) if through else None
    if found.broken is not None:
        print(f"{company.slug}: ROTA. {_in_words(found.broken)}. Hasta el {found.chained} está intacta.")
        return False
    if through and known != through[1]:
        print(f"{company.slug}: ROTA. El acto {through[0]} no lleva la huella que anotaste: {known or 'no existe'}.")
        return False
    print(_intact(company.slug, found))
    return True


def _intact(slug: str, found: Verdict) -> str:
    tail = f", {found.tail} sin encadenar todavía" if found.tail else ""
    return f"{slug}: intacta. {found.chained} actos encadenados{tail}. Última huella: {found.chained}:{found.head}"


def _in_words(broken: Broken) -> str:
    row = f" (fila {broken.entry_id})" if broken.entry_id else ""
    sentence = WHAT[broken.what].format(seq=broken.seq)
    return sentence[0].upper() + sentence[1:] + row


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="amate audit", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    check = acts.add_parser("verify", help="recorre la cadena de cada empresa; termina en 1 si alguna está rota")
    check.add_argument("--company", default="", metavar="SLUG", help="solo esta empresa")
    check.add_argument(
        "--through",
        type=_head,
        metavar="N:HUELLA",
        help="una huella que anotaste antes: la cadena debe pasar por ella (con --company)",
    )
    said = parser.parse_args(argv)
    if said.through and not said.company:
        parser.error("--through es de una empresa: di también --company")
    return said


def _head(said: str) -> tuple[int, str]:
    """
    >>> _head("12:00ff")
    (12, '00ff')
    """
    seq, _, digest = said.partition(":")
    if not seq.isdecimal() or not digest:
        raise argparse.ArgumentTypeError("se escribe N:HUELLA, como la da `amate audit verify`")
    return int(seq), digest.lower()
