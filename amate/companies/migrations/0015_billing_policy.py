import amate.companies.billing_policy
import amate.tenancy.scope
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0014_pac_trial_guard'),
    ]

    operations = [
        migrations.CreateModel(
            name='BillingPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_from', models.DateField()),
                ('fiscal_mode', models.CharField(choices=[('ppd', 'Factura al cobrar el periodo, complemento con cada pago'), ('pue_mes', 'Factura que se paga en el mismo mes'), ('aviso', 'Aviso de cobro, factura cuando se paga'), ('cargo', 'Primero el cargo, factura cuando se paga'), ('publico', 'Aviso de cobro, nota cuando se paga')], default='aviso', max_length=10)),
                ('terms_days', models.PositiveSmallIntegerField(default=10, help_text='days to pay, from the start of the service')),
                ('due_on_bank_days', models.BooleanField(default=True, help_text='a term that ends on a day without banks moves on')),
                ('one_invoice_a_customer', models.BooleanField(default=True, help_text='charges of one day, currency and mode go together; else one a subscription')),
                ('bill_while_suspended', models.CharField(choices=[('yes', 'Se cobra completo'), ('no', 'No se cobra el periodo que empieza suspendido'), ('partial', 'Se cobran los días con servicio')], default='no', max_length=10)),
                ('stop_after_unpaid', models.PositiveSmallIntegerField(default=3, help_text='so many overdue debts, and no more is invoiced ahead of payment; null: always', null=True)),
                ('grace_days', models.PositiveSmallIntegerField(default=5)),
                ('min_overdue_amount', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('min_overdue_debts', models.PositiveSmallIntegerField(default=1)),
                ('suspends', models.BooleanField(default=True)),
                ('suspend_scope', models.CharField(choices=[('service', 'El servicio'), ('subscription', 'La suscripción'), ('account', 'Todo el cliente')], default='account', max_length=12)),
                ('cut_weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=amate.companies.billing_policy._monday_to_thursday, help_text='Monday is 0', size=None)),
                ('cut_from_hour', models.PositiveSmallIntegerField(default=9)),
                ('cut_to_hour', models.PositiveSmallIntegerField(default=14)),
                ('warned_days', models.PositiveSmallIntegerField(default=2, help_text='between the delivered last warning and the cut')),
                ('terminate_after_days', models.PositiveSmallIntegerField(default=60, help_text='then a leave is proposed', null=True)),
                ('promise_days', models.PositiveSmallIntegerField(default=7)),
                ('promises_a_year', models.PositiveSmallIntegerField(default=3)),
                ('promises_by_themselves', models.BooleanField(default=True, help_text='without anybody of the company approving')),
                ('ladder', models.JSONField(default=amate.companies.billing_policy._ladder, help_text='[{code, offset, last_warning}]')),
                ('contact_from_hour', models.PositiveSmallIntegerField(default=9)),
                ('contact_to_hour', models.PositiveSmallIntegerField(default=20)),
                ('contact_weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=amate.companies.billing_policy._monday_to_saturday, size=None)),
                ('max_reminders', models.PositiveSmallIntegerField(default=5, help_text='of one debt')),
                ('max_messages_a_week', models.PositiveSmallIntegerField(default=3, help_text='to one customer')),
                ('late_fee_amount', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('late_fee_percent', models.DecimalField(decimal_places=3, default=0, max_digits=6)),
                ('late_fee_after_days', models.PositiveSmallIntegerField(default=0)),
                ('reconnect_fee', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('allocation_order', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=amate.companies.billing_policy._order, size=None)),
                ('applies_credit', models.BooleanField(default=True, help_text='credit pays the next debt by itself')),
                ('partial_payment', models.CharField(choices=[('wait', 'Se espera al resto'), ('split', 'Una factura por la parte'), ('ppd', 'Factura PPD y complemento')], default='wait', max_length=16)),
                ('rep_when', models.CharField(choices=[('at_once', 'Con cada pago'), ('end_of_day', 'Al cerrar el día'), ('monthly', 'Una vez al mes')], default='end_of_day', max_length=12)),
                ('rep_day', models.PositiveSmallIntegerField(default=3, help_text='of the next month, when monthly: 5 at the latest')),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
            ],
            options={
                'verbose_name_plural': 'billing policies',
                'constraints': [models.UniqueConstraint(fields=('company', 'effective_from'), name='billing_policy_day'), models.CheckConstraint(condition=models.Q(('rep_day__gte', 1), ('rep_day__lte', 5)), name='billing_policy_rep_day'), models.CheckConstraint(condition=models.Q(('cut_from_hour__lt', models.F('cut_to_hour')), ('cut_to_hour__lte', 24)), name='billing_policy_cut_hours'), models.CheckConstraint(condition=models.Q(('contact_from_hour__lt', models.F('contact_to_hour')), ('contact_to_hour__lte', 24)), name='billing_policy_contact_hours')],
            },
        ),
    ]
