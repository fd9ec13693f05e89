"""CFDI40201 to CFDI40221: the summary is the rounded sum of the lines, never base × rate (FISCAL TAX-5, RND-1)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from amate.sandbox.pac.rules.table import Facts, amount, attributes, rule
from amate.sandbox.pac.windows import exact, half_up

Group = tuple[str, str, Fraction | None]


def _group(tax: Mapping[str, str]) -> Group:
    return tax["Impuesto"], tax["TipoFactor"], exact(tax["TasaOCuota"]) if "TasaOCuota" in tax else None


def _sums(f: Facts, name: str) -> dict[Group, Fraction]:
    """Per tax, factor and rate, the rounded sum of the lines' Base or Importe."""
    sums: dict[Group, Fraction] = defaultdict(Fraction)
    for concept in f.conceptos:
        for tax in concept.traslados:
            sums[_group(tax)] += amount(tax, name)
    return {group: half_up(total, f.places) for group, total in sums.items()}


def _withheld(f: Facts) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for concept in f.conceptos:
        for tax in concept.retenciones:
            sums[tax["Impuesto"]] += amount(tax, "Importe")
    return {impuesto: half_up(total, f.places) for impuesto, total in sums.items()}


def _totals(f: Facts) -> Mapping[str, str]:
    return {} if f.impuestos is None else attributes(f.impuestos)


@rule("CFDI40201", "Con tipo T o P no existe el nodo Impuestos del comprobante", "FISCAL TAX-5")
def no_summary(f: Facts) -> Iterator[str]:
    if f.tipo in "TP" and f.impuestos is not None:
        yield f"tipo {f.tipo}"


@rule("CFDI40203", "TotalImpuestosRetenidos no es la suma de las retenciones", "FISCAL TAX-5")
def withheld_total(f: Facts) -> Iterator[str]:
    expected = sum((amount(tax, "Importe") for tax in f.summary_retenciones), Fraction(0))
    if "TotalImpuestosRetenidos" in _totals(f) and amount(_totals(f), "TotalImpuestosRetenidos") != expected:
        yield _totals(f)["TotalImpuestosRetenidos"]


@rule("CFDI40205", "TotalImpuestosTrasladados no es la suma de los traslados", "FISCAL TAX-5")
def transferred_total(f: Facts) -> Iterator[str]:
    expected = sum((amount(tax, "Importe") for tax in f.summary_traslados), Fraction(0))
    if "TotalImpuestosTrasladados" in _totals(f) and amount(_totals(f), "TotalImpuestosTrasladados") != expected:
        yield _totals(f)["TotalImpuestosTrasladados"]


@rule("CFDI40206", "TotalImpuestosRetenidos existe si y solo si hay retenciones", "FISCAL TAX-5")
def withheld_total_exists(f: Facts) -> Iterator[str]:
    if bool(f.summary_retenciones) != ("TotalImpuestosRetenidos" in _totals(f)):
        yield "Retenciones"


@rule("CFDI40208", "Una sola Retencion por impuesto", "FISCAL TAX-5")
def withheld_once(f: Facts) -> Iterator[str]:
    yield from _repeated(tax["Impuesto"] for tax in f.summary_retenciones)


@rule("CFDI40211", "Importe de la retención no es la suma redondeada de los conceptos", "FISCAL TAX-5")
def withheld_is_the_sum(f: Facts) -> Iterator[str]:
    written = {tax["Impuesto"]: amount(tax, "Importe") for tax in f.summary_retenciones}
    if written != _withheld(f):
        yield f"{_shown(written)} ≠ {_shown(_withheld(f))}"


@rule("CFDI40212", "TotalImpuestosTrasladados existe si y solo si hay traslados con tasa", "FISCAL TAX-5")
def transferred_total_exists(f: Facts) -> Iterator[str]:
    taxed = [tax for tax in f.summary_traslados if tax["TipoFactor"] != "Exento"]
    if bool(taxed) != ("TotalImpuestosTrasladados" in _totals(f)):
        yield "Traslados"


@rule("CFDI40215", "Base del traslado no es la suma redondeada de los conceptos", "FISCAL TAX-5; MX")
def bases_are_sums(f: Facts) -> Iterator[str]:
    yield from _wrong_sums(f, "Base", exempt=False)


@rule("CFDI40216", "Base exenta no es la suma redondeada de los conceptos", "FISCAL TAX-5")
def exempt_bases_are_sums(f: Facts) -> Iterator[str]:
    yield from _wrong_sums(f, "Base", exempt=True)


@rule("CFDI40218", "Un solo Traslado por impuesto, factor y tasa", "FISCAL TAX-5; MX")
def transferred_once(f: Facts) -> Iterator[str]:
    yield from _repeated(_group(tax) for tax in f.summary_traslados)


@rule("CFDI40221", "Importe del traslado no es la suma redondeada de los conceptos", "FISCAL TAX-5")
def transferred_is_the_sum(f: Facts) -> Iterator[str]:
    yield from _wrong_sums(f, "Importe", exempt=False)


def _wrong_sums(f: Facts, name: str, *, exempt: bool) -> Iterator[str]:
    expected = _sums(f, name)
    written = {_group(tax): amount(tax, name) for tax in f.summary_traslados}
    for group in sorted({*expected, *written}, key=str):
        if (group[1] == "Exento") == exempt and expected.get(group) != written.get(group):
            yield f"{name} {group[0]} {group[1]}: {_shown(written.get(group))} ≠ {_shown(expected.get(group))}"


def _repeated(groups: Iterator[object]) -> Iterator[str]:
    yield from (str(group) for group, times in Counter(groups).items() if times > 1)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(one)}" for key, one in value.items())
    return str(float(value)) if isinstance(value, Fraction) else "falta"
