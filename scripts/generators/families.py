"""The families that tables are shown in, with the colour of each in the pictures."""

from dataclasses import dataclass

from .catalog import Catalog
from .migrations import GeneratorError


@dataclass(frozen=True)
class Family:
  """Tables that belong together."""

  name: str
  title: str
  purpose: str
  fill: str
  tables: tuple[str, ...]


FAMILIES = (
  Family(
    "accounts", "Accounts", "Who plays: accounts, sign-in, profiles, VIP levels, limits.",
    "#cfe2f3",
    ("users", "user_profiles", "user_mfa_factors", "user_sessions", "user_devices",
     "one_time_tokens", "vip_levels", "user_vip_status", "player_limits", "player_day_totals")),
  Family(
    "play", "Play", "What is played: games, rooms, stays in seats, hands and their moves.",
    "#d9ead3",
    ("games", "stake_tiers", "game_rooms", "game_sessions", "game_hands", "hand_seats",
     "game_moves", "room_deals", "game_statistics", "tournaments", "tournament_participants", "server_nodes")),
  Family(
    "ledger", "Ledger", "Where every chip is, how it came there, and the proof of it.",
    "#fff2cc",
    ("user_wallets", "transactions", "ledger_state", "ledger_rollups", "ledger_seals",
     "ledger_seal_signatures", "ledger_archives", "idempotency_keys", "daily_bonuses", "gifts")),
  Family(
    "social", "Social", "What players are to each other: friends, messages, notices, trophies.",
    "#ead1dc",
    ("friendships", "messages", "notifications", "user_reports", "achievements",
     "user_achievements")),
  Family(
    "platform", "Platform", "How it is run: migrations, audit, settings, approvals, outbox.",
    "#d9d2e9",
    ("schema_migrations", "audit_logs", "settings", "operator_requests", "outbox")),
)


def family_of(table: str) -> Family:
  """The family of a table; raises GeneratorError for one that has none."""
  for family in FAMILIES:
    if table in family.tables:
      return family
  raise GeneratorError(
    f"table {table} is in no family: add it to scripts/generators/families.py")


def tables_by_family(catalog: Catalog) -> list[tuple[Family, list[dict]]]:
  """The families that have tables, each with its tables in the order written above."""
  groups = {family.name: [] for family in FAMILIES}
  for table in catalog.of_kind("rp"):
    groups[family_of(table["name"]).name].append(table)
  for family in FAMILIES:
    groups[family.name].sort(key=lambda table: family.tables.index(table["name"]))
  return [(family, groups[family.name]) for family in FAMILIES if groups[family.name]]
