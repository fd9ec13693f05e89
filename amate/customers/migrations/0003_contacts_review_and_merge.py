import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0006_set_up_guards'),
        ('customers', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nombre', models.CharField(blank=True, default='', max_length=120)),
                ('search_name', models.CharField(blank=True, default='', max_length=120)),
                ('correo', models.EmailField(blank=True, default='', max_length=254)),
                ('telefono', models.CharField(blank=True, default='', help_text='as it was typed', max_length=30)),
                ('digits', models.CharField(blank=True, default='', help_text='of the telephone: what is searched', max_length=15)),
                ('receives_invoices', models.BooleanField(default=False, help_text='every invoice of the customer is mailed here too')),
                ('handles_payments', models.BooleanField(default=False, help_text='whom to ask about a payment')),
                ('origin', models.CharField(help_text='staff, or the origin of the invoice that brought this mail', max_length=20)),
                ('created_at', models.DateTimeField()),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='CustomerWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(db_collation='C', max_length=80)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='customer',
            name='customer_rfc',
        ),
        migrations.AddField(
            model_name='customer',
            name='merged_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='customer',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='customer',
            name='verified_at',
            field=models.DateTimeField(help_text='staff answer for these fiscal data: from here on the portal only proposes', null=True),
        ),
        migrations.AddField(
            model_name='fiscalprofile',
            name='confirmed_at',
            field=models.DateTimeField(help_text='stamped with, and kept for staff to review', null=True),
        ),
        migrations.AddField(
            model_name='fiscalprofile',
            name='dismissed_at',
            field=models.DateTimeField(help_text='reviewed: the data that we had stay', null=True),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['company', 'rfc', 'nombre'], name='customer_rfc_and_name'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['company', '-id'], name='customer_newest'),
        ),
        migrations.AddIndex(
            model_name='fiscalprofile',
            index=models.Index(condition=models.Q(('accepted_at__isnull', True), ('confirmed_at__isnull', False), ('dismissed_at__isnull', True)), fields=['company', '-id'], name='profile_to_review'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('rfc__in', ['XAXX010101000', 'XEXX010101000']), _negated=True), models.Q(('rfc', ''), _negated=True), ('merged_into__isnull', True)), fields=('company', 'rfc'), name='customer_rfc'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_at__isnull', True), ('merged_into__isnull', True)), models.Q(('merged_at__isnull', False), ('merged_into__isnull', False), models.Q(('merged_into', models.F('id')), _negated=True)), _connector='OR'), name='customer_merged_whole'),
        ),
        migrations.AddConstraint(
            model_name='fiscalprofile',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_at__isnull', False), ('superseded_at__isnull', True)), fields=('company', 'customer'), name='one_current_profile_a_customer'),
        ),
        migrations.AddConstraint(
            model_name='fiscalprofile',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), ('customer__isnull', False), _connector='OR'), name='confirmed_profile_has_customer'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['company', 'customer', 'id'], name='contact_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('nombre', ''), _negated=True), models.Q(('correo', ''), _negated=True), models.Q(('telefono', ''), _negated=True), _connector='OR'), name='contact_says_something'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('receives_invoices', False), models.Q(('correo', ''), _negated=True), _connector='OR'), name='contact_can_receive'),
        ),
        migrations.AddIndex(
            model_name='customerword',
            index=models.Index(fields=['company', 'word', 'customer'], name='customer_word'),
        ),
    ]
