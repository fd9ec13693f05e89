import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0016_billing_policy_guard'),
        ('customers', '0005_index_lists'),
        ('invoices', '0022_period_of_a_global'),
        ('ledger', '0003_laws'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='invoice',
            name='one_live_invoice_a_debt',
        ),
        migrations.AddField(
            model_name='instalment',
            name='allocation',
            field=models.ForeignKey(db_index=False, help_text='what of the ledger it tells the SAT; none of a payment that no ledger of ours holds', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.allocation'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='allocation',
            field=models.ForeignKey(db_index=False, help_text='of a debt that is documented part by part: the part that was paid', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.allocation'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('receivable__isnull', False)), fields=['company', 'receivable'], name='invoice_of_debt'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.UniqueConstraint(condition=models.Q(('allocation__isnull', False), ('reopened_at__isnull', True)), fields=('company', 'allocation'), name='one_live_rep_a_part'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('allocation__isnull', True), ('kind', 'ingreso'), ('receivable__isnull', False), ('replaces__isnull', True), models.Q(models.Q(('state__in', ['refused', 'cancelled']), _negated=True), ('replaced_by__isnull', False), _connector='OR')), fields=('company', 'receivable'), name='one_live_invoice_a_debt'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('allocation__isnull', False), ('kind', 'ingreso'), ('replaces__isnull', True), models.Q(models.Q(('state__in', ['refused', 'cancelled']), _negated=True), ('replaced_by__isnull', False), _connector='OR')), fields=('company', 'allocation'), name='one_live_invoice_a_part'),
        ),
    ]
