"""Django settings. Every value that differs between installations comes from the environment."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import environment
from config.celery import app as celery  # noqa: F401 - whoever has settings has the queue
from config.launch import state

state.adopt(os.environ)

BASE_DIR = Path(__file__).resolve().parent.parent
TANDEM_DATA = state.data_folder()

# Development: static files straight from the sources, letters into files. Debug: error pages too.
DEVELOPMENT = environment.flag("TANDEM_DEVELOPMENT")
DEBUG = environment.flag("TANDEM_DEBUG")

SECRET_KEY = environment.required("SECRET_KEY")
# Fernet keys for secrets in the database, newest first; the others only decrypt (rotate_keys).
FIELD_KEYS = [key.strip() for key in environment.required("FIELD_KEYS").split(",") if key.strip()]
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/") or (
    f"http://localhost:{os.environ.get('PORT') or 8000}"
)
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"

# Where the platforms answer; None = the platform's own address.
TELEGRAM_API_URL = os.environ.get("TELEGRAM_API_URL") or None
# The folder of a local Bot API server (its --dir), where this machine shares it.
TELEGRAM_FILES = os.environ.get("TELEGRAM_FILES") or None
VK_API_URL = os.environ.get("VK_API_URL") or None
WHATSAPP_API_URL = os.environ.get("WHATSAPP_API_URL") or None
WHATSAPP_GRAPH_VERSION = os.environ.get("WHATSAPP_GRAPH_VERSION") or "v26.0"
MAX_API_URL = os.environ.get("MAX_API_URL") or None
# Where advertising systems tell what was spent.
YANDEX_DIRECT_API_URL = os.environ.get("YANDEX_DIRECT_API_URL") or None
YANDEX_METRICA_API_URL = os.environ.get("YANDEX_METRICA_API_URL") or None
VK_ADS_API_URL = os.environ.get("VK_ADS_API_URL") or None
# Further certificates to trust when MAX is called, besides those of the system: a PEM file.
MAX_CA_FILE = os.environ.get("MAX_CA_FILE") or None
# The one server in our own network that channels of kind "api" may call.
API_CALLBACK_URL = os.environ.get("API_CALLBACK_URL") or None
# Mail servers that may stand in a private network and may do without encryption.
MAIL_TRUSTED_HOSTS = frozenset(environment.words("MAIL_TRUSTED_HOSTS"))

# Applications

OUR_APPS = [
    "core",
    "workspaces",
    "events",
    "live",
    "contacts",
    "channels_connectors",
    "inbox",
    "livechat",
    "crm",
    "marketing",
    "analytics",
    "demo",
]
INSTALLED_APPS = [
    *OUR_APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "workspaces.preferences.PreferencesMiddleware",
    "workspaces.middleware.WorkspaceMiddleware",
    "workspaces.api.middleware.ApiMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "core.middleware.InvalidFormsAnswer422",
    "live.middleware.PageSeqMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

# Data

DATABASES = {
    "default": {
        **environment.database(os.environ["DATABASE_URL"]),
        "ENGINE": "core.postgresql",
        "CONN_HEALTH_CHECKS": True,
        # Behind PgBouncer in transaction mode a cursor does not outlive its transaction.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        # Processes of many threads share a few: core.postgresql.connections.share_connections.
        "CONN_MAX_AGE": 300,
    }
}
# Connections of the raw paths (letterbox, live) in each process.
ASYNC_POOL_SIZE = 8

REDIS_URL = environment.required("REDIS_URL")
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or REDIS_URL
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # A read timeout would drop sockets on which nothing happens for a while.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}

# Uploaded and downloaded files; served only through views that check who asks.
MEDIA_ROOT = TANDEM_DATA / "media"
MEDIA_URL = ""
# The largest file (bytes) that is fetched from a platform.
LARGEST_DOWNLOAD = int(os.environ.get("LARGEST_DOWNLOAD_MB") or 25) * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.assets.NodeModulesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}

# People

AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# The workspace whose chat the demo shop carries, where it was seeded.
DEMO_WORKSPACE = "sever"
# Where a workspace opens.
WORKSPACE_START = "inbox:index"
# What a person agrees to when signing up; without an address it is named but not linked.
TERMS_URL = os.environ.get("TERMS_URL", "")
PRIVACY_URL = os.environ.get("PRIVACY_URL", "")
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 30 * 60

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Without a mail server nobody could confirm an address and nobody could come in.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if os.environ.get("EMAIL_URL") else "optional"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_ADAPTER = "workspaces.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "workspaces.forms.LoginForm",
    "signup": "workspaces.forms.SignupForm",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES") or 0)
MFA_ADAPTER = "workspaces.accounts.TwoFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tandem"
MFA_RECOVERY_CODES_SHOW_ONCE = True
USERSESSIONS_TRACK_ACTIVITY = False

# Sessions live in PostgreSQL only: losing Redis logs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

# Browsers

ALLOWED_HOSTS = [
    _public.hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
    *environment.words("ALLOWED_HOSTS"),
]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_sockets = f"{'wss' if HTTPS else 'ws'}://{_public.netloc}"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "blob:", "data:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF, _sockets],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Languages

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
USE_I18N = True
FORMAT_MODULE_PATH = "config.formats"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS

# Letters

DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or f"Tandem <tandem@{_public.hostname}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_FILE_PATH = TANDEM_DATA / "mail"
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend"
    if DEVELOPMENT
    else "django.core.mail.backends.console.EmailBackend"
)
if os.environ.get("EMAIL_URL"):
    globals().update(environment.email(os.environ["EMAIL_URL"]))

# The API

# What one token may ask in the long run, and ten times as much at once.
API_REQUESTS_PER_SECOND = float(os.environ.get("API_REQUESTS_PER_SECOND") or 100)
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ProblemSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "core.api.problems.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tandem API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PUBLIC": True,
    "DESCRIPTION": "Contacts, conversations, messages, channels and the journal of a workspace.",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/static/icons/tandem.svg",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "MessageStatus": "inbox.api.serializers.MESSAGE_STATUSES",
        "ConversationStatus": "inbox.api.serializers.CONVERSATION_STATUSES",
        "AttachmentStatus": "inbox.api.serializers.ATTACHMENT_STATUSES",
        "ChannelStatus": "inbox.api.channel_serializers.CHANNEL_STATUSES",
        "TemplateStatus": "inbox.api.templates.TEMPLATE_STATUSES",
        "TouchKind": "contacts.api.stories.TOUCH_KINDS",
        "DealStatus": "crm.api.serializers.DEAL_STATUSES",
        "StageGroup": "crm.api.pipeline_serializers.STAGE_GROUPS",
        "StageColor": "crm.api.pipeline_serializers.STAGE_COLORS",
        "LossOutcome": "crm.api.pipeline_serializers.LOSS_OUTCOMES",
        "TaskKind": "crm.api.task_serializers.TASK_KINDS",
        "TaskRepeat": "crm.api.task_serializers.TASK_REPEATS",
        "BroadcastStatus": "marketing.api.serializers.BROADCAST_STATUSES",
        "BroadcastZone": "marketing.api.serializers.ZONES",
        "RecipientState": "marketing.api.serializers.RECIPIENT_STATES",
        "SeriesStatus": "marketing.api.series_serializers.SERIES_STATUSES",
        "SeriesParticipantState": "marketing.api.series_serializers.PARTICIPANT_STATES",
        "SeriesGoalKind": "marketing.api.series_serializers.GOAL_KINDS",
        "SeriesRequirement": "marketing.api.series_serializers.REQUIREMENTS",
        "AdSystem": "analytics.api.accounts.AD_SYSTEMS",
        "MetricKey": "analytics.api.alerts.METRIC_KEYS",
        "AlertCondition": "analytics.api.alerts.CONDITIONS",
        "DecisionCondition": "analytics.api.digests.CONDITIONS",
        "DecisionState": "analytics.api.digests.STATES",
        "PromiseMetric": "analytics.api.agreements.PROMISE_METRICS",
        "AgreementSide": "analytics.api.agreements.SIDES",
        "RefusalState": "crm.api.refusals.REFUSAL_STATES",
        "LinkKind": "marketing.api.links.LINK_KINDS",
    },
    "APPEND_COMPONENTS": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "SECURITY": [{"token": []}],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "config.logs.MaskSecrets"}},
    "formatters": {"plain": {"()": "config.logs.Plain"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["secrets"],
        }
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL") or "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "httpx": {"level": "WARNING"},
        "aiogram": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.consumer": {"level": "WARNING"},
        "uvicorn": {"level": "WARNING"},
    },
}
