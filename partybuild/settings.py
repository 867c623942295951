"""The one settings file. What differs between machines comes from the environment; see README.md for the list."""

from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from partybuild.environment import env, flag, generated_secret, is_set, require, text_list, whole_number

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- Demo or real -----------------------------------------------------------------------------------------------------
# Demo people, demo passwords, the moved clock and the page of demo mails exist only here.
DEMO = flag("DEMO", default=not is_set("DATABASE_URL"))
DEBUG = flag("DEBUG", default=False)
PORT = whole_number("PORT", 8000, 1, 65535)
# Plain HTTP is for the demo and for tests only.
HTTPS = flag("HTTPS", default=not DEMO)

if DEMO:
    SECRET_KEY = generated_secret(VAR_DIR / "secret_key")
    BIND = "127.0.0.1"
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
else:
    require(
        "needed unless DEMO=1", "SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "SITE_URL", "EMAIL_URL", "MAIL_SENDER"
    )
    SECRET_KEY = env.str("SECRET_KEY")
    BIND = env.str("BIND", default="127.0.0.1")
    ALLOWED_HOSTS = text_list("ALLOWED_HOSTS")
    SITE_URL = env.str("SITE_URL").rstrip("/")
    if len(SECRET_KEY) < 32:
        raise ImproperlyConfigured("SECRET_KEY is too short: give it at least 32 random characters.")
    if not SITE_URL.startswith("https://" if HTTPS else ("http://", "https://")):
        raise ImproperlyConfigured("SITE_URL must begin with https:// (or set HTTPS=0 on a network you trust).")

# --- Applications -----------------------------------------------------------------------------------------------------
ROOMS = ["common", "orgs", "notices", "tasks", "ballots", "meetings", "scoring", "dashboards"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "simple_history",
    "treebeard",
    "django_htmx",
    "axes",
    "csp",
    *ROOMS,
    "partybuild",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partybuild.compression.CompressPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partybuild.languages.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.middleware.DomainErrorMiddleware",
    "partybuild.refusals.WrongMethodMiddleware",
    "axes.middleware.AxesMiddleware",  # must come last
]
ROOT_URLCONF = "partybuild.urls"
WSGI_APPLICATION = "partybuild.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orgs.context.look",
                "dashboards.context.page",
            ],
            "builtins": ["common.templatetags.speech"],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database and cache -----------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'partybuild.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without these, concurrent writers fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = whole_number("CONN_MAX_AGE", 60, 0, 3600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# --- Accounts ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "orgs.backends.AccountBackend",
    "orgs.backends.OrganisationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # an invitation is valid for a week
ANONYMOUS_USER_NAME = None  # guardian: no row for people who are not signed in
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # its backend is replaced by orgs.backends, which inherits down the tree

# A whole campus may share one address: lock the pair, never the address alone.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "partybuild.refusals.locked_out"
CSRF_FAILURE_VIEW = "partybuild.refusals.csrf_failure"

# --- Safety in the browser --------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = f"partybuild_{PORT}" if DEMO else "partybuild"  # two demos on one machine keep apart
CSRF_COOKIE_NAME = f"partybuild_csrf_{PORT}" if DEMO else "partybuild_csrf"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = whole_number("HSTS_SECONDS", 3600, 0, 63_072_000) if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler's style sheet draws its controls with data: pictures
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]  # each in its own words
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "partybuild_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "assets"]  # our own; built by bin/assets.py
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "partybuild.storage.PrivateStorage"},
    "staticfiles": {"BACKEND": "partybuild.storage.StaticStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = VAR_DIR / "uploads"  # under no public address: served by views that ask for rights first
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
UPLOAD_QUOTA_BYTES_PER_ORGANISATION = 2 * 1024 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # of a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a roll of several hundred people
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Mail -------------------------------------------------------------------------------------------------------------
MAIL_DIR = VAR_DIR / "mails"  # where the demo keeps its mails
if is_set("EMAIL_URL"):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "notices.mailbox.MailFolderBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_SENDER", default="党建平台 <partybuild@example.edu.cn>")

# --- Background work --------------------------------------------------------------------------------------------------
# A message is only a nudge: what must happen is a row in the database, and the next tick catches up.
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = whole_number("WORKER_THREADS", 2, 1, 64)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
else:
    BROKER_DIR = VAR_DIR / "broker"
    for folder in ("queue", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
    }
CELERY_BEAT_SCHEDULE = {
    # At 20:00; the ticks after it find the day done, or finish a night whose worker died.
    "nightly": {"task": "partybuild.nightly", "schedule": crontab(hour="20-23", minute="*/15")},
    "send-pending-mail": {"task": "notices.send_pending", "schedule": crontab(minute="*/5")},
    "follow-changes": {"task": "scoring.follow_changes", "schedule": crontab()},
}

# --- Logs -------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO").upper()},
    "loggers": {"django": {"handlers": [], "propagate": True}, "axes": {"level": "WARNING"}},
}

# --- The domain's settings (entries that the rules leave to each school) ----------------------------------------------
SCORE_DEBOUNCE_SECONDS = 60  # a record is often corrected right after it was confirmed
TERM_YEARS = {"committee": 5, "general_branch": 3, "branch": 3}
LIGHT_PROFILES: dict[str, dict[str, Any]] = {
    "cadence": {
        "yellow": {"days_left_max": 7},
        "orange": {"days_left_max": 2},
        "red": "overdue",
        "slips": False,
    },
    "supervision": {
        "yellow": {"window_left_max": 0.30, "only_without_report_in_current_rhythm": True},
        "orange": {
            "window_left_max": 0.15,
            "only_without_report_in_current_rhythm": True,
            "or_yellow_unanswered_workdays": 10,
        },
        "red": "overdue",
        "slips": True,
        "approved_extension_answers_slip": True,
    },
    # Supporting units sign and close with those who lead: there is nothing to chase them for.
    "support": {"closes_with_lead": True},
}
# Not in the reference: the school's own choice of the monthly report day and of how long a slip may go unanswered.
FOLLOW_UP_REPORT_DAY = 25
# A project that has only just begun has nothing to tell: its first report day lies at least so many days after the start.
FOLLOW_UP_FIRST_AFTER_DAYS = 10
SLIP_CLIMB_WORKDAYS = 3
REMIND_DAYS_LEFT = (7, 2, 1)
REMIND_DAYS_OVERDUE = (1, 3, 7)
REMIND_OVERDUE_EVERY = 7
LATE_ENTRY_GRACE_DAYS = 7
# The share of excellent grades and of whom it is taken (R-APPRAISE-1: three ways are in use).
APPRAISAL_EXCELLENT_MAX = "1/3"
APPRAISAL_EXCELLENT_BASE = "appraised"
# When a branch has met its item on study hours: hours a year (R-EDU-20), and the share of members who have them.
STUDY_HOURS_PER_YEAR = 32
STUDY_HOURS_SHARE = "0.95"
DRAFT_MAX_BYTES = 512 * 1024
# First day for which anything is owed; None: the month of the first nightly run.
OBLIGATIONS_SINCE = None
MIN_DAYS_TO_OWE = 10
# Working days of the publication of results, of the window for objections (the later one counts) and of an answer; a
# scheme that names its own in ``process`` goes by these.
PUBLICATION_DAYS = 5
OBJECTION_DAYS = 5
ANSWER_DAYS = 10
