"""Who may install: an ordinary role with CREATEROLE that owns the database, on an empty server."""

import tempfile
import unittest
from pathlib import Path

from support import NEWEST, SCHEMA, SETUP, end_server, new_server, schema_of


class OrdinaryRole(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    folder = tempfile.TemporaryDirectory(prefix="higgs-roles.")
    cls.addClassCleanup(folder.cleanup)
    Path(folder.name).chmod(0o711)
    cls.server = new_server(folder.name)
    cls.addClassCleanup(end_server, folder.name)

  def setUp(self):
    self.server.drop("game")
    self.server.database("postgres").psql(
      "set client_min_messages = warning; "
      "drop role if exists higgs_app, higgs_readonly, higgs_owner, ada, eve; "
      "create role ada login createrole;")
    self.server.create("game", "owner ada")

  def run_setup(self, user: str = "ada", file: Path = SETUP):
    return self.server.psql("game", "-f", str(file), user=user)

  def test_it_installs_and_a_second_run_changes_nothing(self):
    ended = self.run_setup()
    self.assertEqual(ended.returncode, 0, ended.stdout)
    self.assertIn(f"is now at {NEWEST}", ended.stdout)
    self.assertIn("nothing to do", self.run_setup().stdout)

  def test_it_makes_the_same_schema_as_a_superuser(self):
    self.run_setup()
    schema = schema_of(self.server.database("game"))
    self.server.create("game")
    self.run_setup(user="postgres")
    self.assertEqual(schema_of(self.server.database("game")), schema)

  def test_it_may_run_the_whole_schema_as_one_file(self):
    ended = self.run_setup(file=SCHEMA)
    self.assertEqual(ended.returncode, 0, ended.stdout)

  def test_without_createrole_the_right_that_is_missing_is_printed(self):
    self.server.database("postgres").psql("alter role ada nocreaterole;")
    ended = self.run_setup()
    self.assertNotEqual(ended.returncode, 0)
    self.assertIn("alter role ada createrole;", ended.stdout)

  def test_a_member_of_the_owner_may_upgrade_and_others_are_told_the_grant(self):
    self.run_setup()
    self.server.database("game").psql(
      "create role eve login; grant connect on database game to eve;")
    ended = self.run_setup(user="eve")
    self.assertNotEqual(ended.returncode, 0)
    self.assertIn("grant higgs_owner to eve;", ended.stdout)
    self.server.database("game").psql("grant higgs_owner to eve;")
    self.assertIn("nothing to do", self.run_setup(user="eve").stdout)

  def test_a_second_installer_is_told_who_can_grant_what_it_needs(self):
    self.run_setup()
    self.server.database("postgres").psql("create role eve login createrole;")
    self.server.create("game_two", "owner eve")
    self.addCleanup(self.server.drop, "game_two")
    install = lambda: self.server.psql("game_two", "-f", str(SETUP), user="eve")
    ended = install()
    version = int(self.server.database("postgres").psql("show server_version_num;"))
    if version >= 160000:
      self.assertNotEqual(ended.returncode, 0)
      self.assertIn("As a superuser or ada run: grant higgs_owner to eve;", ended.stdout)
      self.server.database("game", "ada").psql("grant higgs_owner to eve;")
      ended = install()
    self.assertEqual(ended.returncode, 0, ended.stdout)
    self.assertIn(f"is now at {NEWEST}", ended.stdout)
    self.server.drop("game_two")
