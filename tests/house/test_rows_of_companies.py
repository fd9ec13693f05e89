"""Every company's table is guarded, and the role that serves people can open no guard."""

import psycopg
import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, ProgrammingError, connection, models, transaction

from amate.companies.models import Branch, Company, Emisor
from amate.customers.models import Customer
from amate.invoices.models import Invoice
from amate.self_invoicing.models import Ticket
from amate.tenancy.models import CompanyOwned
from amate.tenancy.scope import LostTransaction, NoCompany, company_scope

# Read before any scope can exist (DECISIONS A5), or Django's and Procrastinate's own. Nothing of a company is told here.
DIRECTORY = {
    "companies_company",
    "access_user",
    "access_user_groups",
    "access_user_user_permissions",
    "access_membership",
    "access_apikey",
    "access_invitation",
    "access_entryrule",
    "access_signingkey",
    "usersessions_usersession",
    "catalogs_satkey",
    "catalogs_edition",
    "rate_bucket",
    "pac_answers",
    "django_session",
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "pghistory_context",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}


def owned_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if any(f.name == "company" for f in model._meta.get_fields()) and model._meta.db_table not in DIRECTORY
    ]


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as c:
        c.execute(query, values)
        return list(c.fetchall())


def test_every_table_is_guarded_or_named_as_directory(committed: str) -> None:
    guarded = {
        name
        for (name,) in rows(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relrowsecurity AND c.relforcerowsecurity"
        )
    }
    every = {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert every - guarded == DIRECTORY
    assert {model._meta.db_table for model in owned_models()} == guarded


def test_every_guarded_table_has_both_policies(committed: str) -> None:
    found = {
        (table, policy, tuple(roles))
        for table, policy, roles in rows(
            "SELECT tablename, policyname, roles::text[] FROM pg_policies WHERE schemaname = 'public'"
        )
    }
    wanted = set()
    for model in owned_models():
        wanted |= {
            (model._meta.db_table, "of_the_company", ("amate_app",)),
            (model._meta.db_table, "planner", ("amate_owner",)),
        }
    assert found == wanted


def test_every_reference_between_company_tables_is_composite(committed: str) -> None:
    """Row-level security does not guard references: a foreign id of another company must be refused by the key itself."""
    found = {
        (table, column)
        for table, column in rows(
            "SELECT t.relname, a.attname FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid "
            "JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey) "
            "WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 2 AND a.attname <> 'company_id'"
        )
    }
    wanted = set()
    for model in owned_models():
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if (
                isinstance(field, models.ForeignKey)
                and target in owned_models()
                and getattr(field, "db_constraint", True)
            ):
                wanted.add((model._meta.db_table, field.column))
    wanted.add(("companies_sandboxclock", "sandbox"))  # only of a company whose directory row says that it is one
    assert found == wanted


@pytest.mark.parametrize("alias", ["default"])
def test_the_serving_role_cannot_pass_a_policy(committed: str, alias: str) -> None:
    user, superuser, bypass = rows("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")[
        0
    ]
    assert (user, superuser, bypass) == ("amate_app", False, False)
    owners = {name for (name,) in rows("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")}
    assert owners == {"amate_owner"}


def test_a_forgotten_where_shows_only_ones_own_rows(world) -> None:
    theirs, ours = world.sale(world.other), world.sale(world.shop)
    assert world.scoped(lambda: {t.pk for t in Ticket.objects.all()}) == {ours.pk}
    assert world.scoped(lambda: rows("SELECT id FROM self_invoicing_ticket")) == [(ours.pk,)]
    assert world.scoped(lambda: rows("SELECT rfc FROM companies_emisor")) == [("CEA210315XX4",)]
    assert world.scoped(lambda: Ticket.objects.filter(pk=theirs.pk).update(folio="robado")) == 0


def test_a_row_for_another_company_is_refused(world) -> None:
    def plant() -> None:
        Branch.objects.create(company=world.other.company, code="x", nombre="x", cp="44100", serie="X")

    with pytest.raises(ProgrammingError, match="row-level security"):
        world.scoped(plant)


def test_a_reference_to_another_companys_row_is_refused(world) -> None:
    theirs = world.sale(world.other)

    def plant() -> None:
        with connection.cursor() as c:
            c.execute("UPDATE self_invoicing_ticket SET branch_id = %s", [theirs.branch_id])
            c.execute("SET CONSTRAINTS ALL IMMEDIATE")

    world.sale(world.shop)
    with pytest.raises(IntegrityError, match="same_company"):
        world.scoped(plant)


def test_reading_outside_a_scope_raises_instead_of_being_empty(world) -> None:
    with pytest.raises(NoCompany):
        world.inside(lambda: list(Customer.objects.all()))
    lazy = world.scoped(lambda: Ticket.objects.all())  # made inside, read outside: a template's trap
    with pytest.raises(DataError, match="no company_scope is open"):
        world.inside(lambda: list(lazy))
    with pytest.raises(DataError, match="no company_scope is open"):
        world.inside(lambda: rows("SELECT count(*) FROM invoices_invoice"))


def test_a_scope_is_never_nested(world) -> None:
    def nested() -> None:
        with company_scope(world.other.company.pk):
            pass

    with pytest.raises(RuntimeError, match="already open"):
        world.scoped(nested)


def test_a_swallowed_error_is_a_lost_transaction_not_a_quiet_rollback(world) -> None:
    def swallow() -> None:
        try:
            with transaction.atomic(savepoint=False):
                Emisor.objects.create(rfc="X", nombre="x", regimen_fiscal="601", nombre_comercial="x")
        except IntegrityError:
            return

    with pytest.raises(LostTransaction):
        world.scoped(swallow)

    def swallow_raw() -> None:
        try:
            connection.connection.execute("SELECT 1/0")
        except psycopg.errors.DivisionByZero:
            return

    with pytest.raises(LostTransaction):
        world.scoped(swallow_raw)


def test_the_setting_does_not_outlive_its_scope(world) -> None:
    world.scoped(lambda: Invoice.objects.count())
    assert world.inside(lambda: rows("SELECT coalesce(current_setting('amate.company', true), '')")) == [("",)]


def test_the_directory_tells_nothing_but_where_a_company_is() -> None:
    assert {f.name for f in Company._meta.get_fields() if f.concrete} == {"id", "slug", "host", "sandbox", "created_at"}
    assert all(issubclass(model, CompanyOwned) or "move" in model._meta.model_name for model in owned_models())
