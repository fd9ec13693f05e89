"""What a hook may be told of, in the words of whoever chooses it."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "invoice.stamped": "Se timbró un documento",
    "invoice.cancelled": "El SAT canceló un documento",
    "refund.registered": "Se devolvió algo de una venta",
    "customer.changed": "Un cliente es nuevo o cambió",
    "subscription.changed": "Una suscripción empezó o terminó",
    "payment.received": "Entró un pago",
    "payment.reversed": "Se revirtió un pago",
    "service.changed": "Un servicio debe cortarse o reactivarse",
}
