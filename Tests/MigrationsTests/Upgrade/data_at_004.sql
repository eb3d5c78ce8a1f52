-- A database as a first adopter of migrations 001 to 004 leaves it: at least a row in every table
-- that such a database can fill, all chips by post_transactions and, where they lie at a table, by
-- post_batch. No hands: what plays them came later.

select create_player(
  'upgrade_' || n, 'Player ' || n, case when n % 4 = 0 then 'guest' else 'registered' end, 'ID',
  'id', (array['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'])[1 + n % 3])
from generate_series(1, 20) as n;

update users
set email_encrypted = sha256(id::text::bytea), email_lookup = sha256(username::bytea),
  key_id = '\x01', password_hash = '$2b$12$' || repeat('x', 53)
where account_type = 'registered';
insert into users (username, role, account_type) values ('upgrade_staff', 'admin', 'registered');
insert into user_mfa_factors (user_id, kind, secret_encrypted, key_id, confirmed_at)
select id, 'totp', sha256(id::text::bytea), '\x01', now() from users where role = 'admin';
insert into user_sessions (user_id, refresh_token_hash, device_name, address, expires_at)
select id, sha256(username::bytea), 'telephone', '192.0.2.7', now() + interval '30 days'
from users;

-- Rooms: one of the house with a player seated, one private, one closed.
insert into game_rooms (
  name, game_id, visibility, join_code, currency, base_bet, buy_in_min, buy_in_max, seats,
  rake_bps, rake_cap, options, status, created_by, closed_at)
select
  r.name, r.game_id, r.visibility, r.join_code, 'COINS', 100, 1000, 10000, 4, 250, 5000,
  r.options::jsonb, r.status, user_id_of('upgrade_1'),
  case when r.status = 'closed' then now() end
from (values
  ('Meja Satu', 'gaple', 'public', null, '{"payment": "pips"}', 'open'),
  ('Meja Kita', 'qiuqiu', 'private', 'RAHASIA1', '{}', 'open'),
  ('Meja Lama', 'draw', 'public', null, '{"undrawnTiles": 2}', 'closed')
) as r (name, game_id, visibility, join_code, options, status);
insert into user_wallets (kind, room_id, seat, currency, balance)
select 'seat', r.id, s.seat, 'COINS', 0
from game_rooms as r
cross join generate_series(0, 1) as s (seat);
insert into user_wallets (kind, code, currency, balance) values ('pool', 'cup', 'COINS', 0);

-- Money: a grant each, many transfers, a group, a reversal, a purchase in another currency.
select post_transactions(
  array_agg(new_id()), array_agg('grant'::text), array_agg(wallet_of('issue', w.currency)),
  array_agg(w.id), array_agg(w.currency), array_agg(100000::bigint))
from user_wallets as w
where w.kind = 'player';
select post_transactions(
  array_agg(id_at(now() - p.n * interval '1 hour')), array_agg('transfer'::text),
  array_agg(p.wallets[1 + p.n % 20]), array_agg(p.wallets[1 + (p.n * 7 + 3) % 20]),
  array_agg('COINS'::text), array_agg((1 + p.n % 97)::bigint),
  metadata => array_agg(case when p.n % 5 = 0 then jsonb_build_object('note', p.n) end))
from (
  select n, array(
    select w.id from user_wallets as w
    where w.kind = 'player' and w.currency = 'COINS' order by w.id) as wallets
  from generate_series(1, 500) as n
) as p
where p.wallets[1 + p.n % 20] <> p.wallets[1 + (p.n * 7 + 3) % 20];
select post_transactions(
  array[g.id, new_id()], array['gift', 'burn'],
  array[get_user_wallet(user_id_of('upgrade_2'), 'COINS'),
    get_user_wallet(user_id_of('upgrade_3'), 'COINS')],
  array[get_user_wallet(user_id_of('upgrade_3'), 'COINS'), wallet_of('burn', 'COINS')],
  array['COINS', 'COINS'], array[900::bigint, 9], array[g.id, g.id], array[2, 2],
  reference_types => array['order', 'order'], reference_ids => array['a-1', 'a-1'],
  actor_ids => array[user_id_of('upgrade_2'), null])
from (select new_id() as id) as g;
select post_transactions(
  array[new_id()], array['reversal'], array[t.credit_wallet_id], array[t.debit_wallet_id],
  array[t.currency], array[t.amount], reverses => array[t.id])
from (select * from transactions where kind = 'transfer' order by id limit 1) as t;
select post_batch(
  true, array[new_id()], array['buy_in'], array[get_user_wallet(user_id_of('upgrade_5'), 'COINS')],
  array[w.id], array['COINS'], array[5000::bigint])
from user_wallets as w
join game_rooms as r on r.id = w.room_id
where r.name = 'Meja Satu' and w.seat = 0;
insert into game_sessions (id, room_id, seat, user_id, seat_wallet_id, bought_in)
select new_id(), w.room_id, w.seat, user_id_of('upgrade_5'), w.id, w.balance
from user_wallets as w
where w.kind = 'seat' and w.balance > 0;
select freeze_wallet(
  get_user_wallet(user_id_of('upgrade_9'), 'GEMS'), 'Under review', user_id_of('upgrade_staff'));

-- Progress, tournaments, statistics.
select add_vip_points(id, 1500) from users where account_type = 'guest';
select claim_daily_bonus(user_id_of('upgrade_6'));
select record_achievement_progress(user_id_of('upgrade_7'), a.id, 1) from achievements as a;
insert into tournaments (
  name, game_id, format, status, currency, entry_fee, pool_wallet_id, prize_shares, seats_min,
  seats_max, registration_opens_at, starts_at)
values (
  'Piala', 'gaple', 'knockout', 'registering', 'COINS', 0, wallet_of('cup', 'COINS'),
  array[6000, 4000], 4, 64, now() - interval '1 hour', now() + interval '1 day');
insert into tournament_participants (tournament_id, user_id)
select t.id, u.id from tournaments as t cross join users as u where u.username like '%\_1_';
insert into game_statistics (user_id, game_id, currency, hands_played, hands_won, chips_won)
select id, 'gaple', 'COINS', 40, 13, 2600 from users where account_type = 'registered';

-- People: friends, blocks, messages, notifications, reports, the audit log.
select request_friend(user_id_of('upgrade_1'), user_id_of('upgrade_2')),
  accept_friend(user_id_of('upgrade_2'), user_id_of('upgrade_1')),
  request_friend(user_id_of('upgrade_3'), user_id_of('upgrade_1')),
  block_user(user_id_of('upgrade_4'), user_id_of('upgrade_5'));
insert into messages (sender_id, recipient_id, body)
select user_id_of('upgrade_1'), user_id_of('upgrade_2'), 'Pesan ' || n || ' – “apa kabar?”'
from generate_series(1, 50) as n;
insert into messages (sender_id, room_id, body)
select user_id_of('upgrade_5'), r.id, 'Halo meja' from game_rooms as r where r.status = 'open';
select send_notification(id, 'system', 'Selamat datang', 'Halo', '{"a": [1, 2]}') from users;
insert into user_reports (reporter_id, reported_id, reason, details, room_id)
select user_id_of('upgrade_1'), user_id_of('upgrade_4'), 'abuse', 'Kasar', min(r.id)
from game_rooms as r;
select create_audit_log(
  user_id_of('upgrade_staff'), 'user.noted', 'user', u.id::text, 'A reason',
  '{"before": 1, "after": null}', '192.0.2.9', 'request-1')
from users as u;
select refresh_all_materialized_views(false);
