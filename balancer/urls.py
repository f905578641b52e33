"""Addresses of the balancer, below those of the cluster."""

from django.urls import include, path

from balancer.views import race

app_name = "balancer"

_balancer = [
    path("", race.page, name="page"),
    path("race", race.figures, name="race"),
    path("race.bin", race.trace, name="race_trace"),
    path("race.csv", race.sheet, name="race_csv"),
]

urlpatterns = [path("clusters/<slug:slug>/balancer/", include(_balancer))]
