"""pdf_invoice: CPU of one printed invoice, from stamped XML to PDF/A-3 with the XML inside, in sig."""

import statistics
import time
from collections.abc import Callable
from functools import partial

import typst
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from amate.papers.cfdi import cfdi_pdf
from amate.papers.compile import STANDARDS
from amate.papers.look import Look
from tests.papers.samples import Row, key, stamped

N = 40
SIGNATURES = 20
LOOK = Look(nombre_comercial="Ferretería La Palma")
BARE = b"""
#set document(title: "Nada", date: datetime(year: 2026, month: 11, day: 21))
#pdf.attach("cfdi.xml", bytes(sys.inputs.xml), relationship: "source", mime-type: "application/xml", description: "CFDI")
"""


def run() -> list[dict[str, object]]:
    """One row for `benchmarks/results.jsonl`. What is compared takes turns, so all meet the same machine.

    `floor` is a page with nothing on it but the XML inside, by the same compiler and standards.
    """
    invoices = [_invoice(number) for number in range(N + 1)]
    nothing = typst.Compiler()
    _print(invoices[-1])  # the compiler is kept: its first document is not the usual one
    _print_nothing(nothing, invoices.pop())
    papers, floors, signatures = [], [], []
    for xml in invoices:
        signatures.append(_cpu(_sign) / SIGNATURES)
        papers.append(_cpu(partial(_print, xml)))
        floors.append(_cpu(partial(_print_nothing, nothing, xml)))
    sig = statistics.median(signatures)
    value, floor = (round(statistics.median(times) / sig, 1) for times in (papers, floors))
    return [{"name": "pdf_invoice", "value": value, "unit": "sig", "n": N, "bar": 45, "floor": floor}]


def _invoice(number: int) -> bytes:
    """Three lines; every text and amount of the document differs from the others'."""
    rows: list[Row] = [
        (
            str(number % 7 + 1),
            f"Artículo {number}-{line}, caja con {number + line} piezas",
            f"{price}.25",
            f"{price}.25",
        )
        for line, price in enumerate((number * 3 + 11, number * 7 + 120, number * 13 + 1500))
    ]
    return stamped(rows, number=20000 + number, receiver=f"CLIENTE {number} DE OCCIDENTE")


def _print(xml: bytes) -> None:
    cfdi_pdf(xml, look=LOOK, portal_origin=True)


def _print_nothing(compiler: typst.Compiler, xml: bytes) -> None:
    compiler.compile(input=BARE, sys_inputs={"xml": xml.decode()}, pdf_standards=STANDARDS)


def _sign() -> None:
    for _ in range(SIGNATURES):
        key().sign(b"x" * 900, padding.PKCS1v15(), hashes.SHA256())


def _cpu(act: Callable[[], None]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


if __name__ == "__main__":
    print(run())
