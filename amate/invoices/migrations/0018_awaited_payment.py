import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0014_pac_trial_guard'),
        ('invoices', '0017_debt_of_the_company'),
    ]

    operations = [
        migrations.CreateModel(
            name='AwaitedPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('said_by', models.CharField(blank=True, default='', max_length=254)),
                ('settled_at', models.DateTimeField(null=True)),
                ('how', models.CharField(blank=True, choices=[('paid', 'Se pagó'), ('replaced', 'La sustituyó otra')], default='', max_length=10)),
                ('paid_on', models.DateField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awaited', to='invoices.invoice')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['company', '-id'], name='awaited_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('company', 'invoice'), name='awaited_once'), models.CheckConstraint(condition=models.Q(models.Q(('how', ''), ('settled_at__isnull', True)), models.Q(('settled_at__isnull', False), models.Q(models.Q(('how', 'paid'), ('paid_on__isnull', False)), ('how', 'replaced'), _connector='OR')), _connector='OR'), name='awaited_says_how_it_ended')],
            },
        ),
    ]
