"""What is asked of each kind of system that we tell in its own language."""

import re
from typing import Any

from django import forms

from amate.billing_cycle.service.keep_driver import Driver
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.web.backoffice.wish import wish_field

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
PUBLIC = "Si está en una red privada, quien administra la instalación debe abrirla."


def _text(label: str, help_text: str = "", *, required: bool = True, most: int = 200, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": "Falta este dato"},
        **more,
    )


class DriverForm(forms.Form):
    """`TERMS`: the fields that are kept as they are."""

    TERMS: tuple[str, ...] = ("user",)
    name = _text("Nombre", "Como lo llama tu equipo.", most=80)
    url = _text("Dirección", most=500)
    user = _text("Usuario", most=120)
    password = forms.CharField(
        label="Contraseña",
        max_length=500,
        required=False,
        help_text="La guardamos cifrada y no se vuelve a mostrar. Vacía deja la que está.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    @classmethod
    def of(cls, kept: SwitchAccount) -> "DriverForm":
        return cls(initial={"name": kept.name, "url": kept.url, **kept.terms})

    def driver(self, kind: Switch) -> Driver:
        said = self.cleaned_data
        return Driver(
            kind=kind,
            name=said["name"],
            url=said["url"],
            terms={name: said[name] for name in self.TERMS},
            password=said["password"],
            nas_secret=said.get("nas_secret", ""),
        )


class RouterForm(DriverForm):
    TERMS = ("user", "by", "list_name", "slow_list", "fingerprint")
    url = _text(
        "Dirección del router", f"api-ssl://router.example:8729, o https:// para su REST (v7). {PUBLIC}", most=500
    )
    by = forms.ChoiceField(
        label="Cómo se corta",
        choices=[
            ("list", "Su dirección IP entra a una lista del firewall"),
            ("secret", "Su PPP secret se deshabilita y se cierra su sesión"),
        ],
        help_text="Con la lista, en cada servicio escribes su IP; con PPP, el nombre de su secret.",
        error_messages={"required": "Elige cómo", "invalid_choice": "Elige una de las dos"},
    )
    list_name = _text("Lista del firewall", "Tu regla del router corta a quien esté en ella.", most=60)
    slow_list = _text(
        "Lista de quien va más lento",
        "Opcional, para bajar la velocidad antes de cortar: tu router decide cuánto.",
        required=False,
        most=60,
    )
    fingerprint = _text(
        "Huella SHA-256 del certificado",
        "Solo si tu router usa api-ssl con un certificado propio.",
        required=False,
        most=120,
    )
    field_order = ("name", "url", "user", "password", "by", "list_name", "slow_list", "fingerprint")

    def clean_fingerprint(self) -> str:
        said = re.sub(r"[\s:]", "", self.cleaned_data["fingerprint"]).lower()
        if said and not re.fullmatch(r"[0-9a-f]{64}", said):
            raise forms.ValidationError("Son 64 letras y números: la huella SHA-256, no otra.")
        return said


class RadiusForm(DriverForm):
    TERMS = ("user", "group", "slow_group", "nas_host", "nas_port")
    url = _text("Su base PostgreSQL", f"postgresql://servidor:5432/radius. {PUBLIC}", most=500)
    user = _text("Usuario de la base", "Que lea radcheck y cambie radusergroup, nada más.", most=120)
    group = _text("Grupo de quien está suspendido", "Lo que ese grupo permite lo decides en tu RADIUS.", most=60)
    slow_group = _text(
        "Grupo de quien va más lento",
        "Opcional, para bajar la velocidad antes de cortar.",
        required=False,
        most=60,
    )
    nas_host = _text(
        "Equipo que cierra la sesión",
        "Opcional: tu NAS o concentrador. Sin él, la sesión abierta sigue hasta que se reconecte.",
        required=False,
    )
    nas_port = forms.IntegerField(
        label="Puerto de CoA",
        required=False,
        min_value=1024,
        max_value=65535,
        help_text="El usual es 3799.",
        error_messages={"invalid": "Es un número", "min_value": "Del 1024 en adelante", "max_value": "Hasta 65535"},
    )
    nas_secret = forms.CharField(
        label="Secreto de CoA",
        max_length=200,
        required=False,
        help_text="El que comparten ese equipo y tu RADIUS. Vacío deja el que está.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    field_order = ("name", "url", "user", "password", "group", "slow_group", "nas_host", "nas_port", "nas_secret")


class WhmForm(DriverForm):
    url = _text("Dirección de WHM", f"https://servidor.example:2087. {PUBLIC}", most=500)
    user = forms.RegexField(
        r"\A[a-z][a-z0-9]{0,31}\Z",
        label="Usuario de WHM",
        help_text="root o un revendedor. Cada servicio se llama como su cuenta de cPanel.",
        widget=forms.TextInput(PLAIN),
        error_messages={"required": "Falta este dato", "invalid": "Son minúsculas y números, como entras a WHM"},
    )
    password = forms.CharField(
        label="Token de API",
        max_length=200,
        required=False,
        help_text="De Manage API Tokens, con permiso de listar y suspender cuentas. Lo guardamos cifrado; vacío deja el que está.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    field_order = ("name", "url", "user", "password")


class HttpForm(DriverForm):
    TERMS = ("method", "back_url", "body", "header", "proof", "success_at", "success")
    user = None  # type: ignore[assignment]
    url = _text("Dirección que suspende", "https://panel.example/cuentas/{{service}}/suspender", most=500)
    back_url = _text(
        "Dirección que reactiva", "Vacía: la misma, con {{state}} en ella o en el cuerpo.", required=False, most=500
    )
    method = forms.ChoiceField(
        label="Método",
        choices=[(one, one) for one in ("POST", "PUT", "PATCH", "DELETE", "GET")],
        error_messages={"required": "Elige uno", "invalid_choice": "Elige uno de la lista"},
    )
    body = forms.CharField(
        label="Cuerpo JSON",
        required=False,
        max_length=2000,
        strip=True,
        help_text='{"cuenta": "{{service}}", "suspendida": {{suspended}}}. También {{customer}}, {{state}}, {{gen}} y {{reason}}.',
        widget=forms.Textarea({"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    header = _text("Encabezado de la clave", most=60)
    proof = _text("Lo que dice ese encabezado", "{{key}} es la clave.", most=120)
    password = forms.CharField(
        label="Clave",
        max_length=500,
        required=False,
        help_text="La guardamos cifrada y no se vuelve a mostrar. Vacía deja la que está.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    success_at = _text(
        "Dónde dice que sí",
        "Opcional, de un JSON: resultado.estado. Sin esto basta HTTP 2xx.",
        required=False,
        most=120,
    )
    success = _text("Qué dice ahí", required=False, most=60)
    field_order = (
        "name", "url", "back_url", "method", "body", "header", "proof", "password", "success_at", "success"
    )  # fmt: skip


FORMS: dict[str, type[DriverForm]] = {
    Switch.ROUTEROS: RouterForm,
    Switch.RADIUS: RadiusForm,
    Switch.WHM: WhmForm,
    Switch.HTTP: HttpForm,
}
BEGINS: dict[str, dict[str, str]] = {
    Switch.ROUTEROS: {"by": "list", "list_name": "morosos"},
    Switch.RADIUS: {"group": "morosos"},
    Switch.WHM: {"user": "root"},
    Switch.HTTP: {"method": "POST", "header": "Authorization", "proof": "Bearer {{key}}"},
}


def new_form(kind: str, data: Any = None, *, wish: str = "") -> DriverForm:
    """The form of that kind for one that is new."""
    form = FORMS[kind](data, initial={**BEGINS.get(kind, {}), "kind": kind, "clave": wish})
    form.fields["kind"] = forms.CharField(widget=forms.HiddenInput)
    form.fields["clave"] = wish_field()
    return form
