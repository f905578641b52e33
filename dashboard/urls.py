"""Every address of the project."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from dashboard.enter import enter

urlpatterns = [
    path("admin/", admin.site.urls),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=["dashboard", "ringviz", "live"]), name="jsi18n"),
    path("enter/<str:token>/", enter, name="enter"),
    path("", include("ringviz.urls")),
]
