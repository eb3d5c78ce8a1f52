"""The examples run as they stand, as higgs_app, on a fresh database and once more."""

import re
import subprocess

from support import ROOT, TIMEOUT_SECONDS, InstallationTest, clean_environment

PYTHON = ROOT / ".venv/bin/python"
APPLICATION = "higgs_app"


class Examples(InstallationTest):

  def setUp(self):
    super().setUp()
    self.assertSucceeds(self.run_setup())

  def test_a_whole_hand_from_psql(self):
    for _ in range(2):
      ended = self.server.psql(
        self.name, "-X", "-f", str(ROOT / "examples/psql/hand.sql"), user=APPLICATION, cwd="/")
      self.assertSucceeds(ended)
      for expected in (
        r"sent twice is done once\n.*\n.*\n ok  \| ok\n\n.*\n.*\n exists\n",
        r"ok\s+\|\s+1 \| \{5000,5000\}", r"1 \| ok\n\s+2 \| ok\n\s+3 \| ok\n",
        r"number_5\s+\n-+\n out_of_order", r"seat_3\s+\n-+\n invalid", r"\n kind_not_allowed",
        r"ok\s+\|\s+30\n", r"again\s+\n-+\n exists", r"ok\s+\|\s+5970 \| ok\s+\|\s+4000",
        r"settlement \| room \d+ seat 1\s+\| room \d+ seat 0\s+\|\s+1000"):
        self.assertRegex(ended.stdout, expected)
      checks = re.findall(r"^ (\w+)\s+\| ([tf])\s+\|", ended.stdout, re.MULTILINE)
      self.assertEqual(len(checks), 15, ended.stdout)
      self.assertEqual({is_ok for _, is_ok in checks}, {"t"}, ended.stdout)

  def test_the_ledger_from_python(self):
    for _ in range(2):
      said = self.run_python("ledger.py")
      for expected in (
        r"the same grant again +exists", r"exists_with_different_content",
        r"a group that is too dear +group_failed", r"2000 of the grant taken back +ok +1950"):
        self.assertRegex(said, expected)

  def test_the_seals_from_python(self):
    self.run_python("ledger.py")
    self.wait_and_seal()
    self.assertRegex(self.run_python("seals.py"), r"^block 1: \d+ rows, [0-9a-f]{64} ok$")

  def run_python(self, name: str) -> str:
    """What a program of examples/python says; it must end well."""
    url = self.server.database(self.name, APPLICATION).uri
    ended = subprocess.run(
      [PYTHON, "-B", ROOT / "examples/python" / name], text=True, stdout=subprocess.PIPE,
      stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS, cwd="/",
      env=clean_environment() | {"DATABASE_URL": url})
    self.assertEqual(ended.returncode, 0, ended.stdout)
    return ended.stdout

  def wait_and_seal(self) -> None:
    """Seals what was posted: other transactions of the server may hold it back for a while."""
    self.database.psql("""
      do $wait$
      begin
        while public.ledger_horizon() <= (select max(t.posted_xid) from public.transactions as t)
        loop
          commit;
          perform pg_sleep(0.02);
        end loop;
        perform public.seal_ledger();
      end
      $wait$;""")
