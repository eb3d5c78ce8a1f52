"""What is needed gets through, and nothing else: the connections are listed here by hand."""

import itertools

import pytest

from network import Place, is_allowed, policies_for
from support import CASES, rendered

CLOSED = [case for case in CASES if case != "features-off"]
PORTS = (53, 80, 443, 3000, 5432, 6379, 6432, 6380, 8000, 9090, 9093, 9187, 9464)

DNS = Place("dns", {"k8s-app": "kube-dns"}, "kube-system")
CONTROLLER = Place("ingress controller", {}, "ingress-nginx")
OPERATORS_PROMETHEUS = Place("the operators' prometheus", {}, "monitoring")
CNPG_OPERATOR = Place("cnpg operator", {}, "cnpg-system")
STRANGER = Place("a stranger", {"app": "shell"}, "games")
ELSEWHERE = Place("another namespace", {"app": "shell"}, "elsewhere")
API_SERVER = Place("API server", address="10.96.0.1")
INTERNET = Place("somewhere", address="203.0.113.9")
OUTSIDE = {
  "external": [Place("postgres", address="192.0.2.15"), Place("redis", address="198.51.100.7")],
  "cnpg-plugin": [Place("object store", address="198.51.100.9")]}

# From, to, port: for each part of the release that there is.
NEEDED = [
  ("server", "database", 5432), ("migration", "database", 5432), ("backup", "database", 5432),
  ("test", "database", 5432), ("test", "server", 3000), ("server", "cache", 6379),
  ("prometheus", "server", 9464), ("grafana", "prometheus", 9090),
]
ASKS_DNS = {"server", "migration", "backup", "test", "prometheus", "grafana"}
# By case: what the file of ci/ asks for.
NEEDED_OUTSIDE = {
  "cnpg": [("database", "database", 5432), ("database", "database", 8000),
           ("cnpg operator", "database", 5432), ("cnpg operator", "database", 8000),
           ("the operators' prometheus", "database", 9187),
           ("the operators' prometheus", "server", 9464),
           ("database", "API server", 443), ("database", "dns", 53)],
  "cnpg-plugin": [("database", "database", 5432), ("database", "database", 8000),
                  ("cnpg operator", "database", 5432), ("cnpg operator", "database", 8000),
                  ("database", "API server", 443), ("database", "object store", 443),
                  ("database", "somewhere", 443), ("database", "dns", 53)],
  "external": [("server", "postgres", 6432), ("migration", "postgres", 6432),
               ("backup", "postgres", 6432), ("test", "postgres", 6432),
               ("server", "redis", 6380)],
}
# Without an Ingress the public port is everybody's; with one it is the controller's.
ANYBODY = ("ingress controller", "the operators' prometheus", "cnpg operator", "a stranger",
           "another namespace", "somewhere", "dns", "API server")


def places(manifests) -> dict[str, Place]:
  """A pod of each component, and everybody around."""
  found = {pod.component: Place(pod.component, pod.labels) for pod in manifests.pods()}
  for cluster in manifests.of_kind("Cluster"):
    found["database"] = Place("database", {"cnpg.io/cluster": cluster["metadata"]["name"]})
  around = [DNS, CONTROLLER, OPERATORS_PROMETHEUS, CNPG_OPERATOR, STRANGER, ELSEWHERE, API_SERVER,
            INTERNET, *OUTSIDE.get(manifests.case, [])]
  return found | {place.name: place for place in around}


def needed(manifests, there: dict[str, Place]) -> set[tuple]:
  own = {name for name in there if there[name].labels.get("app.kubernetes.io/instance")}
  own |= {"database"} & set(there)
  wanted = {each for each in NEEDED if each[0] in own and each[1] in own}
  wanted |= {(name, "dns", 53) for name in ASKS_DNS & own}
  wanted |= set(NEEDED_OUTSIDE.get(manifests.case, []))
  if "secrets" in own:
    wanted |= {("secrets", place, 443) for place in there if there[place].address}
  if manifests.case.startswith("cnpg"):
    wanted |= {("database", place, 443) for place in there if there[place].address}
  if manifests.case == "ingress":
    wanted.add(("ingress controller", "server", 3000))
  else:
    others = {place for place in there if place not in own} & set(ANYBODY + ("redis", "postgres"))
    wanted |= {(place, "server", 3000) for place in others | {"object store"} & set(there)}
  if manifests.case == "existing-secrets":
    wanted |= {("prometheus", place, 9093) for place in there
               if place not in own}
  return wanted


@pytest.mark.parametrize("case", CLOSED)
def test_exactly_what_is_needed_gets_through(case):
  manifests = rendered(case)
  there = places(manifests)
  own = {name for name, place in there.items() if policies_for(manifests, place)}
  open_ways = {
    (source, target, port)
    for source, target in itertools.product(there, there) if source in own or target in own
    for port in PORTS if is_allowed(manifests, there[source], there[target], port)}
  wanted = needed(manifests, there)
  assert wanted - open_ways == set(), "needed, and closed"
  assert open_ways - wanted == set(), "open, and not needed"


@pytest.mark.parametrize("case", CLOSED)
def test_every_pod_is_closed_in_both_directions(case):
  manifests = rendered(case)
  for name, place in places(manifests).items():
    is_ours = place.labels.get("app.kubernetes.io/instance") or "cnpg.io/cluster" in place.labels
    if is_ours:
      kinds = {kind for policy in policies_for(manifests, place)
               for kind in policy["spec"]["policyTypes"]}
      assert kinds == {"Ingress", "Egress"}, name


@pytest.mark.parametrize("case", CLOSED)
def test_names_are_asked_by_udp_as_well(case):
  manifests = rendered(case)
  for name, place in places(manifests).items():
    if name in ASKS_DNS and policies_for(manifests, place):
      assert is_allowed(manifests, place, DNS, 53, "UDP"), name


@pytest.mark.parametrize("case", CLOSED)
def test_every_policy_chooses_a_pod(case):
  manifests = rendered(case)
  there = places(manifests).values()
  for policy in manifests.of_kind("NetworkPolicy"):
    assert any(policy in policies_for(manifests, place) for place in there), policy["metadata"]


@pytest.mark.parametrize("case", CLOSED)
def test_ports_of_policies_are_ports_of_pods(case):
  """A rule that opens a port on which nobody listens is a mistake."""
  manifests = rendered(case)
  by_component = {
    pod.component: {port["containerPort"] for container in pod.containers
                    for port in container.get("ports", [])} for pod in manifests.pods()}
  for policy in manifests.of_kind("NetworkPolicy"):
    component = policy["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/component")
    for rule in policy["spec"].get("ingress") or []:
      if component in by_component:
        assert {port["port"] for port in rule["ports"]} <= by_component[component]
