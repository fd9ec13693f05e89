"""Addresses of Pagos: `/oficina/{slug}/pagos/…`."""

from django.urls import path

from amate.web.backoffice import exports
from amate.web.backoffice.payments import (
    bank_files,
    columns,
    deposit,
    how_he_pays,
    payment,
    payment_list,
    queue,
    reported,
    typed,
)

urlpatterns = [
    path("", payment_list.payments, name="payments"),
    path("exportar/", exports.export, {"listing": "pagos"}, name="payments_export"),
    path("nuevo/", typed.new, name="payment_new"),
    path("por-conciliar/", queue.queue, name="reconcile"),
    path("notificaciones/<int:event_id>/", queue.notice, name="notice"),
    path("depositos/<int:line_id>/", deposit.deposit, name="deposit"),
    path("avisos/<int:report_id>/", reported.report, name="reported"),
    path("avisos/<int:report_id>/comprobante", reported.proof, name="reported_proof"),
    path("clientes/<int:customer_id>/", how_he_pays.how_he_pays, name="how_he_pays"),
    path("bancos/", bank_files.files, name="bank_files"),
    path("bancos/<int:file_id>/", bank_files.file, name="bank_file"),
    path("bancos/<int:file_id>/columnas/", columns.columns, name="bank_file_columns"),
    path("bancos/<int:file_id>/aplicar/", bank_files.book, name="bank_file_book"),
    path("bancos/<int:file_id>/descartar/", bank_files.drop, name="bank_file_drop"),
    path("bancos/<int:file_id>/deshacer/", bank_files.undo, name="bank_file_undo"),
    path("<int:payment_id>/", payment.payment, name="payment"),
    path("<int:payment_id>/revertir/dejar/", payment.give_up, name="payment_give_up"),
    path("<int:payment_id>/revertir/", payment.reverse, name="payment_reverse"),
    path("<int:payment_id>/mover/", payment.move, name="payment_move"),
    path("<int:payment_id>/identificar/", payment.identify, name="payment_identify"),
]
