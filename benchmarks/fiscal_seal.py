"""Sealing and checking in `sig`: CPU of one plain RSA signature, measured between the others (DECISIONS F).

`floor` is 1 sig for what is signed, and satcfdi doing the same work for the rows that have it (`*_satcfdi`).
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from statistics import median
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from amate.fiscal.catalogs import installed
from amate.fiscal.check import check_cfdi
from amate.fiscal.comprobante import Comprobante, Emisor
from amate.fiscal.csd import Csd, private_key_der
from amate.fiscal.ingreso import SaleLine, build_ingreso
from amate.fiscal.money import Impuesto, Line
from amate.fiscal.receptor import Receptor
from amate.fiscal.rules.validate import validate, validate_ours
from amate.fiscal.schema import compile_schema, structure
from amate.fiscal.seal import seal
from amate.fiscal.xml import parse
from amate.running.collector import collect_rarely
from amate.sandbox.mint import Minted, mint_ca, mint_csd
from tests.fiscal import twin

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
PASSWORD = "12345678a"
EMISOR = Emisor(rfc="CEA210315XX4", nombre="CAFETERIA EL AMATE", regimen_fiscal="601")
IVA = Impuesto("002", "Tasa", Decimal("0.160000"))

_ROUND = 20

_dice = random.Random(40)


def run() -> list[dict[str, Any]]:
    """Medians of CPU time; each document is measured once and has data of its own."""
    return [
        measured("seal_1", 400, _sealing(1), bar=1.25, floor=1.0),
        measured("seal_10", 120, _sealing(10), bar=1.5, floor=1.0),
        measured("seal_1000", 7, _sealing(1000), bar=46, floor=1.0),
        measured("issue_1", 400, _issuing(1), bar=1.5, floor=1.0),
        measured("issue_10", 120, _issuing(10), bar=2.0, floor=1.0),
        measured("issue_1000", 7, _issuing(1000), bar=80, floor=1.0),
        measured("structure_1", 400, _structuring(1), bar=0.06, floor=0.04),
        measured("structure_10", 120, _structuring(10), bar=0.25, floor=None),
        measured("structure_1000", 7, _structuring(1000), bar=25, floor=21),
        measured("validate_1", 400, _validating(1), bar=None, floor=0.04),
        measured("check_1", 400, _checking(1), bar=None, floor=0.04),
        measured("check_cfdi_1", 400, _checking_all(1), bar=0.6, floor=None),
        measured("schema_compile", 15, _compiling, bar=20, floor=None),
        measured("issue_1_satcfdi", 200, _by_satcfdi(1), bar=None, floor=None),
        measured("issue_10_satcfdi", 60, _by_satcfdi(10), bar=None, floor=None),
        measured("issue_1000_satcfdi", 3, _by_satcfdi(1000), bar=None, floor=None),
    ]


Job = Callable[[], object]


def measured(
    name: str, n: int, prepare: Callable[[int], list[Job]], *, bar: float | None, floor: float | None
) -> dict[str, Any]:
    """Each job is run once, in rounds that alternate with as many plain signatures, whose median is the unit."""
    jobs, sign = prepare(n), _plain_signature()
    sign()
    collect_rarely()  # as web and worker do; and what other measurements left behind is not this one's to look through
    spent: list[float] = []
    signing: list[float] = []
    for start in range(0, n, _ROUND):
        batch = jobs[start : start + _ROUND]
        signing.append(_cpu([sign] * len(batch)))
        spent.append(_cpu(batch))
    sig = median(signing)
    value = round(median(spent) / sig, 3)
    return {
        "name": name, "value": value, "unit": "sig", "n": n, "bar": bar, "floor": floor, "sig_us": round(sig / 1000),
    }  # fmt: skip


def _cpu(jobs: list[Job]) -> float:
    """CPU nanoseconds of one of these jobs."""
    started = time.process_time_ns()
    for job in jobs:
        job()
    return (time.process_time_ns() - started) / len(jobs)


# ------------------------------------------------------------ the work


def _sealing(lines: int) -> Callable[[int], list[Job]]:
    def prepare(n: int) -> list[Job]:
        seal(_ready(lines), csd())
        return [partial(seal, _ready(lines), csd()) for _ in range(n)]

    return prepare


def _issuing(lines: int) -> Callable[[int], list[Job]]:
    """Taxes, values, seal and every offline check: all that happens before the PAC is called."""

    def issue(sale: list[SaleLine], receptor: Receptor, fecha: datetime) -> None:
        document = _built(sale, receptor, fecha)
        found = validate_ours(document, seal(document, csd()).xml, catalogs=installed())
        wrong = [finding for finding in found if finding.severity != "note"]
        if wrong:
            raise RuntimeError(f"the benchmark builds a bad invoice: {wrong}")

    def prepare(n: int) -> list[Job]:
        issue(_sale(lines), receptor(), fecha_of_the_day())
        return [partial(issue, _sale(lines), receptor(), fecha_of_the_day()) for _ in range(n)]

    return prepare


def _structuring(lines: int) -> Callable[[int], list[Job]]:
    """Schema and catalogue sets alone (ENGINE VAL-2, VAL-3): what the design's bar of "validation" was measured on."""

    def prepare(n: int) -> list[Job]:
        roots = [parse(seal(_ready(lines), csd()).xml) for _ in range(n)]
        structure(roots[0], catalogs=installed())
        return [partial(structure, root, catalogs=installed()) for root in roots]

    return prepare


def _validating(lines: int) -> Callable[[int], list[Job]]:
    """Schema, catalogues and every rule, of what we have just sealed; `issue_1` contains it."""

    def check(document: Comprobante) -> Job:
        return partial(validate_ours, document, seal(document, csd()).xml, catalogs=installed())

    def prepare(n: int) -> list[Job]:
        check(_ready(lines))()
        return [check(_ready(lines)) for _ in range(n)]

    return prepare


def _checking(lines: int) -> Callable[[int], list[Job]]:
    """Of a document from outside, without its seals."""

    def prepare(n: int) -> list[Job]:
        return [partial(validate, seal(_ready(lines), csd()).xml, catalogs=installed()) for _ in range(n)]

    return prepare


def _checking_all(lines: int) -> Callable[[int], list[Job]]:
    """What `amate check-cfdi` does with a file once it has started: every rule, certificate and Sello included."""

    def prepare(n: int) -> list[Job]:
        documents = [seal(_ready(lines), csd()).xml for _ in range(n)]
        if not check_cfdi(documents[0]).valid:
            raise RuntimeError("the benchmark checks a bad invoice")
        return [partial(check_cfdi, xml) for xml in documents]

    return prepare


def _compiling(n: int) -> list[Job]:
    return [compile_schema] * n


def _by_satcfdi(lines: int) -> Callable[[int], list[Job]]:
    """Build, sign, bytes; no validation: its own recompiles the schema every time (305 sig)."""

    def issue(document: Comprobante) -> bytes:
        theirs = twin.build(document)
        theirs.sign(twin.signer())
        return bytes(theirs.xml_bytes())

    def prepare(n: int) -> list[Job]:
        issue(_ready(1))
        return [partial(issue, _ready(lines)) for _ in range(n)]

    return prepare


# ------------------------------------------------------------ what it works on


def _ready(lines: int) -> Comprobante:
    return _built(_sale(lines), receptor(), fecha_of_the_day())


def _built(sale: list[SaleLine], receptor: Receptor, fecha: datetime) -> Comprobante:
    return build_ingreso(
        emisor=EMISOR,
        receptor=receptor,
        lugar_expedicion="06700",
        fecha=fecha,
        lines=sale,
        forma_pago="04",
        metodo_pago="PUE",
        serie="A",
        folio=str(_dice.randrange(10**6)),
    )


def _sale(lines: int) -> list[SaleLine]:
    return [
        SaleLine(
            Line(cantidad=Decimal(_dice.randrange(1, 9)), precio=Decimal(_dice.randrange(500, 90_000)) / 100, impuestos=(IVA,)),
            clave_prod_serv=_dice.choice(["50201706", "90101501", "50181903"]),
            clave_unidad=_dice.choice(["H87", "E48"]),
            descripcion=f"Café de Coatepec, bolsa {_dice.randrange(10**6)}",
            no_identificacion=str(_dice.randrange(10**6)),
        )
        for _ in range(lines)
    ]  # fmt: skip


def receptor() -> Receptor:
    return Receptor("MCI7306249Y1", f"MUNICIPIO NUMERO {_dice.randrange(10**6)}", "54700", "603", "G03")


def fecha_of_the_day() -> datetime:
    return datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None) + timedelta(seconds=_dice.randrange(86_400))


@cache
def _files() -> Minted:
    authority = mint_ca(now=NOW, key_size=2048)
    return mint_csd(
        ca=authority, rfc=EMISOR.rfc, nombre="CAFETERIA EL AMATE SA DE CV", password=PASSWORD, now=NOW
    )  # fmt: skip


@cache
def csd() -> Csd:
    return Csd.load(cer=_files().cer, private_key_der=private_key_der(key=_files().key, password=PASSWORD))


def _plain_signature() -> Job:
    key = load_der_private_key(private_key_der(key=_files().key, password=PASSWORD), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the CSD's key is RSA")
    scheme, digest, data = padding.PKCS1v15(), hashes.SHA256(), b"||4.0|" + b"x" * 400 + b"||"
    return lambda: key.sign(data, scheme, digest)


def _print(rows: list[dict[str, Any]]) -> None:
    print(f"{'name':<22}{'value':>10}{'bar':>8}{'floor':>10}{'n':>6}   unit (1 sig = {rows[0]['sig_us']} µs)")
    for row in rows:
        bar, floor = ("" if row[key] is None else str(row[key]) for key in ("bar", "floor"))
        print(f"{row['name']:<22}{row['value']:>10.3f}{bar:>8}{floor:>10}{row['n']:>6}   {row['unit']}")


if __name__ == "__main__":
    _print(run())
