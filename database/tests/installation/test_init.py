"""database/init.sql: loads the sample once, into an empty database only."""

from support import ROOT, InstallationTest

INIT = ROOT / "database/init.sql"
COUNTS = """
select format('%s %s %s %s %s',
  (select count(*) from public.users), (select count(*) from public.transactions),
  (select count(*) from public.game_moves), (select count(*) from public.audit_logs),
  (select sum(balance) from public.user_wallets));
"""


class Init(InstallationTest):

  def run_init(self):
    """Runs database/init.sql from another directory."""
    return self.server.psql(self.name, "-f", str(INIT), cwd="/")

  def test_a_second_run_changes_nothing(self):
    self.assertSucceeds(self.run_init(), "The sample is loaded")
    counts = self.database.psql(COUNTS)
    self.assertSucceeds(self.run_init(), "The sample is there already - nothing to do")
    self.assertEqual(self.database.psql(COUNTS), counts)

  def test_nothing_of_the_loader_stays_behind(self):
    self.assertSucceeds(self.run_init(), "The sample is loaded")
    left = self.database.rows(
      "select c.relname from pg_class as c where c.relname like 'sample%'"
      " union all select p.proname from pg_proc as p where p.proname like '%gaple%'")
    self.assertEqual(left, [])

  def test_a_database_with_players_of_its_own_is_refused(self):
    self.assertSucceeds(self.run_setup())
    self.database.psql("select public.create_player('somebody');")
    counts = self.database.psql(COUNTS)
    self.assertRefuses(self.run_init(), "has players already", "Make another database")
    self.assertEqual(self.database.psql(COUNTS), counts)

  def test_an_error_of_setup_ends_it(self):
    self.database.psql("create table public.user_wallets (id bigint);")
    ended = self.run_init()
    self.assertRefuses(ended, "has the tables, but no record of migrations")
    self.assertNotIn("init.sql:", ended.stdout)
