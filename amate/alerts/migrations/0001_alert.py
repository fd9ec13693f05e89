
import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('companies', '0008_own_host_guard'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(help_text='as alerts.causes names it', max_length=60)),
                ('raised_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(help_text='the last time')),
                ('mended_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('mended_at__isnull', True)), fields=('company', 'cause'), name='alert_lasting_cause')],
            },
        ),
    ]
