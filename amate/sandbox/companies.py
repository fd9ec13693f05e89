"""The demo's two companies and their sales. Invented people; made through the rooms' public acts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from amate.access.keys import SCOPES, make_api_key
from amate.access.models import Membership, Role, User
from amate.companies.found import Founding, found_company, register_company
from amate.companies.keep_csd import keep_csd
from amate.companies.models import Branch, Company
from amate.fiscal.clock import local_time
from amate.fiscal.ingreso import SaleLine, total_of
from amate.fiscal.money import Impuesto, Line
from amate.sandbox.mint import World
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.register import Sale, register_ticket
from amate.tenancy.scope import company_scope

IVA_16 = Impuesto("002", "Tasa", Decimal("0.160000"))
IVA_0 = Impuesto("002", "Tasa", Decimal("0.000000"))


@dataclass(frozen=True, slots=True)
class Shop:
    slug: str
    role: str  # of the minted CSD
    founding: Founding


SHOPS = (
    Shop(
        slug="cafeteria-el-amate",
        role="moral",
        founding=Founding(
            rfc="CEA210315XX4",
            nombre="CAFETERIA EL AMATE",
            regimen_fiscal="601",
            nombre_comercial="Cafetería El Amate",
            cp="44100",
            telefono="33 1234 5678",
            correo="hola@elamate.example",
            address="Av. Juárez 415, Centro, Guadalajara",
            branch="centro",
            branch_nombre="Sucursal Centro",
        ),
    ),
    Shop(
        slug="mariana-lopez",
        role="fisica",
        founding=Founding(
            rfc="LOAM850712XX3",
            nombre="MARIANA LOPEZ ARRIAGA",
            regimen_fiscal="612",
            nombre_comercial="Papelería Mariana",
            cp="22000",
            telefono="664 123 4567",
            correo="mariana@papeleria.example",
            address="Calle 3a 1200, Zona Centro, Tijuana",
            serie="M",
            colour="#1d5a99",
            window_days=15,
        ),
    ),
)

# An internet provider, whose wheel turns (`sandbox.simulation`).
NETWORK = Shop(
    slug="internet-del-valle",
    role="network",
    founding=Founding(
        rfc="IVA150309XX8",
        nombre="INTERNET DEL VALLE",
        regimen_fiscal="601",
        nombre_comercial="Internet del Valle",
        cp="50000",
        telefono="722 123 4567",
        correo="hola@internetdelvalle.example",
        address="Hidalgo 210, Centro, Toluca",
        serie="IV",
        colour="#2d4c9b",
    ),
)


def open_shop(*, shop: Shop, world: World, now: datetime, sandbox: bool = False) -> tuple[Company, Branch]:
    """Found one demo company with its minted CSD, or find it; `sandbox`: its clock may be ahead. Opens its scope itself:
    this is an edge."""
    known_company = Company.objects.filter(slug=shop.slug).first()
    company = known_company or register_company(slug=shop.slug, sandbox=sandbox, now=now)
    minted = world.csds[shop.role]
    with company_scope(company.pk):
        known = Branch.objects.order_by("id").first()
        branch = known or found_company(founding=shop.founding, now=now)
        keep_csd(cer=minted.cer, key=minted.key, password=minted.password, rfc=shop.founding.rfc, now=now)
    return company, branch


def hire(*, company: Company, email: str, password: str, nombre: str, role: Role) -> User:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, password, nombre=nombre)
    Membership.objects.get_or_create(user=user, company=company, defaults={"role": role})
    return user


def open_api(*, company: Company, now: datetime) -> str:
    with company_scope(company.pk):
        return make_api_key(company=company, name="Punto de venta", scopes=SCOPES, now=now)


def menu(number: int) -> tuple[SaleLine, ...]:
    """A believable sale; prices with IVA, as the till shows them."""
    kinds = (
        ("Café americano", "90101700", "E48", "49.00", IVA_16),
        ("Pan de elote", "50181900", "H87", "38.50", IVA_0),
        ("Café de olla en grano, 500 g", "50201706", "H87", "189.90", IVA_0),
        ("Desayuno norteño", "90101700", "E48", "164.00", IVA_16),
        ("Taza de barro hecha a mano", "52152101", "H87", "229.99", IVA_16),
    )
    chosen = [kinds[(number + step) % len(kinds)] for step in range(1 + number % 4)]
    return tuple(
        SaleLine(
            line=Line(cantidad=Decimal(1 + (number + i) % 3), precio=Decimal(precio), impuestos=(tax,)),
            clave_prod_serv=clave,
            clave_unidad=unidad,
            descripcion=descripcion,
        )
        for i, (descripcion, clave, unidad, precio, tax) in enumerate(chosen)
    )


def sell(*, branch: Branch, number: int, sold_at: datetime, now: datetime) -> Ticket:
    """Register sale `number` of the demo's till; the same number again is the same ticket."""
    lines = menu(number)
    sale = Sale(
        source="demo",  # its own: whatever a visitor of the demo sends as "caja-1" cannot be in its way
        external_id=f"{number:05d}",
        folio=f"R-{20400 + number}",
        sold_at=sold_at,
        forma_pago=("01", "04", "28")[number % 3],
        total=total_of(lines),
        lines=lines,
    )
    ticket, _ = register_ticket(sale=sale, branch=branch, now=now)
    return ticket


def stock_the_past(*, company: Company, branch: Branch, now: datetime, sales: int = 24) -> None:
    """Some weeks of sales, the oldest past their deadline; nothing if the till has sold before."""
    with company_scope(company.pk):
        if Ticket.objects.exists():
            return
        for number in range(1, sales + 1):
            sold_at = local_time(branch.cp, now) - timedelta(days=45 - 45 * number / sales, minutes=7 * number)
            sell(branch=branch, number=number, sold_at=sold_at, now=now)


def fresh_ticket(*, company: Company, now: datetime) -> Ticket:
    """A note that nobody has claimed, sold a moment ago: each start of the demo offers a new one."""
    with company_scope(company.pk):
        branch = Branch.objects.earliest("id")
        number = Ticket.objects.count() + 1
        return sell(branch=branch, number=number, sold_at=now - timedelta(minutes=12), now=now)
