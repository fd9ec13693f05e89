"""Deployment settings, read from the environment. What a business decides (window, rules, texts) is rows, not settings."""

from pathlib import Path
from urllib.parse import urlsplit

import environ

from amate.running.home import amate_home, kept_secret
from amate.running.postgres import embedded

env = environ.Env()
BASE = Path(__file__).resolve().parent
HOME = amate_home()


def _secret(name: str) -> str:
    """A secret from the environment, from a file it names (`NAME_FILE`), or made once in AMATE_HOME."""
    file = env.str(f"{name}_FILE", default="")
    if file:
        return Path(file).read_text().strip()
    return env.str(name, default="") or kept_secret(name.lower().replace("_", "-")).decode()


SECRET_KEY = _secret("AMATE_SECRET_KEY")
DEBUG = False
PORT = env.int("AMATE_PORT", default=8000)
PUBLIC_URL = env.str("AMATE_PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
SECURE = PUBLIC_URL.startswith("https://")
# The loopback names stay: the supervisor asks for health there, whatever the world calls us.
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = LOOPBACK + env.list("AMATE_HOSTS", default=[urlsplit(PUBLIC_URL).hostname])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if SECURE else []
# Proxies whose X-Forwarded-For we believe; none by default (OUTSIDE GRD-4).
TRUSTED_PROXIES = env.list("AMATE_TRUSTED_PROXIES", default=[])

INSTALLED_APPS = [
    "amate.tenancy",
    "amate.promises",
    "amate.audit",
    "amate.catalogs",
    "amate.companies",
    "amate.access",
    "amate.customers",
    "amate.messages.apps.MessagesConfig",
    "amate.ledger",
    "amate.invoices",
    "amate.alerts",
    "amate.self_invoicing",
    "amate.billing_cycle.subscriptions",
    "amate.billing_cycle.service",
    "amate.billing_cycle.collection",
    "amate.billing_cycle.reconciliation",
    "amate.billing_cycle.statements",
    "amate.hooks",
    "amate.intake",
    "amate.desk",
    "amate.help",
    "amate.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "amate.web.request_id.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "amate.web.headers.headers",
    "amate.web.own_host.own_host",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "amate.web.too_big.too_big",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "amate.web.last_seen.last_seen",
    "amate.web.newer_catalogs.newer_catalogs",
    "amate.web.portal.language.language",
    "amate.web.scope.company_of_the_request",
]

ROOT_URLCONF = "amate.web.urls"
WSGI_APPLICATION = "amate.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "libraries": {"amate": "amate.web.tags"},
            "builtins": ["django.templatetags.i18n", "amate.web.tags"],
        },
    }
]
FORM_RENDERER = "amate.web.forms.Renderer"

# ------------------------------------------------------------ database: two roles, one door (DECISIONS A)

_server = embedded()
DATABASE_URL = env.str("DATABASE_URL", default="")
EMBEDDED = not DATABASE_URL


def _database(url: str) -> dict[str, object]:
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    found = {django: str(parts.pop(name)) for name, django in known.items() if name in parts}
    return {
        "ENGINE": "amate.tenancy.backend",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Prepared on their second use: under row-level security planning costs more than running.
        "OPTIONS": {**parts, "application_name": "amate", "server_side_binding": True, "prepare_threshold": 2},
        "DISABLE_SERVER_SIDE_CURSORS": True,
        **found,
    }


_owner_url = env.str("AMATE_OWNER_DATABASE_URL", default="")
DATABASES = {"default": _database(DATABASE_URL or _server.url("amate_app", "amate"))}
# The owner migrates and backs up. With a server of your own, web and worker run without its password (DECISIONS A3).
if _owner_url or EMBEDDED:
    DATABASES["owner"] = _database(_owner_url or _server.url("amate_owner", "amate"))
if env.str("AMATE_DATABASE_NAME", default=""):  # processes that a test starts
    for _one in DATABASES.values():
        _one["NAME"] = env.str("AMATE_DATABASE_NAME")
DATABASE_ROUTERS = ["amate.tenancy.router.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PROCRASTINATE_WORKER_DEFAULTS = {
    "update_heartbeat_interval": env.float("AMATE_HEARTBEAT", default=5.0),
    "stalled_worker_timeout": env.float("AMATE_STALLED", default=15.0),
}

# ------------------------------------------------------------ people

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/oficina/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/cuenta/login/"
ACCOUNT_ADAPTER = "amate.web.account.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# Ours counts instead, for all processes together: web/guesses.py.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": None}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Django's own: allauth's writes rows of addresses that nobody here has verified.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_FORMS = {
    "login": "amate.web.account_forms.Login",
    "reauthenticate": "amate.web.account_forms.Again",
    "change_password": "amate.web.account_forms.ChangePassword",
    "reset_password_from_key": "amate.web.account_forms.NewPassword",
}
MFA_ADAPTER = "amate.web.account.SecondStepDoor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Amate"
MFA_FORMS = {
    "authenticate": "amate.web.second_step.SecondStep",
    "activate_totp": "amate.web.account_forms.ActivateTotp",
    "add_webauthn": "amate.web.account_forms.AddPasskey",
    "edit_webauthn": "amate.web.account_forms.NamePasskey",
    "reauthenticate": "amate.web.second_step.SecondStepAgain",
}

# ------------------------------------------------------------ the web's manners

SESSION_COOKIE_NAME = "amate_session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "amate_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "amate.web.faults.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # no-referrer would make the browser post `Origin: null` (GRD-6)
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# What visitors send is never laid on the disk: as much as `too_big` lets in from them.
FILE_UPLOAD_MAX_MEMORY_SIZE = 6_000_000

LANGUAGE_CODE = "es-mx"
TIME_ZONE = "America/Mexico_City"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE / "locale"]
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/s/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31_536_000

# ------------------------------------------------------------ the outside

# The sandbox's PAC lives on this machine; a real one never does. A test invoice is made only there.
PAC_IS_SIMULATOR = urlsplit(env.str("AMATE_PAC_URL", default="")).hostname in ("127.0.0.1", "localhost", "::1")
METRICS_TOKEN = env.str("AMATE_METRICS_TOKEN", default="")
SMTP_URL = env.str("AMATE_SMTP_URL", default="smtp://127.0.0.1:25")
MAIL_FROM = env.str("AMATE_MAIL_FROM", default="facturas@localhost")
# Mail servers inside a private network that companies may name in Ajustes; none by default (OUTSIDE NET-2).
PRIVATE_MAIL_HOSTS = env.list("AMATE_PRIVATE_MAIL_HOSTS", default=[])
# Systems inside it that may be told whom to serve.
PRIVATE_SWITCH_HOSTS = env.list("AMATE_PRIVATE_SWITCH_HOSTS", default=[])
# Simulators on this machine that are told when the clock of a sandbox company moves.
SIMULATORS = env.list("AMATE_SIMULATORS", default=[])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "amate.running.logs.formatter"}},
    "filters": {"told_shortly": {"()": "amate.running.logs.ToldShortly"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["told_shortly"]}},
    "root": {"handlers": ["stderr"], "level": env.str("AMATE_LOG_LEVEL", default="INFO")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # Its own handler would write the path of a request as it came.
        "gunicorn.error": {"handlers": ["stderr"], "propagate": False},
    },
}
SILENCED_SYSTEM_CHECKS = ["security.W004"]
