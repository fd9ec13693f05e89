import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0018_awaited_payment'),
    ]

    operations = [
        migrations.CreateModel(
            name='MovedPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Esperando que el SAT cancele el anterior'), ('kept', 'El anterior sigue vigente'), ('stuck', 'Falta el nuevo complemento'), ('done', 'Emitido el nuevo'), ('withdrawn', 'Se dejó como estaba')], default='waiting', max_length=10)),
                ('payments', models.JSONField(help_text='as `payments.received_to_json` keeps each, applied where it belongs')),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.CharField(blank=True, default='', max_length=254)),
                ('settled_at', models.DateTimeField(null=True)),
                ('why', models.TextField(blank=True, default='', help_text='for people: what stands in the way')),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('rep', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_of_payments', to='invoices.invoice')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'kept', 'stuck'])), fields=['company', '-id'], name='moved_payment_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'kept', 'stuck'])), fields=('company', 'rep'), name='one_open_move')],
            },
        ),
    ]
