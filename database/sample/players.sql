-- The people of the sample: players at every VIP level, bots, staff; how they sign in; their chips.
-- All names are made up.

create temporary table sample_people (
  username text primary key,
  display_name text not null,
  account_type text not null,
  role text not null,
  country text not null,
  time_zone text not null,
  vip_level smallint not null,
  skill integer not null,
  joined_days_ago integer not null,
  user_id uuid not null,
  joined_at timestamptz not null,
  -- When the account was banned, closed or left alone; infinity for all others.
  plays_until timestamptz not null
);

insert into sample_people
select
  p.username, p.display_name, p.account_type, p.role, p.country, p.time_zone, p.vip_level, p.skill,
  p.joined_days_ago, derive_id(p.joined_at, 'sample', 'user ' || p.username, 1), p.joined_at,
  case p.username
    when 'selamat_tinggal' then p.midnight - interval '20 days'
    when 'menang_terus' then p.midnight - interval '9 days'
    when 'istirahat' then p.midnight - interval '5 days'
    when 'cepat_kaya' then p.midnight - interval '1 day'
    else 'infinity'
  end
from (
  select
    v.username, v.display_name, v.account_type, v.role, v.country, v.time_zone, v.vip_level,
    v.skill, v.joined_days_ago, t.midnight,
    t.midnight - v.joined_days_ago * interval '1 day'
      + (8 + random() * 12) * interval '1 hour' as joined_at
  from (values
    ('ayu', 'Ayu', 'registered', 'player', 'ID', 'Asia/Jakarta', 4::smallint, 85, 412),
    ('bagus', 'Bagus', 'registered', 'player', 'ID', 'Asia/Jakarta', 3, 75, 388),
    ('citra', 'Citra', 'registered', 'player', 'ID', 'Asia/Makassar', 2, 60, 301),
    ('dewi_k', 'Dewi K', 'registered', 'player', 'ID', 'Asia/Jakarta', 5, 90, 397),
    ('eko.j', 'Eko', 'registered', 'player', 'ID', 'Asia/Jakarta', 1, 45, 210),
    ('fajar77', 'Fajar', 'registered', 'player', 'ID', 'Asia/Jakarta', 2, 65, 266),
    ('gita', 'Gita', 'registered', 'player', 'ID', 'Asia/Makassar', 0, 40, 95),
    ('hadi', 'Pak Hadi', 'registered', 'player', 'ID', 'Asia/Jakarta', 6, 88, 405),
    ('indah_s', 'Indah', 'registered', 'player', 'ID', 'Asia/Jakarta', 1, 55, 188),
    ('joko', 'Joko Santai', 'registered', 'player', 'ID', 'Asia/Jakarta', 3, 70, 322),
    ('kartika', 'Kartika', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 50, 77),
    ('lestari', 'Bu Lestari', 'registered', 'player', 'ID', 'Asia/Jakarta', 7, 95, 420),
    ('made', 'Made', 'registered', 'player', 'ID', 'Asia/Makassar', 2, 58, 240),
    ('nyoman', 'Nyoman', 'registered', 'player', 'ID', 'Asia/Makassar', 1, 47, 162),
    ('oka', 'Oka', 'guest', 'player', 'ID', 'Asia/Makassar', 0, 30, 21),
    ('putri', 'Putri', 'registered', 'player', 'ID', 'Asia/Jakarta', 4, 80, 350),
    ('rizky', 'Rizky', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 52, 64),
    ('sari', 'Sari', 'registered', 'player', 'ID', 'Asia/Jakarta', 3, 72, 315),
    ('tono', 'Mas Tono', 'registered', 'player', 'ID', 'Asia/Jakarta', 1, 49, 170),
    ('utami', 'Utami', 'registered', 'player', 'ID', 'Asia/Jakarta', 2, 61, 233),
    ('wayan', 'Wayan', 'registered', 'player', 'ID', 'Asia/Makassar', 5, 86, 390),
    ('yuni', 'Yuni', 'guest', 'player', 'ID', 'Asia/Jakarta', 0, 35, 12),
    ('zainal', 'Zainal', 'registered', 'player', 'ID', 'Asia/Jakarta', 1, 44, 151),
    ('agus_p', 'Agus P', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 38, 58),
    ('budi', 'Budi', 'registered', 'player', 'ID', 'Asia/Jakarta', 3, 68, 298),
    ('cahya', 'Cahya', 'guest', 'player', 'ID', 'Asia/Jayapura', 0, 33, 27),
    ('dimas', 'Dimas', 'registered', 'player', 'ID', 'Asia/Jakarta', 2, 63, 221),
    ('endah', 'Endah', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 48, 49),
    ('farhan', 'Farhan', 'registered', 'player', 'ID', 'Asia/Jakarta', 4, 82, 344),
    ('galih', 'Galih', 'registered', 'player', 'ID', 'Asia/Jakarta', 1, 51, 142),
    ('hana', 'Hana', 'guest', 'player', 'ID', 'Asia/Jakarta', 0, 42, 9),
    ('intan', 'Intan', 'registered', 'player', 'ID', 'Asia/Makassar', 2, 57, 205),
    ('jaya', 'Jaya', 'registered', 'player', 'ID', 'Asia/Jakarta', 5, 84, 372),
    ('kirana', 'Kirana', 'registered', 'player', 'ID', 'Asia/Jakarta', 1, 53, 133),
    ('laras', 'Laras', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 46, 41),
    ('mega', 'Mega', 'registered', 'player', 'ID', 'Asia/Jakarta', 3, 71, 284),
    ('nanda', 'Nanda', 'guest', 'player', 'ID', 'Asia/Jakarta', 0, 31, 18),
    ('okta', 'Okta', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 43, 36),
    ('pandu', 'Pandu', 'registered', 'player', 'ID', 'Asia/Jakarta', 6, 89, 381),
    ('ratna', 'Ratna', 'registered', 'player', 'ID', 'Asia/Jakarta', 2, 59, 196),
    ('satria', 'Satria', 'registered', 'player', 'ID', 'Asia/Jakarta', 1, 54, 124),
    ('tika', 'Tika', 'guest', 'player', 'ID', 'Asia/Jakarta', 0, 29, 6),
    ('umar', 'Umar', 'registered', 'player', 'ID', 'Asia/Jakarta', 1, 50, 117),
    ('vina', 'Vina', 'registered', 'player', 'ID', 'Asia/Jakarta', 4, 79, 333),
    ('wulan', 'Wulan', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 41, 33),
    ('yoga', 'Yoga', 'registered', 'player', 'ID', 'Asia/Makassar', 2, 62, 182),
    ('zahra', 'Zahra', 'registered', 'player', 'ID', 'Asia/Jakarta', 3, 74, 276),
    ('aminah', 'Aminah', 'registered', 'player', 'MY', 'Asia/Kuala_Lumpur', 1, 56, 109),
    ('lim_w', 'Lim W', 'registered', 'player', 'SG', 'Asia/Singapore', 2, 66, 175),
    ('somchai', 'Somchai', 'registered', 'player', 'TH', 'Asia/Bangkok', 0, 45, 30),
    ('linh', 'Linh', 'registered', 'player', 'VN', 'Asia/Ho_Chi_Minh', 0, 47, 24),
    ('marisol', 'Marisol', 'registered', 'player', 'PH', 'Asia/Manila', 1, 52, 101),
    ('anneke', 'Anneke', 'registered', 'player', 'NL', 'Europe/Amsterdam', 3, 73, 260),
    ('bruno', 'Bruno', 'registered', 'player', 'BR', 'America/Sao_Paulo', 0, 49, 15),
    ('kavya', 'Kavya', 'registered', 'player', 'IN', 'Asia/Kolkata', 1, 55, 88),
    ('jun', 'Jun', 'guest', 'player', 'JP', 'Asia/Tokyo', 0, 60, 4),
    ('cepat_kaya', 'Cepat Kaya', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 20, 26),
    ('menang_terus', 'Menang Terus', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 25, 23),
    ('istirahat', 'Istirahat Dulu', 'registered', 'player', 'ID', 'Asia/Jakarta', 1, 40, 140),
    ('selamat_tinggal', 'Sampai Jumpa', 'registered', 'player', 'ID', 'Asia/Jakarta', 0, 40, 200),
    ('bot_rusa', 'Rusa', 'bot', 'player', 'ID', 'Asia/Jakarta', 0, 30, 420),
    ('bot_elang', 'Elang', 'bot', 'player', 'ID', 'Asia/Jakarta', 0, 90, 420),
    ('bot_kancil', 'Kancil', 'bot', 'player', 'ID', 'Asia/Jakarta', 0, 75, 420),
    ('bot_komodo', 'Komodo', 'bot', 'player', 'ID', 'Asia/Jakarta', 0, 85, 420),
    ('bot_badak', 'Badak', 'bot', 'player', 'ID', 'Asia/Jakarta', 0, 20, 420),
    ('bot_merak', 'Merak', 'bot', 'player', 'ID', 'Asia/Jakarta', 0, 55, 420),
    ('bot_tupai', 'Tupai', 'bot', 'player', 'ID', 'Asia/Jakarta', 0, 45, 420),
    ('bot_jalak', 'Jalak', 'bot', 'player', 'ID', 'Asia/Jakarta', 0, 65, 420),
    ('admin', 'Administrator', 'registered', 'admin', 'ID', 'Asia/Jakarta', 0, 0, 425),
    ('maya', 'Maya (moderator)', 'registered', 'moderator', 'ID', 'Asia/Jakarta', 0, 0, 400),
    ('rangga', 'Rangga (moderator)', 'registered', 'moderator', 'ID', 'Asia/Makassar', 0, 0, 250),
    ('ekonom', 'Economist', 'registered', 'economist', 'ID', 'Asia/Jakarta', 0, 0, 410),
    ('auditor', 'Auditor', 'registered', 'auditor', 'SG', 'Asia/Singapore', 0, 0, 410)
  ) as v (
    username, display_name, account_type, role, country, time_zone, vip_level, skill,
    joined_days_ago)
  cross join sample_time as t
) as p;

-- The password of every registered account is: domino-sample
select create_player(
  p.username, p.display_name, p.account_type, p.country,
  case p.country when 'ID' then 'id' when 'MY' then 'ms' when 'BR' then 'pt-BR' else 'en' end,
  p.time_zone, p.user_id)
from sample_people as p
order by p.joined_at;

update users as u
set
  role = p.role, created_at = p.joined_at, updated_at = p.joined_at,
  password_hash = case
    when p.account_type = 'registered'
      then '$2b$12$vaQGZSddSEzq//79DwDqouuweO1qF0VHE3nRKhE0dRCwOfSbzPjXm'
  end,
  guest_secret_hash = case
    when p.account_type = 'guest' then sha256(convert_to('sample guest ' || p.username, 'UTF8'))
  end,
  last_seen_at = date_trunc('minute', now() - least(
    random() * random() * interval '9 days', now() - p.joined_at))
    - case when p.plays_until < now() then now() - p.plays_until else interval '0' end
from sample_people as p
where u.id = p.user_id;
update user_wallets as w
set created_at = p.joined_at
from sample_people as p
where w.user_id = p.user_id;
update user_profiles as f
set
  avatar = 'tile-' || (abs(hashtext(p.username)) % 7) || '-' || (abs(hashtext(p.display_name)) % 7),
  bio = case abs(hashtext(p.username)) % 5
    when 0 then 'Main gaple tiap malam.'
    when 1 then 'Domino is life.'
    when 2 then 'Cari teman main!'
  end,
  show_online = abs(hashtext(p.username)) % 9 <> 0,
  allow_messages = case abs(hashtext(p.username)) % 4
    when 0 then 'everyone' when 1 then 'nobody' else 'friends'
  end,
  updated_at = p.joined_at
from sample_people as p
where f.user_id = p.user_id;
update user_vip_status as s
set
  level = l.level, points = l.required_points + floor(random() * l.required_points * 0.5),
  level_since = greatest(p.joined_at, now() - random() * interval '120 days'), updated_at = now()
from sample_people as p
join vip_levels as l on l.level = p.vip_level
where s.user_id = p.user_id;

-- Chips: everyone's first ones, the budget of bonuses, gems, what a few bought.
create function pg_temp.pay(
  moment timestamptz, purpose text, kind text, payer bigint, payee bigint, currency text,
  amount bigint, reference_type text, reference_id text, actor_id uuid default null)
returns uuid
language plpgsql
as $function$
declare
  payment_id constant uuid := public.derive_id(moment, 'sample', purpose, 1);
  said text;
begin
  select p.outcome into strict said
  from public.post_transactions(
    array[payment_id], array[kind], array[payer], array[payee], array[currency], array[amount],
    reference_types => array[reference_type], reference_ids => array[reference_id],
    actor_ids => array[actor_id]) as p;
  if said <> 'ok' then
    raise exception 'sample payment % was refused: %', purpose, said;
  end if;
  return payment_id;
end
$function$;

do $chips$
declare
  first_moment constant timestamptz := (
    select midnight - interval '33 days' + interval '1 hour' from sample_time);
  first_chips constant bigint[] := array[
    30000, 90000, 250000, 3000000, 8000000, 25000000, 60000000, 200000000];
  bot_chips constant bigint := 20000000;
  bonus_budget constant bigint := 50000000;
  person record;
begin
  perform pg_temp.pay(
    first_moment, 'bonus budget', 'grant', public.wallet_of('issue', 'COINS'),
    public.wallet_of('bonus', 'COINS'), 'COINS', bonus_budget, 'budget', 'daily bonuses',
    public.user_id_of('ekonom'));
  for person in
    select
      p.*, greatest(p.joined_at + interval '1 minute', first_moment + interval '1 hour')
        as granted_at
    from sample_people as p
    where p.role = 'player'
    order by p.joined_at
  loop
    perform pg_temp.pay(
      person.granted_at, 'welcome ' || person.username, 'grant',
      public.wallet_of('issue', 'COINS'), public.get_user_wallet(person.user_id, 'COINS'),
      'COINS',
      case when person.account_type = 'bot' then bot_chips
        else first_chips[person.vip_level + 1] end,
      'welcome', person.username);
    if person.vip_level > 0 then
      perform pg_temp.pay(
        person.granted_at + interval '1 minute', 'gems ' || person.username, 'purchase',
        public.wallet_of('issue', 'GEMS'), public.get_user_wallet(person.user_id, 'GEMS'),
        'GEMS', 25 * person.vip_level, 'order', 'S' || lpad(abs(hashtext(person.username))::text,
          10, '0'), person.user_id);
    end if;
  end loop;
end
$chips$;
