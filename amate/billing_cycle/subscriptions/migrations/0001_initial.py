import amate.billing_cycle.subscriptions.calendar
import amate.tenancy.scope
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('companies', '0015_billing_policy'),
        ('customers', '0005_index_lists'),
        ('ledger', '0003_laws'),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name='BillingRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('reviewed', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('review', 'Por revisar'), ('running', 'En marcha'), ('done', 'Terminada')], max_length=10)),
                ('customers', models.PositiveIntegerField(help_text='who had something to bill when it was planned')),
                ('foretold', models.PositiveIntegerField(default=0, help_text='charges that were expected')),
                ('foretold_total', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('planned_at', models.DateTimeField()),
                ('began_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
            ],
        ),
        migrations.CreateModel(
            name='BillingBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('customer_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('charges', models.PositiveIntegerField(default=0)),
                ('receivables', models.PositiveIntegerField(default=0)),
                ('drafts', models.PositiveIntegerField(default=0)),
                ('skipped', models.PositiveIntegerField(default=0)),
                ('parked', models.PositiveIntegerField(default=0)),
                ('total', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('done_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='subscriptions.billingrun')),
            ],
        ),
        migrations.CreateModel(
            name='Parking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('error', models.CharField(help_text='for people, with what to do', max_length=400)),
                ('trace', models.TextField(blank=True, default='')),
                ('parked_at', models.DateTimeField()),
                ('cleared_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text="the business's own key", max_length=80)),
                ('nombre', models.CharField(max_length=120)),
                ('concept', models.CharField(help_text='with {mes}, {periodo}…: `words`', max_length=1000)),
                ('clave_prod_serv', models.CharField(max_length=8)),
                ('clave_unidad', models.CharField(default='E48', max_length=3)),
                ('unidad', models.CharField(blank=True, default='', max_length=20)),
                ('objeto_imp', models.CharField(default='02', max_length=2)),
                ('moneda', models.CharField(default='MXN', max_length=3)),
                ('unit', models.CharField(choices=[(amate.billing_cycle.subscriptions.calendar.Unit['DAY'], 'días'), (amate.billing_cycle.subscriptions.calendar.Unit['WEEK'], 'semanas'), (amate.billing_cycle.subscriptions.calendar.Unit['SEMIMONTH'], 'quincenas'), (amate.billing_cycle.subscriptions.calendar.Unit['MONTH'], 'meses'), (amate.billing_cycle.subscriptions.calendar.Unit['YEAR'], 'años')], default=amate.billing_cycle.subscriptions.calendar.Unit['MONTH'], max_length=10)),
                ('every', models.PositiveSmallIntegerField(default=1)),
                ('cut_day', models.PositiveSmallIntegerField(help_text='of the month, 31 its last; null: the day it started', null=True)),
                ('day_a', models.PositiveSmallIntegerField(default=1, help_text='of half months')),
                ('day_b', models.PositiveSmallIntegerField(default=16)),
                ('in_advance', models.BooleanField(default=True)),
                ('lead_days', models.PositiveSmallIntegerField(default=0, help_text='billed so many days before the period begins')),
                ('terms_days', models.PositiveSmallIntegerField(null=True)),
                ('fiscal_mode', models.CharField(blank=True, choices=[('ppd', 'Factura al cobrar el periodo, complemento con cada pago'), ('pue_mes', 'Factura que se paga en el mismo mes'), ('aviso', 'Aviso de cobro, factura cuando se paga'), ('cargo', 'Primero el cargo, factura cuando se paga'), ('publico', 'Aviso de cobro, nota cuando se paga')], default='', max_length=10)),
                ('forma_pago', models.CharField(default='03', help_text='of an invoice before its payment (pue_mes)', max_length=2)),
                ('bill_while_suspended', models.CharField(blank=True, choices=[('yes', 'Se cobra completo'), ('no', 'No se cobra el periodo que empieza suspendido'), ('partial', 'Se cobran los días con servicio')], default='', max_length=10)),
                ('reviewed', models.BooleanField(default=False, help_text='a person says go before its run begins')),
                ('first_stub', models.CharField(choices=[('prorate', 'Solo los días que quedan'), ('free', 'No se cobra'), ('full', 'Completo')], default='prorate', max_length=10)),
                ('last_stub', models.CharField(choices=[('cut', 'Termina ese día, y se cobran los días'), ('whole', 'El último periodo corre completo')], default='cut', max_length=10)),
                ('trial_unit', models.CharField(blank=True, choices=[(amate.billing_cycle.subscriptions.calendar.Unit['DAY'], 'días'), (amate.billing_cycle.subscriptions.calendar.Unit['WEEK'], 'semanas'), (amate.billing_cycle.subscriptions.calendar.Unit['SEMIMONTH'], 'quincenas'), (amate.billing_cycle.subscriptions.calendar.Unit['MONTH'], 'meses'), (amate.billing_cycle.subscriptions.calendar.Unit['YEAR'], 'años')], default='', max_length=10)),
                ('trial_every', models.PositiveSmallIntegerField(default=0)),
                ('trial_moves_anchor', models.BooleanField(default=False)),
                ('setup_fee', models.DecimalField(decimal_places=6, default=0, help_text='taxed as the price is', max_digits=18)),
                ('setup_concept', models.CharField(blank=True, default='Instalación', max_length=1000)),
                ('is_active', models.BooleanField(default=True)),
                ('changed_at', models.DateTimeField()),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
            ],
        ),
        migrations.CreateModel(
            name='PriceRise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('percent', models.DecimalField(decimal_places=4, help_text='null: prices given one by one', max_digits=9, null=True)),
                ('why', models.CharField(blank=True, default='', max_length=300)),
                ('plans', models.PositiveIntegerField(default=0)),
                ('subscriptions', models.PositiveIntegerField(default=0)),
                ('before', models.DecimalField(decimal_places=2, default=0, help_text='a period of all of them, untaxed', max_digits=18)),
                ('after', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('decided_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(help_text='when the letters were asked for', null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PlanPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('amount', models.DecimalField(decimal_places=6, max_digits=18)),
                ('includes_tax', models.BooleanField(default=True)),
                ('taxes', models.JSONField(default=list, help_text='as the lines of invoices keep them')),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='subscriptions.plan')),
                ('rise', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='subscriptions.pricerise')),
            ],
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(blank=True, default='', help_text='which of several: an address, a domain', max_length=120)),
                ('external_id', models.CharField(blank=True, default='', help_text="its key in the business's system", max_length=80)),
                ('wish', models.CharField(blank=True, default='', help_text='of the page that asked: sent twice, it is one', max_length=40)),
                ('state', models.CharField(choices=[('draft', 'Por empezar'), ('active', 'Activa'), ('ended', 'Terminada'), ('cancelled', 'Cancelada')], default='draft', max_length=10)),
                ('state_since', models.DateTimeField()),
                ('state_reason', models.CharField(blank=True, default='', max_length=300)),
                ('starts_on', models.DateField(help_text='of the service; a trial is served too')),
                ('ends_on', models.DateField(help_text='the first day without service', null=True)),
                ('cycles', models.PositiveIntegerField(help_text='how many periods in all; null: as many as come', null=True)),
                ('next_k', models.IntegerField(default=0, help_text='the next period; those before it are never billed again')),
                ('next_on', models.DateField(help_text='when there is work to do; null: never more', null=True)),
                ('fiscal_mode', models.CharField(blank=True, choices=[('ppd', 'Factura al cobrar el periodo, complemento con cada pago'), ('pue_mes', 'Factura que se paga en el mismo mes'), ('aviso', 'Aviso de cobro, factura cuando se paga'), ('cargo', 'Primero el cargo, factura cuando se paga'), ('publico', 'Aviso de cobro, nota cuando se paga')], default='', max_length=10)),
                ('terms_days', models.PositiveSmallIntegerField(null=True)),
                ('on_its_own', models.BooleanField(default=False, help_text="its charges go into no other's invoice")),
                ('created_at', models.DateTimeField()),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.branch')),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('k', models.IntegerField()),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('state', models.CharField(choices=[('charged', 'Cobrado'), ('skipped', 'Sin servicio'), ('waived', 'Sin costo')], max_length=10)),
                ('is_stub', models.BooleanField(default=False)),
                ('why', models.CharField(blank=True, default='', help_text='why it was not charged, for people', max_length=200)),
                ('made_at', models.DateTimeField()),
                ('charge', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.charge')),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='subscriptions.subscription')),
            ],
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pause', 'Pausa'), ('held', 'Suspensión')], default='pause', max_length=10)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(help_text='the first day with service again; null: until somebody says so', null=True)),
                ('charges', models.BooleanField(default=False, help_text='a pause that is paid for all the same')),
                ('credits', models.BooleanField(default=True, help_text='what was billed of its days is given back')),
                ('moves_anchor', models.BooleanField(default=False, help_text='the calendar begins anew when it ends')),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='subscriptions.subscription')),
            ],
        ),
        migrations.CreateModel(
            name='OneOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='of what brought it: the same cause is charged once', max_length=80)),
                ('is_credit', models.BooleanField(default=False)),
                ('concept', models.CharField(max_length=1000)),
                ('amount', models.DecimalField(decimal_places=2, help_text="taxed as the plan's price is, or not yet", max_digits=18)),
                ('clave_prod_serv', models.CharField(blank=True, default='', help_text="empty: the plan's, as its taxes", max_length=8)),
                ('clave_unidad', models.CharField(blank=True, default='', max_length=3)),
                ('on', models.DateField()),
                ('starts_on', models.DateField(help_text='of the service that it is for, if for any days', null=True)),
                ('ends_on', models.DateField(null=True)),
                ('used', models.DecimalField(decimal_places=2, default=0, help_text='of a credit', max_digits=18)),
                ('settled_at', models.DateTimeField(help_text='charged, or used up, or withdrawn', null=True)),
                ('made_at', models.DateTimeField()),
                ('charge', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.charge')),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='one_offs', to='subscriptions.subscription')),
            ],
        ),
        migrations.CreateModel(
            name='AddOn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('concept', models.CharField(max_length=1000)),
                ('is_discount', models.BooleanField(default=False)),
                ('percent', models.DecimalField(decimal_places=4, help_text='of a discount; else `amount`', max_digits=7, null=True)),
                ('amount', models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                ('quantity', models.DecimalField(decimal_places=3, default=1, max_digits=12)),
                ('clave_prod_serv', models.CharField(blank=True, default='', help_text="empty: the plan's, as its taxes", max_length=8)),
                ('clave_unidad', models.CharField(blank=True, default='', max_length=3)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('made_at', models.DateTimeField()),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='add_ons', to='subscriptions.subscription')),
            ],
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('quantity', models.DecimalField(decimal_places=3, default=1, max_digits=12)),
                ('price', models.DecimalField(decimal_places=6, help_text="its own, of one unit; null: the plan's of the day", max_digits=18, null=True)),
                ('anchor', models.DateField()),
                ('unit', models.CharField(choices=[(amate.billing_cycle.subscriptions.calendar.Unit['DAY'], 'días'), (amate.billing_cycle.subscriptions.calendar.Unit['WEEK'], 'semanas'), (amate.billing_cycle.subscriptions.calendar.Unit['SEMIMONTH'], 'quincenas'), (amate.billing_cycle.subscriptions.calendar.Unit['MONTH'], 'meses'), (amate.billing_cycle.subscriptions.calendar.Unit['YEAR'], 'años')], max_length=10)),
                ('every', models.PositiveSmallIntegerField(default=1)),
                ('eom', models.BooleanField(default=False)),
                ('day_a', models.PositiveSmallIntegerField(default=1)),
                ('day_b', models.PositiveSmallIntegerField(default=16)),
                ('first_k', models.IntegerField(default=0, help_text='the number of the period that begins on the anchor')),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.plan')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='subscriptions.subscription')),
            ],
        ),
        migrations.CreateModel(
            name='PlannedChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('plan', 'Cambio de plan'), ('quantity', 'Cambio de cantidad'), ('price', 'Cambio de precio'), ('calendar', 'Cambio de calendario'), ('stop', 'Baja')], max_length=10)),
                ('effective_on', models.DateField()),
                ('said', models.JSONField(default=dict, help_text='before and after, as people read them')),
                ('why', models.CharField(blank=True, default='', max_length=300)),
                ('decided_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('extra', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.oneoff')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='subscriptions.subscription')),
                ('term', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='subscriptions.term')),
            ],
        ),
        migrations.CreateModel(
            name='BankDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('closed', models.BooleanField(default=True)),
                ('why', models.CharField(blank=True, default='', max_length=120)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'day'), name='bank_day')],
            },
        ),
        migrations.AddConstraint(
            model_name='billingrun',
            constraint=models.UniqueConstraint(fields=('company', 'day', 'reviewed'), name='one_run_a_day'),
        ),
        migrations.AddConstraint(
            model_name='billingbatch',
            constraint=models.UniqueConstraint(fields=('company', 'run', 'number'), name='batch_number'),
        ),
        migrations.AddConstraint(
            model_name='parking',
            constraint=models.UniqueConstraint(condition=models.Q(('cleared_at__isnull', True)), fields=('company', 'customer'), name='one_open_parking'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(fields=('company', 'key'), name='plan_key'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('every__gte', 1)), name='plan_every'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('cut_day__isnull', True), models.Q(('cut_day__gte', 1), ('cut_day__lte', 31)), _connector='OR'), name='plan_cut_day'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('day_a__gte', 1), ('day_a__lt', models.F('day_b')), ('day_b__lte', 31)), name='plan_half_months'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('setup_fee__gte', 0)), name='plan_setup_fee'),
        ),
        migrations.AddConstraint(
            model_name='planprice',
            constraint=models.UniqueConstraint(fields=('company', 'plan', 'valid_from'), name='plan_price_day'),
        ),
        migrations.AddConstraint(
            model_name='planprice',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='plan_price_positive'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(condition=models.Q(('state', 'active')), fields=['company', 'next_on', 'payer'], name='subscription_due'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(condition=models.Q(('state', 'active')), fields=['company', 'payer', 'next_on'], name='subscription_payer'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['company', 'customer', '-id'], name='subscription_customer'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['company', 'state', '-id'], name='subscription_state'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('wish', ''), _negated=True), fields=('company', 'wish'), name='subscription_wish'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('company', 'external_id'), name='subscription_external_id'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('cycles__isnull', True), ('next_k__lte', models.F('cycles')), _connector='OR'), name='subscription_not_past_its_cycles'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='subscription_ends_after'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'active']), ('next_on__isnull', True), _connector='OR'), name='subscription_over_is_over'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.UniqueConstraint(fields=('company', 'subscription', 'k'), name='one_period_a_number'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.UniqueConstraint(fields=('company', 'subscription', 'starts_on'), name='one_period_a_start'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='period_has_days'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('charge__isnull', False), ('state', 'charged')), models.Q(models.Q(('state', 'charged'), _negated=True), ('charge__isnull', True)), _connector='OR'), name='period_charged_has_charge'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('subscription', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='periods_do_not_overlap'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='pause_has_days'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('subscription', '='), ('kind', '='), (models.Func(models.F('from_on'), models.F('to_on'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='pauses_do_not_overlap'),
        ),
        migrations.AddIndex(
            model_name='oneoff',
            index=models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['company', 'subscription', 'on'], name='one_off_open'),
        ),
        migrations.AddIndex(
            model_name='oneoff',
            index=models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['company', 'on'], name='one_off_due'),
        ),
        migrations.AddConstraint(
            model_name='oneoff',
            constraint=models.UniqueConstraint(fields=('company', 'key'), name='one_off_key'),
        ),
        migrations.AddConstraint(
            model_name='oneoff',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='one_off_amount'),
        ),
        migrations.AddConstraint(
            model_name='oneoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_credit', False), ('used', 0)), models.Q(('is_credit', True), ('used__gte', 0), ('used__lte', models.F('amount'))), _connector='OR'), name='one_off_used'),
        ),
        migrations.AddIndex(
            model_name='addon',
            index=models.Index(fields=['company', 'subscription'], name='add_on_of_subscription'),
        ),
        migrations.AddConstraint(
            model_name='addon',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('percent__isnull', True)), models.Q(('amount__isnull', True), ('is_discount', True), ('percent__gt', 0), ('percent__lte', 100)), _connector='OR'), name='add_on_says_how_much'),
        ),
        migrations.AddConstraint(
            model_name='addon',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gt', models.F('from_on')), _connector='OR'), name='add_on_has_days'),
        ),
        migrations.AddConstraint(
            model_name='addon',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='add_on_quantity'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.UniqueConstraint(fields=('company', 'subscription', 'seq'), name='term_seq'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='term_quantity'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('every__gte', 1)), name='term_every'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('price__isnull', True), ('price__gt', 0), _connector='OR'), name='term_price'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gt', models.F('from_on')), _connector='OR'), name='term_has_days'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('subscription', '='), (models.Func(models.F('from_on'), models.F('to_on'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='terms_do_not_overlap'),
        ),
        migrations.AddIndex(
            model_name='plannedchange',
            index=models.Index(fields=['company', 'subscription', '-id'], name='change_of_subscription'),
        ),
    ]
