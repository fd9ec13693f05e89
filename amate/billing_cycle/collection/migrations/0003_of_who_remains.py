from django.db import migrations

from amate.tenancy.policy import never_changed

BEFORE = {
    "promisetopay": ("state", "settled_on"),
    "exemption": ("ended_at", "ended_by"),
    "collectornote": ("done_at",),
}


def anew(table: str, but: tuple[str, ...]) -> list[migrations.RunSQL]:
    before = never_changed(f"collection_{table}", but=but)
    # Rows go to who remains when two customers become one.
    after = never_changed(f"collection_{table}", but=(*but, "customer_id"))
    return [
        migrations.RunSQL(before.reverse_sql, before.sql),
        migrations.RunSQL(after.sql, after.reverse_sql),
    ]


class Migration(migrations.Migration):
    dependencies = [("collection", "0002_guards")]

    operations = [one for table, but in BEFORE.items() for one in anew(table, but)]
