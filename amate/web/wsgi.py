"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

from amate.running.collector import collect_rarely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amate.settings")
application = get_wsgi_application()
collect_rarely()
