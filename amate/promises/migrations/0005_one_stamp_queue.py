from django.db import migrations

# Which PAC a document goes to is chosen when it is sent, so the queue is no PAC's.
FORWARD = """
UPDATE promises_promise SET queue = 'stamp' WHERE queue = 'stamp.sw_sapien';
UPDATE procrastinate_jobs SET queue_name = 'stamp' WHERE queue_name = 'stamp.sw_sapien' AND status = 'todo';
"""


class Migration(migrations.Migration):
    dependencies = [("promises", "0004_figures")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
