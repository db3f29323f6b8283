"""Settings of the one process image: web, worker, beat and commands read the same ones.

The environment decides (`procurement.env`); docs/operations.md lists every variable.
"""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

from procurement import env
from procurement.core import embedded
from procurement.core.keys import derive_key, derive_signing_key, public_key_of
from procurement.core.logs import logging_configuration

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG", default=False)
DEMO_PAGES = env.flag("DEMO_PAGES", default=DEBUG)
TESTING = env.flag("PROCUREMENT_TESTING", default=False)
SECRET_KEY = env.text(
    "SECRET_KEY", env.development_secret() if DEBUG or DEMO_PAGES or TESTING else None
)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
BASE_URL = env.text("BASE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "guardian",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "procurement.core",
    "procurement.audit",
    "procurement.outbox",
    "accounts",
    "approvals",
    "catalogs",
    "budgets",
    "procurement.orders",
    "analytics",
    *(["procurement.demo"] if DEMO_PAGES or TESTING else []),
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "procurement.core.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "accounts.middleware.OrganizationMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "procurement.urls"
WSGI_APPLICATION = "procurement.wsgi.application"
ASGI_APPLICATION = "procurement.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "procurement.shell.navigation",
            ],
        },
    }
]

# Database, broker and cache: real servers where the environment names them, else embedded ones.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "OPTIONS": {},
        **environ.Env.db_url_config(embedded.database_url()),
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 600,
    }
}
# Without a threshold psycopg prepares nothing, also where it is asked to. One that is never reached
# leaves it to those who ask (`procurement.core.writes`): planning a read of a submit can take
# thirty times as long as running it.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 1_000_000_000
if not TESTING:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.number("DATABASE_POOL", 8),
        "timeout": 10,
    }

BROKER = embedded.broker()
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": BROKER.redis_url}
        if BROKER.redis_url
        else {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": env.home() / "cache",
        }
    )
}
CELERY_BROKER_URL = BROKER.url
CELERY_BROKER_TRANSPORT_OPTIONS = BROKER.options
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "procurement"
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 600
CELERY_TIMEZONE = "UTC"

AUTH_USER_MODEL = "accounts.User"
ORGANIZATION_MODEL = "accounts.Organization"
GROUP_MODEL = "accounts.OrgGroup"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.HierarchyPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignupAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "landing"
LOGOUT_REDIRECT_URL = "account_login"
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
# Our backend answers for Guardian's: it also asks the ancestors of a group.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SAMESITE = "Lax"
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.ScryptPasswordHasher",
    ]
)

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(env.home() / "static")))
STATICFILES_DIRS = [BASE_DIR / "procurement" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_AUTOREFRESH = DEBUG and not DEMO_PAGES

# Mail: the demo keeps every message in a mailbox that its pages show.
DEMO_MAILBOX_DIR = env.home() / "mailbox"
EMAIL_URL = env.text("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
elif DEMO_PAGES:
    EMAIL_BACKEND = "procurement.demo.mailbox.MailboxBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Procurement <procurement@localhost>")
# The envelope's sender: where mail servers return what they could not deliver. Its mailbox is read
# by `manage.py record_bounces`. Empty: as the header's sender.
BOUNCE_ADDRESS = env.text("BOUNCE_ADDRESS", "")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-src": [SELF] if DEMO_PAGES else [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF] if DEMO_PAGES else [NONE],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN" if DEMO_PAGES else "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if BASE_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.access.IsMember"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "accounts.problems.problem",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Procurement API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Fields of one name hold different sets of values here; each set gets a name of its own.
    "ENUM_NAME_OVERRIDES": {
        "ApprovalStatusEnum": "approvals.models.ApprovalRequest.Status",
        "AvoidingChangeEnum": "approvals.counterfactuals.ChangeKind",
        "DeviationEnum": ["BLOCKED", "RESTRICTED"],
        "DutyKindEnum": "accounts.duties.DutyKind",
        "EffectKindEnum": "accounts.effects.EffectKind",
        "BacktestOutcomeEnum": "analytics.backtesting.answers.Outcome",
        "BacktestStatusEnum": "analytics.models.BacktestRun.Status",
        "BudgetImportStatusEnum": "budgets.models.BudgetImport.Status",
        "BudgetIncreaseStatusEnum": "budgets.models.BudgetIncrease.Status",
        "BudgetPeriodStatusEnum": ["OPEN", "FROZEN", "CLOSED", "REOPENED"],
        "BudgetTransferStatusEnum": "budgets.models.BudgetTransfer.Status",
        "BudgetStateEnum": ["ok", "warn", "over", "stop"],
        "GroupKindEnum": "accounts.models.OrgGroup.Kind",
        "GroupKindBelowRootEnum": "accounts.serializers.groups.KINDS",
        "GuidanceEnum": "catalogs.guidance.Outcome",
        "ImaginedOutcomeEnum": "procurement.orders.imagining.ImaginedOutcome",
        "InvitationBatchStatusEnum": "accounts.models.InvitationBatch.Status",
        "InvitationStatusEnum": "accounts.models.Invitation.Status",
        "LineFateEnum": "accounts.models.InvitationLine.Fate",
        "MemberMoveStatusEnum": "accounts.models.MemberMove.Status",
        "MembershipStatusEnum": "accounts.models.Membership.Status",
        "OrderSourceEnum": "analytics.filters.Source",
        "OrderStatusEnum": "procurement.orders.models.Requisition.Status",
        "PeriodKindEnum": "budgets.models.Budget.Kind",
        "PolicyFindingEnum": "approvals.api.checking.CODES",
        "PolicyFindingSeverityEnum": "approvals.checking.Severity",
        "PolicyLinePartEnum": "approvals.effective.LinePart",
        "RoleEnum": "accounts.models.Role",
        "TreeImportStatusEnum": "accounts.models.TreeImport.Status",
        "RouteStateEnum": ["done", "now", "next", "stop"],
        "RuleTargetEnum": ["CATEGORY", "SUPPLIER", "ITEM"],
        "StageStatusEnum": "approvals.models.Stage.Status",
        "SupplierStatusEnum": "catalogs.models.Supplier.Status",
        "SubmitOutcomeEnum": "procurement.orders.services.SubmitOutcome",
        "TrainingLinkKindEnum": "accounts.training.LinkKind",
    },
}

LOGGING_CONFIG = None
LOGGING = logging_configuration(json=not (DEBUG or DEMO_PAGES), level=env.text("LOG_LEVEL", "INFO"))

# Keys of their own, so that one can be rotated without the others: the audit trail's digests and
# what waits encrypted in the outbox.
AUDIT_KEY = env.text("AUDIT_KEY", derive_key(SECRET_KEY, "audit"))
OUTBOX_KEY = env.text("OUTBOX_KEY", derive_key(SECRET_KEY, "outbox"))

# What signs push messages (RFC 8292), so that nothing has to be set up for them. A browser's
# subscription holds for one key: with another one, everybody turns notifications on again.
VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY", derive_signing_key(SECRET_KEY, "vapid"))
VAPID_PUBLIC_KEY = public_key_of(VAPID_PRIVATE_KEY)
VAPID_SUBJECT = env.text("VAPID_SUBJECT", f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
# Push services that may stand on a private address: those of the suite, and none besides.
PUSH_SERVICES_WITHIN = env.words("PUSH_SERVICES_WITHIN") if TESTING else []
# Calendars of absences are fetched from the public internet alone. The suite, and nothing in the
# environment, lets its own server on this machine be read, too.
ABSENCE_FEEDS_FROM_LOOPBACK = False
