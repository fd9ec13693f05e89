from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0019_statement_policy")]

    operations = [
        migrations.AlterField(
            model_name="billingpolicy",
            name="min_overdue_amount",
            field=models.DecimalField(decimal_places=2, default=Decimal("10"), max_digits=12),
        )
    ]
