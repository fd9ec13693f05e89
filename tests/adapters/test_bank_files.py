"""Bank files: the tables we know, those that somebody names, XML and SWIFT; and files that mean no good."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from amate.adapters.bank import BankFile, BankRow, NotAStatement, UnknownLayout
from amate.adapters.bank.mapping import BadMapping, Named, guess_day_format, is_money, layout_of
from amate.adapters.bank.read import is_workbook, read_bank_file
from amate.adapters.bank.text import DAY_FORMATS, read_amount, read_day
from amate.intake.unpack import unpack

BBVA = """Día\tConcepto / Referencia\tcargo\tAbono\tSaldo
02-03-2026\tSPEI RECIBIDOBANORTE/0014842 072 AMATE\t\t349.00\t10,349.00
02-03-2026\tPAGO CUENTA DE TERCERO/ NOTPROVIDED\t\t1,200.50\t11,549.50
03-03-2026\tSPEI ENVIADO "CFE"/0000001\t-450.00\t\t11,099.50
"""
SANTANDER = """Cuenta,Fecha,Hora,Sucursal,Descripcion,Cargo/Abono,Importe,Saldo,Referencia,Concepto,Clabe Beneficiario,Nombre Beneficiario
'65501234567','02032026','10:31','7001','ABONO TRANSFERENCIA SPEI',+,349.00,10349.00,'0014842','INTERNET MARZO','014180655012345678','D''ANGELO'
'65501234567','03032026','11:00','7001','PAGO DE SERVICIO',-,450.00,9899.00,'0000001','LUZ','',''
"""
BANORTE = """CUENTA,FECHA DE OPERACIÓN,FECHA,REFERENCIA,DESCRIPCIÓN,COD. TRANSAC,SUCURSAL,DEPÓSITOS,RETIROS,SALDO,MOVIMIENTO,DESCRIPCIÓN DETALLADA
'0123456789,02/03/2026,02/03/2026,0014842,SPEI RECIBIDO,500,0042,"$1,349.00",-,"$11,349.00",1,"DE LA CUENTA 012180001234567899 RFC NUAA800101AB1"
'0123456789,03/03/2026,03/03/2026,0,COMISION,600,0042,-,$12.50,"$11,336.50",2,COMISION
"""
BANAMEX = """Banco Nacional de México
Cuenta: 7001/1234567

Detalle de Movimientos - Depósitos y Retiros
Fecha,Descripción,Depósitos,Retiros,Saldo
02-03-26,"PAGO INTERBANCARIO Referencia Númerica: 0014842 Autorización: 112233","349.00",,"10,349.00"
03-03-26,"RETIRO EN CAJERO",,"500.00","9,849.00"
,TOTAL,"349.00","500.00",
"""
SCOTIABANK = """02/03/2026,0014842,349.00,ABONO,SPEI RECIBIDO,112233
03/03/2026,0000001,450.00,CARGO,PAGO LUZ,
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Acct><Id><Othr><Id>012180001234567899</Id></Othr></Id></Acct>
<Ntry><Amt Ccy="MXN">349.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>
 <NtryDtls><TxDtls><Refs><EndToEndId>0014842</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>ANA NÚÑEZ</Nm></Pty></Dbtr></RltdPties>
 <RmtInf><Ustrd>INTERNET MARZO NUAA800101AB1</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="MXN">450.5</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><DtTm>2026-03-03T10:00:00</DtTm></BookgDt><NtryRef>N-2</NtryRef></Ntry>
<Ntry><Amt Ccy="MXN">300.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-03-03</Dt></BookgDt>
 <NtryDtls><TxDtls><Refs><EndToEndId>A</EndToEndId></Refs><Amt Ccy="MXN">100.00</Amt></TxDtls>
 <TxDtls><Refs><EndToEndId>B</EndToEndId></Refs><Amt Ccy="MXN">200.00</Amt></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="MXN">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><BookgDt><Dt>2026-03-04</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="USD">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-03-04</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="MXN">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd><BookgDt><Dt>2026-03-05</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""
MT940 = """{1:F01BCMRMXMMAXXX0000000000}{2:I940X}{4:
:20:EST-2026-03
:25:012180001234567899
:28C:3/1
:60F:C260301MXN10000,00
:61:2603020302CR349,00NTRF0014842//112233
SPEI RECIBIDO
:86:INTERNET MARZO
RFC NUAA800101AB1
:61:260303D450,5NMSCNONREF
:61:260304RC1,NTRFX
:62F:C260304MXN9897,50
-}"""


def read(text: str | bytes) -> BankFile:
    return read_bank_file(text if isinstance(text, bytes) else text.encode(), layout=None)


def told(rows: tuple[BankRow, ...]) -> list[tuple[str, str, str]]:
    return [(row.day.isoformat(), str(row.amount), row.reference) for row in rows]


FIRST = ("2026-03-02", "349.00", "0014842")


@pytest.mark.parametrize(
    ("text", "layout", "rows"),
    [
        (
            BBVA,
            "bbva",
            [
                ("2026-03-02", "349.00", "0014842 072 AMATE"),
                ("2026-03-02", "1200.50", ""),
                ("2026-03-03", "-450.00", "0000001"),
            ],
        ),
        (SANTANDER, "santander", [FIRST, ("2026-03-03", "-450.00", "0000001")]),
        (BANORTE, "banorte", [("2026-03-02", "1349.00", "0014842"), ("2026-03-03", "-12.50", "")]),
        (BANAMEX, "banamex", [("2026-03-02", "349.00", ""), ("2026-03-03", "-500.00", "")]),
        (SCOTIABANK, "scotiabank", [FIRST, ("2026-03-03", "-450.00", "0000001")]),
        (
            CAMT,
            "camt053",
            [
                FIRST,
                ("2026-03-03", "-450.50", "N-2"),
                ("2026-03-03", "100.00", "A"),
                ("2026-03-03", "200.00", "B"),
                ("2026-03-05", "-5.00", ""),
            ],
        ),
        (MT940, "mt940", [FIRST, ("2026-03-03", "-450.50", ""), ("2026-03-04", "-1.00", "X")]),
    ],
    ids=["bbva", "santander", "banorte", "banamex", "scotiabank", "camt053", "mt940"],
)
def test_it_reads_what_a_bank_gives(text: str, layout: str, rows: list[tuple[str, str, str]]) -> None:
    found = read(text)
    assert (found.layout, told(found.rows)) == (layout, rows)
    assert found.deposits == tuple(row for row in found.rows if row.amount > 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("text", [BBVA, BANORTE, BANAMEX], ids=["bbva", "banorte", "banamex"])
def test_the_letters_it_is_written_in_change_nothing(text: str, encoding: str) -> None:
    assert read(text.encode(encoding)) == read(text)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_the_ends_of_lines_change_no_row(ends: str) -> None:
    for text in (BBVA, SANTANDER, MT940):
        keys = [row.key for row in read(text).rows]
        assert [row.key for row in read(text.replace("\n", ends).encode()).rows] == keys


@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_the_same_table_with_other_separators_is_the_same(separator: str) -> None:
    plain = BBVA.replace("1,200.50", "1200.50").replace("10,349.00", "10349.00").replace(",5", "5").replace(",0", "0")
    assert told(read(plain.replace("\t", separator).replace('"', "")).rows) == told(read(BBVA).rows)


def test_it_keeps_what_says_who_paid() -> None:
    (first, _) = read(BANORTE).rows
    assert (first.origin_rfc, first.origin_account) == ("NUAA800101AB1", "012180001234567899")
    assert "Nombre" not in read(SANTANDER).rows[0].text
    assert "D''ANGELO" in read(SANTANDER).rows[0].text
    assert (read(CAMT).rows[0].origin_rfc, read(CAMT).account) == ("NUAA800101AB1", "012180001234567899")
    assert "ANA NÚÑEZ" in read(CAMT).rows[0].text
    assert (read(MT940).rows[0].origin_rfc, read(MT940).account) == ("NUAA800101AB1", "012180001234567899")
    assert read(BANORTE).account == "0123456789"


def test_a_row_that_cannot_be_read_is_told_and_the_rest_lives() -> None:
    broken = BBVA + "99-03-2026\tX\t\t10.00\t\n04-03-2026\tX\t\tdiez\t\n04-03-2026\tX\t5.00\t10.00\t\n\tX\t\t9.00\t\n"
    found = read(broken)
    assert len(found.rows) == 3
    assert [(row.line, row.why.split(":")[0]) for row in found.bad] == [
        (5, "99/03/2026 no existe"),
        (6, "“diez” no es un importe"),
        (7, "dice depósito y retiro a la vez"),
        (8, "tiene importe y no tiene fecha; si es un total, déjalo así"),
    ]
    assert read(CAMT).bad[0].why == "está en USD, y aquí se concilian pesos"
    assert read(MT940.replace("349,00", "349.00")).bad[0].line == 6


@pytest.mark.parametrize("broken", ['"RETIRO EN CAJERO', 'RETIRO"" EN"', '"RETIRO" EN CAJERO'])
def test_a_quotation_mark_left_open_moves_no_money_in_silence(broken: str) -> None:
    found = read(BANAMEX.replace('"RETIRO EN CAJERO"', broken))
    assert [row.amount for row in found.rows if row.amount > 0] == [Decimal("349.00")]
    assert len(found.rows) + len(found.bad) == 2


def test_a_quotation_mark_that_swallows_lines_is_told() -> None:
    whole = read(
        BANAMEX + '04-03-26,"X,"1.00",,\n05-03-26,"Y\n06-03-26,Z",2.00,,\n07-03-26,"W,3.00,,\n08-03-26,V,4.00,,\n'
    )
    assert [row.amount for row in whole.rows] == [Decimal("349.00"), Decimal("-500.00")]
    assert all("comilla" in row.why for row in whole.bad)
    assert len(whole.bad) == 3


def test_between_tabs_a_quotation_mark_is_a_letter() -> None:
    assert read(BBVA).rows[2].text.startswith('SPEI ENVIADO "CFE"')


def test_a_workbook_made_csv_is_the_same_rows(tmp_path: Path) -> None:
    book = tmp_path / "bbva.xlsx"
    with xlsxwriter.Workbook(str(book)) as made:
        sheet = made.add_worksheet()
        day = made.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Día", "Concepto / Referencia", "cargo", "Abono", "Saldo"])
        for line, (when, text, out, came) in enumerate(
            [
                (date(2026, 3, 2), "SPEI RECIBIDOBANORTE/0014842 072 AMATE", None, 349.0),
                (date(2026, 3, 2), "PAGO CUENTA DE TERCERO/ NOTPROVIDED", None, 1200.5),
                (date(2026, 3, 3), "SPEI ENVIADO, CFE/0000001", -450.0, None),
            ],
            start=1,
        ):
            sheet.write_datetime(line, 0, datetime(when.year, when.month, when.day), day)
            sheet.write_string(line, 1, text)
            for column, value in ((2, out), (3, came)):
                if value is not None:
                    sheet.write_number(line, column, value)
    assert is_workbook(book.read_bytes())
    unpack(book, tmp_path / "bbva.csv")
    assert told(read((tmp_path / "bbva.csv").read_bytes()).rows) == told(read(BBVA).rows)


# ------------------------------------------------------------ the key of a row


def exported(days: list[list[tuple[int, str]]], start: int, end: int) -> bytes:
    lines = [
        f"{date(2026, 3, 1) + timedelta(days=number):%d-%m-%Y}\t{text}\t\t{cents / 100:.2f}\t"
        for number in range(start, end)
        for cents, text in days[number]
    ]
    return "\n".join(["Día\tConcepto / Referencia\tcargo\tAbono\tSaldo", *lines, ""]).encode()


DAYS = st.lists(
    st.lists(st.tuples(st.integers(1, 3).map(lambda n: n * 100), st.sampled_from(["SPEI A", "SPEI B"])), max_size=6),
    min_size=2,
    max_size=8,
)


@given(DAYS, st.data())
def test_exports_that_overlap_hold_each_movement_once(days: list[list[tuple[int, str]]], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(days)))
    again = data.draw(st.integers(0, cut))
    first = read(exported(days, 0, cut)).rows
    second = read(exported(days, again, len(days))).rows
    kept = {row.key: row for row in (*first, *second)}
    assert len(kept) == sum(len(day) for day in days)
    assert sum(row.amount for row in kept.values()) == Decimal(sum(cents for day in days for cents, _ in day)) / 100


@given(DAYS)
def test_truly_equal_deposits_all_live(days: list[list[tuple[int, str]]]) -> None:
    rows = read(exported(days, 0, len(days))).rows
    assert len({row.key for row in rows}) == len(rows) == sum(len(day) for day in days)


# ------------------------------------------------------------ columns named by hand

UNKNOWN = """Movimientos de la cuenta
Fecha mov.;Detalle;Ref;Monto;Tipo
25/03/2026;TRANSFERENCIA DE ANA;0014842;349.00;Entrada
26/03/2026;LUZ;;450.00;Salida
"""
NAMED = Named(
    day="Fecha mov.",
    day_format="DD/MM/YYYY",
    texts=("Detalle",),
    amount="Monto",
    sign="Tipo",
    deposit_words=("Entrada",),
    withdrawal_words=("Salida",),
    reference="Ref",
)


def test_a_table_of_an_unknown_bank_shows_its_first_lines() -> None:
    with pytest.raises(UnknownLayout, match="di qué hay en cada columna") as caught:
        read(UNKNOWN)
    assert caught.value.head[1] == ("Fecha mov.", "Detalle", "Ref", "Monto", "Tipo")


def test_named_columns_are_a_layout_like_any_other() -> None:
    layout = layout_of(NAMED, code="caja-7", name="Caja Popular")
    found = read_bank_file(UNKNOWN.encode(), layout=layout)
    assert told(found.rows) == [("2026-03-25", "349.00", "0014842"), ("2026-03-26", "-450.00", "")]
    with pytest.raises(UnknownLayout):
        read_bank_file(BBVA.encode(), layout=layout)


def test_columns_without_titles_are_named_by_their_place() -> None:
    named = Named(day="#1", day_format="DD/MM/YYYY", texts=("#2", "#3"), amount="#4", reference="#3")
    bare = "25/03/2026;DE ANA;0014842;349.00\n26/03/2026;LUZ;;-450.00\n"
    found = read_bank_file(bare.encode(), layout=layout_of(named, code="x", name="X"))
    assert told(found.rows) == [("2026-03-25", "349.00", "0014842"), ("2026-03-26", "-450.00", "")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": ""},
        {"texts": ()},
        {"day_format": "DD"},
        {"amount": "", "deposit": ""},
        {"deposit": "Abono"},
        {"withdrawal_words": ()},
        {"reference": "#3"},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_a_mapping_that_makes_no_table_is_refused(wrong: dict[str, object]) -> None:
    facts = {name: getattr(NAMED, name) for name in Named.__dataclass_fields__}
    with pytest.raises(BadMapping):
        layout_of(Named(**{**facts, **wrong}), code="x", name="X")  # type: ignore[arg-type]


def test_the_wizard_can_guess() -> None:
    assert guess_day_format(["25/03/26", "01/04/26"]) == "DD/MM/YY"
    assert is_money(["", "1,234.50", "-"])
    assert not is_money(["", "-"])
    assert not is_money(["1,234.50", "SPEI"])


# ------------------------------------------------------------ files that mean no good

HOSTILE = {
    "empty": b"",
    "blank": b"\r\n \r\n",
    "zeros": b"\x00" * 5_000,
    "binary": bytes(range(256)) * 40,
    "pdf": b"%PDF-1.7\n...",
    "workbook": b"PK\x03\x04rest",
    "old workbook": b"\xd0\xcf\x11\xe0rest",
    "cut utf-16": b"\xff\xfeA",
    "html": b"<html><body>Inicia sesi\xc3\xb3n</body></html>",
    "cut xml": CAMT.encode()[:600],
    "other xml": b"<Document xmlns='urn:x'><Otro/></Document>",
    "entities": b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>',
    "bomb": b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><Document>&b;</Document>',
    "deep xml": b"<a>" * 100_000,
    "endless cell": b"a" * 3_000_000,
    "many quotes": b'"' * 300_001,
    "mt940 of nobody": b":20:X\n:28C:1\n:61:2603020302CR349,00NTRFX\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_statement_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(NotAStatement) as caught:
        read(HOSTILE[name])
    assert len(caught.value.message) > 20


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(NotAStatement, match="20 MB"):
        read(BBVA.encode() + b" " * 20_000_000)
    with pytest.raises(NotAStatement, match="100,000 renglones"):
        read(BBVA + "\n" * 100_000)
    assert is_workbook(HOSTILE["workbook"])


def test_a_formula_is_a_text_like_any_other() -> None:
    found = read(BBVA.replace("PAGO CUENTA DE TERCERO", '=HYPERLINK("http://x","y")'))
    assert found.rows[1].text.startswith("=HYPERLINK")
    assert found.rows[1].amount == Decimal("1200.50")


@pytest.mark.parametrize(
    "said",
    ["NaN", "Infinity", "-inf", "1e5", "1,23", "1.234", "１２", "0x10", "1 2 3,4", "--5", "9" * 16, "1.2.3", "=1+1"],
)
def test_what_is_no_amount_is_no_amount(said: str) -> None:
    with pytest.raises(ValueError, match="importe"):
        read_amount(said)
    assert len(read(BBVA + f"04-03-2026\tX\t\t{said}\t\n").bad) == 1


@pytest.mark.parametrize(
    "said", ["31-02-2026", "00-01-2026", "1-1-1", "01-13-2026", "01-01-0001", "hoy 1", "2026-02-30"]
)
def test_a_day_that_does_not_exist_is_no_day(said: str) -> None:
    with pytest.raises(ValueError):
        read_day(said, tuple(DAY_FORMATS))


@given(st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=2, allow_nan=False))
def test_an_amount_written_as_banks_do_is_read_to_the_cent(amount: Decimal) -> None:
    for written in (f"{amount}", f"{amount:,}", f"$ {amount:,}", f"{amount:,} MXN"):
        assert read_amount(written) == amount


@given(st.binary(max_size=400))
def test_no_bytes_break_it(content: bytes) -> None:
    for start in (b"", BBVA.encode()[:60], SANTANDER.encode()[:160], b":20:A\n:25:1\n:61:", b"<Document>"):
        try:
            found = read(start + content)
        except NotAStatement:
            continue
        assert isinstance(found, BankFile)
