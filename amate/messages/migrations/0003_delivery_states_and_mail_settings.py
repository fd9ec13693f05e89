import amate.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0006_set_up_guards'),
        ('outbox', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('house', 'De esta instalación'), ('smtp', 'Tu servidor SMTP'), ('brevo', 'Brevo'), ('mailersend', 'MailerSend'), ('mailgun', 'Mailgun'), ('mailjet', 'Mailjet'), ('mailtrap', 'Mailtrap'), ('postmark', 'Postmark'), ('resend', 'Resend'), ('sparkpost', 'SparkPost')], default='house', max_length=20)),
                ('sender', models.EmailField(blank=True, default='', help_text="From; empty: the installation's", max_length=254)),
                ('reply_to', models.EmailField(blank=True, default='', help_text='Empty: Emisor.correo', max_length=254)),
                ('host', models.CharField(blank=True, default='', max_length=253)),
                ('port', models.PositiveIntegerField(default=587)),
                ('tls', models.CharField(choices=[('starttls', 'starttls'), ('tls', 'tls'), ('none', 'none')], default='starttls', max_length=10)),
                ('user', models.CharField(blank=True, default='', max_length=200)),
                ('domain', models.CharField(blank=True, default='', max_length=253)),
                ('region', models.CharField(blank=True, default='', max_length=2)),
                ('sealed_secret', models.BinaryField(default=bytes, help_text='password or key of the API')),
                ('sealed_signing', models.BinaryField(default=bytes, help_text="key that proves the provider's notices")),
                ('notice_seed', models.CharField(help_text='of the password in the address of the notices', max_length=32)),
                ('usted', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('changed_at', models.DateTimeField()),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
            ],
            options={
                'verbose_name_plural': 'mail settings',
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('kind', models.CharField(choices=[('delayed', 'delayed'), ('delivered', 'delivered'), ('bounced', 'bounced'), ('complained', 'complained')], max_length=10)),
                ('at', models.DateTimeField()),
                ('why', models.CharField(blank=True, default='', max_length=300)),
                ('company', models.ForeignKey(default=amate.tenancy.scope.open_company, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='outbox.message')),
            ],
        ),
        migrations.AddField(
            model_name='message',
            name='attended_at',
            field=models.DateTimeField(help_text='Astray, and sent elsewhere or let be', null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='cause',
            field=models.CharField(blank=True, choices=[('address', 'address'), ('login', 'login'), ('tls', 'tls'), ('sender', 'sender'), ('private', 'private'), ('server', 'server'), ('silent', 'silent'), ('busy', 'busy'), ('refused', 'refused')], default='', max_length=12),
        ),
        migrations.AddField(
            model_name='message',
            name='provider_id',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='message',
            name='told_at',
            field=models.DateTimeField(help_text='When it was delivered, bounced or complained of', null=True),
        ),
        migrations.AlterField(
            model_name='message',
            name='state',
            field=models.CharField(choices=[('waiting', 'Por enviar'), ('sending', 'Enviando'), ('sent', 'Enviado'), ('delivered', 'Entregado'), ('bounced', 'Rebotó'), ('complained', 'Marcado como no deseado'), ('refused', 'Rechazado')], default='waiting', max_length=10),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('attended_at__isnull', True), ('state__in', ['bounced', 'complained', 'refused'])), fields=['company', '-id'], name='message_astray'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['company', 'provider_id'], name='message_provider_id'),
        ),
        migrations.AddConstraint(
            model_name='mailsettings',
            constraint=models.UniqueConstraint(fields=('company',), name='one_mail_settings_a_company'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('company', 'key'), name='mail_notice_key'),
        ),
    ]
