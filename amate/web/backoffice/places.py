"""Where one can go in the back office, by the words a person would use for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest

from amate.access.may import (
    MAY_AUDIT,
    MAY_CONFIGURE,
    MAY_IMPORT,
    MAY_ISSUE,
    MAY_KEEP_CUSTOMERS,
    MAY_KEEP_PRODUCTS,
    MAY_KEEP_SUBSCRIPTIONS,
    MAY_MANAGE_PEOPLE,
    MAY_RECONCILE,
    MAY_SELL,
    MAY_TAKE_FILES,
    MAY_TYPE_PAYMENTS,
)
from amate.access.models import Role
from amate.catalogs.search import plain_text
from amate.web.backoffice.page import ROOMS, address
from amate.web.backoffice.roles import may


@dataclass(frozen=True, slots=True)
class Place:
    """A page or an act. `name` and `query` are its address; `words` are others that mean it; `roles` None: everybody."""

    name: str
    label: str
    words: str = ""
    query: str = ""
    roles: frozenset[Role] | None = None

    def url(self, request: HttpRequest) -> str:
        return address(request, self.name) + self.query


# A room is found by its label; these are the other words for it.
WORDS_OF_ROOMS = {
    "home": "principio tablero resumen por atender",
    "counter": "caja facturar una nota cobrar",
    "tickets": "notas tickets remisiones ventas código autofactura",
    "invoices": "cfdi comprobantes timbradas folio fiscal uuid",
    "served": "soporte saldo teléfono estado standing cortesía promesa",
    "receivables": "cobranza cartera adeudos deudas vencido antigüedad incobrable",
    "services": "líneas cortes suspendidos reactivar internet suspensión",
    "reports": "antigüedad deudores ingresos cobranza cartera excel",
    "payments": "abonos cobros depósitos conciliar banco referencias por identificar",
    "subscriptions": "planes mensualidades recurrente contratos membresías colegiaturas",
    "billing_runs": "cobro del día corrida facturación recurrente aprobar",
    "customers": "receptores rfc contactos directorio",
    "imports": "subir archivo excel csv cargar",
    "products": "artículos claves sat precios catálogo",
    "pending": "errores fallas reintentar atorado",
    "cases": "mensajes casos dudas de clientes",
    "people": "usuarios empleados equipo roles",
    "settings": "configuración opciones",
}
ACTS = (
    Place("counter_sale", "Capturar una venta", "nueva venta factura sin nota crédito ppd", roles=MAY_SELL),
    Place("invoice_new", "Factura nueva", "emitir cfdi ingreso honorarios dólares sin nota", roles=MAY_ISSUE),
    Place("invoice_global", "Factura global", "público en general cierre del mes día periodo", roles=MAY_ISSUE),
    Place("month_pack", "Paquete del mes", "contador xml zip contabilidad", roles=MAY_TAKE_FILES),
    Place("due_dates", "Plazos", "vencen ley fechas límite"),
    Place("unpaid", "PUE sin pago", "esperan su pago cambiar ppd"),
    Place("voids", "Folios sin usar", "huecos saltados serie"),
    Place("imports", "Importar ventas", "subir ventas excel csv archivo", "?tipo=sales", MAY_IMPORT),
    Place("imports", "Importar productos", "subir productos excel csv archivo", "?tipo=products", MAY_IMPORT),
    Place(
        "imports", "Importar clientes", "mudarse subir clientes excel csv archivo rfc", "?tipo=customers", MAY_IMPORT
    ),
    Place(
        "imports",
        "Importar saldos iniciales",
        "mudarse adeudos deudas por cobrar excel csv archivo",
        "?tipo=balances",
        MAY_IMPORT,
    ),
    Place(
        "imports",
        "Importar suscripciones",
        "mudarse planes contratos excel csv archivo",
        "?tipo=subscribed",
        MAY_IMPORT,
    ),
    Place(
        "imports",
        "Importar facturas anteriores",
        "mudarse cfdi xml zip metadata sat ppd complementos",
        "?tipo=cfdi",
        MAY_IMPORT,
    ),
    Place("product_new", "Agregar un producto", "nuevo artículo alta", roles=MAY_KEEP_PRODUCTS),
    Place("payment_new", "Registrar un pago", "nuevo abono cobro efectivo transferencia", roles=MAY_TYPE_PAYMENTS),
    Place("reconcile", "Por conciliar", "depósitos sin dueño avisos de pago reportados"),
    Place("bank_files", "Archivos del banco", "estado de cuenta subir bbva santander banorte", roles=MAY_RECONCILE),
    Place(
        "settings_providers",
        "Proveedores de pagos",
        "conekta oxxo femsa stripe paypal mercado pago llave",
        roles=MAY_CONFIGURE,
    ),
    Place("settings_banks", "Cuentas de banco", "clabe banco", roles=MAY_CONFIGURE),
    Place("tickets", "Notas por facturar", "abiertas pendientes de factura", "?estado=open"),
    Place("tickets", "Notas vencidas", "plazo terminado", "?estado=expired"),
    Place("tickets", "Notas en revisión", "bloqueadas detenidas", "?estado=locked"),
    Place("invoices", "Facturas por corregir", "rechazadas error sat", "?estado=to_mend"),
    Place("invoices", "Facturas del portal", "autofactura origen", "?origen=portal"),
    Place("people", "Invitar a una persona", "usuario empleado nuevo", roles=MAY_MANAGE_PEOPLE),
    Place("keys", "Claves de API", "api key token programar punto de venta integrar", roles=MAY_MANAGE_PEOPLE),
    Place("audit", "Auditoría", "quién hizo qué bitácora historial", roles=MAY_AUDIT),
    Place("settings_company", "Ajustes de la empresa", "rfc régimen teléfono correo nombre", roles=MAY_CONFIGURE),
    Place("settings_brand", "Ajustes de la marca", "logotipo logo color", roles=MAY_CONFIGURE),
    Place("settings_branches", "Ajustes de sucursales", "series código postal tienda dirección", roles=MAY_CONFIGURE),
    Place("settings_csd", "Ajustes del sello digital", "csd certificado llave renovar cer key", roles=MAY_CONFIGURE),
    Place("settings_portal", "Ajustes del portal", "plazo días encender apagar autofactura usos", roles=MAY_CONFIGURE),
    Place("settings_mail", "Ajustes del correo", "smtp proveedor remitente prueba", roles=MAY_CONFIGURE),
    Place("settings_sms", "Ajustes de los SMS", "mensajes texto celular tope", roles=MAY_CONFIGURE),
    Place(
        "settings_globals",
        "Ajustes de la factura global",
        "automática diaria mensual periodo público",
        roles=MAY_CONFIGURE,
    ),
    Place(
        "settings_hooks",
        "Avisos a tus sistemas",
        "webhook webhooks integración erp tienda notificaciones",
        roles=MAY_CONFIGURE,
    ),
    Place("settings_domain", "Dominio del portal", "dominio propio dns nombre", roles=MAY_CONFIGURE),
    Place("subscription_new", "Suscribir a un cliente", "alta contrato mensualidad", roles=MAY_KEEP_SUBSCRIPTIONS),
    Place("plans", "Planes", "precios mensualidad paquete"),
    Place("plan_new", "Agregar un plan", "nuevo plan alta", roles=MAY_KEEP_SUBSCRIPTIONS),
    Place("price_rises", "Subir precios", "aumento inflación planes", roles=MAY_KEEP_SUBSCRIPTIONS),
    Place(
        "settings_billing",
        "Reglas de cobro",
        "gracia vencimiento suspensión recargo avisos escalera complemento",
        roles=MAY_CONFIGURE,
    ),
    Place("parkings", "Clientes detenidos", "no se pueden cobrar error corrida"),
    Place("preflight", "Antes de cobrar", "revisión previa faltan datos timbres"),
    Place("customer_new", "Agregar un cliente", "nuevo cliente alta", roles=MAY_KEEP_CUSTOMERS),
    Place("proposals", "Propuestas de datos fiscales", "revisar cambios clientes", roles=MAY_KEEP_CUSTOMERS),
    Place("mails", "Correos que no llegaron", "enviados rebotados entrega", "?ver=sin-llegar"),
    Place("sat_keys", "Claves del SAT", "catálogos producto servicio unidad código postal colonia régimen uso"),
    Place("keyboard", "Atajos del teclado", "teclas ayuda comandos"),
)


def places_for(request: HttpRequest) -> Iterator[Place]:
    """What this person may open."""
    rooms = (Place(one.name, one.label, WORDS_OF_ROOMS.get(one.name, ""), roles=one.roles) for one in ROOMS)
    return (one for one in (*rooms, *ACTS) if one.roles is None or may(request, one.roles))


def places_named(request: HttpRequest, text: str) -> list[Place]:
    """Those in which each typed word begins a word: first where all of them stand in the label."""
    asked = plain_text(text).split()
    if not asked:
        return []
    told = [one for one in places_for(request) if _tells(f"{one.label} {one.words}", asked)]
    return sorted(told, key=lambda one: not _tells(one.label, asked))


def _tells(said: str, asked: list[str]) -> bool:
    words = plain_text(said).split()
    return all(any(word.startswith(part) for word in words) for part in asked)
