"""The address of a lamp."""

from django.urls import path

from tests.lamps.views import lamp

app_name = "lamps"
urlpatterns = [path("lamps/<slug:slug>/", lamp, name="lamp")]
