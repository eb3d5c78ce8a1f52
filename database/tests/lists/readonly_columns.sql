-- Every column that higgs_readonly may read: the reviewed list of catalog_rights.sql. Who adds a
-- column here says that it is no secret: no hash, token, e-mail, telephone number, address, device,
-- body of a message, payload of an audit, metadata, hidden tile or unrevealed seed.
create temporary view readonly_columns as
select l.relation, c.column_name
from (values
  ('achievements', 'id name description goal reward_currency reward_amount vip_points is_hidden'),
  ('audit_logs', 'id actor_id database_user action target_type target_id'),
  ('daily_bonuses', 'user_id claimed_on claimed_at streak currency amount transaction_id'),
  ('friendships', 'user_id other_id status created_at accepted_at'),
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
  ('messages', 'id sender_id recipient_id room_id read_at hidden_at hidden_by'),
  ('notifications', 'id user_id kind read_at expires_at created_at'),
  ('schema_migrations', 'version name sha256 applied_at applied_by duration_ms'),
  ('tournament_participants',
    'tournament_id user_id entry_transaction_id status score place prize prize_transaction_id '
    'registered_at'),
  ('tournaments',
    'id name game_id format status currency entry_fee pool_wallet_id prize_shares seats_min '
    'seats_max registration_opens_at starts_at started_at finished_at created_by created_at'),
  ('transactions',
    'id kind debit_wallet_id credit_wallet_id currency amount debit_balance_after '
    'credit_balance_after group_id group_size reverses reference_type reference_id actor_id '
    'posted_at posted_xid'),
  ('user_achievements',
    'user_id achievement_id progress unlocked_at reward_transaction_id updated_at'),
  ('user_profiles', 'user_id display_name avatar country locale time_zone experience updated_at'),
  ('user_reports',
    'id reporter_id reported_id reason room_id hand_id status handled_by handled_at created_at'),
  ('user_sessions', 'id user_id created_at refreshed_at expires_at revoked_at revoked_reason'),
  ('user_vip_status', 'user_id level points level_since updated_at'),
  ('user_wallets', 'id kind user_id room_id seat code currency balance frozen_at created_at'),
  ('users',
    'id username account_type role status suspended_until self_excluded_until last_seen_at '
    'created_at closed_at'),
  ('vip_levels', 'level name required_points bonus_percent rake_discount_bps friends_max')
) as l (relation, columns)
cross join lateral unnest(string_to_array(l.columns, ' ')) as c (column_name);
