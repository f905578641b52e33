"""Settings, all from the environment. If no variable is set, they suit the demo of this folder.

Each variable and its meaning: README, "Configuration".
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from dashboard import bundle, environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.data_dir(BASE_DIR / ".ringviz")

DEPLOYED = environment.flag("DEPLOYED")
DEBUG = False
SECRET_KEY = environment.secret_key(DATA_DIR)
PORT = environment.whole("PORT", 8000, maximum=environment.MAX_PORT)
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")

# Where the site is reached behind a proxy, "/" or "/tools/ring/" (dashboard/prefix.py).
PATH_PREFIX = environment.path_prefix("PATH_PREFIX")
FORCE_SCRIPT_NAME = PATH_PREFIX.rstrip("/") or None

# One line adds a subject: its app registers everything else (live/places.py).
OUR_APPS = [
    "dashboard",
    "ringviz",
    "balancer",
    "locks",
    "live",
]
INSTALLED_APPS = [
    *OUR_APPS,
    "channels",
    "django_htmx",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "dashboard.apps.StaticFiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "dashboard.staticfiles.static_files",
    "live.late.refuse_late",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "dashboard.unanswered.Unanswered",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "dashboard.urls"
ASGI_APPLICATION = "dashboard.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "dashboard.context.frame",
            ]
        },
    }
]

# How many visitors a web process serves at a time, each with a connection to the database, and which proxies it trusts
# for X-Forwarded-For (dashboard/visitors).
WEB_CONNECTIONS = environment.whole("WEB_CONNECTIONS", 8, minimum=3, maximum=1_000)
TRUSTED_PROXIES = environment.proxies("TRUSTED_PROXIES")

DATABASES: dict[str, Any] = {"default": environment.database(DATA_DIR)}
LOCK_WITHIN_S = environment.LOCK_WITHIN_S
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = environment.hint_url(DATA_DIR)

# Where other people's clusters may be attached: hosts, networks, ports (servers/guard/rules.py). Empty: nowhere.
ALLOWED_TARGETS = environment.targets("ALLOWED_TARGETS")

# The servers whose locks are watched, besides our own (locks/core/sourcelist.py).
LOCK_SOURCES = environment.lock_sources("LOCK_SOURCES")

# How many events the log keeps per stream; older ones are folded into a base state.
EVENT_RETENTION = environment.whole("EVENT_RETENTION", 10_000, maximum=10_000_000)

# Managed clusters: how much of this machine their servers may use, and another engine than the embedded one.
SERVERS_MEMORY_MIB = environment.whole("SERVERS_MEMORY_MIB", 4_096, maximum=1_048_576)
SERVER_STARTS_A_MINUTE = environment.whole("SERVER_STARTS_A_MINUTE", 240, maximum=100_000)
SERVER_BINARY = os.environ.get("SERVER_BINARY", "")

# Whether operators can read the keys and values of managed clusters on pages.
BROWSE_KEYS = environment.flag("BROWSE_KEYS", default=True)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.time_zone("TIME_ZONE")

STATIC_URL = f"{PATH_PREFIX}static/"
# Whether pages load the files of `make bundle` instead of the sources.
BUNDLED = DEPLOYED and bool(bundle.folders())
STATICFILES_DIRS = [BASE_DIR / "static", *(bundle.folders() if BUNDLED else [])]
# The demo serves its files as they are; a deployment serves the hashed, compressed files made by collectstatic.
STATIC_ROOT = DATA_DIR / "staticfiles" if DEPLOYED else None
SERVESTATIC_USE_FINDERS = not DEPLOYED
# A demo runs from a folder that people edit and pull into: look at the files at each request, and let no browser reuse
# one without asking. Otherwise a file that grew is cut off at its old length, and the page that needs it stays broken.
SERVESTATIC_AUTOREFRESH = not DEPLOYED
SERVESTATIC_MAX_AGE = 0 if not DEPLOYED else 60
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "dashboard.staticfiles.HashedStorage"
        if DEPLOYED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Cookies ignore ports. The web processes of one site share them, whatever their ports; each demo on a host has its own
# prefix, so that demos do not sign each other out (dashboard/demo/programs.py).
_COOKIE_PREFIX = environment.cookie_prefix("COOKIE_PREFIX", PATH_PREFIX)
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}_session"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}_csrf"
LANGUAGE_COOKIE_NAME = f"{_COOKIE_PREFIX}_language"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = PATH_PREFIX
# The default keeps messages in a cookie that every site on the host would get, and read.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DEPLOYED
SECURE_SSL_REDIRECT = environment.flag("SECURE_SSL_REDIRECT", default=True) and DEPLOYED
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DEPLOYED else None
SECURE_HSTS_SECONDS = 31_536_000 if DEPLOYED else 0
LOGIN_URL = "admin:login"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        # Requests that are refused by rule (a strange Host, an unknown page) are answered, not logged.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.request": {"level": "ERROR"},
    },
    "root": {"handlers": ["stderr"], "level": environment.log_level("LOG_LEVEL")},
}
