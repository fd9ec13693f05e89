"""office_lists: a page of a list over a million rows against the same page over ten thousand, in CPU of web and database.

Two companies on one server, alike but for their size: the same year, the same shares of states, branches and channels, so
that each page shows as many rows in both. Pages are asked in turn, by a logged-in person, through every middleware.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import psycopg

from amate.running.postgres import embedded
from benchmarks.companies import own_companies
from benchmarks.scratch import url_of_f
from benchmarks.units import Units, cpu_of, open_units

SIZES = (10_000, 1_000_000)
ROUNDS, EACH = 9, 6
BAR = 1.2
BRANCHES, CHANNELS = 8, 5

# Every share is by the row's number, so the two sizes hold the same mix: of each hundred notes one is locked, three are
# void, thirty are invoiced. On its way and to be mended there is as much in both: what the hour brings, not the year.
TICKETS = """
INSERT INTO self_invoicing_ticket (company_id, branch_id, source, external_id, digest, code, folio, state, state_since,
  state_reason, sold_at, deadline, lines, pagos, forma_pago, metodo_pago, moneda, total, total_cents, created_at)
SELECT %(company)s, (%(branches)s::bigint[])[1 + n %% %(many)s], 'caja-' || n %% %(channels)s, 'E-' || n,
  decode(md5(n::text) || md5(n::text), 'hex'), translate(upper(substr(md5('c' || n), 1, 12)), 'ILOU', '0110'),
  'F-' || lpad(n::text, 7, '0'), CASE WHEN n %% 100 = 7 THEN 'locked' WHEN n %% 100 IN (13, 14, 15) THEN 'void' ELSE 'open' END,
  sold, '', sold, sold + interval '20 days', '[]', '[]', '01', 'PUE', 'MXN', cents / 100.0, cents, sold
FROM (SELECT n, %(start)s::timestamptz + n * (interval '365 days' / %(size)s) AS sold, (n::bigint * 7919) %% 500000 + 100 AS cents
      FROM generate_series(1, %(size)s) AS n) AS g
"""
INVOICES = """
INSERT INTO invoices_invoice (company_id, kind, uso_cfdi, tipo_cambio, cancelled_how, periodicidad, tipo, state, origin, branch_id, profile_id, serie, folio, rfc, nombre, correo,
  lines, forma_pago, metodo_pago, moneda, total, withheld, generics, created_at, sealed_at, ever_ambiguous, uuid, stamped_at, refused_by,
  refusal_code, refusal)
SELECT %(company)s, 'ingreso', '', '', '', '', 'I', CASE WHEN going THEN 'sealed' WHEN bad THEN 'refused' ELSE 'stamped' END,
  CASE WHEN n %% 10 = 3 THEN 'counter' ELSE 'portal' END, (%(branches)s::bigint[])[1 + n %% %(many)s], %(profile)s, 'AF', n,
  chr(65 + n %% 26) || 'AAA' || lpad((n %% 100)::text, 6, '0') || 'XX1', 'RECEPTOR NUMERO ' || n, 'r' || n || '@example.com',
  '[]', CASE WHEN n %% 50 = 9 THEN '99' WHEN n %% 20 = 5 THEN '28' ELSE '01' END, CASE WHEN n %% 50 = 9 THEN 'PPD' ELSE 'PUE' END,
  'MXN', 116.00, 0, '[]', made, made, false, gen_random_uuid(), made, CASE WHEN bad THEN 'ours' ELSE '' END, '', ''
FROM (SELECT n, n > %(size)s - 40 AS going, n %% (%(size)s / 100) = 7 AS bad,
        %(start)s::timestamptz + n * (interval '365 days' / %(size)s) AS made
      FROM generate_series(1, %(size)s) AS n) AS g
"""
CLAIMS = """
INSERT INTO self_invoicing_claim (company_id, ticket_id, invoice_id, claimed_at)
SELECT %(company)s, t.id, f.id, f.created_at
FROM self_invoicing_ticket t JOIN invoices_invoice f ON f.company_id = t.company_id AND f.folio = substr(t.folio, 3)::bigint
WHERE t.company_id = %(company)s AND t.source <> 'demo' AND t.state = 'open' AND (f.folio %% 10 IN (1, 4, 8) AND f.state = 'stamped' OR f.state = 'sealed')
ORDER BY f.id
"""
ENTRIES = """
INSERT INTO audit_entry (company_id, at, actor_kind, actor, request_id, act, family, about, detail, seq, digest)
SELECT %(company)s, %(start)s::timestamptz + n * (interval '365 days' / %(size)s), 'person', 'p' || n %% 20 || '@amate.example', '',
  CASE WHEN n %% 10 = 3 THEN 'ticket.locked' ELSE 'session.started' END, CASE WHEN n %% 10 = 3 THEN 'ticket' ELSE 'session' END,
  'ticket:' || n, '{}', n, decode(md5(n::text) || md5(n::text), 'hex')
FROM generate_series(1, %(size)s) AS n
"""
CUSTOMERS = """
INSERT INTO customers_customer (company_id, number, rfc, nombre, search_name, correo, created_at, verified_at)
SELECT %(company)s, 1000 + n, CASE WHEN n %% 50 = 9 THEN '' ELSE chr(65 + n / 1000000 %% 26) || 'BCD' || lpad((n %% 1000000)::text, 6, '0') || 'XX1' END,
  'CLIENTE NUMERO ' || n, 'cliente numero ' || n, 'c' || n || '@example.com',
  %(start)s::timestamptz + n * (interval '365 days' / %(size)s), CASE WHEN n %% 10 = 3 THEN %(start)s::timestamptz END
FROM generate_series(1, %(size)s) AS n
"""
WORDS = """
INSERT INTO customers_customerword (company_id, customer_id, word)
SELECT c.company_id, c.id, word FROM customers_customer c,
  customers_words(c.search_name || ' ' || lower(c.rfc) || ' ' || c.number, lower(c.correo)) AS word
WHERE c.company_id = %(company)s AND c.number > 1000
"""
MAILS = """
INSERT INTO outbox_message (company_id, key, kind, about, "to", subject, text, html, state, created_at, sent_at, provider_id, cause, error, attended_at)
SELECT %(company)s, 'k-' || n, CASE WHEN n %% 20 = 5 THEN 'note' ELSE 'invoice' END, 'invoice:' || n,
  'r' || lpad(n::text, 7, '0') || '@example.com', 'Tu factura ' || n, 'x', 'x',
  CASE WHEN n > %(size)s - 40 THEN 'bounced' WHEN n %% 50 = 9 THEN 'delivered' ELSE 'sent' END, made, made, '', '', '', NULL
FROM (SELECT n, %(start)s::timestamptz + n * (interval '365 days' / %(size)s) AS made FROM generate_series(1, %(size)s) AS n) AS g
"""
CASES = """
INSERT INTO help_case (company_id, state, subject, text, correo, telefono, asked_at, answer, answered_by, closed_by)
SELECT %(company)s, CASE WHEN n > %(size)s - 40 THEN 'open' WHEN n %% 20 = 5 THEN 'answered' ELSE 'closed' END,
  CASE WHEN n %% 50 = 9 THEN 'demora' ELSE 'error' END, 'Mensaje ' || n, 'r' || lpad(n::text, 7, '0') || '@example.com', '',
  %(start)s::timestamptz + n * (interval '365 days' / %(size)s), '', '', ''
FROM generate_series(1, %(size)s) AS n
"""
TABLES = (
    "self_invoicing_ticket",
    "self_invoicing_claim",
    "invoices_invoice",
    "audit_entry",
    "customers_customer",
    "customers_customerword",
    "outbox_message",
    "help_case",
)
Row = dict[str, Any]


def run(*, sizes: tuple[int, int] = SIZES, rounds: int = ROUNDS, each: int = EACH) -> list[Row]:
    """The ratio of each page, large to small; of the first page of notes also its price in F."""
    import django

    django.setup()
    from django.db import connections

    from amate.running.prepare import prepare

    prepare()
    server = embedded()
    shops = _shops(server)
    with psycopg.connect(server.url("postgres", "amate"), autocommit=True) as admin:
        with _without_indexes(admin):
            for (company, branches, profile), size in zip(shops, sizes, strict=True):
                _fill(admin, company.pk, branches, profile, size)
        for table in TABLES:
            admin.execute(f"VACUUM ANALYZE {table}")
    asks = [_asker(company) for company, _, _ in shops]
    deep = [_marks(company.pk) for company, _, _ in shops]
    with open_units(url_of_f(server)) as units:
        rows = []
        for name, path in PAGES.items():
            rows.append(_case(name, path, asks, deep, units, rounds=rounds, each=each))
            print(f"# {name}: {rows[-1][0]['value']} x, {rows[-1][1]['value']} F", file=sys.stderr, flush=True)
    connections.close_all()
    return [row for found in rows for row in found]


# What people ask of their lists. `{ticket}` and the like are marks in the middle of each company's own list.
PAGES = {
    "tickets_first": "notas/",
    "tickets_deep": "notas/?antes={ticket}",
    "tickets_open": "notas/?estado=open",
    "tickets_expired": "notas/?estado=expired",
    "tickets_invoiced": "notas/?estado=invoiced",
    "tickets_issuing": "notas/?estado=issuing",
    "tickets_locked": "notas/?estado=locked",
    "tickets_void": "notas/?estado=void",
    "tickets_claimed": "notas/?pedida=si",
    "tickets_unclaimed": "notas/?pedida=no",
    "tickets_expiring": "notas/?vence=7",
    "tickets_branch": "notas/?sucursal={branch}",
    "tickets_channel": "notas/?canal=caja-3",
    "tickets_month": "notas/?desde={month}&hasta={month_end}",
    "tickets_month_deep": "notas/?desde={year}&hasta={month_end}&antes={sold}",
    "tickets_totals": "notas/?minimo=1000&maximo=1200",
    "tickets_folio": "notas/?q={folio}",
    "tickets_month_branch": "notas/?desde={month}&hasta={month_end}&sucursal={branch}",
    "invoices_first": "facturas/",
    "invoices_deep": "facturas/?antes={invoice}",
    "invoices_stamped": "facturas/?estado=stamped",
    "invoices_to_mend": "facturas/?estado=to_mend",
    "invoices_going": "facturas/?estado=on_the_way",
    "invoices_counter": "facturas/?origen=counter",
    "invoices_receiver": "facturas/?rfc=CAAA",
    "invoices_month": "facturas/?desde={month}&hasta={month_end}",
    "invoices_ppd": "facturas/?metodo=PPD",
    "invoices_forma": "facturas/?forma=28",
    "invoices_branch": "facturas/?sucursal={branch}",
    "audit_first": "auditoria/",
    "audit_deep": "auditoria/?antes={entry}",
    "audit_family": "auditoria/?tipo=ticket",
    "audit_person": "auditoria/?quien=p7@amate.example",
    "audit_month": "auditoria/?desde={month}&hasta={month_end}",
    "customers_first": "clientes/",
    "customers_deep": "clientes/?antes={customer}",
    "customers_verified": "clientes/?estado=verified",
    "customers_unverified": "clientes/?estado=unverified",
    "customers_no_rfc": "clientes/?estado=no_rfc",
    "customers_rfc": "clientes/?rfc=ABCD0001",
    "customers_number": "clientes/?q=numero+777",
    "customers_month": "clientes/?desde={month}&hasta={month_end}",
    "mails_first": "correos/",
    "mails_deep": "correos/?antes={mail}",
    "mails_astray": "correos/?ver=sin-llegar",
    "mails_delivered": "correos/?estado=delivered",
    "mails_notes": "correos/?tipo=note",
    "mails_to": "correos/?q=r00007",
    "mails_month": "correos/?desde={month}&hasta={month_end}",
    "cases_first": "ayuda/",
    "cases_deep": "ayuda/?antes={case}",
    "cases_open": "ayuda/?estado=open",
    "cases_answered": "ayuda/?estado=answered",
    "cases_late": "ayuda/?motivo=demora",
    "cases_writer": "ayuda/?q=r00007",
    "cases_month": "ayuda/?desde={month}&hasta={month_end}",
}


def _case(
    name: str,
    path: str,
    asks: list[Callable[[str], float]],
    marks: list[dict[str, str]],
    units: Units,
    *,
    rounds: int,
    each: int,
) -> list[Row]:
    small, large = (path.format(**one) for one in marks)
    paths = list(zip(asks, (small, large), strict=True))
    for ask, one in paths:
        for _ in range(3):
            ask(one)
    found: list[list[float]] = [[], []]
    units.batch()
    for _ in range(rounds):
        for place, (ask, one) in enumerate(paths):
            found[place].append(sum(ask(one) for _ in range(each)) / each)
    few, many = median(found[0]), median(found[1])
    n = rounds * each
    ratio = units.row(f"list_{name}", many / few, "x", n, bar=BAR)
    return [ratio, units.row(f"list_{name}_cpu", many / units.f, "F", n)]


def _asker(company: Any) -> Callable[[str], float]:
    """CPU seconds of this process and its backend for one page."""
    from django.db import connection
    from django.test import Client

    from amate.access.models import Role
    from amate.sandbox.companies import hire

    user = hire(
        company=company, email=f"{company.slug}@amate.example", password="x" * 12, nombre="Ana", role=Role.OWNER
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def ask(path: str) -> float:
        connection.ensure_connection()
        backend = connection.connection.info.backend_pid
        before = time.process_time() + cpu_of(backend)
        answer = client.get(f"/oficina/{company.slug}/{path}")
        spent = time.process_time() + cpu_of(backend) - before
        if answer.status_code != 200 or answer.content.count(b"<tr>") + answer.content.count(b'<li class="stuck">') < 2:
            raise RuntimeError(f"{path} of {company.slug} answered {answer.status_code} and lists nothing")
        return spent

    return ask


def _shops(server: Any) -> list[tuple[Any, list[int], int]]:
    """Two companies, each with its branches and one receiver."""
    from amate.companies.models import Branch
    from amate.invoices.models import Origin
    from amate.sandbox.companies import fresh_ticket
    from amate.self_invoicing.claim import claim_ticket
    from amate.tenancy.scope import company_scope
    from tests.web.office.desk import RECEPTOR

    now = datetime.now(UTC)
    found = []
    for company, branch in own_companies("office_lists", 2):
        ticket = fresh_ticket(company=company, now=now)
        with company_scope(company.pk):
            claimed = claim_ticket(ticket_id=ticket.pk, receptor=RECEPTOR, correo="", origin=Origin.PORTAL, now=now)
            for number in range(BRANCHES - 1):
                Branch.objects.create(code=f"b{number}", nombre=f"Sucursal {number}", cp=branch.cp, serie=f"B{number}")
            branches = list(Branch.objects.order_by("id").values_list("id", flat=True))
            found.append((company, branches, claimed.profile_id))
    return found


@contextmanager
def _without_indexes(admin: Any) -> Iterator[None]:
    """Rows come in without triggers, and the indexes are built when all are there: a tenth of the time."""
    found = admin.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%s) "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conname = i.indexname)",
        [list(TABLES)],
    ).fetchall()
    for name, _ in found:
        admin.execute(f"DROP INDEX {name}")
    for setting in ("session_replication_role = replica", "synchronous_commit = off", "maintenance_work_mem = '256MB'"):
        admin.execute(f"SET {setting}")
    yield
    for _, definition in found:
        admin.execute(definition)


def _fill(owner: Any, company_id: int, branches: list[int], profile: int, size: int) -> None:
    values = {
        "company": company_id, "branches": branches, "many": len(branches), "channels": CHANNELS, "profile": profile,
        "size": size, "start": datetime.now(UTC) - timedelta(days=365),
    }  # fmt: skip
    for statement in (TICKETS, INVOICES, CLAIMS, ENTRIES, CUSTOMERS, WORDS, MAILS, CASES):
        with closing(owner.cursor()) as c:
            c.execute(statement, values)


def _marks(company_id: int) -> dict[str, str]:
    """In the middle of each list, by its own ids and days."""
    from amate.audit.models import Entry
    from amate.companies.models import Branch
    from amate.customers.models import Customer
    from amate.desk.walk import EPOCH
    from amate.help.models import Case
    from amate.invoices.models import Invoice
    from amate.messages.models import Message
    from amate.self_invoicing.models import Ticket
    from amate.tenancy.scope import company_scope

    now = datetime.now(UTC)
    with company_scope(company_id):
        middle = now - timedelta(days=182)
        ticket = Ticket.objects.filter(sold_at__lt=middle).order_by("-sold_at", "-id")[0]
        return {
            "ticket": str(ticket.pk),
            "folio": ticket.folio,
            "sold": f"{(ticket.sold_at - EPOCH) // timedelta(microseconds=1)}.{ticket.pk}",
            "invoice": str(Invoice.objects.filter(created_at__lt=middle).order_by("-created_at")[0].pk),
            "entry": str(Entry.objects.filter(at__lt=middle).order_by("-at")[0].pk),
            "customer": str(Customer.objects.filter(created_at__lt=middle).order_by("-created_at")[0].pk),
            "mail": str(Message.objects.filter(created_at__lt=middle).order_by("-created_at")[0].pk),
            "case": str(Case.objects.filter(asked_at__lt=middle).order_by("-asked_at")[0].pk),
            "branch": str(Branch.objects.order_by("id")[3].pk),
            "year": f"{now - timedelta(days=360):%Y-%m-%d}",
            "month": f"{now - timedelta(days=120):%Y-%m-%d}",
            "month_end": f"{now - timedelta(days=90):%Y-%m-%d}",
        }
