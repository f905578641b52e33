"""Addresses of the clusters."""

from django.urls import URLPattern

app_name = "ringviz"
urlpatterns: list[URLPattern] = []
