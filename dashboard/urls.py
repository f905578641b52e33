"""All URLs of the project: the shell's own, and those of each kind of place."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from dashboard import views
from dashboard.enter import enter
from live.places import all_places

handler500 = "dashboard.unanswered.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=settings.OUR_APPS), name="jsi18n"),
    path("session/", views.show_session, name="session"),
    path("enter/<str:token>/", enter, name="enter"),
    path("", views.show_overview, name="overview"),
    path("glossary/", views.show_glossary, name="glossary"),
    path("overview/processes/", views.show_processes, name="overview-processes"),
    path("overview/<slug:prefix>/<slug:slug>/", views.show_card, name="overview-card"),
    path("<slug:prefix>/<slug:slug>/timeline/", views.show_timeline, name="timeline"),
    *(path("", include(module)) for places in all_places() for module in places.url_modules),
]
