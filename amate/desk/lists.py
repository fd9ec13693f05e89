"""Every list that has filters, by its name."""

from amate.desk.audit_list import AUDIT
from amate.desk.case_list import CASES
from amate.desk.customer_list import CUSTOMERS
from amate.desk.invoice_list import INVOICES
from amate.desk.mail_list import MAILS
from amate.desk.payment_list import PAYMENTS
from amate.desk.plan_list import PLANS
from amate.desk.product_list import PRODUCTS
from amate.desk.receivable_list import RECEIVABLES
from amate.desk.service_list import SERVICES
from amate.desk.subscription_list import SUBSCRIPTIONS
from amate.desk.ticket_list import TICKETS

OF_THE_WHEEL = (SUBSCRIPTIONS, PLANS, RECEIVABLES, PAYMENTS, SERVICES)
LISTS = {one.name: one for one in (TICKETS, INVOICES, PRODUCTS, AUDIT, CUSTOMERS, MAILS, CASES, *OF_THE_WHEEL)}
