"""Productos: the list of what is sold, with the SAT's keys found by a person's own words."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amate.access.may import MAY_KEEP_PRODUCTS
from amate.catalogs.search import search_keys
from amate.companies.article import Article
from amate.companies.models import Emisor, Product
from amate.companies.products import ProductRefused, article_of, keep_product, retire_product
from amate.companies.products import sell_again as back_in_sale
from amate.desk.product_list import PRODUCTS
from amate.fiscal.catalogs import catalogs_in_force, name_of
from amate.fiscal.money import MoneyRefused
from amate.fiscal.text import TextRefused, clean_text
from amate.intake.cells import CellRefused, read_number
from amate.intake.taxes import NO_OBJETO, taxes_of
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.edited import FIELD, is_fresh, version_of
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.undo import offer_undo
from amate.web.clock import now
from amate.web.forms import MoneyInput

IVA = (
    ("0.16", "16 %"),
    ("0.08", "8 % (frontera)"),
    ("0", "0 %"),
    ("exento", "Exento"),
    (NO_OBJETO, "No es objeto de impuesto"),
)
IEPS = ("", "0.03", "0.06", "0.07", "0.08", "0.09", "0.25", "0.265", "0.3", "0.304", "0.5", "0.53", "1.6")
_FIELD_OF = {"price": "precio", "impuestos": "iva", "objeto_imp": "iva"}


class ProductForm(forms.Form):
    key = forms.CharField(
        label="Tu clave", max_length=80, help_text="Como la escribe tu punto de venta.",
        error_messages={"required": "Escribe tu clave del producto"}, widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    descripcion = forms.CharField(
        label="Descripción", max_length=1000, error_messages={"required": "Escribe qué se vende"}
    )
    clave_prod_serv = forms.CharField(
        label="Clave del SAT del producto", max_length=8, help_text="8 números. Si no la sabes, búscala abajo.",
        error_messages={"required": "Elige la clave del SAT del producto"},
        widget=forms.TextInput({"class": "w-short", "inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    clave_unidad = forms.CharField(
        label="Clave del SAT de la unidad", max_length=3, help_text="H87 es pieza y E48, servicio.",
        error_messages={"required": "Elige la clave del SAT de la unidad"},
        widget=forms.TextInput({"class": "w-short upper", "autocomplete": "off"}),
    )  # fmt: skip
    unidad = forms.CharField(label="Unidad, como la imprimes", max_length=20, required=False)
    iva = forms.ChoiceField(
        label="IVA", choices=IVA, help_text="Empieza con el que más usas: revísalo en cada producto."
    )
    ieps = forms.ChoiceField(
        label="IEPS", required=False,
        choices=[(rate, f"{Decimal(rate) * 100:.4g} %" if rate else "No lleva") for rate in IEPS],
    )  # fmt: skip
    precio = forms.CharField(
        label="Precio", required=False, help_text="Vacío si cambia en cada venta.",
        widget=MoneyInput({"class": "num", "inputmode": "decimal", "autocomplete": "off", "maxlength": 24}),
    )  # fmt: skip
    sin_impuestos = forms.TypedChoiceField(
        label="El precio", choices=[("", "Ya trae los impuestos"), ("1", "Va sin impuestos")],
        coerce=bool, required=False,
    )  # fmt: skip

    def clean_precio(self) -> Decimal | None:
        typed = self.cleaned_data["precio"].strip()
        try:
            return read_number(typed) if typed else None
        except CellRefused as refused:
            raise forms.ValidationError(refused.message) from refused

    def clean_key(self) -> str:
        return _cleaned(self.cleaned_data["key"])

    def clean_descripcion(self) -> str:
        return _cleaned(self.cleaned_data["descripcion"])

    def clean_unidad(self) -> str:
        return _cleaned(self.cleaned_data["unidad"])

    def article(self) -> Article:
        """After `is_valid`. Raises money.MoneyRefused."""
        said = self.cleaned_data
        objeto, taxes = taxes_of(iva=said["iva"], ieps=said["ieps"]) or (NO_OBJETO, ())
        return Article(
            key=said["key"],
            descripcion=said["descripcion"],
            clave_prod_serv=said["clave_prod_serv"],
            clave_unidad=said["clave_unidad"].upper(),
            unidad=said["unidad"] or None,
            objeto_imp=objeto,
            impuestos=taxes,
            price=said["precio"],
            prices_include_tax=not said["sin_impuestos"],
        )


NEW = Drafted(
    "product:new",
    page="product_new",
    roles=MAY_KEEP_PRODUCTS,
    fields=frozenset(ProductForm.base_fields),
    tells=frozenset({"key", "descripcion", "clave_prod_serv", "precio"}),
)
PRODUCT = Drafted("product", page="product", roles=MAY_KEEP_PRODUCTS, fields=NEW.fields | {FIELD}, of_a_thing=True)


@require_safe
def products(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, PRODUCTS)
    page = page_of(asked, request)
    return show(
        request,
        "office/products.html",
        room="products",
        page=page,
        rows=[(one, _taxes_in_words(article_of(one))) for one in page.rows],
        list=around(request, asked),
        may_keep=may(request, MAY_KEEP_PRODUCTS),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_KEEP_PRODUCTS)
    draft = draft_of(request, NEW)
    if request.method == "POST":
        if "buscar" in request.POST:
            return _form(request, ProductForm(initial=request.POST.dict()), None, draft)
        form = ProductForm(request.POST)
        if form.is_valid() and Product.objects.filter(key=form.cleaned_data["key"], is_active=True).exists():
            form.add_error("key", "Ya tienes un producto con esta clave: ábrelo en la lista para cambiarlo")
        return _keep(request, form, None, draft)
    usual = {"iva": Emisor.objects.get().usual_iva}
    typed = usual | _suggested(request) if draft.typed is None else draft.typed.dict()
    return _form(request, ProductForm(initial=typed), None, draft)


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, slug: str, product_id: int) -> HttpResponse:
    found = _find(product_id)
    if request.method == "POST":
        require(request, MAY_KEEP_PRODUCTS)
        draft = draft_of(request, PRODUCT, found.pk)
        said = {**request.POST.dict(), "key": found.key}
        if "buscar" in request.POST:
            return _form(request, ProductForm(initial=said), found, draft, version=request.POST.get(FIELD, ""))
        form, found = ProductForm(said), Product.locked(found.pk)
        is_fresh(request, form, version=_version(found), thing="este producto")
        return _keep(request, form, found, draft)
    draft = draft_of(request, PRODUCT, found.pk)
    typed = _initial(article_of(found)) | _suggested(request) if draft.typed is None else draft.typed.dict()
    return _form(request, ProductForm(initial=typed), found, draft, version=draft.said(FIELD))


@require_POST
def retire(request: HttpRequest, slug: str, product_id: int) -> HttpResponse:
    require(request, MAY_KEEP_PRODUCTS)
    found = _find(product_id)
    retire_product(product_id=found.pk, now=now())
    done = f"{found.descripcion} quedó retirado. Lo ya vendido no cambia."
    offer_undo(request, done, url=address(request, "product_sell_again", found.pk))
    return redirect(address(request, "products"))


@require_POST
def sell_again(request: HttpRequest, slug: str, product_id: int) -> HttpResponse:
    require(request, MAY_KEEP_PRODUCTS)
    product = back_in_sale(product_id=_find(product_id).pk, now=now())
    messages.success(request, f"{product.descripcion} está en venta.")
    return redirect(address(request, "product", product.pk))


def _keep(request: HttpRequest, form: ProductForm, found: Product | None, draft: PageDraft) -> HttpResponse:
    if not form.is_valid():
        return _form(request, form, found, draft, status=422)
    moment = now()
    try:
        kept = keep_product(
            article=form.article(),
            catalogs=catalogs_in_force(),
            day=moment.astimezone(office_zone()).date(),
            now=moment,
        )
    except MoneyRefused as refused:
        form.add_error("ieps", refused.message)
    except ProductRefused as refused:
        for field, sentence in refused.faults:
            form.add_error(_FIELD_OF.get(field, field), sentence)
    else:
        draft.drop()
        messages.success(request, f"Guardamos {kept.descripcion}.")
        return redirect(address(request, "products"))
    return _form(request, form, found, draft, status=422)


def _form(
    request: HttpRequest,
    form: ProductForm,
    found: Product | None,
    draft: PageDraft,
    *,
    status: int = 200,
    version: str = "",
) -> HttpResponse:
    words = (request.POST if request.method == "POST" else request.GET).get("palabras", "").replace("\x00", "")[:100]
    today = now().astimezone(office_zone()).date()
    return show(
        request,
        "office/product.html",
        room="products",
        status=status,
        form=form,
        product=found,
        words=words,
        keys=search_keys(catalog="clave_prod_serv", typed=words, day=today, limit=12) if words else [],
        units=search_keys(catalog="clave_unidad", typed=words, day=today, limit=6) if words else [],
        clave_says=name_of("clave_prod_serv", str(form["clave_prod_serv"].value() or "")),
        unidad_says=name_of("clave_unidad", str(form["clave_unidad"].value() or "")),
        may_keep=may(request, MAY_KEEP_PRODUCTS),
        version=version or (_version(found) if found else ""),
        draft=draft,
    )


def _version(found: Product) -> str:
    return version_of({"changed_at": found.changed_at, "is_active": found.is_active})


def _find(product_id: int) -> Product:
    found: Product | None = Product.objects.filter(pk=product_id).first()
    if found is None:
        raise Http404
    return found


def _suggested(request: HttpRequest) -> dict[str, str]:
    """What a suggestion of the search chose, in the address."""
    said = {name: request.GET.get(name, "")[:200] for name in ("clave_prod_serv", "clave_unidad", "descripcion", "key")}
    return {name: text for name, text in said.items() if text}


def _initial(article: Article) -> dict[str, Any]:
    rates = {
        tax.impuesto: "exento" if tax.tasa_o_cuota is None else format(tax.tasa_o_cuota, "f")
        for tax in article.impuestos
    }
    return {
        "key": article.key,
        "descripcion": article.descripcion,
        "clave_prod_serv": article.clave_prod_serv,
        "clave_unidad": article.clave_unidad,
        "unidad": article.unidad or "",
        "iva": rates.get("002", NO_OBJETO),
        "ieps": rates.get("003", ""),
        "precio": "" if article.price is None else f"{article.price:,f}".rstrip("0").rstrip("."),
        "sin_impuestos": "" if article.prices_include_tax else "1",
    }


def _taxes_in_words(article: Article) -> str:
    if not article.impuestos:
        return "Sin impuestos"
    names = {"002": "IVA", "003": "IEPS"}
    said = [
        f"{names[tax.impuesto]} exento"
        if tax.tasa_o_cuota is None
        else f"{names[tax.impuesto]} {tax.tasa_o_cuota * 100:.4g}\u00a0%"
        for tax in article.impuestos
    ]
    return " · ".join(said)


def _cleaned(typed: str) -> str:
    try:
        return clean_text(typed)
    except TextRefused as refused:
        raise forms.ValidationError(refused.message) from refused
