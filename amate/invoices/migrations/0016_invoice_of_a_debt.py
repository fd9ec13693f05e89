import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0015_billing_policy'),
        ('customers', '0005_index_lists'),
        ('invoices', '0015_answers_of_others'),
        ('ledger', '0003_laws'),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='receivable',
            field=models.ForeignKey(db_index=False, help_text='what it documents', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.receivable'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'ingreso'), ('receivable__isnull', False), ('replaces__isnull', True), models.Q(models.Q(('state__in', ['refused', 'cancelled']), _negated=True), ('replaced_by__isnull', False), _connector='OR')), fields=('company', 'receivable'), name='one_live_invoice_a_debt'),
        ),
    ]
