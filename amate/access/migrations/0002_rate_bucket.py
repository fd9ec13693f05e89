from django.db import migrations


class Migration(migrations.Migration):
    """The limiter's buckets. Unlogged: a crash may forget a quarter of an hour of guesses, and every hit stays cheap."""

    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE UNLOGGED TABLE rate_bucket (key text PRIMARY KEY, window_start bigint NOT NULL, hits integer NOT NULL) "
            "WITH (fillfactor = 70);",
            "DROP TABLE rate_bucket;",
        )
    ]
