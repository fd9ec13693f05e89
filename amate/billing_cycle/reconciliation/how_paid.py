"""The ways in which money reaches a company, by their key of c_FormaPago; what extinguishes a debt without money is none."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from amate.ledger.rules import CENT, MOST

TRANSFER, CASH = "03", "01"
HOW_PAID: Mapping[str, str] = {
    TRANSFER: "Transferencia (SPEI)",
    CASH: "Efectivo",
    "28": "Tarjeta de débito",
    "04": "Tarjeta de crédito",
    "02": "Cheque",
    "31": "Intermediario de pagos",
    "05": "Monedero electrónico",
    "06": "Dinero electrónico",
    "08": "Vales de despensa",
    "29": "Tarjeta de servicios",
}
NOON = time(12)


class BadPayment(Exception):
    """What was said of a payment cannot be; nothing was written. `field` and the message (Spanish) say why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check_amount(amount: Decimal) -> Decimal:
    """Raises BadPayment."""
    if not amount.is_finite() or amount <= 0:
        raise BadPayment("amount", "Escribe cuánto se pagó.")
    if amount > MOST:  # before it is rounded: quantize raises beyond its 28 digits
        raise BadPayment("amount", "Ese importe es demasiado grande: revisa si sobra algún número.")
    if amount != amount.quantize(CENT):
        raise BadPayment("amount", "El importe lleva pesos y centavos, como 1,248.50.")
    return amount.quantize(CENT)


def check_how(forma_pago: str) -> str:
    """Raises BadPayment."""
    if forma_pago not in HOW_PAID:
        raise BadPayment("forma_pago", "Elige cómo se pagó.")
    return forma_pago


def check_day(day: date, *, today: date, days: int) -> date:
    """A day that has been, at most so many days ago. Raises BadPayment."""
    if day > today:
        raise BadPayment("day", "El día del pago es hoy o un día que ya pasó.")
    if (today - day).days > days:
        raise BadPayment("day", f"El pago es de hace más de {days} días: revisa el año.")
    return day


def check_reference(reference: str) -> str:
    """As a REP may carry it in NumOperacion, which takes no bar. Raises BadPayment."""
    said = " ".join(reference.split())
    if len(said) > 100 or "|" in said:
        raise BadPayment("reference", "La referencia lleva hasta 100 letras o números, sin barras.")
    return said


def moment_of(day: date, *, zone: ZoneInfo, now: datetime) -> datetime:
    """When it was paid, if only the day is known: noon, as the SAT wants of a FechaPago without an hour."""
    return min(datetime.combine(day, NOON, zone), now)
