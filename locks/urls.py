"""The addresses of lock sources, below /locks/."""

from django.urls import include, path

from locks.views import acting, page, reading, stage

app_name = "locks"

_source = [
    path("", page.page, name="page"),
    path("now.json", page.now, name="now"),
    path("clock.json", page.clock, name="clock"),
    path("find.json", reading.search, name="find"),
    path("lock.json", reading.lock, name="lock"),
    path("locks.csv", reading.csv, name="csv"),
    path("break", acting.break_lock, name="break"),
    path("pause", acting.pause, name="pause"),
    path("stage.json", stage.panel, name="stage"),
    path("stage", stage.asked, name="stage_ask"),
]

urlpatterns = [path("locks/", page.index, name="index"), path("locks/<slug:slug>/", include(_source))]
