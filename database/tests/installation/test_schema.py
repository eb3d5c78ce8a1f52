"""database/schema.sql is the schema that the migrations make; the baseline is what it must be."""

from support import MIGRATIONS, SCHEMA, InstallationTest, schema_of, setup_sql

TABLES = """
  users user_profiles user_mfa_factors user_sessions vip_levels user_vip_status user_wallets games
  game_rooms game_sessions game_hands game_moves game_statistics transactions daily_bonuses
  achievements user_achievements tournaments tournament_participants friendships messages
  notifications user_reports audit_logs
""".split()
VIEWS = """
  user_summary game_room_summary transaction_summary active_games user_achievements_progress
  tournament_leaderboard
""".split()
MATERIALIZED_VIEWS = ["user_leaderboard", "daily_statistics", "game_performance"]
FUNCTIONS = """
  get_user_balance get_user_friends get_user_game_stats get_user_recent_activity get_top_players
  get_user_rank calculate_win_rate send_notification create_audit_log cleanup_expired_sessions
  cleanup_old_data refresh_all_materialized_views scheduled_maintenance
""".split()
FUNCTIONS_MIN = 15


class Schema(InstallationTest):

  # Where only the spelling differs, spell the migration as PostgreSQL prints it: `a >= 1 and a <= b
  # and b <= 8` rather than `a between 1 and b and b <= 8`, a name for each column of a union. Then a
  # database that was restored from a dump shows no drift either.
  def test_the_schema_in_one_file_is_letter_for_letter_what_the_migrations_make(self):
    self.assertSucceeds(self.run_setup())
    migrated = schema_of(self.database)
    self.server.create(self.name)
    self.assertSucceeds(self.server.psql(self.name, "-f", str(SCHEMA), cwd="/"))
    self.assertSameSchema(schema_of(self.database), migrated)

  def test_it_has_its_partitions_and_every_view_can_be_read(self):
    self.assertSucceeds(self.server.psql(self.name, "-f", str(SCHEMA), cwd="/"))
    self.assertNotEqual(self.database.psql(
      "select count(*) from pg_partition_tree('public.transactions') where isleaf;").strip(), "0")
    for view in self.database.rows(
      "select relname as name from pg_class where relkind in ('v', 'm') "
      "and relnamespace = 'public'::regnamespace"):
      self.database.psql(f"select count(*) from public.{view['name']};")


class Baseline(InstallationTest):

  def setUp(self):
    super().setUp()
    self.assertSucceeds(self.run_text(setup_sql(MIGRATIONS[:4])), "is now at 004")

  def relations(self, kinds: str) -> list[str]:
    rows = self.database.rows(
      f"select relname as name from pg_class where relkind in ({kinds}) and not relispartition "
      "and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations'")
    return sorted(row["name"] for row in rows)

  def test_migrations_001_to_004_make_exactly_24_tables(self):
    self.assertEqual(self.relations("'r', 'p'"), sorted(TABLES))

  def test_they_make_exactly_6_views_and_3_materialized_views(self):
    self.assertEqual(self.relations("'v'"), sorted(VIEWS))
    self.assertEqual(self.relations("'m'"), sorted(MATERIALIZED_VIEWS))

  def test_they_make_the_functions_by_name_and_15_or_more(self):
    names = {row["name"] for row in self.database.rows(
      "select proname as name from pg_proc where pronamespace = 'public'::regnamespace")}
    self.assertEqual(sorted(set(FUNCTIONS) - names), [])
    self.assertGreaterEqual(len(names), FUNCTIONS_MIN)
