import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0019_moved_payment'),
    ]

    operations = [
        migrations.CreateModel(
            name='SatDifference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('not_found', 'El SAT no la encuentra'), ('cancelled', 'El SAT la tiene cancelada'), ('asked', 'Alguien pidió cancelarla fuera de Amate'), ('live', 'El SAT la tiene vigente'), ('unreadable', 'El SAT no entiende sus datos')], max_length=10)),
                ('said', models.CharField(help_text="in the SAT's own words", max_length=300)),
                ('seen_at', models.DateTimeField()),
                ('looked_at', models.DateTimeField(help_text='the last time')),
                ('mended_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='invoices.invoice')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('mended_at__isnull', True)), fields=['company', '-id'], name='sat_difference_lasting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('mended_at__isnull', True)), fields=('company', 'invoice'), name='one_lasting_difference')],
            },
        ),
    ]
