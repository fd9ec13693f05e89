import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0016_billing_policy_guard'),
        ('ledger', '0003_laws'),
        ('reconciliation', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='OwedReversal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(help_text='ledger.reverse.Why', max_length=12)),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('asked_by', models.CharField(max_length=254)),
                ('asked_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.payment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at__isnull', True)), fields=('company', 'payment'), name='one_owed_reversal')],
            },
        ),
    ]
