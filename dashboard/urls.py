"""Every address of the project."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from dashboard import views
from dashboard.enter import enter

urlpatterns = [
    path("admin/", admin.site.urls),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=["dashboard", "ringviz", "live"]), name="jsi18n"),
    path("enter/<str:token>/", enter, name="enter"),
    path("", views.show_overview, name="overview"),
    path("overview/clusters/<slug:slug>/", views.show_cluster, name="overview-cluster"),
    path("overview/processes/", views.show_processes, name="overview-processes"),
    path("clusters/<slug:slug>/timeline/", views.show_timeline, name="timeline"),
    path("", include("ringviz.urls")),
]
