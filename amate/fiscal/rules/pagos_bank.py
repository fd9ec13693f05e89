"""The bank's fields of a payment: optional, and lawful only with some forms (FISCAL REP-4).

CRP20221-20223 RfcEmisorCtaOrd and NomBancoOrdExt · 20224-20225 CtaOrdenante · 20226 and 20228 CtaBeneficiario ·
20227 RfcEmisorCtaBen · 20229 TipoCadPago · 20230-20231 CertPago · 20232-20233 CadPago · 20234-20235 SelloPago.

Whether a bank's RFC is in the SAT's list only a PAC can know; one that nobody can have is refused here (20222).
"""

from collections.abc import Iterator

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rfc import GENERIC_EXTRANJERO, RfcRefused, read_rfc
from amate.fiscal.rules.at import error_at
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.reading import Reading
from amate.fiscal.rules.reading_pagos import Pago
from amate.fiscal.tables.bank_accounts import ACCOUNTS, TRANSFERENCIA

_ORDERING = {forma: accounts.ordering for forma, accounts in ACCOUNTS.items()}
_RECEIVING = {forma: accounts.receiving for forma, accounts in ACCOUNTS.items() if accounts.receiving is not None}
_PROOF = (
    ("CertPago", "CRP20230", "CRP20231"),
    ("CadPago", "CRP20232", "CRP20233"),
    ("SelloPago", "CRP20234", "CRP20235"),
)


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    for pago in doc.pagos.pagos if doc.pagos else ():
        forma = pago.attrs.get("FormaDePagoP", "")
        yield from _allowed(pago, forma)
        yield from _banks(pago)
        yield from _accounts(pago, forma)
        yield from _proof(pago, forma)


def _allowed(pago: Pago, forma: str) -> Iterator[Finding]:
    for code, name, forms in (
        ("CRP20221", "RfcEmisorCtaOrd", _ORDERING),
        ("CRP20224", "CtaOrdenante", _ORDERING),
        ("CRP20227", "RfcEmisorCtaBen", _RECEIVING),
        ("CRP20228", "CtaBeneficiario", _RECEIVING),
    ):
        if name in pago.attrs and forma not in forms:
            yield error_at(code, pago.element, name, f"Con forma de pago {forma} no va {name}: quítalo.")


def _banks(pago: Pago) -> Iterator[Finding]:
    bank = pago.attrs.get("RfcEmisorCtaOrd")
    if bank == GENERIC_EXTRANJERO:
        if "NomBancoOrdExt" not in pago.attrs:
            yield error_at(
                "CRP20223", pago.element, "NomBancoOrdExt", "De un banco extranjero hay que escribir NomBancoOrdExt."
            )
    elif bank is not None and not _is_possible(bank):
        yield error_at(
            "CRP20222", pago.element, "RfcEmisorCtaOrd", f"“{bank}” no puede estar en la lista del SAT: revisa el RFC."
        )


def _is_possible(bank: str) -> bool:
    try:
        return read_rfc(bank).persona == "M"
    except RfcRefused:
        return False


def _accounts(pago: Pago, forma: str) -> Iterator[Finding]:
    for code, name, patterns in (
        ("CRP20225", "CtaOrdenante", _ORDERING),
        ("CRP20226", "CtaBeneficiario", _RECEIVING),
    ):
        account, pattern = pago.attrs.get(name), patterns.get(forma)
        if account is not None and pattern is not None and not pattern.fullmatch(account):
            yield error_at(
                code, pago.element, name, f"“{account}” no tiene la forma de una cuenta para la forma de pago {forma}."
            )


def _proof(pago: Pago, forma: str) -> Iterator[Finding]:
    has_chain = "TipoCadPago" in pago.attrs
    if has_chain and forma != TRANSFERENCIA:
        yield error_at("CRP20229", pago.element, "TipoCadPago", "TipoCadPago solo va con transferencia (03): quítalo.")
    for name, missing, unwanted in _PROOF:
        if has_chain and name not in pago.attrs:
            yield error_at(missing, pago.element, name, f"Con TipoCadPago hay que escribir también {name}.")
        if not has_chain and name in pago.attrs:
            yield error_at(unwanted, pago.element, name, f"{name} solo va junto a TipoCadPago: quítalo.")
