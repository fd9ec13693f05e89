"""The frame of Ajustes: its own menu inside the back office's."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from amate.web.backoffice.page import address, show

# Name of the address, label, what it is for.
ENTRIES = (
    ("settings_company", "Empresa", "Nombre, RFC, régimen y contacto"),
    ("settings_brand", "Marca", "Logotipo, color y textos"),
    ("settings_branches", "Sucursales", "Lugares de expedición y series"),
    ("settings_csd", "Sello digital", "Tu CSD: vigencia y renovación"),
    ("settings_pac", "Timbrado", "El PAC que timbra, y si contesta"),
    ("settings_mail", "Correo", "Por dónde salen tus correos y cómo hablan"),
    ("settings_sms", "SMS", "Por dónde salen tus SMS y cuántos al mes"),
    ("settings_providers", "Pagos", "Proveedores que cobran por ti"),
    ("settings_banks", "Bancos", "Las cuentas en que te pagan"),
    ("settings_billing", "Cobro", "Cuándo vence, qué se avisa, cuándo se suspende"),
    ("settings_portal", "Portal", "Plazo, mes, mínimo, usos y concepto"),
    ("settings_globals", "Factura global", "Cada cuánto se hace sola, por sucursal"),
    ("settings_hooks", "Avisos", "Qué se le dice a tus otros sistemas"),
    ("settings_domain", "Dominio", "El nombre propio de tu portal"),
)
# Of a company that only tries things out.
OF_A_SANDBOX = ("settings_clock", "Reloj de pruebas", "Adelanta los días y mira qué pasa")


def entries_of(request: HttpRequest) -> tuple[tuple[str, str, str], ...]:
    return (*ENTRIES, OF_A_SANDBOX) if request.company.sandbox else ENTRIES  # type: ignore[attr-defined]


def show_setting(request: HttpRequest, template: str, *, current: str, status: int = 200, **facts: Any) -> HttpResponse:
    """`current` is the entry of the inner menu."""
    entries = [(address(request, name), label, name == current) for name, label, _ in entries_of(request)]
    return show(
        request,
        f"office/settings/{template}.html",
        room="settings",
        status=status,
        entries=entries,
        script=True,
        **facts,
    )
