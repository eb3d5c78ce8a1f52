-- Every column that higgs_readonly may read: the reviewed list of catalog_rights.sql. Who adds a
-- column here says that it is no secret: no hash, token, e-mail, telephone number, address, device,
-- body of a message, payload of an audit, metadata, hidden tile or unrevealed seed.
create temporary view readonly_columns as
select l.relation, c.column_name
from (values
  ('achievements', 'id name description goal reward_currency reward_amount vip_points is_hidden'),
  ('active_games',
    'room_id room_name game_id game_name visibility currency base_bet seats players '
    'player_names chips_on_table hands_started hand_started_at seated_since host_node'),
  ('audit_logs', 'id actor_id database_user action target_type target_id'),
  ('daily_bonuses', 'user_id claimed_on claimed_at streak currency amount transaction_id'),
  ('daily_statistics',
    'day currency transactions volume issued burned rake bonuses bought_in cashed_out '
    'hands_settled hands_voided players accounts_created'),
  ('finished_hand_moves', 'hand_id no seat actor move trustee made_at'),
  ('finished_hand_seats',
    'hand_id seat session_id user_id stack_start client_seed is_bot net rake'),
  ('finished_hands',
    'id room_id number game_id rules_version options currency base_bet rake_bps rake_cap '
    'opener_seat status server_seed_commit server_seed started_at ended_at rake result '
    'void_reason'),
  ('friendships', 'user_id other_id status created_at accepted_at'),
  ('game_performance',
    'game_id game_name currency players wins chips_won rake_paid biggest_win best_streak '
    'recent_rooms recent_hands_settled recent_hands_voided recent_rake recent_average_base_bet '
    'recent_average_hand_seconds'),
  ('game_room_summary',
    'room_id name game_id game_name visibility tournament_id tournament_name currency base_bet '
    'buy_in_min buy_in_max rake_bps rake_cap seats seats_taken chips_on_table hands_started '
    'hand_is_running status host_node created_by created_at closed_at'),
  ('game_rooms',
    'id name game_id visibility tournament_id currency base_bet buy_in_min buy_in_max seats '
    'rake_bps rake_cap options status host_node fence hands_started created_by created_at '
    'closed_at'),
  ('game_sessions',
    'id room_id seat user_id seat_wallet_id bought_in cashed_out sat_down_at stood_up_at'),
  ('game_statistics',
    'user_id game_id currency hands_played hands_won chips_won chips_lost rake_paid biggest_win '
    'streak best_streak last_played_at'),
  ('games', 'id name seats_min seats_max rules_version rules is_enabled'),
  ('ledger_archives', 'relation parent rows first_xid last_xid detached_at'),
  ('ledger_rollups', 'wallet_id balance transactions archived_balance archived_transactions'),
  ('ledger_seal_signatures', 'seal_no key_id signature signed_at'),
  ('ledger_seals', 'no last_xid last_id transactions previous_hash hash sealed_at'),
  ('ledger_state', 'singleton xid_base rolled_up_to sealed_to rolled_up_at sealed_at'),
  ('messages', 'id sender_id recipient_id room_id read_at hidden_at hidden_by'),
  ('notifications', 'id user_id kind read_at expires_at created_at'),
  ('player_day_totals', 'user_id day currency hands won lost'),
  ('schema_migrations', 'version name sha256 applied_at applied_by duration_ms'),
  ('server_nodes', 'id name rules_versions lease_expires_at started_at stopped_at'),
  ('stake_tiers',
    'id game_id name position currency base_bet buy_in_min buy_in_max seats rake_bps rake_cap '
    'vip_level_min is_enabled'),
  ('tournament_leaderboard',
    'tournament_id tournament_name game_id format status currency entry_fee starts_at '
    'finished_at rank place user_id username display_name participant_status score prize'),
  ('tournament_participants',
    'tournament_id user_id entry_transaction_id status score place prize prize_transaction_id '
    'registered_at'),
  ('tournaments',
    'id name game_id format status currency entry_fee pool_wallet_id prize_shares seats_min '
    'seats_max registration_opens_at starts_at started_at finished_at created_by created_at'),
  ('transaction_summary',
    'id happened_at kind currency amount debit_wallet_id debit_kind debit_user_id debit_name '
    'debit_balance_after credit_wallet_id credit_kind credit_user_id credit_name '
    'credit_balance_after group_id reverses reference_type reference_id actor_id posted_at'),
  ('transactions',
    'id kind debit_wallet_id credit_wallet_id currency amount debit_balance_after '
    'credit_balance_after group_id group_size reverses reference_type reference_id actor_id '
    'posted_at posted_xid'),
  ('user_achievements',
    'user_id achievement_id progress unlocked_at reward_transaction_id updated_at'),
  ('user_achievements_progress',
    'user_id username achievement_id name description progress goal percent unlocked_at '
    'reward_currency reward_amount vip_points reward_is_paid'),
  ('user_leaderboard',
    'game_id currency rank user_id username display_name avatar country vip_level net_chips '
    'hands_played hands_won win_rate biggest_win best_streak'),
  ('user_profiles', 'user_id display_name avatar country locale time_zone experience updated_at'),
  ('user_reports',
    'id reporter_id reported_id reason room_id hand_id status handled_by handled_at created_at'),
  ('user_sessions', 'id user_id created_at refreshed_at expires_at revoked_at revoked_reason'),
  ('user_summary',
    'user_id username display_name avatar country account_type role status vip_level vip_name '
    'vip_points experience coins gems tokens coins_on_tables gems_on_tables tokens_on_tables '
    'frozen_wallets hands_played hands_won win_rate friends last_seen_at created_at'),
  ('user_vip_status', 'user_id level points level_since updated_at'),
  ('user_wallets', 'id kind user_id room_id seat code currency balance frozen_at created_at'),
  ('users',
    'id username account_type role status suspended_until self_excluded_until last_seen_at '
    'created_at closed_at'),
  ('vip_levels', 'level name required_points bonus_percent rake_discount_bps friends_max')
) as l (relation, columns)
cross join lateral unnest(string_to_array(l.columns, ' ')) as c (column_name);
