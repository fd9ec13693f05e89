"""A note divided among several buyers: lines of each part that add up to the note's lines, to the cent, in every column.

The amounts of a line follow from its price (`money`), and a rounded share of the price does not give a rounded share of
its taxes: thirds of 100.00 with IVA carry 86.20 and 13.80, where the whole carries 86.21 and 13.79. So the shares are
looked for: those nearest to what each should be of which importe, discount, base, every tax and total add up. They may be
some cents apart, and nobody declares a cent that was not sold.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from amate.fiscal.line import Line, MoneyRefused
from amate.fiscal.money import Taxed, tax_line
from amate.fiscal.rounding import CONTEXT, UNITS, ZERO, over, q6, quantize, times
from amate.fiscal.share import share_out

MOST_PARTS = 10
_SPREADS = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89)
"""By how many of the smallest coins a share may differ from what it should be; the narrowest that adds up is taken."""
_FINE = 1000

Cents = tuple[int, ...]


class NotDivisible(ValueError):
    """No shares of that line add up. `place` of the line; the message (Spanish) says what to do."""

    def __init__(self, place: int, message: str) -> None:
        super().__init__(message)
        self.place = place


def divide(lines: Sequence[Line], takes: Sequence[Sequence[Decimal]], *, decimals: int = 2) -> list[list[Line | None]]:
    """`takes[line][part]`: how many of each line each part has. Answers the lines by part, None where it has nothing of
    one. Raises NotDivisible.

    >>> beer = Line(Decimal(5), Decimal("45.00"), objeto_imp="01")
    >>> [[str(line.cantidad) for line in part if line] for part in divide([beer], [[Decimal(2), Decimal(3)]])]
    [['2'], ['3']]
    """
    by_line = []
    for place, (line, quantities) in enumerate(zip(lines, takes, strict=True)):
        if any(taken < 0 for taken in quantities) or sum(quantities, ZERO) != line.cantidad:
            raise NotDivisible(
                place, f"Son {line.cantidad.normalize():f}: reparte todas, ni más ni menos, entre las partes."
            )
        by_line.append(_divide_line(place, line, quantities, quantities, [ZERO] * len(quantities), decimals)[0])
    return [list(part) for part in zip(*by_line, strict=True)]


def divide_evenly(lines: Sequence[Line], shares: Sequence[Decimal], *, decimals: int = 2) -> list[list[Line | None]]:
    """Every line among all parts, in proportion to `shares`, which are above zero. What one got short of a line it gets of
    the next. Raises NotDivisible."""
    if not shares or min(shares) <= ZERO:
        raise ValueError("shares are above zero")
    lean = [ZERO] * len(shares)
    by_line = []
    for place, line in enumerate(lines):
        quantities = share_out(line.cantidad, shares, unit=UNITS[6])
        made, lean = _divide_line(place, line, quantities, shares, lean, decimals)
        by_line.append(made)
    return [list(part) for part in zip(*by_line, strict=True)]


def _divide_line(
    place: int,
    line: Line,
    quantities: Sequence[Decimal],
    weights: Sequence[Decimal],
    lean: Sequence[Decimal],
    decimals: int,
) -> tuple[list[Line | None], list[Decimal]]:
    """The line of each part, and what each is short of now, with what it was short of (`lean`) before."""
    unit = UNITS[decimals]
    who = [part for part, taken in enumerate(quantities) if taken]
    if len(who) == 1:  # whole: not a coin of it moves
        whole: list[Line | None] = [line if part == who[0] else None for part in range(len(quantities))]
        return whole, list(lean)
    gross = quantize(times(line.cantidad, line.precio), unit)
    discount = quantize(line.descuento, unit)
    net = gross - discount
    taken = [quantities[part] for part in who]
    scale = [weights[part] for part in who]
    ideal = [over(times(net, weight), sum(scale, ZERO)) for weight in scale]
    wishes = [share + lean[part] for share, part in zip(ideal, who, strict=True)]
    worths = [_worth_of(line, many, unit, decimals) for many in taken]
    target = columns_of(line, decimals=decimals)
    nets = _choose((_coins(net, unit), *target[2:]), wishes, [_after(worth, 2) for worth in worths], unit)
    off = share_out(discount, scale, unit=unit)
    grosses = None
    if nets is not None:
        costs = [coins * unit for coins in nets]
        if not discount:
            grosses = nets
        elif line.incluye_impuestos:
            least = [_importe_above(worth, coins) for worth, coins in zip(worths, nets, strict=True)]
            before = [cost + less for cost, less in zip(costs, off, strict=True)]
            grosses = _choose((_coins(gross, unit), target[0]), before, least, unit)
        else:
            grosses = [coins + _coins(less, unit) for coins, less in zip(nets, off, strict=True)]
    if nets is None or grosses is None:
        raise _cannot(place)
    made: list[Line | None] = [None] * len(quantities)
    short = list(lean)
    for index, part in enumerate(who):
        own = _costing(line, taken[index], grosses[index] * unit, unit)
        if own is None:
            raise _cannot(place)
        made[part] = replace(own, descuento=(grosses[index] - nets[index]) * unit if discount else ZERO)
        short[part] = wishes[index] - nets[index] * unit
    _check(place, line, [one for one in made if one is not None], decimals)
    return made, short


def _check(place: int, line: Line, parts: Sequence[Line], decimals: int) -> None:
    """Whatever was chosen, nothing leaves here that does not add up."""
    try:
        sums = [sum(column) for column in zip(*(columns_of(one, decimals=decimals) for one in parts), strict=True)]
    except MoneyRefused as refused:
        raise _cannot(place) from refused
    if tuple(sums) != columns_of(line, decimals=decimals):
        raise _cannot(place)


def columns_of(line: Line, *, decimals: int = 2) -> Cents:
    """What a document says of it, in the currency's smallest coins: importe, discount, base, total, each tax as they come."""
    return _columns(tax_line(line, decimals=decimals), UNITS[decimals])


def _columns(taxed: Taxed, unit: Decimal) -> Cents:
    amounts = [taxed.importe, taxed.descuento, taxed.base, taxed.total]
    amounts += [tax.importe or ZERO for tax in taxed.traslados] + [tax.importe for tax in taxed.retenciones]
    return tuple(_coins(amount, unit) for amount in amounts)


def _coins(amount: Decimal, unit: Decimal) -> int:
    return int(over(amount, unit))


Worth = Callable[[int], Cents | None]


def _worth_of(line: Line, cantidad: Decimal, unit: Decimal, decimals: int) -> Worth:
    """The columns of so many of the line for so many coins; None: no line costs that."""
    known: dict[int, Cents | None] = {}

    def worth(coins: int) -> Cents | None:
        if coins not in known:
            known[coins] = None
            made = _costing(line, cantidad, coins * unit, unit) if coins > 0 else None
            if made is not None:
                try:
                    known[coins] = columns_of(made, decimals=decimals)
                except MoneyRefused:
                    known[coins] = None
        return known[coins]

    return worth


def _costing(line: Line, cantidad: Decimal, gross: Decimal, unit: Decimal) -> Line | None:
    """At its own price if that gives the amount, else at the one with six decimals that does."""
    for precio in (line.precio, q6(over(gross, cantidad))):
        if precio > ZERO and quantize(times(cantidad, precio), unit) == gross:
            return replace(line, cantidad=cantidad, precio=precio, descuento=ZERO)
    return None


def _after(worth: Worth, first: int) -> Worth:
    return lambda coins: None if (found := worth(coins)) is None else found[first:]


def _importe_above(worth: Worth, least: int) -> Worth:
    """A discount takes off, and never adds."""
    return lambda coins: None if coins < least or (found := worth(coins)) is None else found[:1]


def _choose(target: Cents, wishes: Sequence[Decimal], worths: Sequence[Worth], unit: Decimal) -> list[int] | None:
    """Coins of each part, as near to the wishes as may be, so that they and their columns add up to `target`: (coins,
    *columns). Among equally near ones the first found, so the same note is always divided alike."""
    fine = [int(over(times(wish, Decimal(_FINE)), unit).to_integral_value(ROUND_FLOOR, CONTEXT)) for wish in wishes]
    for spread in _SPREADS:
        reached: dict[Cents, tuple[int, tuple[int, ...]]] = {(0,) * len(target): (0, ())}
        so_far = 0
        for wish, worth in zip(fine, worths, strict=True):
            so_far += wish
            low, high = wish // _FINE - spread, -(-wish // _FINE) + spread
            options = [(coins, found) for coins in range(low, high + 1) if (found := worth(coins)) is not None]
            further: dict[Cents, tuple[int, tuple[int, ...]]] = {}
            for sums, (far, chosen) in reached.items():
                for coins, found in options:
                    together = (sums[0] + coins, *(a + b for a, b in zip(sums[1:], found, strict=True)))
                    if abs(together[0] * _FINE - so_far) > (spread + 1) * _FINE:
                        continue
                    cost = far + abs(coins * _FINE - wish)
                    if together not in further or cost < further[together][0]:
                        further[together] = (cost, (*chosen, coins))
            reached = further
        if target in reached:
            return list(reached[target][1])
    return None


def _cannot(place: int) -> NotDivisible:
    return NotDivisible(
        place,
        f"La partida {place + 1} no se puede repartir así sin que le falte o sobre un centavo: dásela a una sola parte.",
    )
