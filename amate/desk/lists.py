"""Every list that has filters, by its name."""

from amate.desk.audit_list import AUDIT
from amate.desk.invoice_list import INVOICES
from amate.desk.product_list import PRODUCTS
from amate.desk.ticket_list import TICKETS

LISTS = {one.name: one for one in (TICKETS, INVOICES, PRODUCTS, AUDIT)}
