-- Tournaments in each of their states; those of the past are held on their day, with entries and
-- prizes in the ledger.

create temporary table sample_tournaments (
  ordinal integer primary key,
  name text not null,
  game_id text not null,
  format text not null,
  status text not null,
  days_ago integer not null,
  entry_fee bigint not null,
  guarantee bigint not null,
  entrants integer not null,
  prize_shares integer[] not null
);

insert into sample_tournaments
values
  (1, 'Piala Gaple Mingguan I', 'gaple', 'knockout', 'finished', 24, 5000, 50000, 16,
    array[5000, 3000, 2000]),
  (2, 'Piala Gaple Mingguan II', 'gaple', 'knockout', 'finished', 17, 5000, 50000, 16,
    array[5000, 3000, 2000]),
  (3, 'Liga Kampung', 'gaple', 'ladder', 'finished', 12, 20000, 0, 12,
    array[4000, 2500, 1500, 1000, 1000]),
  (4, 'Piala Gaple Mingguan III', 'gaple', 'rounds', 'finished', 10, 5000, 50000, 20,
    array[5000, 3000, 2000]),
  (5, 'Malam QiuQiu', 'qiuqiu', 'rounds', 'cancelled', 7, 10000, 0, 3, array[7000, 3000]),
  (6, 'Piala Gaple Mingguan IV', 'gaple', 'knockout', 'finished', 3, 5000, 50000, 16,
    array[5000, 3000, 2000]),
  (7, 'Cepat Tangan', 'gaple', 'rounds', 'running', 0, 2000, 20000, 12, array[6000, 4000]),
  (8, 'Piala Gaple Mingguan V', 'gaple', 'knockout', 'registering', -1, 5000, 50000, 9,
    array[5000, 3000, 2000]),
  (9, 'Turnamen Kemerdekaan', 'gaple', 'ladder', 'announced', -6, 50000, 5000000, 0,
    array[4000, 2500, 1500, 1000, 1000]);

create function pg_temp.hold_tournament(plan sample_tournaments, starts timestamptz)
returns void
language plpgsql
as $function$
declare
  new_tournament_id constant uuid := public.derive_id(
    starts - interval '3 days', 'sample', plan.name, 1);
  code constant text := 'tournament:' || new_tournament_id;
  finishes constant timestamptz := starts + interval '2 hours 35 minutes';
  organiser constant uuid := public.user_id_of('ekonom');
  pool bigint;
  entrant record;
  prize_due bigint;
  prize_pool bigint;
  places integer := 0;
begin
  insert into public.user_wallets (kind, code, currency, balance)
  values ('pool', code, 'COINS', 0)
  returning id into pool;
  insert into public.tournaments (
    id, name, game_id, format, status, currency, entry_fee, pool_wallet_id, prize_shares,
    seats_min, seats_max, registration_opens_at, starts_at, started_at, finished_at, created_by,
    created_at)
  values (
    new_tournament_id, plan.name, plan.game_id, plan.format, plan.status, 'COINS', plan.entry_fee,
    pool, plan.prize_shares, 4, 32, starts - interval '2 days', starts,
    case when plan.status in ('running', 'finished') then starts end,
    case when plan.status = 'finished' then finishes end, organiser,
    starts - interval '3 days');
  if plan.guarantee > 0 and plan.status in ('running', 'finished') then
    perform pg_temp.pay(
      starts - interval '50 minutes', 'guarantee ' || plan.name, 'grant',
      public.wallet_of('issue', 'COINS'), pool, 'COINS', plan.guarantee, 'tournament',
      new_tournament_id::text, organiser);
  end if;
  for entrant in
    select
      c.user_id, c.username,
      row_number() over (order by c.strength desc) as place,
      least(starts, now()) - (50 - row_number() over (order by c.username)) * interval '41 seconds'
        - interval '10 minutes' as entered_at
    from (
      select p.user_id, p.username, p.skill + random() * 120 as strength
      from (
        select s.user_id, s.username, s.skill
        from sample_people as s
        join public.user_wallets as w on w.user_id = s.user_id and w.currency = 'COINS'
        where s.role = 'player' and s.account_type <> 'bot' and w.balance > 2 * plan.entry_fee
          and starts between s.joined_at + interval '1 day' and s.plays_until
        order by s.username
        offset 0
      ) as p
      order by random()
      limit plan.entrants
    ) as c
    order by entered_at
  loop
    insert into public.tournament_participants (
      tournament_id, user_id, entry_transaction_id, status, score, place, registered_at)
    values (
      new_tournament_id, entrant.user_id,
      pg_temp.pay(
        entrant.entered_at, 'entry ' || plan.name || ' ' || entrant.username, 'tournament_entry',
        public.get_user_wallet(entrant.user_id, 'COINS'), pool, 'COINS', plan.entry_fee,
        'tournament', new_tournament_id::text, entrant.user_id),
      case plan.status
        when 'finished' then 'finished'
        when 'running' then 'playing'
        when 'cancelled' then 'withdrawn'
        else 'registered'
      end,
      case plan.status
        when 'finished' then greatest(0, 1500 - 83 * entrant.place)
        when 'running' then greatest(0, 640 - 37 * entrant.place)
        else 0
      end,
      case when plan.status = 'finished' then entrant.place end, entrant.entered_at);
    if plan.status = 'cancelled' then
      perform pg_temp.pay(
        starts, 'refund ' || plan.name || ' ' || entrant.username, 'refund', pool,
        public.get_user_wallet(entrant.user_id, 'COINS'), 'COINS', plan.entry_fee, 'tournament',
        new_tournament_id::text);
    end if;
  end loop;
  if plan.status = 'finished' then
    select w.balance into strict prize_pool from public.user_wallets as w where w.id = pool;
    for entrant in
      select e.user_id, e.place
      from public.tournament_participants as e
      where e.tournament_id = new_tournament_id
        and e.place <= cardinality(plan.prize_shares)
      order by e.place desc
    loop
      -- What rounding leaves over is the winner's.
      prize_due := case
        when entrant.place = 1 then (
          select w.balance from public.user_wallets as w where w.id = pool)
        else prize_pool * plan.prize_shares[entrant.place] / 10000
      end;
      update public.tournament_participants as e
      set
        prize = prize_due,
        prize_transaction_id = pg_temp.pay(
          finishes, 'prize ' || plan.name || ' ' || entrant.place, 'tournament_prize', pool,
          public.get_user_wallet(entrant.user_id, 'COINS'), 'COINS', prize_due,
          'tournament', new_tournament_id::text)
      where e.tournament_id = new_tournament_id and e.user_id = entrant.user_id;
    end loop;
  end if;
end
$function$;

create function pg_temp.hold_tournaments(day timestamptz, days integer)
returns void
language plpgsql
as $function$
declare
  plan sample_tournaments;
begin
  for plan in
    select t.* from sample_tournaments as t where t.days_ago = days order by t.ordinal
  loop
    perform pg_temp.hold_tournament(plan, day);
  end loop;
end
$function$;
