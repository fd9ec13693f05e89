from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("promises", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="promise",
            name="alarm",
            field=models.CharField(
                blank=True, default="", help_text="what only a person can mend, while it goes on trying", max_length=20
            ),
        ),
    ]
