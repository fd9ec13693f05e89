"""What a merchant asks of the provider: orders, customers with references for life, refunds, cancellations."""

from heapq import heappush
from typing import Any

from amate.sandbox.payments import shapes
from amate.sandbox.payments.book import Book, Charge, Customer, Event, Order, Refused, Source

WAYS = ("cash", "spei")
LASTING = {"cash_recurrent": "cash", "oxxo_recurrent": "cash", "spei_recurrent": "spei"}
SHORTEST = 60  # seconds a reference lives at least
CASH = (1_000, 1_000_000)  # cents
USUAL = 30 * 86_400


def create_order(book: Book, said: dict[str, Any]) -> Order:
    """Raises `Refused`."""
    items = [dict(item) for item in said.get("line_items") or []]
    amount = sum(_whole(item.get("unit_price")) * _whole(item.get("quantity")) for item in items)
    pays = [dict(one.get("payment_method") or {}) for one in said.get("charges") or []]
    page = dict(said.get("checkout") or {})
    if page:
        if page.get("type") != "HostedPayment" or page.get("allowed_payment_methods") != ["card"]:
            raise Refused("conekta.errors.parameter_validation.checkout", "only hosted pages for cards are played here")
        pays.append({"type": "card", "expires_at": page.get("expires_at")})
    if said.get("currency") != "MXN" or amount <= 0 or not pays:
        raise Refused("conekta.errors.parameter_validation", "currency, line_items and charges are required")
    now = book.second()
    order = Order(
        id=book.new_id("ord_"),
        amount=amount,
        currency="MXN",
        status="pending_payment",
        customer=_customer_info(book, said.get("customer_info") or {}),
        line_items=items,
        metadata=dict(said.get("metadata") or {}),
        created_at=now,
        updated_at=now,
    )
    for pay in pays:
        order.charges.append(_open_charge(book, order, pay, reuse=bool(said.get("reuse_customer_clabe"))))
    book.orders[order.id] = order
    happened(book, "order.pending_payment", order)
    return order


def create_customer(book: Book, said: dict[str, Any]) -> Customer:
    """Raises `Refused`."""
    if not all(said.get(name) for name in ("name", "email", "phone")):
        raise Refused("conekta.errors.parameter_validation", "name, email and phone are required")
    customer = Customer(
        id=book.new_id("cus_"),
        name=str(said["name"]),
        email=str(said["email"]),
        phone=str(said["phone"]),
        metadata=dict(said.get("metadata") or {}),
    )
    book.customers[customer.id] = customer
    for source in said.get("payment_sources") or []:
        add_source(book, customer.id, dict(source))
    return customer


def add_source(book: Book, customer_id: str, said: dict[str, Any]) -> Source:
    """Raises `Refused`."""
    customer = book.customers.get(customer_id)
    kind = str(said.get("type"))
    if customer is None:
        raise Refused("conekta.errors.resource_not_found.entity", "The customer was not found", status=404)
    if kind not in LASTING:
        raise Refused("conekta.errors.parameter_validation.payment_source", "type is not supported")
    way = LASTING[kind]
    source = Source(book.new_id("src_"), customer_id, kind, way, _reference(book, way), book.second())
    customer.sources.append(source)
    book.sources[source.reference] = source
    return source


def cancel(book: Book, order_id: str) -> Order:
    """Raises `Refused` when money came."""
    order = book.order(order_id)
    if any(charge.status != "pending_payment" for charge in order.charges):
        raise Refused("conekta.errors.order.not_cancelable", "The order can not be canceled")
    close(book, order, "canceled")
    return order


def refund(book: Book, order_id: str, said: dict[str, Any], *, by_hand: bool = False) -> Order:
    """Raises `Refused`. Cash does not go back by itself (PAY-9); `by_hand`: the provider's own staff did it."""
    order = book.order(order_id)
    amount = _whole(said.get("amount"))
    wanted = said.get("charge_id")
    charge = next((one for one in order.charges if one.paid_at and wanted in (None, one.id)), None)
    if charge is None or amount <= 0 or amount > charge.amount - charge.returned:
        raise Refused("conekta.errors.order.refund.amount", "The amount to refund is invalid")
    if charge.way == "cash" and not by_hand:
        raise Refused("conekta.errors.order.refund.cash", "Cash charges can not be refunded")
    charge.refunds.append((book.new_id("ref_"), amount))
    charge.status = "refunded" if charge.returned == charge.amount else "partially_refunded"
    order.status = charge.status
    happened(book, "charge.refunded", order, charge)
    return order


def close(book: Book, order: Order, status: str) -> None:
    """Nobody pays it any more: expired or canceled."""
    for charge in order.charges:
        if charge.status == "pending_payment":
            charge.status = status
    order.status = status
    happened(book, f"order.{status}", order)


def happened(book: Book, told: str, order: Order, charge: Charge | None = None) -> Event:
    """Keep an event, about the charge alone if there is one."""
    order.updated_at = book.second()
    return book.add_event(told, shapes.order(order) if charge is None else shapes.charge(charge))


def _open_charge(book: Book, order: Order, pay: dict[str, Any], *, reuse: bool) -> Charge:
    way = str(pay.get("type"))
    if way not in (*WAYS, "card"):
        raise Refused("conekta.errors.parameter_validation.payment_method", f"type {way} is not supported")
    if way == "cash" and not CASH[0] <= order.amount <= CASH[1]:
        raise Refused("conekta.errors.parameter_validation.amount", "The amount is out of the limits of cash")
    until = _whole(pay.get("expires_at") or book.second() + USUAL)
    if until < book.second() + SHORTEST:
        raise Refused("conekta.errors.parameter_validation.expires_at", "expires_at is in the past")
    customer = book.customers.get(str(order.customer.get("customer_id")))
    kept = next((one.reference for one in customer.sources if one.way == way), "") if customer and reuse else ""
    charge = Charge(
        id=book.new_id("ch"),
        order_id=order.id,
        amount=order.amount,
        way=way,
        reference=kept or _reference(book, way),
        status="pending_payment",
        created_at=book.second(),
        expires_at=until,
    )
    book.open_at[charge.reference] = charge
    heappush(book.expiries, (until, order.id))
    return charge


def _reference(book: Book, way: str) -> str:
    if way == "card":
        return book.new_id("chk_")
    return book.clabe() if way == "spei" else "93" + book.digits(12)


def _customer_info(book: Book, said: dict[str, Any]) -> dict[str, Any]:
    customer_id = said.get("customer_id")
    if customer_id is None:
        return {name: said.get(name) for name in ("name", "email", "phone")}
    customer = book.customers.get(str(customer_id))
    if customer is None:
        raise Refused("conekta.errors.parameter_validation.customer", "The customer does not exist")
    return {"customer_id": customer.id, "name": customer.name, "email": customer.email, "phone": customer.phone}


def _whole(said: object) -> int:
    if isinstance(said, bool) or not isinstance(said, int):
        raise Refused("conekta.errors.parameter_validation.type", f"{said!r} must be an integer")
    return said
