"""The short list of accounts, with the SAT's código agrupador (Anexo 24, apartado B) beside each.

Where money comes in there are as many as the company has: `puente:conekta`, `banco:bbva`, `caja:mostrador`.
"""

from collections.abc import Mapping

CLIENTES = "clientes"
SALDO_A_FAVOR = "saldo_a_favor"
POR_IDENTIFICAR = "por_identificar"
AVISOS = "avisos"
AVISOS_CONTRA = "avisos_contra"
INGRESOS = "ingresos"
DESCUENTOS = "descuentos"
IVA_NO_COBRADO = "iva_no_cobrado"
IVA_COBRADO = "iva_cobrado"
IEPS_NO_COBRADO = "ieps_no_cobrado"
IEPS_COBRADO = "ieps_cobrado"
RETENIDO = "retenido"
INCOBRABLES = "incobrables"
COMISIONES = "comisiones"
IVA_ACREDITABLE = "iva_acreditable"
APERTURA = "apertura"
PUENTE, BANCO, CAJA = "puente", "banco", "caja"
COMES_IN = (PUENTE, BANCO, CAJA)

AGRUPADOR: Mapping[str, str] = {
    CLIENTES: "105.01",
    SALDO_A_FAVOR: "206.01",
    POR_IDENTIFICAR: "205.06",
    AVISOS: "899.01",
    AVISOS_CONTRA: "899.01",
    INGRESOS: "401.01",
    DESCUENTOS: "402.01",
    IVA_NO_COBRADO: "209.01",
    IVA_COBRADO: "208.01",
    IEPS_NO_COBRADO: "209.02",
    IEPS_COBRADO: "208.02",
    RETENIDO: "113.02",
    INCOBRABLES: "108.01",
    COMISIONES: "701.10",
    IVA_ACREDITABLE: "118.01",
    APERTURA: "304.01",
    PUENTE: "107.05",
    BANCO: "102.01",
    CAJA: "101.01",
}

# What a customer owes less what he has in his favour.
OWED = (CLIENTES, AVISOS)
OF_THE_CUSTOMER = (*OWED, SALDO_A_FAVOR)


def agrupador_of(account: str) -> str:
    """The SAT's key of an account. Raises KeyError for one that is not on the list.

    >>> agrupador_of("puente:conekta")
    '107.05'
    """
    return AGRUPADOR[account.partition(":")[0]]


def check_comes_in(account: str) -> str:
    """The account, if money may come in there: `puente:…`, `banco:…` or `caja:…`. Raises ValueError."""
    kind, _, which = account.partition(":")
    if kind not in COMES_IN or not which:
        raise ValueError(f"{account!r} is no account where money comes in: puente:…, banco:… or caja:…")
    return account
