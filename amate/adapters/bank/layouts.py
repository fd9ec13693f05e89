"""The tables of banks we know, one declaration each (BANK-2). Read in others' parsers, tried on synthetic files only."""

from amate.adapters.bank import Layout

BBVA = Layout(
    code="bbva",
    name="BBVA",
    header=frozenset({"dia", "concepto / referencia", "cargo", "abono", "saldo"}),
    day=("dia",),
    day_formats=("DD-MM-YYYY", "DD/MM/YYYY"),
    texts=("concepto / referencia",),
    deposit=("abono",),
    withdrawal=("cargo",),
    reference_after="/",
    balance=("saldo",),
)
SANTANDER = Layout(
    code="santander",
    name="Santander",
    header=frozenset({"cuenta", "fecha", "descripcion", "cargo/abono", "importe", "saldo", "referencia", "concepto"}),
    day=("fecha",),
    day_formats=("DDMMYYYY", "DD/MM/YYYY"),
    texts=("descripcion", "concepto", "clabe beneficiario", "nombre beneficiario"),
    amount=("importe",),
    sign=("cargo/abono",),
    deposit_words=frozenset({"+"}),
    withdrawal_words=frozenset({"-"}),
    references=("referencia",),
    balance=("saldo",),
    account=("cuenta",),
)
BANORTE = Layout(
    code="banorte",
    name="Banorte",
    header=frozenset({"cuenta", "referencia", "descripcion", "depositos", "retiros", "saldo", "movimiento"}),
    day=("fecha de operacion", "fecha"),
    day_formats=("DD/MM/YYYY",),
    texts=("descripcion", "descripcion detallada"),
    deposit=("depositos",),
    withdrawal=("retiros",),
    references=("referencia",),
    balance=("saldo",),
    account=("cuenta",),
)
BANAMEX = Layout(
    code="banamex",
    name="Citibanamex",
    header=frozenset({"fecha", "descripcion", "depositos", "retiros", "saldo"}),
    day=("fecha",),
    day_formats=("DD-MM-YY", "DD/MM/YY", "DD-MM-YYYY", "DD/MM/YYYY"),
    texts=("descripcion",),
    deposit=("depositos",),
    withdrawal=("retiros",),
    balance=("saldo",),
)
# Its file has no header: it is known by the word in its fourth column.
SCOTIABANK = Layout(
    code="scotiabank",
    name="Scotiabank",
    header=frozenset(),
    day=("#1",),
    day_formats=("DD/MM/YYYY", "YYYY/MM/DD", "DD-MM-YYYY"),
    texts=("#5", "#6", "#7"),
    amount=("#3",),
    sign=("#4",),
    deposit_words=frozenset({"abono"}),
    withdrawal_words=frozenset({"cargo"}),
    references=("#2",),
)
LAYOUTS = (SANTANDER, BANORTE, BBVA, BANAMEX, SCOTIABANK)
