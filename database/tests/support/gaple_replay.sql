-- Gaple replayed by the canonical rules, written apart from the simulator of database/sample: hands
-- are jsonb arrays of tiles by their names, "low-high". Raises where a move is not what the rules
-- allow. The functions live in pg_temp; the last one needs fair_deal.sql.

create function pg_temp.name_of_tile(tile integer)
returns text
language sql
immutable
return (
  select p.name
  from (
    select a || '-' || b as name, row_number() over (order by a, b) - 1 as id
    from generate_series(0, 6) as x (a)
    cross join generate_series(x.a, 6) as y (b)
  ) as p
  where p.id = tile);

create function pg_temp.replay_gaple(
  seats integer[], stacks bigint[], hands jsonb, opener integer, base_bet bigint, rake_bps integer,
  rake_cap bigint, journal_seats integer[], journal bytea[])
returns jsonb
language plpgsql
as $function$
declare
  held jsonb := hands;  -- by seat number as text
  chips jsonb := '{}';
  before jsonb;
  line text := null;    -- the open ends, "left-right"
  turn integer := opener;
  placer integer;
  must_open_with text;
  seat integer;
  tile text;
  a integer;
  b integer;
  old_end integer;
  new_end integer;
  multiplier integer;
  ending text;
  winner integer;
  payment bigint;
  rake bigint := 0;
begin
  for place in 1 .. cardinality(seats) loop
    chips := chips || jsonb_build_object(seats[place], stacks[place]);
  end loop;
  before := chips;
  if turn is null then
    -- Doubles before singles, then pips, then the higher end.
    select h.key::integer, t.name into turn, must_open_with
    from jsonb_each(held) as h
    cross join lateral jsonb_array_elements_text(h.value) as t (name)
    order by
      split_part(t.name, '-', 1) = split_part(t.name, '-', 2) desc,
      split_part(t.name, '-', 1)::integer + split_part(t.name, '-', 2)::integer desc,
      split_part(t.name, '-', 2)::integer desc
    limit 1;
  end if;
  opener := turn;

  for step in 1 .. cardinality(journal) loop
    seat := journal_seats[step];
    if ending is not null then
      raise exception 'move %: the hand was over', step;
    elsif seat <> turn then
      raise exception 'move %: seat % moved, but it was the turn of %', step, seat, turn;
    end if;
    if journal[step] = '\x02' then
      if line is null or exists (
        select
        from jsonb_array_elements_text(held -> seat::text) as t (name)
        where string_to_array(t.name, '-') && string_to_array(line, '-')
      ) then
        raise exception 'move %: seat % passed and could have placed', step, seat;
      end if;
      payment := least(base_bet, (chips ->> seat::text)::bigint);
      chips := chips || jsonb_build_object(
        seat, (chips ->> seat::text)::bigint - payment,
        placer, (chips ->> placer::text)::bigint + payment);
    else
      if octet_length(journal[step]) <> 3 or get_byte(journal[step], 0) <> 1
        or get_byte(journal[step], 2) not in (0, 1) then
        raise exception 'move %: % is no move', step, journal[step];
      end if;
      tile := pg_temp.name_of_tile(get_byte(journal[step], 1));
      if not held -> seat::text ? tile then
        raise exception 'move %: seat % does not hold %', step, seat, tile;
      elsif step = 1 and tile <> must_open_with then
        raise exception 'move 1: % is placed, but % must open', tile, must_open_with;
      end if;
      a := split_part(tile, '-', 1);
      b := split_part(tile, '-', 2);
      if line is null then
        line := tile;
      else
        old_end := split_part(line, '-', get_byte(journal[step], 2) + 1);
        if old_end not in (a, b) then
          raise exception 'move %: % does not fit % of %', step, tile, old_end, line;
        end if;
        multiplier := case when a = b then 3 else 2 end + case
          when split_part(line, '-', 1)::integer in (a, b)
            and split_part(line, '-', 2)::integer in (a, b) then 2
          else 0
        end;
        new_end := case when a = old_end then b else a end;
        line := case get_byte(journal[step], 2)
          when 0 then new_end || '-' || split_part(line, '-', 2)
          else split_part(line, '-', 1) || '-' || new_end
        end;
      end if;
      held := jsonb_set(held, array[seat::text], (held -> seat::text) - tile);
      placer := seat;
      if held -> seat::text = '[]' then
        ending := 'out';
        winner := seat;
      elsif not exists (
        select
        from jsonb_each(held) as h
        cross join lateral jsonb_array_elements_text(h.value) as t (name)
        where string_to_array(t.name, '-') && string_to_array(line, '-')
      ) then
        ending := 'blocked';
        multiplier := 1;
        select w.seat into winner
        from (
          select
            h.key::integer as seat,
            array_agg(array[t.low + t.high, t.low] order by t.low + t.high, t.low) as tiles,
            sum(t.low + t.high) as pips
          from jsonb_each(held) as h
          cross join lateral (
            select split_part(n.name, '-', 1)::integer, split_part(n.name, '-', 2)::integer
            from jsonb_array_elements_text(h.value) as n (name)
          ) as t (low, high)
          group by h.key
        ) as w
        order by
          w.pips, array_length(w.tiles, 1), w.tiles[1][1], w.tiles[1][2],
          (array_position(seats, w.seat) - array_position(seats, opener) + cardinality(seats))
            % cardinality(seats)
        limit 1;
      end if;
    end if;
    turn := seats[array_position(seats, seat) % cardinality(seats) + 1];
  end loop;
  if ending is null then
    raise exception 'the journal ends before the hand';
  end if;

  foreach seat in array seats loop
    continue when seat = winner;
    payment := least(multiplier * base_bet, (chips ->> seat::text)::bigint);
    chips := chips || jsonb_build_object(
      seat, (chips ->> seat::text)::bigint - payment,
      winner, (chips ->> winner::text)::bigint + payment);
  end loop;
  payment := (chips ->> winner::text)::bigint - (before ->> winner::text)::bigint;
  if payment > 0 then
    rake := least(payment * rake_bps / 10000, rake_cap);
    chips := chips || jsonb_build_object(winner, (chips ->> winner::text)::bigint - rake);
  end if;
  return jsonb_build_object(
    'winner', winner, 'reason', ending, 'multiplier', multiplier, 'rake', rake,
    'line', line, 'opener', opener,
    'net', (
      select jsonb_object_agg(c.key, c.value::bigint - (before ->> c.key)::bigint)
      from jsonb_each_text(chips) as c),
    'left', (
      select jsonb_object_agg(h.key, (
        select coalesce(jsonb_agg(t.name order by t.name), '[]')
        from jsonb_array_elements_text(h.value) as t (name)))
      from jsonb_each(held) as h));
end
$function$;

-- The hands that a deck gives, by seat, as replay_gaple() takes them.
create function pg_temp.hands_of(seats integer[], deck integer[])
returns jsonb
language sql
return (
  select jsonb_object_agg(seats[p.place], (
    select jsonb_agg(pg_temp.name_of_tile(deck[7 * p.place - 7 + n]))
    from generate_series(1, 7) as s (n)))
  from generate_series(1, cardinality(seats)) as p (place));

-- A stored hand, dealt anew from its revealed seed and replayed from its journal.
create function pg_temp.replay_stored(stored_id uuid)
returns jsonb
language sql
return (
  select pg_temp.replay_gaple(
    s.seats, s.stacks,
    pg_temp.hands_of(s.seats, pg_temp.fair_deck(h.server_seed, s.client_seeds, h.number)),
    h.opener_seat, h.base_bet, h.rake_bps, h.rake_cap, m.seats, m.moves)
  from public.game_hands as h
  cross join lateral (
    select
      array_agg(x.seat::integer order by x.seat) as seats,
      array_agg(x.stack_start order by x.seat) as stacks,
      string_agg(x.client_seed, ',' order by x.seat) as client_seeds
    from public.hand_seats as x
    where x.hand_id = h.id
  ) as s
  cross join lateral (
    select
      array_agg(x.seat::integer order by x.no) as seats, array_agg(x.move order by x.no) as moves
    from public.game_moves as x
    where x.hand_id = h.id
  ) as m
  where h.id = stored_id);
