"""The forms that give a role: to who is invited, to who is in already."""

from typing import Any

from django import forms

from amate.access.models import Role
from amate.access.rules import roles_to_give
from amate.web.mail_address import MailField

WHAT_IT_MAY = {
    Role.OWNER: "Todo, también nombrar a otros dueños",
    Role.ADMIN: "Todo, menos nombrar o quitar dueños",
    Role.ACCOUNTANT: "Facturas, clientes, pendientes y auditoría",
    Role.COLLECTOR: "Cobranza y contactos de clientes; lo demás solo lo ve",
    Role.CASHIER: "Mostrador: vender, facturar y reenviar",
    Role.SUPPORT: "Ver, anotar contactos y responder a los clientes",
}


class InviteForm(forms.Form):
    correo = MailField(
        label="Correo de la persona",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Escribe el correo de la persona que invitas"},
    )
    papel = forms.ChoiceField(
        label="Papel",
        error_messages={
            "required": "Elige qué podrá hacer",
            "invalid_choice": "Ese papel no lo puedes dar: elige otro de la lista",
        },
    )

    def __init__(self, *said: Any, by: Role, **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["papel"].choices = [(role.value, role.label) for role in roles_to_give(by)]  # type: ignore[attr-defined]
        self.fields["papel"].initial = Role.CASHIER


class RoleForm(InviteForm):
    """Only the role, of somebody who is in already."""

    def __init__(self, *said: Any, by: Role, **more: Any) -> None:
        super().__init__(*said, by=by, **more)
        del self.fields["correo"]


def roles_in_words() -> list[tuple[str, str]]:
    return [(str(role.label), WHAT_IT_MAY[role]) for role in Role]
