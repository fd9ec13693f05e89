"""What a payment pays of every tax of an invoice (ENGINE REP-E, FISCAL REP-6, REP-9).

Three duties, in this order: each tax stays inside the SAT's window (CRP20254, CRP20261); over the invoice's life its
parts add up to it; base and taxes add up to what was paid. The last payment takes the remainder.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from amate.fiscal.comprobante import Concepto, DocumentRefused, Retencion, Traslado
from amate.fiscal.rounding import UNITS, ZERO, over, q6, quantize, times
from amate.fiscal.share import share_out
from amate.fiscal.tables.impuestos import CUOTA, EXENTO, IEPS, IVA
from amate.fiscal.windows import tax_window

_SHIFTS = (0, 1, -1, 2, -2, 3, -3)

Kind = tuple[str, str, Decimal | None, bool]


class TaxPart(NamedTuple):
    """One tax at one rate: of an invoice the whole, of an instalment its part. A quota's base is units."""

    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal | None
    base: Decimal
    importe: Decimal | None
    retencion: bool = False

    @property
    def kind(self) -> Kind:
        return (self.impuesto, self.tipo_factor, self.tasa_o_cuota, self.retencion)


@dataclass(frozen=True, slots=True)
class Paid:
    """One instalment of an invoice, in the invoice's currency: what was paid and the taxes within it."""

    amount: Decimal
    taxes: tuple[TaxPart, ...]


def taxes_of(conceptos: Iterable[Concepto]) -> tuple[TaxPart, ...]:
    """The taxes of an invoice, one a tax, factor and rate, added up over its lines."""
    sums: dict[Kind, TaxPart] = {}
    for concepto in conceptos:
        parts = [_whole(tax, retencion=False) for tax in concepto.traslados]
        for part in (*parts, *(_whole(tax, retencion=True) for tax in concepto.retenciones)):
            known = sums.get(part.kind)
            sums[part.kind] = part if known is None else _added(known, part, 1)
    return tuple(sums.values())


def objeto_of(conceptos: Sequence[Concepto]) -> str:
    """ObjetoImpDR: the invoice's; of an invoice with several, the one whose taxes it carries."""
    objects = {concepto.objeto_imp for concepto in conceptos}
    return next(objeto for objeto in ("02", "07", "08", "06", "03", "04", "05", "01") if objeto in objects)


def net_of(taxes: Sequence[TaxPart], credited: Sequence[TaxPart]) -> tuple[TaxPart, ...]:
    """What is left of an invoice's taxes after credit notes; its total goes down by theirs."""
    off = {part.kind: part for part in credited}
    return tuple(_added(part, off[part.kind], -1) if part.kind in off else part for part in taxes)


def pay(
    *,
    taxes: Sequence[TaxPart],
    total: Decimal,
    earlier: Sequence[Paid],
    amount: Decimal,
    decimals: int = 2,
    other_currency: bool = False,
) -> Paid:
    """Split `amount`, paid of an invoice of `total` after `earlier` (its live instalments, in order).

    `decimals`: of the invoice's currency; `other_currency`: the payment is in another one, so bases are written with
    six (REP-E4). Raises `DocumentRefused` on "amount": not above zero, or more than is left.
    """
    unit = UNITS[decimals]
    before = sum((paid.amount for paid in earlier), ZERO)
    after = before + amount
    if amount <= 0 or after > total or quantize(amount, unit) != amount:
        raise DocumentRefused("amount", f"De esta factura quedan {total - before} por pagar")
    split = _Split(unit, over(after, total), after == total, 6 if other_currency else decimals)
    dues = [_due(tax, earlier) for tax in taxes]
    parts: dict[Kind, TaxPart | None] = {}
    faces = _faces(dues)
    for due in dues:
        if due.tax.kind not in faces:
            parts[due.tax.kind] = split.part(due, None)
    if faces:
        for due, face in _shared(dues, faces, parts, total, before, amount, split):
            parts[due.tax.kind] = split.part(due, face)
    made = [part for tax in taxes if (part := parts[tax.kind]) is not None]
    moved = [due for due in dues if not due.tax.retencion]
    if not made and dues:
        made = [split.least((moved or dues)[0])]
    elif moved and all(part.retencion for part in made) and all(due.tax.impuesto == IEPS for due in moved):
        made.append(split.least(moved[0]))
    return Paid(amount, tuple(made))


def traslados_of(taxes: Iterable[TaxPart]) -> tuple[Traslado, ...]:
    """As a document writes them."""
    return tuple(
        Traslado(tax.base, tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, tax.importe)
        for tax in taxes
        if not tax.retencion
    )


def retenciones_of(taxes: Iterable[TaxPart]) -> tuple[Retencion, ...]:
    """As a document writes them."""
    return tuple(
        Retencion(tax.base, tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, tax.importe)
        for tax in taxes
        if tax.retencion and tax.tasa_o_cuota is not None and tax.importe is not None
    )


# ------------------------------------------------------------ what is due


@dataclass(slots=True)
class _Due:
    """A tax of the invoice, and what its instalments have already paid of it."""

    tax: TaxPart
    base: Decimal
    importe: Decimal

    @property
    def left_base(self) -> Decimal:
        return self.tax.base - self.base

    @property
    def left_importe(self) -> Decimal:
        return (self.tax.importe or ZERO) - self.importe


def _due(tax: TaxPart, earlier: Sequence[Paid]) -> _Due:
    base = importe = ZERO
    for paid in earlier:
        for part in paid.taxes:
            if part.kind == tax.kind:
                base += part.base
                importe += part.importe or ZERO
    return _Due(tax, base, importe)


def _whole(tax: Traslado | Retencion, *, retencion: bool) -> TaxPart:
    return TaxPart(tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, tax.base, tax.importe, retencion)


def _added(one: TaxPart, other: TaxPart, sign: int) -> TaxPart:
    importe = None if one.importe is None else one.importe + sign * (other.importe or ZERO)
    return one._replace(base=one.base + sign * other.base, importe=importe)


def _faces(dues: Sequence[_Due]) -> set[Kind]:
    """The taxes whose base and amount together are what the customer pays: IVA's base holds everything else. Without
    IVA it is IEPS by rate; a quota's base is not money."""
    moved = [due.tax for due in dues if not due.tax.retencion]
    iva = {tax.kind for tax in moved if tax.impuesto == IVA}
    if iva:
        return iva
    if any(tax.tipo_factor == CUOTA for tax in moved):
        return set()
    return {tax.kind for tax in moved if tax.impuesto == IEPS}


def _shared(
    dues: Sequence[_Due],
    faces: set[Kind],
    parts: dict[Kind, TaxPart | None],
    total: Decimal,
    before: Decimal,
    amount: Decimal,
    split: "_Split",
) -> Iterator[tuple[_Due, Decimal | None]]:
    """How much of the payment each face is. What is withheld is paid to the SAT: the faces are that much more."""
    shown = [due for due in dues if due.tax.kind in faces]
    held = [due for due in dues if due.tax.retencion]
    whole = total + sum((due.tax.importe or ZERO for due in held), ZERO)
    paid = before + sum((due.importe for due in held), ZERO)
    now = amount + sum((part.importe or ZERO for due in held if (part := parts[due.tax.kind])), ZERO)
    untaxed = whole - sum((due.tax.base + (due.tax.importe or ZERO) for due in shown), ZERO)
    if untaxed < 0:  # a document of others, whose lines do not add up so
        yield from ((due, None) for due in shown)
        return
    if len(shown) == 1 and not untaxed:
        yield shown[0], now
        return
    untaxed_paid = paid - sum((due.base + due.importe for due in shown), ZERO)
    ideal = [times(due.tax.base + (due.tax.importe or ZERO), split.ratio) - due.base - due.importe for due in shown] + [
        times(untaxed, split.ratio) - untaxed_paid
    ]
    weights = [max(part, ZERO) for part in ideal]
    if not any(weights):  # a cent or two, already over its share of what is withheld
        weights = [due.tax.base for due in shown] + [untaxed]
    yield from zip(shown, share_out(now, weights, unit=split.unit)[:-1], strict=True)


# ------------------------------------------------------------ one tax of one payment


@dataclass(frozen=True, slots=True)
class _Split:
    """`ratio`: of the invoice, what is paid with this payment; `places`: with which its bases are written."""

    unit: Decimal
    ratio: Decimal
    last: bool
    places: int

    def part(self, due: _Due, face: Decimal | None) -> TaxPart | None:
        """The part of a tax, None when there is none. `face`: what base and amount should add up to, if anything."""
        tax = due.tax
        if self.last:
            return self._made(tax, due.left_base, due.left_importe) if due.left_base > 0 else None
        if tax.tipo_factor == EXENTO or not tax.tasa_o_cuota:
            base = self._base(due, face)
            base = min(base, due.left_base - self.unit)
            return self._made(tax, base, ZERO) if base > 0 else None
        found = self._found(due, face, tax.tasa_o_cuota)
        return None if found is None else self._made(tax, *found)

    def least(self, due: _Due) -> TaxPart:
        """An object of tax 02 always says a tax (CRP20246), and 07 its IEPS (CRP20279), even of a cent."""
        return self._made(due.tax, self.unit, ZERO)

    def _base(self, due: _Due, face: Decimal | None) -> Decimal:
        if face is not None and not due.tax.tasa_o_cuota:
            return face
        cumulative = times(due.tax.base, self.ratio)
        rounded = q6(cumulative) if due.tax.tipo_factor == CUOTA else quantize(cumulative, self.unit)
        return rounded - due.base

    def _made(self, tax: TaxPart, base: Decimal, importe: Decimal) -> TaxPart:
        written = quantize(base, UNITS[6] if tax.tipo_factor == CUOTA else UNITS[self.places])
        if tax.tasa_o_cuota is None:
            return tax._replace(base=written, importe=None)
        if self._is_inside(written, importe, tax.tasa_o_cuota):
            return tax._replace(base=written, importe=quantize(importe, self.unit))
        window = tax_window(written, tax.tasa_o_cuota, decimals=-int(self.unit.as_tuple().exponent))
        return tax._replace(base=written, importe=min(max(importe, window.low, quantize(ZERO, self.unit)), window.high))

    def _found(self, due: _Due, face: Decimal | None, rate: Decimal) -> tuple[Decimal, Decimal] | None:
        """Base and amount near the cumulative share (REP-E1, E2)."""
        start = self._base(due, face)
        by_unit = due.tax.tipo_factor == CUOTA
        step = max(q6(over(self.unit, times(rate, Decimal(4)))), UNITS[6]) if by_unit else self.unit
        wanted = quantize(times(due.tax.importe or ZERO, self.ratio), self.unit) - due.importe
        best: tuple[Decimal, Decimal, int] | None = None
        found: tuple[Decimal, Decimal] | None = None
        for shift in _SHIFTS:
            base = start + shift * step
            if base < step or base > due.left_base - step:
                continue
            aim = wanted if face is None else face - base
            for importe in self._amounts(base, aim, rate):
                if importe > due.left_importe:
                    continue
                strays = self._strays(due.left_base - base, due.left_importe - importe, rate)
                if not shift and not strays and importe == aim:
                    return base, importe  # nothing is better, and nearly every payment is so
                score = (strays, abs(importe - aim), abs(shift))
                if best is None or score < best:
                    best, found = score, (base, importe)
        return found

    def _amounts(self, base: Decimal, aim: Decimal, rate: Decimal) -> Iterator[Decimal]:
        """What the window of this base holds, what is aimed at first."""
        if aim >= 0 and self._is_inside(base, aim, rate):
            yield aim
        window = self._window(base, rate)
        importe = max(window[0], quantize(ZERO, self.unit))
        while importe <= window[1]:
            if importe != aim:
                yield importe
            importe += self.unit

    def _strays(self, base: Decimal, importe: Decimal, rate: Decimal) -> Decimal:
        """How far what remains is from its own window."""
        if self._is_inside(base, importe, rate):
            return ZERO
        low, high = self._window(base, rate)
        return max(low - importe, importe - high, ZERO)

    def _is_inside(self, base: Decimal, importe: Decimal, rate: Decimal) -> bool:
        # Within one unit of the product is inside any window; the formula itself costs ten times more (RND-2).
        return abs(times(base, rate) - importe) < self.unit

    def _window(self, base: Decimal, rate: Decimal) -> tuple[Decimal, Decimal]:
        written = quantize(base, UNITS[self.places]) if self.places > 2 else base
        return tax_window(written, rate, decimals=-int(self.unit.as_tuple().exponent))
