from django.db import migrations

from amate.tenancy.policy import guard, never_changed, same_company

TABLES = (
    "addon",
    "bankday",
    "billingbatch",
    "billingrun",
    "oneoff",
    "parking",
    "pause",
    "period",
    "plan",
    "plannedchange",
    "planprice",
    "pricerise",
    "subscription",
    "term",
)
REFERENCES = (
    ("addon", "subscription_id", "subscriptions_subscription"),
    ("billingbatch", "run_id", "subscriptions_billingrun"),
    ("oneoff", "subscription_id", "subscriptions_subscription"),
    ("oneoff", "charge_id", "ledger_charge"),
    ("parking", "customer_id", "customers_customer"),
    ("pause", "subscription_id", "subscriptions_subscription"),
    ("period", "subscription_id", "subscriptions_subscription"),
    ("period", "charge_id", "ledger_charge"),
    ("plannedchange", "subscription_id", "subscriptions_subscription"),
    ("plannedchange", "term_id", "subscriptions_term"),
    ("plannedchange", "extra_id", "subscriptions_oneoff"),
    ("planprice", "plan_id", "subscriptions_plan"),
    ("planprice", "rise_id", "subscriptions_pricerise"),
    ("subscription", "customer_id", "customers_customer"),
    ("subscription", "payer_id", "customers_customer"),
    ("subscription", "branch_id", "companies_branch"),
    ("term", "subscription_id", "subscriptions_subscription"),
    ("term", "plan_id", "subscriptions_plan"),
)


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial"), ("companies", "0016_billing_policy_guard"), ("ledger", "0003_laws")]

    operations = [
        *(guard(f"subscriptions_{table}") for table in TABLES),
        *(same_company(f"subscriptions_{table}", column, target) for table, column, target in REFERENCES),
        never_changed("subscriptions_period", but=("ends_on",)),
    ]
