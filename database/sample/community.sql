-- What players say and think of each other, what moderators do about it, and what is noticed.

-- Friends, requests, blocks ----------------------------------------------------------------------

do $friends$
declare
  pair record;
  said text;
begin
  for pair in
    select p.one_id, p.other_id, random() as fate
    from (
      select a.user_id as one_id, b.user_id as other_id, a.username
      from sample_people as a
      join sample_people as b
        on b.username > a.username and b.role = 'player' and b.account_type <> 'bot'
      where a.role = 'player' and a.account_type <> 'bot'
      order by a.username, b.username
      offset 0
    ) as p
    where random() < case when p.username in ('ayu', 'lestari') then 0.35 else 0.09 end
  loop
    said := public.request_friend(pair.one_id, pair.other_id);
    if pair.fate < 0.8 then
      said := public.accept_friend(pair.other_id, pair.one_id);
    elsif pair.fate > 0.97 then
      said := public.block_user(pair.other_id, pair.one_id);
    end if;
    if said not in ('requested', 'accepted', 'blocked') then
      raise exception 'sample: friends said %', said;
    end if;
  end loop;
  perform public.block_user(p.user_id, public.user_id_of('cepat_kaya'))
  from sample_people as p
  where p.username in ('ayu', 'gita', 'okta', 'wulan');
end
$friends$;

update friendships as f
set
  created_at = t.since,
  accepted_at = case when f.status = 'accepted' then t.since + random() * interval '9 hours' end
from (
  select
    x.user_id, x.other_id,
    now() - interval '10 hours'
      - random() * (now() - greatest(a.joined_at, b.joined_at) - interval '10 hours') as since
  from friendships as x
  join sample_people as a on a.user_id = x.user_id
  join sample_people as b on b.user_id = x.other_id
) as t
where t.user_id = f.user_id and t.other_id = f.other_id;

-- Achievements, by what was really played --------------------------------------------------------

select record_achievement_progress(a.user_id, a.achievement_id, a.reached::bigint)
from (
  select p.user_id, r.achievement_id, r.reached, p.username
  from sample_people as p
  left join lateral (
    select sum(g.hands_played) as hands, sum(g.hands_won) as wins, max(g.best_streak) as streak
    from game_statistics as g
    where g.user_id = p.user_id
  ) as s on true
  cross join lateral (
    values
      ('first_hand', s.hands), ('first_win', s.wins), ('hundred_hands', s.hands),
      ('thousand_hands', s.hands), ('ten_streak', s.streak),
      ('week_of_bonuses', (
        select max(b.streak) from daily_bonuses as b where b.user_id = p.user_id)),
      ('ten_friends', (
        select u.friends from user_summary as u where u.user_id = p.user_id)),
      ('tournament_winner', (
        select count(*)
        from tournament_participants as e
        where e.user_id = p.user_id and e.place = 1))
  ) as r (achievement_id, reached)
  where p.role = 'player' and p.account_type <> 'bot' and r.reached > 0
) as a
order by a.username, a.achievement_id;

update user_profiles as f
set experience = 10 * s.hands + 25 * s.wins
from (
  select g.user_id, sum(g.hands_played) as hands, sum(g.hands_won) as wins
  from game_statistics as g
  group by g.user_id
) as s
where f.user_id = s.user_id;

-- The bonus of today, for those who have come by now.
select claim_daily_bonus(p.user_id)
from sample_people as p
where p.role = 'player' and p.account_type <> 'bot' and p.skill % 2 = 1
order by p.username;

-- Gifts among friends.
select pg_temp.pay(
  date_trunc('milliseconds', now() - interval '10 minutes') + f.ordinal * interval '3 seconds',
  'gift ' || f.ordinal, 'gift', get_user_wallet(f.user_id, 'COINS'),
  get_user_wallet(f.other_id, 'COINS'), 'COINS', 500 + 500 * (f.ordinal % 4), 'gift',
  'G' || f.ordinal, f.user_id)
from (
  select x.user_id, x.other_id, row_number() over (order by a.username, b.username) as ordinal
  from friendships as x
  join sample_people as a on a.user_id = x.user_id and a.vip_level >= 2
  join sample_people as b on b.user_id = x.other_id
  where x.status = 'accepted'
  order by a.username, b.username
  limit 12
) as f
order by f.ordinal;

-- Messages ---------------------------------------------------------------------------------------

insert into messages (id, sender_id, recipient_id, body, read_at)
select
  derive_id(m.sent_at, 'sample', 'message ' || m.user_id || m.other_id, m.number),
  case when m.number % 2 = 1 then m.user_id else m.other_id end,
  case when m.number % 2 = 1 then m.other_id else m.user_id end,
  (array['Main nanti malam?', 'Boleh, jam delapan ya.', 'Oke, di Warung Bu Sari.',
    'Jangan lupa bawa keberuntungan :)', 'Hahaha, siap.'])[m.number],
  case when m.number < 5 then m.sent_at + interval '2 minutes' end
from (
  select
    f.user_id, f.other_id, n.number,
    now() - f.days * interval '1 day' + n.number * interval '4 minutes' as sent_at
  from (
    select
      x.user_id, x.other_id, 1 + 20 * random() as days,
      row_number() over (order by x.created_at) as ordinal
    from friendships as x
    where x.status = 'accepted'
  ) as f
  cross join generate_series(1, 5) as n (number)
  where f.ordinal <= 45
) as m;

insert into messages (id, sender_id, room_id, body)
select
  derive_id(t.said_at, 'sample', 'talk ' || t.hand_id, t.seat), t.user_id, t.room_id, t.body
from (
  select
    h.id as hand_id, h.room_id, s.seat, s.user_id,
    case when s.net > 0 then h.ended_at else h.started_at end + s.seat * interval '2 seconds'
      as said_at,
    case when s.net > 0
      then (array['Gaple!', 'Terima kasih, kawan-kawan.', 'Balak enam memang jodoh.'])[
        1 + h.number % 3]
      else (array['Ayo mulai!', 'Semangat!', 'Pelan-pelan saja.', 'Lewat lagi, lewat lagi …'])[
        1 + h.number % 4]
    end as body,
    row_number() over (order by h.id, s.seat) as ordinal
  from game_hands as h
  join hand_seats as s on s.hand_id = h.id and s.bot_strength is null
) as t
where t.ordinal % 23 = 0;

-- A few rough words, two of them taken out of sight.
insert into messages (id, sender_id, room_id, body, hidden_at, hidden_by)
select
  derive_id(h.ended_at, 'sample', 'rough ' || h.id, 1), user_id_of('cepat_kaya'), h.room_id,
  'Main apa ini, dasar payah! Beli chip murah di situs saya.',
  case when h.ordinal < 3 then h.ended_at + interval '40 minutes' end,
  case when h.ordinal < 3 then user_id_of('maya') end
from (
  select g.id, g.room_id, g.ended_at, row_number() over (order by g.id desc) as ordinal
  from game_hands as g
  join hand_seats as s on s.hand_id = g.id
  where s.user_id = user_id_of('cepat_kaya')
  order by g.id desc
  limit 3
) as h;

-- Reports, and what became of them ---------------------------------------------------------------

insert into user_reports (
  id, reporter_id, reported_id, reason, details, room_id, hand_id, message_id, status, handled_by,
  resolution, handled_at, created_at)
select
  derive_id(r.reported_at, 'sample', 'report', r.ordinal), user_id_of(r.reporter),
  user_id_of(r.reported), r.reason, r.details, h.room_id, h.id, m.id, r.status,
  case when r.moderator is not null then user_id_of(r.moderator) end, r.resolution,
  case when r.resolution is not null then r.reported_at + interval '5 hours' end, r.reported_at
from (
  select
    v.ordinal, v.reporter, v.reported, v.reason, v.details, v.status, v.moderator, v.resolution,
    now() - v.days_ago * interval '1 day' as reported_at
  from (values
    (1, 'gita', 'cepat_kaya', 'spam', 'Menjual chip di obrolan meja.', 1.2::float8, 'in_review',
      'maya', null),
    (2, 'okta', 'cepat_kaya', 'abuse', 'Kata-kata kasar setelah kalah.', 6.4, 'upheld', 'maya',
      'Warned, message hidden.'),
    (3, 'wulan', 'cepat_kaya', 'abuse', 'Lagi-lagi.', 2.1, 'upheld', 'maya',
      'Suspended for thirty days.'),
    (4, 'joko', 'menang_terus', 'collusion', 'Selalu duduk bersama akun baru yang kalah terus.',
      9.5, 'upheld', 'rangga', 'Chip dumping from three accounts; banned, wallet frozen.'),
    (5, 'bagus', 'ayu', 'cheating', 'Menang tujuh kali berturut-turut!', 4.3, 'dismissed',
      'rangga', 'The deals are fair and the play is ordinary.'),
    (6, 'hana', 'menang_terus', 'name', 'Nama yang menyesatkan.', 12.7, 'dismissed', 'maya',
      'The name breaks no rule.'),
    (7, 'tika', 'eko.j', 'other', 'Terlalu lama berpikir.', 0.3, 'open', null, null),
    (8, 'somchai', 'bruno', 'collusion', 'They seem to know each other''s tiles.', 0.8, 'open',
      null, null),
    (9, 'linh', 'fajar77', 'abuse', '', 0.1, 'open', null, null),
    (10, 'mega', 'satria', 'cheating', 'Tolong periksa tangan ini.', 1.9, 'in_review', 'rangga',
      null)
  ) as v (ordinal, reporter, reported, reason, details, days_ago, status, moderator, resolution)
) as r
left join lateral (
  select g.id, g.room_id
  from game_hands as g
  join hand_seats as s on s.hand_id = g.id
  where s.user_id = user_id_of(r.reported) and g.ended_at < r.reported_at
    and r.reason in ('cheating', 'collusion')
  order by g.id desc
  limit 1
) as h on true
left join lateral (
  select x.id
  from messages as x
  where x.sender_id = user_id_of(r.reported) and x.room_id is not null
    and r.reason in ('abuse', 'spam')
  order by x.id desc
  limit 1
) as m on true;

update users
set status = 'suspended', suspended_until = now() + interval '28 days'
where username = 'cepat_kaya';
update users set status = 'banned' where username = 'menang_terus';
update users
set self_excluded_until = now() + interval '60 days'
where username = 'istirahat';
update users
set status = 'closed', closed_at = now() - interval '20 days'
where username = 'selamat_tinggal';
select freeze_wallet(
  get_user_wallet(user_id_of('menang_terus'), 'COINS'), 'Chip dumping, see report 4',
  user_id_of('rangga'));
select set_player_limit(user_id_of(p.username), 'COINS', p.loss_max)
from (values ('ayu', 50000), ('indah_s', 20000), ('yoga', 100000)) as p (username, loss_max);

insert into audit_logs (
  id, actor_id, action, target_type, target_id, reason, details, address, request_id)
select
  derive_id(a.happened_at, 'sample', 'audit', a.ordinal), user_id_of(a.actor), a.action,
  a.target_type, coalesce(u.id::text, a.target), a.reason, a.details::jsonb, a.address::inet,
  'sample-' || lpad(a.ordinal::text, 4, '0')
from (
  select
    v.ordinal, v.actor, v.action, v.target_type, v.target, v.reason, v.details, v.address,
    now() - v.days_ago * interval '1 day' as happened_at
  from (values
    (1, 'admin', 'user.role_changed', 'user', 'maya', 'New moderator',
      '{"before": "player", "after": "moderator"}', 31.5::float8, '192.0.2.10'),
    (2, 'ekonom', 'economy.bonus_budget', 'wallet', 'bonus', 'Budget of the month',
      '{"currency": "COINS", "amount": 50000000}', 31.2, '192.0.2.14'),
    (3, 'maya', 'user.warned', 'user', 'cepat_kaya', 'Abuse at the table', '{}', 6.2,
      '198.51.100.23'),
    (4, 'maya', 'message.hidden', 'user', 'cepat_kaya', 'Abuse at the table', '{}', 6.2,
      '198.51.100.23'),
    (5, 'rangga', 'user.banned', 'user', 'menang_terus', 'Chip dumping',
      '{"before": "active", "after": "banned"}', 9.2, '203.0.113.77'),
    (6, 'maya', 'user.suspended', 'user', 'cepat_kaya', 'Abuse, the second time',
      '{"before": "active", "after": "suspended", "days": 30}', 1.9, '198.51.100.23'),
    (7, 'admin', 'room.closed', 'room', 'Warung Lama', 'Too few players', '{}', 9.6,
      '192.0.2.10'),
    (8, 'auditor', 'ledger.verified', 'ledger', 'all', 'Monthly check',
      '{"problems": 0}', 2.4, '203.0.113.5'),
    (9, 'ekonom', 'tournament.cancelled', 'tournament', 'Malam QiuQiu', 'Too few players',
      '{"entrants": 3}', 6.5, '192.0.2.14')
  ) as v (ordinal, actor, action, target_type, target, reason, details, days_ago, address)
) as a
left join users as u on a.target_type = 'user' and u.username = a.target;

-- Sign-ins and notifications ---------------------------------------------------------------------

insert into user_sessions (
  id, user_id, refresh_token_hash, device_name, address, created_at, refreshed_at, expires_at,
  revoked_at, revoked_reason)
select
  derive_id(s.created_at, 'sample', 'session ' || s.username, s.number), s.user_id,
  sha256(convert_to('sample token ' || s.username || s.number, 'UTF8')),
  (array['Android phone', 'Web browser', 'Tablet'])[s.number],
  ('198.51.100.' || 1 + s.ordinal % 250)::inet, s.created_at, now() - random() * interval '1 day',
  s.created_at + interval '60 days',
  case when s.number = 3 then now() - interval '20 hours' end,
  case when s.number = 3 then 'signed_out' end
from (
  select
    p.user_id, p.username, n.number, row_number() over (order by p.username, n.number) as ordinal,
    greatest(p.joined_at, now() - interval '25 days' + random() * interval '20 days')
      as created_at
  from sample_people as p
  cross join generate_series(1, 3) as n (number)
  where p.account_type <> 'bot' and (n.number = 1 or p.skill % (n.number + 1) = 0)
) as s;

select send_notification(
  p.user_id, 'tournament', 'Piala Gaple Mingguan V',
  'Pendaftaran dibuka. Hadiah minimal 50.000 koin!', '{"ordinal": 8}', now() + interval '1 day')
from sample_people as p
where p.role = 'player'
order by p.username;
update notifications as n
set read_at = now()
where abs(hashtext(n.id::text)) % 3 = 0;

-- The closed room, and a hand that was voided there ----------------------------------------------

do $closed$
declare
  room public.game_rooms;
  stays uuid[];
  hand_id uuid;
  said text;
begin
  select r.* into strict room from public.game_rooms as r where r.name = 'Warung Lama';
  stays := array[public.new_id(), public.new_id()];
  if array[
    public.sit_down(stays[1], room.id, 0, public.user_id_of('bot_badak'), 0::smallint, 5000),
    public.sit_down(stays[2], room.id, 0, public.user_id_of('bot_merak'), 1::smallint, 5000)
  ] <> array['ok', 'ok'] then
    raise exception 'sample: the last guests were refused';
  end if;
  hand_id := public.new_id();
  select h.outcome into said
  from public.start_hand(
    hand_id, room.id, 0, 1, '{}', sha256('voided'), decode(repeat('00', 60), 'hex'),
    convert_to('sample', 'UTF8'), '{0,1}', '{a,b}') as h;
  if said <> 'ok'
    or public.void_hand(hand_id, 0, 'The power went out', public.user_id_of('admin')) <> 'ok'
    or public.close_room(room.id, 0) <> 'ok' then
    raise exception 'sample: the last hand could not be voided';
  end if;
  update public.game_rooms as r
  set closed_at = (select t.midnight - interval '9 days 12 hours' from sample_time as t)
  where r.id = room.id;
end
$closed$;

select create_audit_log(
  null, 'sample_data.loaded', 'database', current_database(), 'init.sql',
  (
    select jsonb_build_object('hands', count(*), 'players', (select count(*) from sample_people))
    from game_hands as h
    where h.status = 'settled'
  ));
