"""The URLs of the clusters."""

from django.urls import include, path

from ringviz.views import acting, browsing, comparing, creating, keys, moved, page, reading

app_name = "ringviz"

_cluster = [
    path("", page.ring, name="ring"),
    path("state", page.state, name="state"),
    path("tokens.bin", reading.tokens, name="tokens"),
    path("table.bin", reading.table, name="table"),
    path("density.bin", reading.density, name="density"),
    path("lookup", reading.lookup, name="lookup"),
    path("any-key", reading.any_key, name="any_key"),
    path("events", reading.events, name="events"),
    path("plan", acting.plan, name="plan"),
    path("underway", acting.underway, name="underway"),
    path("act", acting.act, name="act"),
    path("moved", moved.moved, name="moved"),
    path("moved.csv", moved.moved_csv, name="moved_csv"),
    path("compare/", comparing.page, name="compare"),
    path("compare/figures", comparing.figures, name="compare_figures"),
    path("compare.csv", comparing.figures_csv, name="compare_csv"),
    path("keys", keys.keys, name="keys"),
    path("nodes/<int:number>/keys/", browsing.node_keys, name="node_keys"),
]

urlpatterns = [
    path("new-cluster/", creating.create, name="create"),
    path("clusters/<slug:slug>/", include(_cluster)),
]
