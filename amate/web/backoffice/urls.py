"""Addresses of the back office: `/oficina/…`."""

from django.urls import URLPattern, URLResolver, include, path

from amate.web.backoffice import (
    audit,
    companies,
    counter,
    counter_sale,
    holds,
    home,
    imports,
    invoices,
    keys,
    mails,
    pending,
    people,
    products,
    tickets,
)

app_name = "office"

of_a_company: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("notas/", tickets.tickets, name="tickets"),
    path("notas/<int:ticket_id>/", tickets.ticket, name="ticket"),
    path("notas/<int:ticket_id>/nota.pdf", tickets.note, name="note"),
    path("notas/<int:ticket_id>/bloquear/", holds.lock, name="lock"),
    path("notas/<int:ticket_id>/desbloquear/", holds.unlock, name="unlock"),
    path("notas/<int:ticket_id>/cancelar/", holds.void, name="void"),
    path("notas/<int:ticket_id>/enviar/", holds.send, name="send_note"),
    path("mostrador/", counter.counter, name="counter"),
    path("mostrador/nota/<int:ticket_id>/", counter.note, name="counter_note"),
    path("mostrador/venta/", counter_sale.sale, name="counter_sale"),
    path("mostrador/factura/<int:invoice_id>/", counter.result, name="counter_result"),
    path("facturas/", invoices.invoices, name="invoices"),
    path("facturas/<int:invoice_id>/", invoices.invoice, name="invoice"),
    path("facturas/<int:invoice_id>/xml", invoices.xml, name="invoice_xml"),
    path("facturas/<int:invoice_id>/pdf", invoices.pdf, name="invoice_pdf"),
    path("facturas/<int:invoice_id>/reenviar/", invoices.resend, name="resend"),
    path("facturas/<int:invoice_id>/sellar-de-nuevo/", invoices.seal_again, name="seal_anew"),
    path("correos/", mails.mails, name="mails"),
    path("correos/<int:message_id>/atendido/", mails.attended, name="mail_attended"),
    path("personas/", people.people, name="people"),
    path("personas/<int:member_id>/", people.person, name="person"),
    path("personas/<int:member_id>/quitar/", people.remove, name="remove_person"),
    path("personas/invitaciones/<int:invitation_id>/retirar/", people.withdraw, name="withdraw"),
    path("claves/", keys.keys, name="keys"),
    path("claves/<int:key_id>/revocar/", keys.revoke, name="revoke_key"),
    path("auditoria/", audit.audit, name="audit"),
    path("importar/", imports.imports, name="imports"),
    path("importar/<int:batch_id>/", imports.batch, name="import"),
    path("importar/<int:batch_id>/columnas/", imports.columns, name="import_columns"),
    path("importar/<int:batch_id>/errores.csv", imports.errors, name="import_errors"),
    path("importar/<int:batch_id>/registrar/", imports.commit, name="import_commit"),
    path("importar/<int:batch_id>/deshacer/", imports.undo, name="import_undo"),
    path("productos/", products.products, name="products"),
    path("productos/nuevo/", products.new, name="product_new"),
    path("productos/<int:product_id>/", products.product, name="product"),
    path("productos/<int:product_id>/retirar/", products.retire, name="product_retire"),
    path("pendientes/", pending.pending, name="pending"),
    path("ajustes/", include("amate.web.backoffice.settings.urls")),
    path("pendientes/<int:promise_id>/reintentar/", pending.retry, name="retry"),
]

urlpatterns = [path("", companies.companies, name="companies"), path("<slug:slug>/", include(of_a_company))]
