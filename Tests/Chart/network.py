"""Network policies as Kubernetes applies them, in the parts that the chart uses."""

import ipaddress
from dataclasses import dataclass, field

from support import Manifests, matches


@dataclass(frozen=True)
class Place:
  """Where a connection begins or ends: a pod with its namespace, or an address outside."""

  name: str
  labels: dict = field(default_factory=dict)
  namespace: str = "games"
  address: str | None = None

  @property
  def namespace_labels(self) -> dict:
    return {"kubernetes.io/metadata.name": self.namespace}


def is_allowed(manifests: Manifests, source: Place, target: Place, port: int,
               protocol: str = "TCP") -> bool:
  """Both ends must let it through; a place outside lets everything through."""
  return (lets_through(manifests, source, target, port, protocol, "Egress")
          and lets_through(manifests, target, source, port, protocol, "Ingress"))


def lets_through(manifests, here: Place, there: Place, port, protocol, direction) -> bool:
  chosen = [policy["spec"] for policy in policies_for(manifests, here)
            if direction in policy["spec"]["policyTypes"]]
  if not chosen:
    return True
  peers = "from" if direction == "Ingress" else "to"
  rules = [rule for spec in chosen for rule in spec.get(direction.lower()) or []]
  return any(has_port(rule, port, protocol) and has_peer(rule.get(peers), there) for rule in rules)


def policies_for(manifests: Manifests, place: Place) -> list[dict]:
  """The policies that choose a pod; none choose an address, or a pod elsewhere."""
  if place.address or place.namespace != "games":
    return []
  return [policy for policy in manifests.of_kind("NetworkPolicy")
          if matches(policy["spec"]["podSelector"].get("matchLabels", {}), place.labels)]


def has_port(rule: dict, port: int, protocol: str) -> bool:
  """No list of ports means all of them; a port without a protocol is of TCP."""
  ports = rule.get("ports")
  return ports is None or any(
    each["port"] == port and each.get("protocol", "TCP") == protocol for each in ports)


def has_peer(peers: list | None, place: Place) -> bool:
  """No list of peers means everybody."""
  return peers is None or any(is_peer(peer, place) for peer in peers)


def is_peer(peer: dict, place: Place) -> bool:
  if "ipBlock" in peer:
    if not place.address:
      return False
    network = ipaddress.ip_network(peer["ipBlock"]["cidr"])
    address = ipaddress.ip_address(place.address)
    return address.version == network.version and address in network
  if place.address:
    return False
  if "namespaceSelector" in peer:
    if not matches(peer["namespaceSelector"].get("matchLabels", {}), place.namespace_labels):
      return False
  elif place.namespace != "games":
    return False
  return matches(peer.get("podSelector", {}).get("matchLabels", {}), place.labels)
