"""Each alert fires when it should and only then, and has a page; queries read what there is."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from monitoring import alerts, dashboards, metrics_in, metrics_of_server
from support import ROOT, rendered, with_values

RUNBOOKS = ROOT / "docs/runbooks"
SCENES = yaml.safe_load((Path(__file__).parent / "alerts.yaml").read_text(encoding="utf-8"))
BASE = "docs/runbooks"


def rule_groups() -> dict:
  return with_values("prometheusRule.enabled=true").of_kind("PrometheusRule")[0]["spec"]


def rules() -> dict[str, dict]:
  return {rule["alert"]: rule for group in rule_groups()["groups"] for rule in group["rules"]}


def promtool(*arguments) -> subprocess.CompletedProcess:
  return subprocess.run(["promtool", *arguments], text=True, capture_output=True, check=False,
                        timeout=60)


def write(path: Path, document) -> Path:
  path.write_text(yaml.safe_dump(document), encoding="utf-8")
  return path


def test_promtool_takes_the_rules(tmp_path):
  ended = promtool("check", "rules", write(tmp_path / "rules.yml", rule_groups()))
  assert ended.returncode == 0, ended.stdout + ended.stderr


def test_promtool_takes_the_settings_of_the_bundled_prometheus(tmp_path):
  data = rendered("existing-secrets").named("ConfigMap", "higgs-domino-prometheus")["data"]
  (tmp_path / "rules.yml").write_text(data["rules.yml"], encoding="utf-8")
  settings = data["prometheus.yml"].replace("/etc/prometheus", str(tmp_path))
  (tmp_path / "prometheus.yml").write_text(settings, encoding="utf-8")
  ended = promtool("check", "config", tmp_path / "prometheus.yml")
  assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_bundled_prometheus_has_the_same_rules():
  data = rendered("monitoring").named("ConfigMap", "higgs-domino-prometheus")["data"]
  assert yaml.safe_load(data["rules.yml"]) == rule_groups()


def scene_test(alert: str, scene: dict, fires: bool) -> dict:
  """A test as promtool reads it: its samples are a minute apart."""
  rule = rules()[alert]
  expected = [{
    "exp_labels": rule["labels"] | scene.get("labels", {}),
    "exp_annotations": rule["annotations"]}] if fires else []
  return {
    "interval": "1m", "name": f"{alert} {'fires' if fires else 'is silent'}",
    "input_series": [{"series": series, "values": values}
                     for series, values in scene["series"].items()],
    "alert_rule_test": [
      {"eval_time": scene["at"], "alertname": alert, "exp_alerts": expected}]}


@pytest.mark.parametrize("alert", sorted(alerts()))
@pytest.mark.parametrize("kind", ["fires", "silent"])
def test_an_alert(alert, kind, tmp_path):
  write(tmp_path / "rules.yml", rule_groups())
  document = {"rule_files": ["rules.yml"], "evaluation_interval": "1m",
              "tests": [scene_test(alert, scene, kind == "fires")
                        for scene in SCENES[alert][kind]]}
  ended = promtool("test", "rules", write(tmp_path / "test.yml", document))
  assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_alert_has_scenes_and_every_scene_its_alert():
  assert set(SCENES) == set(alerts()) == set(rules())


@pytest.mark.parametrize("alert", sorted(alerts()))
def test_an_alert_has_a_page_that_says_what_to_do(alert):
  file, rule = alerts()[alert], rules()[alert]
  assert file["rule"]["alert"] == alert, "the file has the alert's name"
  assert file["group"] in ("server", "database", "ledger")
  assert rule["labels"]["severity"] in ("critical", "warning")
  assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
  assert rule["annotations"]["runbook_url"] == f"{BASE}/{alert}.md"
  page = (RUNBOOKS / f"{alert}.md").read_text(encoding="utf-8")
  assert page.startswith(f"# {alert}\n") and file["rule"]["annotations"]["summary"] in page
  assert f"({file['group']}, {rule['labels']['severity']})" in page
  assert "\n## Look\n" in page and "\n## Do\n" in page


def test_there_is_no_page_without_its_alert():
  assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == set(alerts())


def test_the_address_of_the_pages_can_be_changed():
  groups = rendered("cnpg").of_kind("PrometheusRule")[0]["spec"]["groups"]
  urls = [rule["annotations"]["runbook_url"] for group in groups for rule in group["rules"]]
  assert "https://example.com/runbooks/HiggsServerDown.md" in urls


def test_the_page_has_metrics():
  assert {"higgs_pool_waiting", "higgs_sockets_opened_total", "process_open_fds",
          "higgs_http_request_duration_seconds", "higgs_sockets"} <= metrics_of_server()


def test_alerts_read_metrics_that_there_are():
  asked = {name for file in alerts().values() for name in metrics_in(file["rule"]["expr"])}
  assert asked and asked <= metrics_of_server()


def test_dashboards_read_metrics_that_there_are():
  for name, board in dashboards().items():
    for panel in board["panels"]:
      for target in panel["targets"]:
        metrics = metrics_in(target["expr"])
        assert metrics and metrics <= metrics_of_server(), (name, panel["title"], metrics)


def test_dashboards_are_whole(tmp_path):
  for name, board in dashboards().items():
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids) and board["uid"] and board["title"], name
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"${datasource}"}
    cells = [cell for panel in board["panels"] for cell in covered(panel["gridPos"])]
    assert len(set(cells)) == len(cells), f"{name}: panels lie on each other"
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    document = {"groups": [{"name": "x", "rules": [
      {"record": f"query_{number}", "expr": query} for number, query in enumerate(expressions)]}]}
    ended = promtool("check", "rules", write(tmp_path / "queries.yml", document))
    assert ended.returncode == 0, ended.stdout + ended.stderr


def covered(place: dict):
  assert place["x"] + place["w"] <= 24
  for x in range(place["x"], place["x"] + place["w"]):
    for y in range(place["y"], place["y"] + place["h"]):
      yield x, y


def test_grafana_finds_the_dashboards():
  config = rendered("cnpg").named("ConfigMap", "higgs-domino-dashboards")
  assert config["metadata"]["labels"]["grafana_dashboard"] == "1"
  assert set(config["data"]) == set(dashboards())
  assert re.search(r'"uid": "higgs-domino', config["data"]["server.json"])
