"""The company's list of what it sells: kept one by one or from a file, never erased."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q
from psycopg.types.json import Jsonb

from amate.audit.record import record
from amate.catalogs.plurals import beginnings_of
from amate.catalogs.search import plain_text
from amate.companies.article import Article, article_faults
from amate.companies.models import Product
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.money import Impuesto
from amate.tenancy.scope import open_company


class ProductRefused(ValueError):
    """It could not be invoiced as it is. `faults`: (field of Article, sentence)."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(sentence for _, sentence in faults))
        self.faults = faults


def keep_product(*, article: Article, catalogs: Catalogs, day: date, now: datetime) -> Product:
    """Add it, or change the one of that key; a retired one is sold again. Raises ProductRefused."""
    faults = list(article_faults(article, catalogs=catalogs, day=day))
    if faults:
        raise ProductRefused(faults)
    product, is_new = Product.objects.update_or_create(key=article.key, defaults=_columns(article, now))
    record("product.added" if is_new else "product.changed", about=f"product:{product.pk}", now=now, key=article.key)
    return product


def retire_product(*, product_id: int, now: datetime) -> Product:
    """No new sale may name it; what was sold keeps its data. Raises Product.DoesNotExist."""
    product = Product.locked(product_id)
    if product.is_active:
        product.is_active, product.changed_at = False, now
        product.save(update_fields=["is_active", "changed_at"])
        record("product.retired", about=f"product:{product.pk}", now=now, key=product.key)
    return product


def sell_again(*, product_id: int, now: datetime) -> Product:
    """A retired one, as it was. Raises Product.DoesNotExist."""
    product = Product.locked(product_id)
    if not product.is_active:
        product.is_active, product.changed_at = True, now
        product.save(update_fields=["is_active", "changed_at"])
        record("product.sold_again", about=f"product:{product.pk}", now=now, key=product.key)
    return product


KEEP = """
INSERT INTO companies_product AS p (company_id, key, descripcion, clave_prod_serv, clave_unidad, unidad, objeto_imp,
  taxes, price, prices_include_tax, is_active, changed_at)
SELECT %(company)s, key, descripcion, clave, clave_unidad, unidad, objeto, taxes, price, included, true, %(now)s
FROM unnest(%(key)s::text[], %(descripcion)s::text[], %(clave_prod_serv)s::text[], %(clave_unidad)s::text[],
  %(unidad)s::text[], %(objeto_imp)s::text[], %(taxes)s::jsonb[], %(price)s::numeric[], %(prices_include_tax)s::bool[])
  AS row(key, descripcion, clave, clave_unidad, unidad, objeto, taxes, price, included)
ON CONFLICT (company_id, key) DO UPDATE SET descripcion = excluded.descripcion,
  clave_prod_serv = excluded.clave_prod_serv, clave_unidad = excluded.clave_unidad, unidad = excluded.unidad,
  objeto_imp = excluded.objeto_imp, taxes = excluded.taxes, price = excluded.price,
  prices_include_tax = excluded.prices_include_tax, is_active = true, changed_at = excluded.changed_at
RETURNING id, key
"""


def keep_many(*, articles: Sequence[Article], now: datetime) -> dict[str, int]:
    """Add or change them in one statement, {key: id}. For those who have asked `article_faults` before."""
    if not articles:
        return {}
    rows = [_columns(one, now) | {"key": one.key, "taxes": Jsonb(taxes_to_json(one.impuestos))} for one in articles]
    names = [name for name in rows[0] if name not in ("is_active", "changed_at")]
    values: dict[str, Any] = {name: [row[name] for row in rows] for name in names}
    with connection.cursor() as c:
        c.execute(KEEP, {**values, "company": open_company(), "now": now})
        return {key: pk for pk, key in c.fetchall()}


# An index knows no accents and no plurals; a company's list is short enough to be read (DECISIONS A3b).
_ACCENTED = {
    letter: f"[{both}]"
    for letter, both in {"a": "aáAÁ", "e": "eéEÉ", "i": "iíIÍ", "o": "oóOÓ", "u": "uúüUÚÜ", "n": "nñNÑ"}.items()
}


def named(text: str) -> Q:
    """Products whose key begins so, or whose description has each of these words, in one or in many, accents or not."""
    found, said = Q(key__istartswith=text), plain_text(text).split()
    if not said:
        return found | Q(descripcion__icontains=text)
    words = Q()
    for word in said:
        words &= Q(descripcion__iregex="|".join(_accented(one) for one in beginnings_of(word)))
    return found | words


def _accented(plain: str) -> str:
    return "".join(_ACCENTED.get(letter, letter) for letter in plain)


def find_article(key: str) -> Article | None:
    """The active product of that key."""
    found = Product.objects.filter(key=key, is_active=True).first()
    return article_of(found) if found else None


def find_articles(keys: Sequence[str]) -> dict[str, Article]:
    """The active products of these keys, in one question."""
    asked = [key for key in keys if "\x00" not in key]
    return {one.key: article_of(one) for one in Product.objects.filter(key__in=asked, is_active=True)}


def article_of(product: Product) -> Article:
    return Article(
        key=product.key,
        descripcion=product.descripcion,
        clave_prod_serv=product.clave_prod_serv,
        clave_unidad=product.clave_unidad,
        unidad=product.unidad or None,
        objeto_imp=product.objeto_imp,
        impuestos=taxes_from_json(product.taxes),
        price=product.price,
        prices_include_tax=product.prices_include_tax,
    )


def taxes_to_json(taxes: Sequence[Impuesto]) -> list[dict[str, Any]]:
    return [
        {
            "impuesto": tax.impuesto,
            "tipo_factor": tax.tipo_factor,
            "tasa_o_cuota": None if tax.tasa_o_cuota is None else format(tax.tasa_o_cuota, "f"),
        }
        for tax in taxes
    ]


def taxes_from_json(kept: Sequence[dict[str, Any]]) -> tuple[Impuesto, ...]:
    return tuple(
        Impuesto(
            tax["impuesto"],
            tax["tipo_factor"],
            None if tax["tasa_o_cuota"] is None else Decimal(tax["tasa_o_cuota"]),
        )
        for tax in kept
    )


def _columns(article: Article, now: datetime) -> dict[str, Any]:
    return {
        "descripcion": article.descripcion,
        "clave_prod_serv": article.clave_prod_serv,
        "clave_unidad": article.clave_unidad,
        "unidad": article.unidad or "",
        "objeto_imp": article.objeto_imp,
        "taxes": taxes_to_json(article.impuestos),
        "price": article.price,
        "prices_include_tax": article.prices_include_tax,
        "is_active": True,
        "changed_at": now,
    }
