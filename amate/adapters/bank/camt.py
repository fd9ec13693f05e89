"""CAMT.053 (ISO 20022): the movements of a statement in XML. Whether a Mexican bank gives it is to be seen (BANK-4)."""

import re
from datetime import date
from decimal import Decimal

from lxml import etree

from amate.adapters.bank import BadRow, BankFile, NotAStatement
from amate.adapters.bank.keys import Facts, keyed
from amate.adapters.bank.text import read_day, tidy

# An amount of ISO 20022 has a point and no thousands.
_AMOUNT = re.compile(r"\d{1,15}(?:\.(\d{1,5}))?")
PESOS = "MXN"


def read_camt(content: bytes) -> BankFile:
    """Entries that are booked; one of several payments becomes several rows if each has its amount. Raises NotAStatement."""
    if b"<!DOCTYPE" in content[:100_000].upper():
        raise NotAStatement("Este XML trae definiciones propias, y el de un banco no las lleva: no se lee.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as broken:
        raise NotAStatement("El XML está cortado o dañado: descárgalo otra vez de tu banco.") from broken
    if etree.QName(root).localname != "Document" or not list(root.iterfind("./{*}BkToCstmrStmt")):
        raise NotAStatement("Este XML no es un estado de cuenta CAMT.053.")
    rows: list[Facts] = []
    bad: list[BadRow] = []
    for entry in root.iterfind("./{*}BkToCstmrStmt/{*}Stmt/{*}Ntry"):
        line = entry.sourceline if isinstance(entry.sourceline, int) else 0
        try:
            rows += _rows(entry, line)
        except ValueError as wrong:
            bad.append(BadRow(line, str(wrong)))
    account = _said(root, "./{*}BkToCstmrStmt/{*}Stmt/{*}Acct/{*}Id//{*}Id") or _said(
        root, "./{*}BkToCstmrStmt/{*}Stmt/{*}Acct/{*}Id/{*}IBAN"
    )
    return BankFile("camt053", account, tuple(keyed(rows)), tuple(bad))


def _rows(entry: etree._Element, line: int) -> list[Facts]:
    status = _said(entry, "./{*}Sts/{*}Cd") or _said(entry, "./{*}Sts")
    if status and status != "BOOK":
        return []
    said = (
        _said(entry, "./{*}BookgDt/{*}Dt") or _said(entry, "./{*}BookgDt/{*}DtTm") or _said(entry, "./{*}ValDt/{*}Dt")
    )
    day = read_day(said, ())
    sign = _sign(entry)
    whole = _amount(entry.find("./{*}Amt"))
    details = list(entry.iterfind("./{*}NtryDtls/{*}TxDtls"))
    amounts = [_amount(_own(one)) for one in details if _own(one) is not None]
    if len(details) > 1 and len(amounts) == len(details) and sum(amounts) == whole:
        parts = list(zip(details, amounts, strict=True))
        return [_facts(one, entry, day=day, amount=sign * amount, line=line) for one, amount in parts]
    return [_facts(details[0] if len(details) == 1 else entry, entry, day=day, amount=sign * whole, line=line)]


def _facts(one: etree._Element, entry: etree._Element, *, day: date, amount: Decimal, line: int) -> Facts:
    """`one`: the payment, or the entry itself where it says no more."""
    party = "Dbtr" if amount > 0 else "Cdtr"
    words = [
        *_all(one, ".//{*}RmtInf/{*}Ustrd"),
        *_all(one, "./{*}AddtlTxInf"),
        *_all(entry, "./{*}AddtlNtryInf"),
        *_all(one, f".//{{*}}RltdPties/{{*}}{party}//{{*}}Nm"),
        *_all(one, f".//{{*}}RltdPties/{{*}}{party}Acct/{{*}}Id//{{*}}Id"),
        *_all(one, f".//{{*}}RltdPties/{{*}}{party}Acct/{{*}}Id/{{*}}IBAN"),
    ]
    references = [
        *_all(one, ".//{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref"),
        *_all(one, ".//{*}Refs/{*}EndToEndId"),
        *_all(one, ".//{*}Refs/{*}AcctSvcrRef"),
        *_all(entry, "./{*}NtryRef"),
        *_all(entry, "./{*}AcctSvcrRef"),
    ]
    reference = next((text for text in references if text and text != "NOTPROVIDED"), "")
    return line, day, amount, tidy(" ".join(dict.fromkeys(words))), reference, None


def _sign(entry: etree._Element) -> int:
    side = _said(entry, "./{*}CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise ValueError("no dice si es abono o cargo")
    sign = 1 if side == "CRDT" else -1
    return -sign if _said(entry, "./{*}RvslInd") == "true" else sign


def _own(details: etree._Element) -> etree._Element | None:
    amount = details.find("./{*}Amt")
    return details.find("./{*}AmtDtls/{*}TxAmt/{*}Amt") if amount is None else amount


def _amount(amount: etree._Element | None) -> Decimal:
    said = "" if amount is None else (amount.text or "").strip()
    found = _AMOUNT.fullmatch(said)
    if amount is None or found is None or len((found[1] or "").rstrip("0")) > 2:
        raise ValueError(f"“{said[:40]}” no es un importe en pesos y centavos")
    if amount.get("Ccy", PESOS) != PESOS:
        raise ValueError(f"está en {str(amount.get('Ccy'))[:10]}, y aquí se concilian pesos")
    return Decimal(said).quantize(Decimal("0.01"))


def _said(under: etree._Element, path: str) -> str:
    return next(iter(_all(under, path)), "")


def _all(under: etree._Element, path: str) -> list[str]:
    found = (tidy("".join(str(text) for text in one.itertext())) for one in under.iterfind(path))
    return [text for text in found if text]
