"""What a letter of the wheel says of paying: the customer's page and his ways. The one place that joins them."""

from datetime import datetime

from amate.billing_cycle.collection.letter import Page, PayBy
from amate.billing_cycle.statements.links import account_link, account_site, token_of
from amate.billing_cycle.statements.told import Voucher
from amate.billing_cycle.statements.vouchers import vouchers_of
from amate.billing_cycle.statements.ways import ways_of
from amate.companies.models import Company, Emisor
from amate.companies.portal_address import portal_of
from amate.customers.models import Customer
from amate.papers.dates import short
from amate.papers.statement import money
from amate.tenancy.scope import open_company
from amate.worker.plugs import Plugs

MOST = 6  # vouchers in a letter, of the debts that are due first; the page has them all


def page_of(plugs: Plugs, *, customer_id: int, now: datetime) -> Page:
    portal = portal_of(Company.objects.get(pk=open_company()), public_url=plugs.public_url)
    site = account_site(portal)
    number = Customer.objects.values_list("number", flat=True).get(pk=customer_id)
    ways = ways_of({customer_id: number}, emisor=Emisor.objects.get(), now=now)[customer_id]

    def link_of(key: str, to: str) -> str:
        return f"{site}{token_of(account_link(customer_id=customer_id, key=key, to=to, now=now))}/"

    vouchers = vouchers_of([customer_id], now=now).get(customer_id, ())[:MOST]
    said = [PayBy(way.title, ", ".join(f"{name} {value}" for name, value in way.says)) for way in ways]
    return Page(shown=f"{site}…/", link_of=link_of, ways=(*(_voucher(one) for one in vouchers), *said))


def _voucher(one: Voucher) -> PayBy:
    until = f"hasta el {short(one.until)}"
    if one.url:
        return PayBy(f"{one.title}, {money(one.amount)}", f"pagar {money(one.amount)} {until}", one.url)
    where = f" ({one.where})" if one.where else ""
    return PayBy(f"{one.title}{where}, {money(one.amount)} exactos", f"{one.reference} {until}")
