"""The door to a payment provider: a notice is a hint, what is fetched is the truth (OUTSIDE PAY).

Money is pesos, `Decimal` of two decimals; instants are aware. Units of the wire end at the adapter's edge (PAY-7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    import httpx

SPOKEN = ("conekta", "digital_femsa", "stripe", "paypal", "mercado_pago")
BY_SECRET = frozenset(
    {"stripe", "mercado_pago"}
)  # their notices are proved by a secret that both hold, not by a public key
ON_PRESS = frozenset({"paypal"})  # a page of theirs lives for hours: it is made when somebody wants to pay at it
# The methods that a provider tells of its payments, each with its c_FormaPago unless a person says another (PAY-6). 31 for what
# stands in a wallet is a reading to confirm with the contract.
FORMA_PAGO = {"cash": "01", "spei": "03", "credit": "04", "debit": "28", "wallet": "31"}
METHODS: Mapping[str, tuple[str, ...]] = {
    "conekta": ("cash", "spei", "credit", "debit", "wallet"),
    "digital_femsa": ("cash",),
    "stripe": ("cash",),
    "paypal": ("wallet", "credit", "debit"),
    "mercado_pago": ("cash", "spei", "credit", "debit", "wallet"),
}
CASH_LEAST, CASH_MOST = Decimal("10.00"), Decimal("10000.00")  # of one reference of cash (PAY-9)
Cause = Literal["busy", "network", "server", "credentials"]
T = TypeVar("T")


class Can(StrEnum):
    """What a provider offers; ask before offering it to people."""

    VOUCHER = "voucher"
    CLABE = "clabe"
    CARD_LINK = "card_link"
    WALLET = "wallet"
    PERSISTENT_REF = "persistent_ref"
    PARTIAL = "partial"
    REFUND = "refund"
    CANCEL = "cancel"
    LIST = "list"


class Way(StrEnum):
    """How the payer moves the money."""

    CASH = "cash"
    SPEI = "spei"
    CARD = "card"  # on a page of the provider's, which may also take what he has with it


# In which ways a provider gives a customer a reference for life.
LASTING: Mapping[str, tuple[Way, ...]] = {
    "conekta": (Way.CASH, Way.SPEI),
    "digital_femsa": (Way.CASH,),
    "stripe": (),
    "paypal": (),
    "mercado_pago": (),
}


class Kind(StrEnum):
    """Where a payment stands. PENDING also for a status that we do not know: it is no money. EXPIRED: nobody can pay it any more, also because it was cancelled. PARTIALLY_PAID: what
    came in is less than was asked."""

    PENDING = "pending"
    PAID = "paid"
    PARTIALLY_PAID = "partially_paid"
    EXPIRED = "expired"
    FAILED = "failed"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"


MONEY_CAME = frozenset({Kind.PAID, Kind.PARTIALLY_PAID, Kind.REFUNDED, Kind.CHARGED_BACK})


class ProviderError(Exception):
    """Whatever a provider did instead of what it was asked."""


class ProviderUnavailable(ProviderError):
    """Ask again later, a creating call with the same idempotency key: it may have been done already.

    `retry_after`: seconds that it asked for. `needs_staff`: waiting alone will not mend it.
    """

    def __init__(self, cause: Cause, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message
        self.retry_after = retry_after

    @property
    def needs_staff(self) -> bool:
        return self.cause == "credentials"


class NotUnderstood(ProviderUnavailable):
    """It answered something that its wire does not say. One payment of it must not stop the others."""

    def __init__(self, message: str) -> None:
        super().__init__("server", message)


class ProviderRejected(ProviderError):
    """A definite no: the same again is refused again. `code` is the provider's, or ours where we did not even ask."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class UnknownPayment(ProviderRejected):
    """The provider has no payment of that id: the notice stays in the inbox for a person."""


class BadSignature(Exception):
    """Nothing proves that the provider sent it: answer 400, keep nothing of it (PAY-4)."""


class Stale(BadSignature):
    """Well signed, and too old to be believed: somebody plays it again."""


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """As whom to ask. `webhook_keys`: what proves a notice, several while one rotates: public keys (PEM), for a code of
    `BY_SECRET` the secrets themselves, of PayPal the ids under which it tells."""

    code: str
    private_key: str = field(repr=False)
    webhook_keys: tuple[str, ...] = field(default=(), repr=False)
    api_url: str = ""  # empty: the provider's own


@dataclass(frozen=True, slots=True)
class PayerRef:
    """Who pays. `our_id` never changes, so that asking twice for a reference gives the same one; `provider_id` is the
    provider's own name for him, once it is known."""

    our_id: str
    name: str
    email: str
    phone: str
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """`our_reference` comes back with every payment of it. `back_url`: where the page of a card leads back to. A provider
    that counts days its own way may end it on another: the `Charge` says when."""

    our_reference: str
    amount: Decimal
    way: Way
    concept: str
    payer: PayerRef
    expires_at: datetime
    currency: str = "MXN"
    back_url: str = ""


@dataclass(frozen=True, slots=True)
class PayAt:
    """One thing a payer can hold in hand: a CLABE, a reference of cash and the shops that take it, or the address of a page
    that takes his card (then `reference` is its id). `agreement`: what a bank's machine asks for beside it."""

    way: Way
    reference: str
    bank: str = ""
    barcode_url: str = ""
    agreement: str = ""
    shops: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """`payment_id`: what `fetch` wants, empty for a page that nobody paid at yet; `pay_at` is never empty, and any one of it
    pays."""

    charge_id: str
    payment_id: str
    our_reference: str
    amount: Decimal
    pay_at: tuple[PayAt, ...]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersistentReference:
    """A customer's for life. Its payments carry no reference of ours: they are known by `reference`."""

    way: Way
    reference: str
    source_id: str
    provider_id: str
    bank: str = ""
    barcode_url: str = ""


@dataclass(frozen=True, slots=True)
class InboundRequest:
    """A request as it came, at `at`: signatures cover the raw bytes (PAY-2), some also the time. Names of headers in lower
    case."""

    body: bytes
    headers: Mapping[str, str]
    at: datetime
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VerifiedDelivery:
    """`delivery_id` is the same each time the provider tells the same; `told` is its own word for what happened, empty
    when it has not the form that its notices have. `proof`: nothing proves it yet, and this is what its provider must be
    asked with (`prove`)."""

    delivery_id: str
    told: str
    body: bytes = field(repr=False)
    proof: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentHint:
    """Which payment to fetch. Never money: a wrong amount in a notice harms nobody. `kind` None: go and see."""

    payment_id: str
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Payer:
    """As the bank or the shop told it; empty where it did not."""

    name: str = ""
    rfc: str = ""
    account: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """The truth of one payment now. `amount` is what came in (for PENDING what is asked), whatever happened later;
    `returned` is how much of it went back so far. Both together say what the ledger must hold, however often and in
    whatever order it is told.

    `payment_id`: unique with the provider (PAY-5). `provider_reference`: what the payer had in hand. `forma_pago`,
    `paid_at` and `num_operacion` are the REP's FormaDePagoP, FechaPago and NumOperacion (PAY-6).
    """

    provider: str
    payment_id: str
    kind: Kind
    amount: Decimal
    returned: Decimal
    currency: str
    fee: Decimal | None
    net: Decimal | None
    paid_at: datetime | None
    method: str
    forma_pago: str
    num_operacion: str
    our_reference: str
    provider_reference: str
    clabe_destino: str
    clave_rastreo: str
    payer: Payer
    raw_sha256: str

    @property
    def kept(self) -> Decimal:
        """What of it is ours now."""
        return self.amount - self.returned if self.kind in MONEY_CAME else Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Refund:
    """`returned`: in all, with what went back before."""

    payment_id: str
    refund_id: str
    returned: Decimal


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`cursor`: keep it once all items are kept, and come with it the next time; `more`: at once. `unread`: ids of what
    is there and could not be read, for a person to look at."""

    items: tuple[T, ...]
    cursor: str
    more: bool
    unread: tuple[str, ...] = ()


class PaymentProvider(Protocol):
    """One per account and process. `verify` and `hints` are pure: the web may call them. The rest raises
    `ProviderUnavailable` or `ProviderRejected`."""

    code: str
    can: frozenset[Can]

    async def create_charge(self, charge: ChargeRequest, *, idempotency_key: str) -> Charge:
        """Something to pay at. The same key gives the same charge."""

    async def customer_reference(self, payer: PayerRef, *, way: Way) -> PersistentReference:
        """The CLABE or cash reference of a customer for life; the same one each time."""

    def verify(self, request: InboundRequest) -> VerifiedDelivery:
        """Raises `BadSignature`, `Stale`."""

    def hints(self, delivery: VerifiedDelivery) -> Iterable[PaymentHint]:
        """What it is about; nothing for what is no payment's business."""

    async def prove(self, delivery: VerifiedDelivery) -> VerifiedDelivery | None:
        """The delivery under its own name, once the provider says that it told so; None: it did not. For one with a
        `proof`."""

    async def fetch(self, payment_id: str) -> PaymentEvent:
        """What its payer agreed to on a page of it and nobody took yet is taken now. Raises also `UnknownPayment`."""

    async def list_since(self, cursor: str | None) -> Page[PaymentEvent]:
        """The truth of whatever moved since, for notices that were lost. None: from the beginning. An item may come
        again: apply it once."""

    async def refund(self, payment_id: str, amount: Decimal | None, *, idempotency_key: str) -> Refund:
        """None: all of it."""

    async def cancel(self, charge: Charge) -> None:
        """Nobody can pay it afterwards. `ProviderRejected` when somebody already did."""

    async def aclose(self) -> None:
        """Close the connections."""


def open_provider(account: ProviderAccount, *, transport: "httpx.AsyncBaseTransport | None" = None) -> PaymentProvider:
    """The client of `account.code`; opens no connection before it is asked something. `transport`: instead of the
    network. Raises LookupError for a provider we do not speak."""
    if account.code == "stripe":
        from amate.adapters.payments.stripe import Stripe

        return Stripe(account, transport=transport)
    if account.code == "paypal":
        from amate.adapters.payments.paypal import PayPal

        return PayPal(account, transport=transport)
    if account.code == "mercado_pago":
        from amate.adapters.payments.mercado_pago import MercadoPago

        return MercadoPago(account, transport=transport)
    if account.code in SPOKEN:
        from amate.adapters.payments.conekta import Conekta

        return Conekta(account, transport=transport)
    raise LookupError(f"No hay adaptador para el proveedor «{account.code}». Usa {' o '.join(SPOKEN)}.")
