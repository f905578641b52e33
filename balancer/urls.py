"""The balancer's URLs, below those of the cluster."""

from django.urls import include, path

from balancer.views import proxy, race, traffic, trials, why

app_name = "balancer"

_balancer = [
    path("", traffic.page, name="page"),
    path("act", traffic.act, name="act"),
    path("state", traffic.state, name="state"),
    path("proxy", proxy.front, name="proxy"),
    path("trial", trials.trial, name="trial"),
    path("trial.csv", trials.sheet, name="trial_csv"),
    path("race/", race.page, name="race"),
    path("race/figures", race.figures, name="race_figures"),
    path("race/race.bin", race.trace, name="race_trace"),
    path("race/race.csv", race.sheet, name="race_csv"),
    path("why", why.panel, name="why"),
    path("recent", why.recent, name="recent"),
]

urlpatterns = [path("clusters/<slug:slug>/balancer/", include(_balancer))]
