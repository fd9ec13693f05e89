"""CRP20201 to CRP20211 and CRP20262 to CRP20274: the sums of a payment, and of the whole complement in pesos.

BaseP and ImporteP are the exact sums of what the documents say; a sum that six decimals cannot hold may only be
rounded up in BaseP, either way in ImporteP (FISCAL REP-7, REP-8).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from amate.sandbox.pac.rules.conceptos import known_rate_of
from amate.sandbox.pac.rules.payments import Payment, Said
from amate.sandbox.pac.rules.table import Check, Facts, amount, rule
from amate.sandbox.pac.windows import decimals, exact, half_up

Group = tuple[str, str, Fraction | None]
_SOURCE = "FISCAL REP-7, REP-8; NT, CR"
_ISR, _IVA, _IEPS = "001", "002", "003"
_MOST_DECIMALS = 6


def _group(tax: Said) -> Group:
    return tax.get("Impuesto", ""), tax.get("TipoFactor", ""), exact(tax["TasaOCuota"]) if "TasaOCuota" in tax else None


def _each(f: Facts) -> Iterator[tuple[str, Payment]]:
    for number, payment in enumerate(f.payments, 1):
        yield f"pago {number}", payment


def _of_documents(payment: Payment, name: str) -> dict[Group, Fraction]:
    """Per group of traslado, what the documents sum in the payment's currency."""
    sums: dict[Group, Fraction] = defaultdict(Fraction)
    for document in payment.documents:
        rate = exact(document.said.get("EquivalenciaDR", "1"))
        for tax in document.traslados:
            sums[_group(tax)] += amount(tax, name) / rate
    return dict(sums)


def _withheld_of_documents(payment: Payment) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for document in payment.documents:
        rate = exact(document.said.get("EquivalenciaDR", "1"))
        for tax in document.retenciones:
            sums[tax["Impuesto"]] += amount(tax, "Importe") / rate
    return dict(sums)


def _is_sum(written: str, added: Fraction, *, down: bool) -> bool:
    value = exact(written)
    if value == added:
        return True
    if (added * 10**_MOST_DECIMALS).denominator == 1:
        return False
    step = Fraction(1, 10 ** decimals(written))
    return added < value < added + step or (down and added - step < value < added)


# ------------------------------------------------------------ of each payment


@rule("CRP20263", "Una sola RetencionP por impuesto", _SOURCE)
def withheld_once(f: Facts) -> Iterator[str]:
    for where, payment in _each(f):
        yield from _repeated(where, (tax["Impuesto"] for tax in payment.retenciones))


@rule("CRP20265", "ImporteP de la retención no es la suma de los documentos", _SOURCE)
def withheld_is_the_sum(f: Facts) -> Iterator[str]:
    for where, payment in _each(f):
        sums = _withheld_of_documents(payment)
        for tax in payment.retenciones:
            if not _is_sum(tax["Importe"], sums.get(tax["Impuesto"], Fraction(0)), down=True):
                yield f"{where}: {tax['Impuesto']} {tax['Importe']}"
        yield from (f"{where}: falta {one}" for one in sums.keys() - {tax["Impuesto"] for tax in payment.retenciones})


@rule("CRP20266", "TrasladoP lleva BaseP, ImpuestoP y TipoFactorP; Exento, nada más", _SOURCE)
def transferred_is_whole(f: Facts) -> Iterator[str]:
    for where, payment in _each(f):
        for tax in payment.traslados:
            if tax["TipoFactor"] == "Exento" and ("TasaOCuota" in tax or "Importe" in tax):
                yield where
            if tax["TipoFactor"] != "Exento" and not ("TasaOCuota" in tax and "Importe" in tax):
                yield where


def _sums_of(name: str, *, exempt: bool, down: bool) -> Check:
    def check(f: Facts) -> Iterator[str]:
        for where, payment in _each(f):
            sums = {group: total for group, total in _of_documents(payment, name).items() if _exempt(group) == exempt}
            for tax in payment.traslados:
                group = _group(tax)
                if _exempt(group) == exempt and not _is_sum(
                    tax.get(name, "0"), sums.pop(group, Fraction(0)), down=down
                ):
                    yield f"{where}: {group[0]} {name} {tax.get(name)}"
            yield from (f"{where}: falta {group[0]} {group[1]}" for group in sums)

    return check


def _exempt(group: Group) -> bool:
    return group[1] == "Exento"


rule("CRP20268", "BaseP no es la suma de BaseDR de los documentos", _SOURCE)(_sums_of("Base", exempt=False, down=False))
rule("CRP20269", "BaseP exenta no es la suma de BaseDR exenta", _SOURCE)(_sums_of("Base", exempt=True, down=False))
rule("CRP20274", "ImporteP no es la suma de ImporteDR de los documentos", _SOURCE)(
    _sums_of("Importe", exempt=False, down=True)
)


@rule("CRP20270", "ImpuestoP de un traslado debe ser IVA o IEPS", _SOURCE)
def transferable(f: Facts) -> Iterator[str]:
    for where, payment in _each(f):
        yield from (where for tax in payment.traslados if tax["Impuesto"] not in (_IVA, _IEPS))


@rule("CRP20271", "Un solo TrasladoP por impuesto, factor y tasa", _SOURCE)
def transferred_once(f: Facts) -> Iterator[str]:
    for where, payment in _each(f):
        yield from _repeated(where, (_group(tax) for tax in payment.traslados))


@rule("CRP20272", "TasaOCuotaP no está en c_TasaOCuota", _SOURCE)
def known_rate(f: Facts) -> Iterator[str]:
    for where, payment in _each(f):
        for tax in payment.traslados:
            if "TasaOCuota" in tax and not known_rate_of(tax):
                yield f"{where}: {tax['TasaOCuota']}"


def _repeated(where: str, groups: Iterator[object]) -> Iterator[str]:
    yield from (f"{where}: {group}" for group, times in Counter(groups).items() if times > 1)


# ------------------------------------------------------------ of all of them, in pesos


def _pesos(f: Facts, of: Callable[[Payment], Fraction | None]) -> Fraction | None:
    """None when no payment has such a thing."""
    parts = [(of(payment), exact(payment.said.get("TipoCambioP", "1"))) for payment in f.payments]
    worth = [part * rate for part, rate in parts if part is not None]
    return half_up(sum(worth, Fraction(0)), 2) if worth else None


def _withheld(impuesto: str) -> Callable[[Payment], Fraction | None]:
    def of(payment: Payment) -> Fraction | None:
        return _sum(payment.retenciones, "Importe", lambda tax: tax["Impuesto"] == impuesto)

    return of


def _iva(name: str, rate: str | None) -> Callable[[Payment], Fraction | None]:
    def mine(tax: Said) -> bool:
        if tax["Impuesto"] != _IVA:
            return False
        if rate is None:
            return tax["TipoFactor"] == "Exento"
        return tax["TipoFactor"] == "Tasa" and "TasaOCuota" in tax and exact(tax["TasaOCuota"]) == exact(rate)

    return lambda payment: _sum(payment.traslados, name, mine)


def _sum(taxes: list[Said], name: str, mine: Callable[[Said], bool]) -> Fraction | None:
    found = [amount(tax, name) for tax in taxes if mine(tax)]
    return sum(found, Fraction(0)) if found else None


# Attribute → code of a wrong sum, code of one that is missing or too many, and what it sums.
_TOTALS: Mapping[str, tuple[str, str, Callable[[Payment], Fraction | None]]] = {
    "TotalRetencionesIVA": ("CRP20201", "CRP20264", _withheld(_IVA)),
    "TotalRetencionesISR": ("CRP20202", "CRP20264", _withheld(_ISR)),
    "TotalRetencionesIEPS": ("CRP20203", "CRP20264", _withheld(_IEPS)),
    "TotalTrasladosBaseIVA16": ("CRP20204", "CRP20267", _iva("Base", "0.16")),
    "TotalTrasladosImpuestoIVA16": ("CRP20205", "CRP20273", _iva("Importe", "0.16")),
    "TotalTrasladosBaseIVA8": ("CRP20206", "CRP20267", _iva("Base", "0.08")),
    "TotalTrasladosImpuestoIVA8": ("CRP20207", "CRP20273", _iva("Importe", "0.08")),
    "TotalTrasladosBaseIVA0": ("CRP20208", "CRP20267", _iva("Base", "0")),
    "TotalTrasladosImpuestoIVA0": ("CRP20209", "CRP20273", _iva("Importe", "0")),
    "TotalTrasladosBaseIVAExento": ("CRP20210", "CRP20267", _iva("Base", None)),
    "MontoTotalPagos": ("CRP20211", "", lambda payment: amount(payment.said, "Monto")),
}


def _right(name: str, of: Callable[[Payment], Fraction | None]) -> Check:
    def check(f: Facts) -> Iterator[str]:
        if f.totales is None or name not in f.totales:
            return
        expected = _pesos(f, of) or Fraction(0)
        if amount(f.totales, name) != expected:
            yield f"{name} {f.totales[name]} ≠ {float(expected)}"

    return check


def _there(code: str) -> Check:
    def check(f: Facts) -> Iterator[str]:
        for name, (_, presence, of) in _TOTALS.items():
            if presence == code and f.totales is not None and (name in f.totales) != (_pesos(f, of) is not None):
                yield name

    return check


for _name, (_code, _, _of) in _TOTALS.items():
    rule(_code, f"{_name} no es la suma redondeada de los pagos en pesos", _SOURCE)(_right(_name, _of))
for _code, _which in (("CRP20264", "de retenciones"), ("CRP20267", "de bases de IVA"), ("CRP20273", "de IVA")):
    rule(_code, f"Los totales {_which} existen si y solo si sus impuestos existen", _SOURCE)(_there(_code))
