"""Whatever file of a bank somebody brings: what it is, and its rows."""

from amate.adapters.bank import MOST_BYTES, BankFile, Layout, NotAStatement
from amate.adapters.bank.camt import read_camt
from amate.adapters.bank.mt940 import is_mt940, read_mt940
from amate.adapters.bank.table import read_table
from amate.adapters.bank.text import decode

BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def is_workbook(content: bytes) -> bool:
    """A workbook of Excel: whoever opens those safely makes CSV of it first."""
    return content.startswith(BOOKS)


def read_bank_file(content: bytes, *, layout: Layout | None) -> BankFile:
    """`layout`: as somebody named the columns of this account; None: find out. Raises UnknownLayout, NotAStatement."""
    if len(content) > MOST_BYTES:
        raise NotAStatement(f"El archivo pasa de {MOST_BYTES // 1_000_000} MB: descárgalo por periodos más cortos.")
    if not content.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise NotAStatement("El archivo está vacío.")
    if is_workbook(content):
        raise NotAStatement("Es un libro de Excel: guárdalo como CSV y súbelo otra vez.")
    if content.startswith(b"%PDF"):
        raise NotAStatement("Un PDF no se puede conciliar: descarga los movimientos como TXT, CSV, XML o MT940.")
    if layout is None and content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return read_camt(content)
    text = decode(content)
    if layout is None and is_mt940(text):
        return read_mt940(text)
    return read_table(text, layout=layout)
