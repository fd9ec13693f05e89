from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("companies", "0008_own_host_guard")]

    operations = [
        migrations.AlterField(
            model_name="portalpolicy",
            name="window_days",
            field=models.PositiveSmallIntegerField(
                default=30, help_text="Null: only the month's end counts", null=True
            ),
        ),
        migrations.AlterField(
            model_name="portalpolicy",
            name="until_month_end",
            field=models.BooleanField(default=False, help_text="The end of the month, if it comes before the days"),
        ),
        migrations.AddConstraint(
            model_name="portalpolicy",
            constraint=models.CheckConstraint(
                condition=Q(("window_days__isnull", False), ("until_month_end", True), _connector="OR"),
                name="portal_policy_ends",
            ),
        ),
    ]
