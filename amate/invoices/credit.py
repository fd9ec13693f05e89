"""A credit note of an invoice: by amount, or by its lines and quantities; never above what is left of it (FEATURES 147)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from amate.audit.record import record
from amate.customers.current import current_or
from amate.fiscal.comprobante import Concepto
from amate.fiscal.credited import credit_amount, credit_tickets, taxed_of
from amate.fiscal.egreso import credit_receptor
from amate.fiscal.ingreso import check_payment
from amate.fiscal.rounding import UNITS, over, quantize, times
from amate.fiscal.tables.monedas import decimals_of
from amate.invoices.concepts import concepts_to_json
from amate.invoices.draft import write_draft
from amate.invoices.how_it_stands import document_of
from amate.invoices.models import Invoice, Kind, Origin
from amate.invoices.remaining import conceptos_of, credited_of, credited_tickets
from amate.invoices.what_may_be_done import why_not_credited
from amate.promises.kinds import SOMEBODY_WAITS

DISCOUNT, RETURN, ADVANCE = "01", "03", "07"
APPLIED = "30"  # c_FormaPago, of an advance and of nothing else (REL-3)


class NotCreditable(Exception):
    """Nothing was written. The message (Spanish) says why, and the way out."""


def credit_invoice(
    *,
    invoice_id: int,
    amount: Decimal | None,
    quantities: Mapping[int, Decimal],
    tipo_relacion: str,
    descripcion: str,
    forma_pago: str,
    origin: Origin,
    now: datetime,
    wish: str = "",
    ticket: str = "",
    written: Sequence[Concepto] = (),
    priority: int | None = SOMEBODY_WAITS,
) -> Invoice:
    """Draft the credit note of `amount` (taxes included), or of `quantities`: how many of each line, by its place. Of a
    global with several tickets, `amount` is of the `ticket` with that number, all of it if there is none. `written`: the
    very concepts, worked out by whoever knows the sale.

    `forma_pago`: how the money really goes back. `wish`: of the page that asks; sent twice it is one note.
    `priority` as `write_draft` takes it. Raises NotCreditable, and `fiscal.comprobante.DocumentRefused` by field.
    """
    invoice: Invoice = Invoice.locked(invoice_id)
    if wish and (made_before := Invoice.objects.filter(wish=wish).first()) is not None:
        return made_before
    if tipo_relacion not in (DISCOUNT, RETURN, ADVANCE):
        raise NotCreditable("Di si es un descuento (01), una devolución (03) o un anticipo que se aplica (07).")
    if (tipo_relacion == ADVANCE) != (forma_pago == APPLIED):
        raise NotCreditable("La forma 30 (aplicación de anticipos) va con la relación 07, y solo con ella.")
    left = invoice.total - credited_of(invoice)
    why_not = why_not_credited(document_of(invoice), left=left)
    if why_not:
        raise NotCreditable(why_not)
    check_payment(forma_pago, "PUE")
    conceptos = conceptos_of(invoice)
    decimals = decimals_of(invoice.moneda)
    made: Sequence[Concepto]
    if written:
        made = written
    elif invoice.kind == Kind.GLOBAL and ticket:
        made = _of_ticket(conceptos, ticket, amount, descripcion=descripcion, decimals=decimals)
    elif amount is not None:
        made = _by_amount(invoice, conceptos, amount, descripcion=descripcion, decimals=decimals)
    elif invoice.kind == Kind.GLOBAL:
        made = _by_ticket(conceptos, quantities, descripcion=descripcion, decimals=decimals)
    else:
        made = _by_line(conceptos, quantities, descripcion=descripcion, decimals=decimals)
    total = _total_of(made)
    if total > left:
        raise NotCreditable(
            f"De {invoice} quedan {left:,.2f} por acreditar y esta nota suma {total:,.2f}: acredita menos."
        )
    if invoice.kind == Kind.GLOBAL:
        _check_tickets(invoice, conceptos, made)
    profile = current_or(invoice.profile)
    note = write_draft(
        Invoice(
            kind=Kind.EGRESO,
            branch=invoice.branch,
            profile=profile,
            origin=origin,
            rfc=profile.rfc,
            nombre=profile.nombre,
            correo=invoice.correo,
            lines=concepts_to_json(made),
            forma_pago=forma_pago,
            metodo_pago="PUE",
            uso_cfdi=credit_receptor(invoice.profile.receptor).uso_cfdi,
            moneda=invoice.moneda,
            tipo_cambio=invoice.tipo_cambio,
            total=total,
            wish=wish,
        ),
        names=[(tipo_relacion, invoice)],
        priority=priority,
        now=now,
    )
    record("invoice.credited", about=f"invoice:{invoice.pk}", now=now, note=note.pk, total=str(total), why=descripcion)
    return note


def _by_amount(
    invoice: Invoice, conceptos: Sequence[Concepto], amount: Decimal, *, descripcion: str, decimals: int
) -> list[Concepto]:
    """Of a global whole, each ticket by its number; part of it must be some ticket's (AFT-B)."""
    tickets = {one.no_identificacion for one in conceptos} if invoice.kind == Kind.GLOBAL else set()
    if tickets and amount == invoice.total:
        return credit_tickets(conceptos, descripcion=descripcion)
    if len(tickets) > 1:
        raise NotCreditable(f"{invoice} tiene {len(tickets)} notas: di el número de la que acreditas.")
    only = tickets.pop() if tickets else None
    return credit_amount(amount, of=conceptos, descripcion=descripcion, no_identificacion=only, decimals=decimals)


def _of_ticket(
    conceptos: Sequence[Concepto], ticket: str, amount: Decimal | None, *, descripcion: str, decimals: int
) -> list[Concepto]:
    of = [one for one in conceptos if one.no_identificacion == ticket]
    if not of:
        raise NotCreditable(f"Esa global no tiene la nota {ticket}: escribe su número como está en la global.")
    if amount is None or amount == _total_of(of):
        return credit_tickets(of, descripcion=descripcion)
    return credit_amount(amount, of=of, descripcion=descripcion, no_identificacion=ticket, decimals=decimals)


def _check_tickets(invoice: Invoice, conceptos: Sequence[Concepto], made: Sequence[Concepto]) -> None:
    """No ticket is given back twice: what is left of the global is all the others', who sold it once (DB-1)."""
    credited = credited_tickets(invoice)
    for number in dict.fromkeys(one.no_identificacion or "" for one in made):
        cost = _total_of([one for one in conceptos if one.no_identificacion == number])
        left = cost - credited.get(number, Decimal(0))
        asked = _total_of([one for one in made if one.no_identificacion == number])
        if asked > left:
            raise NotCreditable(
                f"De la nota {number} quedan {left:,.2f} por acreditar de {cost:,.2f}, y esta suma {asked:,.2f}: revisa "
                "sus notas de crédito."
            )


def _total_of(conceptos: Sequence[Concepto]) -> Decimal:
    return sum((taxed_of(one).total for one in conceptos), Decimal(0))


def _by_ticket(
    conceptos: Sequence[Concepto], quantities: Mapping[int, Decimal], *, descripcion: str, decimals: int
) -> list[Concepto]:
    """Lines of a global under the number of their ticket (AFT-B, AFT-C): a whole one is its very cents."""
    made: list[Concepto] = []
    for line, quantity in _chosen(conceptos, quantities):
        if quantity == line.cantidad:
            made += credit_tickets([line], descripcion=descripcion)
        else:
            amount = quantize(over(times(taxed_of(line).total, quantity), line.cantidad), UNITS[decimals])
            ticket = line.no_identificacion
            made += credit_amount(
                amount, of=[line], descripcion=descripcion, no_identificacion=ticket, decimals=decimals
            )
    return made


def _by_line(
    conceptos: Sequence[Concepto], quantities: Mapping[int, Decimal], *, descripcion: str, decimals: int
) -> list[Concepto]:
    """Each line's share of its own cost; the whole quantity is the line's very cents."""
    made: list[Concepto] = []
    for line, quantity in _chosen(conceptos, quantities):
        amount = quantize(over(times(taxed_of(line).total, quantity), line.cantidad), UNITS[decimals])
        said = f"{descripcion}: {quantity.normalize():f} de {line.descripcion}"[:1000]
        made += credit_amount(amount, of=[line], descripcion=said, decimals=decimals)
    return made


def _chosen(conceptos: Sequence[Concepto], quantities: Mapping[int, Decimal]) -> list[tuple[Concepto, Decimal]]:
    chosen: list[tuple[Concepto, Decimal]] = []
    for place, quantity in sorted(quantities.items()):
        if not 0 <= place < len(conceptos):
            raise NotCreditable("Esa factura no tiene ese renglón.")
        line = conceptos[place]
        if not 0 < quantity <= line.cantidad:
            raise NotCreditable(f"De «{line.descripcion}» se facturaron {line.cantidad}: acredita de ahí para abajo.")
        chosen.append((line, quantity))
    if not chosen:
        raise NotCreditable("Elige qué se acredita: un importe, o cuánto de cada renglón.")
    return chosen
