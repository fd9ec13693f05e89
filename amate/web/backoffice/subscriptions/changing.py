"""Another plan, quantity or price for one subscription."""

from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from amate.billing_cycle.subscriptions.change import Preview, Wanted, change, preview_change
from amate.billing_cycle.subscriptions.models import Plan
from amate.web.backoffice.subscriptions.act import ActOn, act_page
from amate.web.backoffice.subscriptions.new_form import QuantityField
from amate.web.backoffice.subscriptions.one_subscription import Here, term_today, to_be_changed
from amate.web.backoffice.subscriptions.plan_form import MoneyField, figure_of
from amate.web.backoffice.subscriptions.plan_words import priced_words

MEANS = (
    "Lo que ya se cobró no cambia. Con el siguiente periodo entra lo nuevo; si pasa a pagar más, también puede entrar hoy, y "
    "se cobra la diferencia por los días que faltan."
)


class ChangeForm(forms.Form):
    plan = forms.ChoiceField(label="Plan")
    quantity = QuantityField(label="Cantidad", error_messages={"required": "Escribe cuántos contrata"})
    special = forms.ChoiceField(
        label="Precio",
        choices=[("keep", "Como está ahora"), ("plan", "El del plan, con sus cambios"), ("own", "Uno especial")],
    )
    price = MoneyField(label="Precio especial", required=False, help_text="De una unidad y un periodo.")
    when = forms.ChoiceField(
        label="¿Cuándo entra?", choices=[("next", "Con el siguiente periodo"), ("now", "Hoy mismo, si paga más")]
    )
    why = forms.CharField(label="Por qué", max_length=300, required=False, help_text="Queda en su historial.")

    def __init__(self, *said: Any, here: Here, **more: Any) -> None:
        super().__init__(*said, **more)
        last = here.agreed.terms[-1]
        sold = Plan.objects.filter(is_active=True) | Plan.objects.filter(pk=last.plan_id)
        rows = sold.prefetch_related("prices").order_by("nombre")[:500]
        named = [(str(one.pk), f"{one.nombre} · {priced_words(one, today=here.today)}") for one in rows]
        self.fields["plan"].choices = named  # type: ignore[attr-defined]
        self.last = last

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("special") == "own" and said.get("price") is None and "price" not in self.errors:
            self.add_error("price", "Escribe el precio especial")
        if not self.errors and self.wanted() == Wanted(at_once=said["when"] == "now", why=said["why"]):
            self.add_error(None, "Todo quedaría igual: cambia el plan, la cantidad o el precio")
        return said

    def wanted(self) -> Wanted:
        """What differs from the last stretch of the agreement."""
        said, last = self.cleaned_data, self.last
        own = said["special"] != "plan"
        price: Decimal | None = said["price"] if said["special"] == "own" else None
        return Wanted(
            plan_id=int(said["plan"]) if int(said["plan"]) != last.plan_id else None,
            quantity=said["quantity"] if said["quantity"] != last.quantity else None,
            price=price if price != last.price else None,
            own_price=own or last.price is None,
            at_once=said["when"] == "now",
            why=said["why"].strip(),
        )


@require_http_methods(["GET", "HEAD", "POST"])
def change_one(request: HttpRequest, slug: str, subscription_id: int) -> HttpResponse:
    here = to_be_changed(request, subscription_id)
    last = here.agreed.terms[-1]
    first = {
        "plan": str(last.plan_id),
        "quantity": f"{last.quantity:f}".rstrip("0").rstrip("."),
        "special": "keep",
        "price": figure_of(last.price) if last.price is not None else "",
        "when": "next",
    }
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=first, here=here)
    seen: list[Preview] = []

    def act(form: ChangeForm, key: str) -> Any:
        one = here.subscription.pk
        seen.append(preview_change(subscription_id=one, wanted=form.wanted(), today=here.today))
        return partial(change, subscription_id=one, wanted=form.wanted(), today=here.today, now=here.moment)

    kind = ActOn(
        title="Cambiar plan, cantidad o precio",
        means=MEANS,
        button="Hacer el cambio",
        done="El cambio quedó hecho.",
        act=act,
        says=lambda form, agreed: [f"{seen[-1].sentence}.", _difference(seen[-1])],
        fields={"plan_id": "plan", "at_once": "when", "subscription": ""},
    )
    return act_page(request, here, kind, form)


def _difference(seen: Preview) -> str:
    if seen.after == seen.before:
        return "Paga lo mismo cada periodo."
    more = "más" if seen.after > seen.before else "menos"
    return f"Hoy paga ${seen.before:,.2f} cada periodo: serán ${abs(seen.after - seen.before):,.2f} {more}."


__all__ = ["change_one", "term_today"]
