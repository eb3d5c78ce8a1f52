-- Twenty-nine evenings of Gaple, and the tables that are busy now. Every hand is dealt by commit
-- and reveal, journalled and settled by the functions that the server uses; only leaving a table
-- in the past needs its own posting here, since stand_up() pays out now.

create temporary table sample_seats (
  seat smallint primary key,
  user_id uuid not null,
  session_id uuid not null,
  is_bot boolean not null,
  skill integer not null,
  client_seed text not null
);
create temporary table sample_busy (user_id uuid primary key);
create temporary table sample_last_bonus (
  user_id uuid primary key,
  claimed_on date not null,
  streak integer not null
);

create function pg_temp.take_seat(room public.game_rooms, moment timestamptz)
returns boolean
language plpgsql
as $function$
declare
  buy_in_bets constant integer := 60;
  wants_bot boolean;
  comer record;
  chosen_seat smallint;
  chips bigint;
  session_id uuid;
  said text;
begin
  select s.seat into chosen_seat
  from generate_series(0, room.seats - 1) as s (seat)
  where s.seat not in (select t.seat from sample_seats as t)
  order by random()
  limit 1;
  if not found then
    return false;
  end if;
  -- Those whose chips go with the stakes come first. The order in which random() is asked is given,
  -- so that the same seed seats the same players.
  wants_bot := room.visibility = 'public' and room.base_bet <= 1000 and random() < 0.15;
  select c.user_id, c.username, c.skill, c.is_bot, c.balance into comer
  from (
    select
      p.user_id, p.username, p.skill, p.account_type = 'bot' as is_bot, w.balance
    from sample_people as p
    join public.user_wallets as w on w.user_id = p.user_id and w.currency = room.currency
    left join public.stake_tiers as t on t.id = room.stake_tier_id
    where p.role = 'player' and moment between p.joined_at and p.plays_until
      and p.vip_level >= coalesce(t.vip_level_min, 0)
      and w.balance >= room.buy_in_min
      and p.user_id not in (select b.user_id from sample_busy as b)
    order by p.username
    offset 0
  ) as c
  order by
    c.is_bot <> wants_bot,
    c.balance > 40 * room.buy_in_max or c.balance < 2 * room.buy_in_min, random()
  limit 1;
  if not found then
    return false;
  end if;
  chips := least(
    room.buy_in_max,
    greatest(room.buy_in_min, least(comer.balance / 3, room.base_bet * buy_in_bets)));
  chips := chips - chips % room.base_bet;
  session_id := public.derive_id(moment, 'sample', 'session ' || comer.username, room.id::integer);
  said := public.sit_down(session_id, room.id, room.fence, comer.user_id, chosen_seat, chips);
  if said <> 'ok' then
    raise exception 'sample: % was refused a seat in %: %', comer.username, room.name, said;
  end if;
  insert into sample_busy values (comer.user_id);
  insert into sample_seats
  values (
    chosen_seat, comer.user_id, session_id, comer.is_bot, comer.skill,
    substr(md5(comer.username || ' ' || room.id || ' ' || (
      select r.hands_started from public.game_rooms as r where r.id = room.id)), 1, 16));
  return true;
end
$function$;

create function pg_temp.leave_seat(leaving public.game_sessions, moment timestamptz)
returns void
language plpgsql
as $function$
declare
  chips bigint;
  chip_currency text;
  said text;
begin
  select w.balance, w.currency into strict chips, chip_currency
  from public.user_wallets as w
  where w.id = leaving.seat_wallet_id;
  if chips > 0 then
    said := (public.post_batch(
      true, array[public.reserved_id(moment, leaving.id::text, 'cash_out', 1)], array['cash_out'],
      array[leaving.seat_wallet_id],
      array[public.get_user_wallet(leaving.user_id, chip_currency)], array[chip_currency],
      array[chips], reference_types => array['session'],
      reference_ids => array[leaving.id::text], actor_ids => array[leaving.user_id])).outcomes[1];
    if said <> 'ok' then
      raise exception 'sample: the cash-out of % was refused: %', leaving.id, said;
    end if;
  end if;
  update public.game_sessions as s
  set cashed_out = chips, stood_up_at = moment
  where s.id = leaving.id;
  delete from sample_seats as t where t.seat = leaving.seat;
end
$function$;

create function pg_temp.play_hand(
  room public.game_rooms, moment timestamptz, inout previous_winner smallint,
  out ended_at timestamptz)
language plpgsql
as $function$
declare
  milliseconds_a_move constant integer := 3400;
  rules_version constant integer := 1;
  options constant jsonb := (
    select g.rules || room.options from public.games as g where g.id = room.game_id);
  number constant integer := (
    select r.hands_started + 1 from public.game_rooms as r where r.id = room.id);
  server_seed constant bytea := sha256(convert_to('sample ' || room.id || ' ' || number, 'UTF8'));
  hand_id constant uuid := public.derive_id(moment, 'sample', 'hand ' || room.id, number);
  seats smallint[];
  actors text[];
  skills integer[];
  client_seeds text[];
  strengths smallint[];
  bot_seeds bytea[];
  bot_styles text[];
  opener_place integer;
  started record;
  played record;
  said text;
begin
  select
    array_agg(s.seat order by s.seat),
    array_agg(case when s.is_bot then 'bot' else 'player' end order by s.seat),
    array_agg(s.skill order by s.seat),
    array_agg(s.client_seed order by s.seat),
    array_agg(case when s.is_bot then s.skill end::smallint order by s.seat),
    array_agg(case when s.is_bot
      then substring(sha256(convert_to('bot ' || hand_id || s.seat, 'UTF8')) from 1 for 16)
      end order by s.seat),
    array_agg(case when s.is_bot then 'sample' end order by s.seat)
  into seats, actors, skills, client_seeds, strengths, bot_seeds, bot_styles
  from sample_seats as s;
  opener_place := array_position(seats, previous_winner);
  select h.outcome, h.hand_number, h.stacks into started
  from public.start_hand(
    hand_id, room.id, room.fence, rules_version, options, sha256(server_seed),
    decode(repeat('00', 60), 'hex'), convert_to('sample', 'UTF8'), seats, client_seeds,
    seats[opener_place], strengths, bot_seeds, bot_styles) as h;
  if started.outcome <> 'ok' then
    raise exception 'sample: a hand in % was refused: %', room.name, started.outcome;
  end if;
  select g.* into played
  from pg_temp.play_gaple(
    seats, started.stacks, actors, skills,
    pg_temp.fair_deck(server_seed, array_to_string(client_seeds, ','), started.hand_number),
    opener_place, room.base_bet, room.rake_bps, room.rake_cap) as g;
  ended_at := moment + cardinality(played.moves) * milliseconds_a_move * interval '1 millisecond';
  select string_agg(distinct a.outcome, ', ') into said
  from public.append_moves(
    array_fill(room.id, array[cardinality(played.moves)]),
    array_fill(room.fence, array[cardinality(played.moves)]),
    array_fill(hand_id, array[cardinality(played.moves)]),
    array(select generate_series(1, cardinality(played.moves))),
    played.move_seats, played.move_actors, played.moves) as a;
  if said <> 'ok' then
    raise exception 'sample: moves in % were refused: %', room.name, said;
  end if;
  select h.outcome into strict said
  from public.settle_hand(
    hand_id, room.fence, played.payer_seats, played.payee_seats, played.amounts, played.reasons,
    played.result, server_seed, ended_at) as h;
  if said <> 'ok' then
    raise exception 'sample: the settlement of a hand in % was refused: %', room.name, said;
  end if;
  previous_winner := seats[played.winner_place];
end
$function$;

-- An evening at one table: who comes, plays, goes. Returns how many hands were played.
create function pg_temp.play_evening(
  room_id bigint, starts_at timestamptz, hands_max integer, stay boolean)
returns integer
language plpgsql
as $function$
declare
  leave_chance constant double precision := 0.03;
  join_chance constant double precision := 0.4;
  pause constant interval := interval '9 seconds';
  room public.game_rooms;
  moment timestamptz := starts_at;
  previous_winner smallint;
  hands integer := 0;
  leaving public.game_sessions;
begin
  select r.* into strict room from public.game_rooms as r where r.id = room_id;
  truncate sample_seats;
  for comer in 1 .. least(room.seats, 2 + floor(random() * 1.9)::integer + 1) loop
    perform pg_temp.take_seat(room, moment);
    moment := moment + interval '11 seconds';
  end loop;
  while hands < hands_max and (select count(*) > 1 from sample_seats) loop
    select p.previous_winner, p.ended_at into previous_winner, moment
    from pg_temp.play_hand(room, moment, previous_winner) as p;
    hands := hands + 1;
    moment := moment + pause;
    for leaving in
      select s.*
      from public.game_sessions as s
      join public.user_wallets as w on w.id = s.seat_wallet_id
      where s.room_id = room.id and s.stood_up_at is null
        and (w.balance = 0 or random() < leave_chance)
      order by s.seat
    loop
      if leaving.seat = previous_winner then
        previous_winner := null;
      end if;
      perform pg_temp.leave_seat(leaving, moment);
      moment := moment + interval '1 second';
    end loop;
    if random() < join_chance then
      perform pg_temp.take_seat(room, moment);
      moment := moment + interval '1 second';
    end if;
  end loop;
  if not stay then
    for leaving in
      select s.*
      from public.game_sessions as s
      where s.room_id = room.id and s.stood_up_at is null
      order by s.seat
    loop
      moment := moment + interval '2 seconds';
      perform pg_temp.leave_seat(leaving, moment);
    end loop;
  end if;
  return hands;
end
$function$;

-- The bonuses of one morning, by the rules of claim_daily_bonus(), which itself pays only now.
create function pg_temp.claim_bonuses(morning timestamptz)
returns void
language plpgsql
as $function$
declare
  bonuses constant bigint[] := array[1000, 1500, 2000, 2500, 3000, 4000, 6000];
  hours constant interval := interval '3 hours 50 minutes';
  claim record;
  amount bigint;
begin
  for claim in
    select
      c.user_id, c.moment, d.claimed_on, c.bonus_percent,
      case when b.claimed_on = d.claimed_on - 1 then b.streak else 0 end + 1 as streak
    from (
      select
        p.user_id, p.time_zone, l.bonus_percent,
        date_trunc('milliseconds', morning + p.fraction * hours) as moment, p.comes
      from (
        select
          s.user_id, s.time_zone, s.vip_level, random() as fraction,
          random() < 0.45 + s.skill * 0.0055 as comes
        from (
          select
            o.user_id, o.time_zone, o.vip_level, o.skill, o.role, o.account_type, o.joined_at,
            o.plays_until
          from sample_people as o
          order by o.username
          offset 0
        ) as s
        where s.role = 'player' and s.account_type <> 'bot'
          and morning between s.joined_at and s.plays_until
        offset 0
      ) as p
      join public.vip_levels as l on l.level = p.vip_level
    ) as c
    cross join lateral (select (c.moment at time zone c.time_zone)::date as claimed_on) as d
    left join sample_last_bonus as b on b.user_id = c.user_id
    where c.comes and (b.claimed_on is null or b.claimed_on < d.claimed_on)
    order by c.moment
  loop
    amount := bonuses[least(claim.streak, cardinality(bonuses))]
      * (100 + claim.bonus_percent) / 100;
    insert into public.daily_bonuses (
      user_id, claimed_on, claimed_at, streak, currency, amount, transaction_id)
    values (
      claim.user_id, claim.claimed_on, claim.moment, claim.streak, 'COINS', amount,
      pg_temp.pay(
        claim.moment, 'bonus ' || claim.user_id, 'bonus', public.wallet_of('bonus', 'COINS'),
        public.get_user_wallet(claim.user_id, 'COINS'), 'COINS', amount, 'daily_bonus',
        claim.claimed_on::text));
    insert into sample_last_bonus as b
    values (claim.user_id, claim.claimed_on, claim.streak)
    on conflict (user_id) do update
    set claimed_on = excluded.claimed_on, streak = excluded.streak;
  end loop;
end
$function$;

do $days$
declare
  midnight constant timestamptz := (select t.midnight from sample_time as t);
  day timestamptz;
  table_of_day record;
begin
  for days_ago in reverse 29 .. 1 loop
    day := midnight - days_ago * interval '1 day';
    perform pg_temp.claim_bonuses(day + interval '6 hours');
    perform pg_temp.hold_tournaments(day + interval '13 hours', days_ago);
    truncate sample_busy;
    for table_of_day in
      select r.room_id, r.hands_max
      from (
        select o.room_id, o.evenings, o.hands_max, o.last_day
        from sample_rooms as o
        order by o.room_id
        offset 0
      ) as r
      where days_ago >= r.last_day and random() * 10 < r.evenings
      order by random()
    loop
      perform pg_temp.play_evening(
        table_of_day.room_id,
        day + interval '16 hours' + random() * interval '4 hours',
        8 + floor(random() * (table_of_day.hands_max - 6))::integer, false);
    end loop;
    commit;
  end loop;

  -- The tables that are busy now.
  truncate sample_busy;
  for table_of_day in
    select r.room_id
    from sample_rooms as r
    where r.last_day = 1
    order by r.room_id
    limit 7
  loop
    perform pg_temp.play_evening(
      table_of_day.room_id,
      date_trunc('milliseconds', now() - interval '75 minutes' + random() * interval '45 minutes'),
      6, true);
  end loop;
  perform pg_temp.hold_tournaments(
    date_trunc('milliseconds', now() - interval '20 minutes'), 0);
  perform pg_temp.hold_tournaments(midnight + interval '1 day 13 hours', -1);
  perform pg_temp.hold_tournaments(midnight + interval '6 days 13 hours', -6);
  commit;
end
$days$;

update game_sessions set sat_down_at = id_time(id);
