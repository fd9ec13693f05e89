"""Every act of the audit in words. A sentence may name details of the act: `{mail}`; an unknown act shows its own name."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from amate.access.models import Role

FAMILIES = {
    "session": "Entradas y salidas",
    "person": "Personas",
    "invitation": "Invitaciones",
    "key": "Claves de API",
    "ticket": "Ventas",
    "note": "Notas impresas y enviadas",
    "codes": "Bloques de códigos",
    "batch": "Importaciones",
    "product": "Productos",
    "invoice": "Facturas",
    "promise": "Pendientes",
    "customer": "Clientes",
    "case": "Ayuda a clientes",
    "company": "Empresa",
    "emisor": "Datos de la empresa",
    "logo": "Logotipo",
    "host": "Dominio propio",
    "branch": "Sucursales",
    "portal_policy": "Reglas del portal",
    "csd": "Sello digital (CSD)",
    "mail": "Correo",
    "view": "Vistas guardadas",
    "run": "Actos sobre varias y archivos",
    "list": "Listas exportadas",
}

WORDS = {
    "session.started": "Entró",
    "session.ended": "Salió",
    "session.ended_elsewhere": "Cerró sus sesiones en otros equipos ({count})",
    "session.refused": "Alguien escribió mal la contraseña de {mail}",
    "session.code_refused": "Alguien escribió mal el código de verificación de {mail}",
    "person.password_changed": "Cambió su contraseña",
    "person.password_reset_asked": "Alguien pidió una contraseña nueva para {mail}",
    "person.password_reset": "Eligió una contraseña nueva con el enlace que recibió por correo",
    "person.mail_changed": "Cambió el correo con el que entra: era {before}, ahora es {mail}",
    "person.second_step_required": "Exigió segundo paso a: {roles}",
    "person.second_step_reset": "Quitó el segundo paso de {mail}, que perdió su aparato",
    "person.second_step_added": "Activó una verificación en dos pasos",
    "person.second_step_removed": "Quitó una verificación en dos pasos",
    "person.invited": "Invitó a {mail} como {role}",
    "person.joined": "Aceptó la invitación y entró a la empresa como {role}",
    "person.role_changed": "Cambió el papel de {mail}: era {before}, ahora es {role}",
    "person.removed": "Quitó de la empresa a {mail}, que era {role}",
    "invitation.revoked": "Retiró la invitación de {mail}",
    "key.made": "Hizo la clave {name}",
    "key.revoked": "Revocó la clave {name}",
    "ticket.registered": "Registró una venta desde {source}",
    "ticket.claimed": "Pidió la factura de una nota",
    "ticket.locked": "Detuvo una nota",
    "ticket.unlocked": "Soltó una nota detenida",
    "ticket.voided": "Canceló una nota",
    "note.printed": "Imprimió una nota",
    "note.reprinted": "Imprimió otra vez una nota",
    "note.sent": "Envió una nota por correo",
    "codes.reserved": "Reservó un bloque de códigos para una caja sin conexión",
    "batch.uploaded": "Subió un archivo de ventas",
    "batch.mapped": "Dijo qué lleva cada columna de un archivo",
    "batch.committed": "Registró las ventas de un archivo",
    "batch.undone": "Deshizo una importación",
    "product.added": "Agregó un producto",
    "product.changed": "Cambió un producto",
    "product.retired": "Retiró un producto",
    "invoice.resent": "Envió una factura a {to}",
    "invoice.opened": "Abrió una factura en otro navegador, con su RFC",
    "invoice.opening_refused": "Alguien escribió otro RFC para abrir una factura",
    "invoice.sealed_anew": "Selló de nuevo la factura {before}, que el PAC nunca confirmó",
    "customer.added": "Dio de alta un cliente",
    "customer.changed": "Cambió los datos de un cliente",
    "customer.verified": "Verificó los datos de un cliente",
    "customer.proposed": "Facturó con otros datos a un cliente verificado: quedaron como propuesta",
    "customer.proposal_taken": "Aceptó los datos propuestos de un cliente",
    "customer.proposal_dismissed": "Conservó los datos de un cliente y descartó los propuestos",
    "customer.contact_added": "Agregó el contacto {who}",
    "customer.contact_changed": "Cambió el contacto {who}",
    "customer.contact_removed": "Quitó el contacto {who}",
    "customer.merged": "Unió con un cliente al cliente {number}",
    "promise.retried": "Pidió reintentar un pendiente",
    "case.asked": "Pidió ayuda desde el portal",
    "case.answered": "Respondió a un cliente",
    "case.closed": "Cerró un mensaje de ayuda",
    "case.reopened": "Abrió otra vez un mensaje de ayuda",
    "company.founded": "Dio de alta la empresa",
    "company.exported": "Exportó todo lo de la empresa a un archivo del servidor",
    "company.backed_up": "Respaldó toda la instalación en un archivo del servidor",
    "emisor.changed": "Cambió los datos de la empresa",
    "emisor.colour_changed": "Cambió el color de la empresa",
    "emisor.sources_named": "Cambió cómo se llaman sus cajas para los clientes",
    "emisor.texts_changed": "Cambió los textos de sus papeles y del portal",
    "logo.kept": "Cambió el logotipo",
    "logo.dropped": "Quitó el logotipo",
    "host.asked": "Pidió el dominio {host} para el portal",
    "host.proved": "Comprobó el dominio {host}: el portal ya contesta en él",
    "host.dropped": "Quitó el dominio propio del portal",
    "branch.added": "Agregó una sucursal",
    "branch.changed": "Cambió una sucursal",
    "branch.closed": "Cerró una sucursal",
    "branch.opened_again": "Abrió otra vez una sucursal",
    "portal_policy.set": "Cambió las reglas del portal",
    "mail.set": "Cambió cómo salen los correos: {way}",
    "mail.tried": "Envió un correo de prueba a {to}",
    "mail.let_be": "Dio por atendido un correo que no llegó",
    "csd.sent": "Subió un sello digital para revisarlo",
    "csd.kept": "Guardó un sello digital",
    "csd.refused": "No aceptó un sello digital",
    "view.saved": "Guardó la vista “{name}”",
    "view.changed": "Cambió la vista “{before}”; ahora es “{name}”",
    "view.removed": "Quitó la vista “{name}”",
    "run.asked": "Pidió “{what}” para varias de {listing}",
    "run.stopped": "Detuvo “{what}” cuando iban {done}",
    "run.done": "Se terminó “{what}”",
    "list.exported": "Exportó {rows} renglones de {listing}",
}

ROLES: dict[str, str] = {role.value: role.label for role in Role}


def in_words(act: str, detail: Mapping[str, Any]) -> str:
    """
    >>> in_words("person.removed", {"mail": "leo@example.com", "role": "cashier"})
    'Quitó de la empresa a leo@example.com, que era Caja'
    >>> in_words("ticket.registered", {}), in_words("moon.landed", {"by": "eagle"})
    ('Registró una venta desde …', 'moon.landed')
    """
    if act not in WORDS:
        return act
    said = {
        name: ROLES.get(str(value), value) if name in ("role", "before") else value for name, value in detail.items()
    }
    return WORDS[act].format_map(defaultdict(lambda: "…", said))
