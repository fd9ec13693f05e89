"""From rows to sales: one row is a sale, or several that follow each other with the same key are its lines."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from amate.fiscal.clock import instant
from amate.fiscal.ingreso import PPD, PUE, SaleLine, total_of
from amate.fiscal.money import MoneyRefused
from amate.fiscal.text import TextRefused, clean_text
from amate.intake.cells import CellRefused, read_code, read_moment, read_padded
from amate.intake.columns import LABELS, plain
from amate.intake.formas import read_forma_pago, read_metodo_pago, read_pagos, says_credit
from amate.intake.found import Bad, FoundSale, Good, SaleAt, Wrong
from amate.intake.rows import Row
from amate.intake.sale_lines import MOST_KEPT, Lines, SaleReader
from amate.self_invoicing import codes
from amate.self_invoicing.pagos import Pago, PagosDoNotAddUp, check_pagos, main_forma
from amate.self_invoicing.sale import POR_DEFINIR, Sale, wrong_branch, wrong_forma_pago, wrong_moment

MOST_LINES = 1000
_LABELS = LABELS["sales"]
_OF_A_LINE = ("producto", "descripcion", "cantidad", "precio", "importe")
_OF_THE_SALE = ("total", "forma_pago", "metodo_pago", "sucursal", "codigo")
NO_BRANCH = "Falta la sucursal: elige en el mapeo la que vale cuando no se dice"


def read_sales(reader: SaleReader, rows: Iterable[Row]) -> Iterator[FoundSale]:
    """Each sale once its last row is read. A key that comes back later is refused: what was given out cannot grow."""
    work = _Work(reader)
    seen: set[int] = set()
    name, group = "", list[Row]()
    for row in rows:
        try:
            here = work.name(row)
        except CellRefused as refused:
            here = ""
            if group:
                yield work.sale(name, group)
                group = []
            yield Bad(row.number, 1, (Wrong(row.number, work.name_label, refused.message),))
            continue
        if group and (here == name or (not here and work.is_line(row))):
            group.append(row)
            continue
        if group:
            yield work.sale(name, group)
            group = []
        if not here:
            yield Bad(row.number, 1, (Wrong(row.number, work.name_label, "Falta el folio o la clave de la venta"),))
        elif (mark := hash(here)) in seen:
            again = f"La venta {here} ya apareció antes en este archivo: junta sus renglones o dale otra clave"
            yield Bad(row.number, 1, (Wrong(row.number, work.name_label, again),))
        else:
            seen.add(mark)
            name, group = here, [row]
    if group:
        yield work.sale(name, group)


class _Work(Lines):
    """One file's reading: the head of each sale, and what was understood of cells that come back in every row."""

    def __init__(self, reader: SaleReader) -> None:
        super().__init__(reader)
        named = "external_id" if "external_id" in reader.places else "folio"
        self.name_label = _LABELS[named]
        self._name = reader.places.get(named, -1)
        self._moment = lru_cache(MOST_KEPT)(read_moment)
        self._metodo = lru_cache(1000)(read_metodo_pago)
        self._pago = lru_cache(1000)(self._read_pago)
        self._branch = lru_cache(1000)(self._find_branch)

    def name(self, row: Row) -> str:
        """The key of the sale, empty if the row says none. Raises CellRefused."""
        said = read_code(row.cells[self._name]) if 0 <= self._name < len(row.cells) else ""
        return _clean(said, 80)

    def is_line(self, row: Row) -> bool:
        """Whether a row without a key goes on with the sale above, rather than adding the file up at its end."""
        return not self.cell(row, "total") and any(self.cell(row, field) for field in _OF_A_LINE)

    def sale(self, name: str, group: Sequence[Row]) -> FoundSale:
        errors: list[Wrong] = []
        found = self._read(name, group, errors)
        if found is None or errors:
            return Bad(group[0].number, len(group), tuple(errors))
        return Good(group[0].number, len(group), found)

    # ------------------------------------------------------------ the head

    def _read(self, name: str, group: Sequence[Row], errors: list[Wrong]) -> SaleAt | None:
        head = group[0]
        if len(group) > MOST_LINES:
            errors.append(Wrong(head.number, "", f"La venta {name} lleva más de {MOST_LINES} partidas"))
            return None
        self._same_head(group, errors)
        try:
            branch = self._branch(self.cell(head, "sucursal"))
        except CellRefused as refused:
            errors.append(Wrong(head.number, _LABELS["sucursal"], refused.message))
            return None
        folio = self.attempt(head, "folio", errors, lambda: self._read_folio(head, name))
        code = self.attempt(head, "codigo", errors, lambda: self._read_billing_code(head))
        sold_at = self.attempt(head, "fecha", errors, lambda: self._sold_at(head, branch))
        if sold_at is not None:
            self.attempt(head, "sucursal", errors, lambda: self._refuse_doubt(head, branch, sold_at))
        metodo = self.attempt(head, "metodo_pago", errors, lambda: self._metodo(self.cell(head, "metodo_pago")))
        said_forma = self.cell(head, "forma_pago")
        pago = self.attempt(head, "forma_pago", errors, lambda: self._pago(said_forma, metodo or ""))
        said = self.attempt(head, "total", errors, lambda: self.number(head, "total"))
        lines = [self.line(row, said if len(group) == 1 else None, errors) for row in group]
        if errors or folio is None or sold_at is None or pago is None:
            return None
        whole = tuple(line for line in lines if line is not None)
        total = self._total(group, whole, said, errors)
        if total is None:
            return None
        forma_pago, metodo_pago, pagos = pago
        try:
            check_pagos(pagos, total=total)
        except PagosDoNotAddUp as wrong:
            errors.append(Wrong(head.number, _LABELS["forma_pago"], str(wrong)))
            return None
        sale = Sale(
            self.reader.source, name, folio, sold_at, forma_pago, total, whole, metodo_pago=metodo_pago, pagos=pagos,
            code=code,
        )  # fmt: skip
        return SaleAt(sale, branch)

    def _same_head(self, group: Sequence[Row], errors: list[Wrong]) -> None:
        for field in _OF_THE_SALE:
            first = self.cell(group[0], field)
            other = next((row for row in group[1:] if self.cell(row, field) not in ("", first)), None)
            if other is None:
                continue
            why = "cambia entre los renglones de la misma venta"
            if field == "total":
                why += ": si es el importe de cada partida, elige “Importe de la partida” en el mapeo"
            errors.append(Wrong(other.number, _LABELS[field], f"“{_LABELS[field]}” {why}"))

    def _read_folio(self, head: Row, name: str) -> str:
        return _clean(read_code(self.cell(head, "folio")), 40) or _clean(name, 40)

    def _read_billing_code(self, head: Row) -> str | None:
        """Whether it is reserved, `register_many` asks."""
        said = read_code(self.cell(head, "codigo"))
        if not said:
            return None
        code = codes.read_code(said)
        if code is None:
            raise CellRefused(f"A “{said}” le falta o le sobra una letra, o hay una cambiada: son 12, como en la nota")
        return code

    def _sold_at(self, head: Row, branch: int) -> datetime:
        said = self.cell(head, "fecha")
        if not said:
            raise CellRefused("Falta la fecha de la venta")
        moment = self._moment(said, clock=self.cell(head, "hora"), month_first=self.options.month_first)
        sold_at = moment if moment.tzinfo else instant(self.reader.branches[branch].cp, moment)
        wrong = wrong_moment(sold_at, now=self.reader.now)
        wrong = wrong or wrong_branch(self.reader.branches[branch], sold_at=sold_at)
        if wrong:
            raise CellRefused(wrong)
        return sold_at

    def _read_pago(self, text: str, metodo: str) -> tuple[str, str, tuple[Pago, ...]]:
        """(forma_pago, metodo_pago, pagos). Who has not paid yet has no way of paying: 99 (PAY-1)."""
        said = text or ("" if metodo else self.options.forma_pago)
        credit = says_credit(said)
        if metodo == PPD and said and not credit:
            raise CellRefused(
                f"Es a crédito (PPD) y dice “{text}”: a crédito aún no se sabe cómo se pagará, va vacía o 99"
            )
        if metodo == PUE and credit:
            raise CellRefused(f"Dice que ya está pagada (PUE) y también “{text}”: escribe cómo se pagó")
        if metodo == PPD or credit:
            return POR_DEFINIR, PPD, ()
        pagos = read_pagos(text)
        for one in pagos:
            self._refuse_forma(one.forma_pago)
        if pagos:
            return main_forma(pagos), PUE, pagos
        return self._read_forma(text or self.options.forma_pago), PUE, ()

    def _read_forma(self, said: str) -> str:
        if not said:
            raise CellRefused("Falta la forma de pago: elige en el mapeo la que vale cuando no se dice")
        forma_pago = read_forma_pago(said)
        self._refuse_forma(forma_pago)
        return forma_pago

    def _refuse_forma(self, forma_pago: str) -> None:
        wrong = wrong_forma_pago(forma_pago, catalogs=self.reader.catalogs, day=self.day)
        if wrong:
            raise CellRefused(wrong)

    def _find_branch(self, text: str) -> int:
        branches, said = self.reader.branches, text or self.options.branch
        open_ones = [i for i, one in enumerate(branches) if one.closed_at is None]
        if not said:
            if len(open_ones) == 1:
                return open_ones[0]
            raise CellRefused(NO_BRANCH)
        wanted, cp = plain(said), read_padded(said, 5)
        # A name or a postal code may be of two; then the open one is meant.
        for matches in (
            [i for i, one in enumerate(branches) if said == one.code],
            [i for i, one in enumerate(branches) if wanted in (plain(one.code), plain(one.nombre))],
            [i for i, one in enumerate(branches) if cp == one.cp],
        ):
            for found in (matches, [i for i in matches if i in open_ones]):
                if len(found) == 1:
                    return found[0]
        known = ", ".join(branches[i].code for i in open_ones) or "ninguna todavía"
        raise CellRefused(f"No tienes una sucursal “{said}”. Tus sucursales: {known}")

    def _refuse_doubt(self, head: Row, branch: int, sold_at: datetime) -> None:
        """The only open branch is meant where the file names none, unless one closed since sold that day too."""
        if self.cell(head, "sucursal") or self.options.branch:
            return
        others = (one for i, one in enumerate(self.reader.branches) if i != branch)
        if any(wrong_branch(one, sold_at=sold_at) is None for one in others):
            raise CellRefused(NO_BRANCH)

    def _total(
        self, group: Sequence[Row], lines: tuple[SaleLine, ...], said: Decimal | None, errors: list[Wrong]
    ) -> Decimal | None:
        try:
            computed = total_of(lines)
        except MoneyRefused as refused:
            _, place, field = refused.field.split(".")
            row = group[int(place)]
            errors.append(Wrong(row.number, _LABELS.get(field, _LABELS["iva"]), refused.message))
            return None
        if said is None or said == computed:
            return computed
        errors.append(
            Wrong(group[0].number, _LABELS["total"], f"El total dice {said:.2f} y las partidas suman {computed:.2f}")
        )
        return None


def _clean(text: str, longest: int) -> str:
    try:
        return clean_text(text, longest=longest)
    except TextRefused as refused:
        raise CellRefused(refused.message) from refused
