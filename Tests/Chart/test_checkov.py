"""checkov's rules for Kubernetes; what is left out stands here with its reason."""

import json
import re
import subprocess

from support import BIN, CASES, case_arguments, template

# A rule, which objects need not keep it, and why.
LEFT_OUT = [
  ("CKV_K8S_11", r".*", "no limit of CPU: throttling shows as lag at the tables"),
  ("CKV_K8S_15", r".*", "tags are those of releases and never move; a pull at each start would "
                        "make a registry's failure ours"),
  ("CKV_K8S_35", r".*", "libpq reads a password from a file only if its owner alone can, which "
                        "a mounted Secret for another user cannot give"),
  ("CKV_K8S_38", r"Job\..*-secrets-1-\w+", "it makes Secrets by the API server"),
  ("CKV_K8S_40", r".*-(backup|migrate|database|cache|grafana)\b.*", "the users of the images "
                 "of database, cache and Grafana are 999, 998 and 472"),
  ("CKV_K8S_43", r".*", "digests are of the operator's own builds: image.digest takes them"),
  ("CKV_K8S_8", r"Pod\..*-test-\w+", "it runs once and ends"),
  ("CKV_K8S_9", r"Pod\..*-test-\w+", "it runs once and ends"),
]
TIMEOUT_SECONDS = 300


def test_checkov_finds_nothing_but_what_is_left_out_with_a_reason(tmp_path):
  for case in CASES:
    (tmp_path / f"{case}.yaml").write_text(template(*case_arguments(case)), encoding="utf-8")
  ended = subprocess.run(
    [BIN / "checkov", "--directory", tmp_path, "--framework", "kubernetes", "--skip-download",
     "--output", "json", "--quiet", "--compact"], text=True, capture_output=True,
    timeout=TIMEOUT_SECONDS, check=False)
  results = json.loads(ended.stdout)
  assert results["summary"]["passed"] > 1000 and results["summary"]["parsing_errors"] == 0
  failed = [(each["check_id"], each["resource"], each["check_name"])
            for each in results["results"]["failed_checks"]]
  used = {number for check, resource, _ in failed for number, entry in enumerate(LEFT_OUT)
          if entry[0] == check and re.fullmatch(entry[1], resource)}
  left = [each for each in failed if not any(
    check == each[0] and re.fullmatch(pattern, each[1]) for check, pattern, _ in LEFT_OUT)]
  assert not left, "\n".join(map(str, left))
  assert used == set(range(len(LEFT_OUT))), "an exception that nothing needs"
