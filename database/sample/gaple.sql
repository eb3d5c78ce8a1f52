-- Gaple played by simple players, by the canonical rules: everything that a hand's journal and its
-- settlement need. The functions live in pg_temp and end with the session.
--
-- A tile is its number, 0..27 in the order 0-0, 0-1, … 6-6; a set of tiles is an integer with the
-- bits of its tiles. A seat is given by its place among those that play, from 1.

create function pg_temp.tile_low(tile integer)
returns integer
language sql
immutable
strict
return (array[0,0,0,0,0,0,0, 1,1,1,1,1,1, 2,2,2,2,2, 3,3,3,3, 4,4,4, 5,5, 6])[tile + 1];

create function pg_temp.tile_high(tile integer)
returns integer
language sql
immutable
strict
return (array[0,1,2,3,4,5,6, 1,2,3,4,5,6, 2,3,4,5,6, 3,4,5,6, 4,5,6, 5,6, 6])[tile + 1];

create function pg_temp.tile_name(tile integer)
returns text
language sql
immutable
strict
return pg_temp.tile_low(tile) || '-' || pg_temp.tile_high(tile);

-- Seven tiles for each, in consecutive blocks of the deck, lowest seat first.
create function pg_temp.dealt_hands(deck integer[], players integer)
returns integer[]
language sql
immutable
strict
return (
  select array_agg(h.tiles order by h.place)
  from (
    select (d.position - 1) / 7 as place, bit_or(1 << d.tile) as tiles
    from unnest(deck) with ordinality as d (tile, position)
    where d.position <= 7 * players
    group by (d.position - 1) / 7
  ) as h);

create function pg_temp.pips(tiles integer)
returns integer
language sql
immutable
strict
return (
  select coalesce(sum(pg_temp.tile_low(t) + pg_temp.tile_high(t)), 0)
  from generate_series(0, 27) as s (t)
  where tiles & (1 << t) <> 0);

-- What is due to the house of a net win.
create function pg_temp.rake_of(win bigint, rake_bps integer, rake_cap bigint)
returns bigint
language sql
immutable
strict
return case when win > 0 then least(win * rake_bps / 10000, rake_cap) else 0 end;

-- Plays one hand to its end. Each player prefers tiles by pips, doubles, and what it can follow up
-- with; the less its skill (0..100), the more it leaves to chance, by random().
create function pg_temp.play_gaple(
  seats smallint[],
  stacks bigint[],
  actors text[],
  skills integer[],
  deck integer[],
  opener_place integer,
  base_bet bigint,
  rake_bps integer,
  rake_cap bigint,
  out move_seats smallint[],
  out move_actors text[],
  out moves bytea[],
  out payer_seats smallint[],
  out payee_seats smallint[],
  out amounts bigint[],
  out reasons text[],
  out winner_place integer,
  out result jsonb,
  out stacks_after bigint[]
)
language plpgsql
as $function$
declare
  players constant integer := cardinality(seats);
  timeout_chance constant double precision := 0.004;
  lows constant integer[] := '{0,0,0,0,0,0,0,1,1,1,1,1,1,2,2,2,2,2,3,3,3,3,4,4,4,5,5,6}';
  highs constant integer[] := '{0,1,2,3,4,5,6,1,2,3,4,5,6,2,3,4,5,6,3,4,5,6,4,5,6,5,6,6}';
  doubles constant integer := 172236929;
  -- The tiles with a number, by that number plus one.
  tiles_with constant integer[] := '{127,8066,254212,3949064,29918224,110168096,220336192}';
  hands integer[] := pg_temp.dealt_hands(deck, cardinality(seats));
  all_tiles integer := 0;
  turn integer := opener_place;
  opener integer;
  last_placer integer;
  left_end integer;
  right_end integer;
  low integer;
  high integer;
  fits_left boolean;
  fits_right boolean;
  fitting integer;
  score double precision;
  best_score double precision;
  best_tile integer;
  best_end integer;
  first_tile integer;
  first_end integer;
  multiplier integer;
  reason text;
  amount bigint;
  actor text;
begin
  move_seats := '{}';
  move_actors := '{}';
  moves := '{}';
  payer_seats := '{}';
  payee_seats := '{}';
  amounts := '{}';
  reasons := '{}';
  stacks_after := stacks;
  for place in 1 .. players loop
    all_tiles := all_tiles | hands[place];
  end loop;

  if opener_place is null then
    -- The highest double opens; where none was dealt, the heaviest tile, then the higher end.
    select t into best_tile
    from generate_series(0, 27) as s (t)
    where (case when all_tiles & doubles <> 0 then all_tiles & doubles else all_tiles end)
      & (1 << t) <> 0
    order by lows[t + 1] + highs[t + 1] desc, highs[t + 1] desc
    limit 1;
    for place in 1 .. players loop
      if hands[place] & (1 << best_tile) <> 0 then
        turn := place;
      end if;
    end loop;
  end if;
  opener := turn;

  loop
    fitting := case
      when left_end is not null then tiles_with[left_end + 1] | tiles_with[right_end + 1]
      when opener_place is null then 1 << best_tile
      else all_tiles
    end;
    if hands[turn] & fitting = 0 then
      -- A stuck player passes and pays who placed last, as far as the chips go.
      move_seats := move_seats || seats[turn];
      move_actors := move_actors || 'rules'::text;
      moves := moves || '\x02'::bytea;
      amount := least(base_bet, stacks_after[turn]);
      if amount > 0 then
        stacks_after[turn] := stacks_after[turn] - amount;
        stacks_after[last_placer] := stacks_after[last_placer] + amount;
        payer_seats := payer_seats || seats[turn];
        payee_seats := payee_seats || seats[last_placer];
        amounts := amounts || amount;
        reasons := reasons || 'pass'::text;
      end if;
      turn := turn % players + 1;
      continue;
    end if;

    best_score := null;
    first_tile := null;
    for tile in 0 .. 27 loop
      continue when hands[turn] & fitting & (1 << tile) = 0;
      low := lows[tile + 1];
      high := highs[tile + 1];
      fits_left := left_end is null or left_end = low or left_end = high;
      fits_right := left_end is not null and right_end <> left_end
        and (right_end = low or right_end = high);
      if first_tile is null then
        first_tile := tile;
        first_end := case when fits_left then 0 else 1 end;
      end if;
      score := low + high + case when low = high then 4 else 0 end
        + 2 * bit_count((hands[turn] & (tiles_with[low + 1] | tiles_with[high + 1]))::bit(28))
        + random() * (100 - skills[turn]) * 0.4;
      if best_score is null or score > best_score then
        best_score := score;
        best_tile := tile;
        best_end := case when fits_left and (not fits_right or random() < 0.5) then 0 else 1 end;
      end if;
    end loop;
    actor := actors[turn];
    if actor = 'player' and random() < timeout_chance then
      -- Out of time: the lowest-numbered tile that fits, at the left end where it fits there.
      actor := 'timeout';
      best_tile := first_tile;
      best_end := first_end;
    end if;

    move_seats := move_seats || seats[turn];
    move_actors := move_actors || actor;
    moves := moves || decode(
      '01' || lpad(to_hex(best_tile), 2, '0') || lpad(to_hex(best_end), 2, '0'), 'hex');
    hands[turn] := hands[turn] & ~(1 << best_tile);
    last_placer := turn;
    if left_end is null then
      left_end := lows[best_tile + 1];
      right_end := highs[best_tile + 1];
    else
      multiplier := case when lows[best_tile + 1] = highs[best_tile + 1] then 3 else 2 end
        + case
          when left_end in (lows[best_tile + 1], highs[best_tile + 1])
            and right_end in (lows[best_tile + 1], highs[best_tile + 1]) then 2
          else 0
        end;
      if best_end = 0 then
        left_end := lows[best_tile + 1] + highs[best_tile + 1] - left_end;
      else
        right_end := lows[best_tile + 1] + highs[best_tile + 1] - right_end;
      end if;
    end if;

    if hands[turn] = 0 then
      reason := 'out';
      winner_place := turn;
    else
      all_tiles := 0;
      for place in 1 .. players loop
        all_tiles := all_tiles | hands[place];
      end loop;
      if all_tiles & (tiles_with[left_end + 1] | tiles_with[right_end + 1]) = 0 then
        reason := 'blocked';
        multiplier := 1;
        select p.place into winner_place
        from generate_series(1, players) as p (place)
        cross join lateral (
          select
            sum(lows[t + 1] + highs[t + 1]) as pips, count(*) as tiles,
            min(lows[t + 1] + highs[t + 1]) as lightest,
            min((lows[t + 1] + highs[t + 1]) * 10 + lows[t + 1]) as lightest_by_low
          from generate_series(0, 27) as s (t)
          where hands[p.place] & (1 << t) <> 0
        ) as h
        order by
          h.pips, h.tiles, h.lightest, h.lightest_by_low,
          (p.place - opener + players) % players
        limit 1;
      end if;
    end if;
    exit when reason is not null;
    turn := turn % players + 1;
  end loop;

  for place in 1 .. players loop
    amount := least(multiplier * base_bet, stacks_after[place]);
    continue when place = winner_place or amount = 0;
    stacks_after[place] := stacks_after[place] - amount;
    stacks_after[winner_place] := stacks_after[winner_place] + amount;
    payer_seats := payer_seats || seats[place];
    payee_seats := payee_seats || seats[winner_place];
    amounts := amounts || amount;
    reasons := reasons || 'hand'::text;
  end loop;
  amount := pg_temp.rake_of(
    stacks_after[winner_place] - stacks[winner_place], rake_bps, rake_cap);
  if amount > 0 then
    stacks_after[winner_place] := stacks_after[winner_place] - amount;
    payer_seats := payer_seats || seats[winner_place];
    payee_seats := payee_seats || null::smallint;
    amounts := amounts || amount;
    reasons := reasons || 'rake'::text;
  end if;

  result := jsonb_build_object(
    'winner', seats[winner_place], 'reason', reason, 'multiplier', multiplier,
    'left', (
      select jsonb_agg(
        jsonb_build_object(
          'seat', seats[p.place], 'pips', pg_temp.pips(hands[p.place]), 'tiles', (
            select coalesce(jsonb_agg(pg_temp.tile_name(t) order by t), '[]')
            from generate_series(0, 27) as s (t)
            where hands[p.place] & (1 << t) <> 0))
        order by p.place)
      from generate_series(1, players) as p (place)),
    'payments', (
      select coalesce(jsonb_agg(
        jsonb_build_object('from', u.payer, 'to', u.payee, 'amount', u.amount, 'reason', u.reason)
        order by u.ordinal), '[]')
      from unnest(payer_seats, payee_seats, amounts, reasons)
        with ordinality as u (payer, payee, amount, reason, ordinal)));
end
$function$;
