"""Addresses of the back office: `/oficina/…`."""

from django.urls import include, path

from amate.web.backoffice import companies, home, invoices, pending, tickets

app_name = "office"

of_a_company = [
    path("", home.home, name="home"),
    path("notas/", tickets.tickets, name="tickets"),
    path("notas/<int:ticket_id>/", tickets.ticket, name="ticket"),
    path("notas/<int:ticket_id>/nota.pdf", tickets.note, name="note"),
    path("facturas/", invoices.invoices, name="invoices"),
    path("facturas/<int:invoice_id>/", invoices.invoice, name="invoice"),
    path("facturas/<int:invoice_id>/xml", invoices.xml, name="invoice_xml"),
    path("facturas/<int:invoice_id>/pdf", invoices.pdf, name="invoice_pdf"),
    path("facturas/<int:invoice_id>/reenviar/", invoices.resend, name="resend"),
    path("facturas/<int:invoice_id>/sellar-de-nuevo/", invoices.seal_again, name="seal_anew"),
    path("pendientes/", pending.pending, name="pending"),
    path("pendientes/<int:promise_id>/reintentar/", pending.retry, name="retry"),
]

urlpatterns = [path("", companies.companies, name="companies"), path("<slug:slug>/", include(of_a_company))]
