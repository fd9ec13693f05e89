"""The customer's side: somebody pays at a shop or by transfer, too much, too little, twice, or takes it back."""

from collections.abc import Mapping
from heapq import heappop

from amate.sandbox.payments import orders
from amate.sandbox.payments.book import Book, Charge, Event, Order, Refused
from amate.sandbox.payments.paypal_shapes import APPROVED

FEE = {"cash": 39, "spei": 10, "card": 35}  # thousandths
BANKS = ("BBVA MEXICO", "SANTANDER", "BANORTE", "BANAMEX", "HSBC", "SCOTIABANK")


def pay(book: Book, reference: str, *, cents: int | None = None, payer: Mapping[str, str] | None = None) -> Event:
    """Somebody pays at `reference`. `cents` None: what it asks for. The event that tells of it.

    Raises `Refused` when nobody takes money there: unknown, expired, cancelled. A one-off reference that was paid takes
    money again: a transfer to a CLABE cannot be stopped.
    """
    source, first = book.sources.get(reference), book.open_at.get(reference)
    if first is not None and source is not None and first.status != "pending_payment":
        first = None  # the order that borrowed a reference for life is closed: the money is the customer's own
    if first is None and source is None:
        raise Refused("unknown_reference", f"No existe la referencia {reference}", status=404)
    if first is not None and first.status in ("expired", "canceled"):
        raise Refused("closed_reference", f"La referencia {reference} ya no se puede pagar ({first.status})")
    amount = cents if cents is not None else (book.orders[first.order_id].amount if first is not None else 0)
    if amount <= 0:
        raise Refused("amount", "Di cuánto se paga: esta referencia no tiene importe")
    order = book.orders[first.order_id] if first is not None else _order_of_source(book, reference, amount)
    _take(book, order, reference, amount, dict(payer or {}))
    paid = sum(one.amount for one in order.charges if one.paid_at)
    order.status = "paid" if paid >= order.amount else "partially_paid"
    return orders.happened(book, f"order.{order.status}", order)


def approve(book: Book, order_id: str) -> Event:
    """Its payer agrees on PayPal's page. Raises `Refused`."""
    order = book.order(order_id)
    if order.status != "pending_payment":
        raise Refused("order", f"La orden está {order.status}")
    order.metadata[APPROVED] = True
    return orders.happened(book, "order.approved", order)


def expire_due(book: Book) -> list[Event]:
    """Whatever passed its time."""
    now, before = book.second(), len(book.events)
    while book.expiries and book.expiries[0][0] <= now:
        order = book.orders[heappop(book.expiries)[1]]
        later = max((charge.expires_at or 0 for charge in order.charges), default=0) > now
        if order.status == "pending_payment" and not later:
            orders.close(book, order, "expired")
    return book.events[before:]


def expire(book: Book, order_id: str) -> Event:
    """Raises `Refused`."""
    order = book.order(order_id)
    if order.status != "pending_payment":
        raise Refused("order", f"La orden está {order.status}")
    orders.close(book, order, "expired")
    return book.events[-1]


def charge_back(book: Book, order_id: str, charge_id: str | None = None) -> Event:
    """The bank takes the whole of a payment back. Raises `Refused`."""
    order = book.order(order_id)
    charge = next((one for one in order.charges if one.paid_at and charge_id in (None, one.id)), None)
    if charge is None or charge.status == "charged_back":
        raise Refused("order", "No hay pago que devolver en esa orden")
    charge.status = order.status = "charged_back"
    return orders.happened(book, "charge.chargeback.created", order, charge)


def _take(book: Book, order: Order, reference: str, amount: int, payer: dict[str, str]) -> None:
    """Into the open charge of that reference, or into another beside it: each payment is a charge of its own."""
    charge = next((one for one in order.charges if one.reference == reference and one.paid_at is None), None)
    if charge is None:
        like = next(one for one in order.charges if one.reference == reference)
        charge = Charge(
            id=book.new_id("ch"),
            order_id=order.id,
            amount=amount,
            way=like.way,
            reference=reference,
            status="pending_payment",
            created_at=book.second(),
            expires_at=like.expires_at,
        )
        order.charges.append(charge)
    charge.amount, charge.status, charge.paid_at = amount, "paid", book.second()
    charge.fee = round(amount * FEE[charge.way] / 1000)
    if charge.way == "cash":
        charge.auth_code, charge.payer = book.digits(8), {"store": "10MON" + book.digits(5), **payer}
    elif charge.way == "card":
        charge.auth_code = book.digits(6)
    else:
        charge.tracking_code = "AMT" + book.digits(17)
        charge.payer = {"bank": BANKS[book.random.randrange(len(BANKS))], "number": book.clabe(), **payer}


def _order_of_source(book: Book, reference: str, amount: int) -> Order:
    """Money at a reference for life makes its own order, without any reference of the merchant's."""
    source = book.sources[reference]
    customer = book.customers[source.customer_id]
    order = Order(
        id=book.new_id("ord_"),
        amount=amount,
        currency="MXN",
        status="pending_payment",
        customer={"customer_id": customer.id, "name": customer.name, "email": customer.email, "phone": customer.phone},
        line_items=[{"name": "Pago a referencia", "unit_price": amount, "quantity": 1}],
        metadata={},
        created_at=book.second(),
        updated_at=book.second(),
    )
    order.charges.append(
        Charge(
            id=book.new_id("ch"),
            order_id=order.id,
            amount=amount,
            way=source.way,
            reference=reference,
            status="pending_payment",
            created_at=book.second(),
            expires_at=None,
        )
    )
    book.orders[order.id] = order
    return order
