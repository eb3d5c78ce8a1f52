-- 009 Live tables: the promise of the next deal, a room taken by name, and the restart of a node.

set role higgs_owner;

create table public.room_deals (
  room_id bigint not null,
  number integer not null,
  server_seed_commit bytea not null,
  server_seed_encrypted bytea not null,
  key_id bytea not null,
  promised_at timestamptz not null default now(),
  constraint room_deals_pkey primary key (room_id),
  constraint room_deals_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint room_deals_number_positive check (number > 0),
  constraint room_deals_server_seed_commit_size check (octet_length(server_seed_commit) = 32),
  constraint room_deals_server_seed_encrypted_size
    check (octet_length(server_seed_encrypted) between 29 and 256),
  constraint room_deals_key_id_size check (octet_length(key_id) between 1 and 32)
)
with (fillfactor = 70);
comment on table public.room_deals is
  'The last deal that each room promised: its server seed is fixed before any client seed is taken,
and a restart keeps it.';
comment on column public.room_deals.room_id is 'The room.';
comment on column public.room_deals.number is 'Number of the hand that it is for.';
comment on column public.room_deals.server_seed_commit is
  'SHA-256 of the server seed: what players are told.';
comment on column public.room_deals.server_seed_encrypted is 'Server seed under AES-GCM.';
comment on column public.room_deals.key_id is 'Which key of the key ring encrypted the seed.';
comment on column public.room_deals.promised_at is 'When it was promised.';

create function public.promise_deal(
  room bigint,
  room_fence bigint,
  hand_number integer,
  seed_commit bytea,
  seed_encrypted bytea,
  seed_key_id bytea,
  out outcome text,
  out promised_commit bytea,
  out promised_encrypted bytea,
  out promised_key_id bytea
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  locked record;
begin
  if hand_number is null or seed_commit is null or seed_encrypted is null or seed_key_id is null
  then
    raise exception 'promise_deal: number, commit, encrypted seed and key are all needed'
      using errcode = 'invalid_parameter_value';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select d.server_seed_commit, d.server_seed_encrypted, d.key_id
  into promised_commit, promised_encrypted, promised_key_id
  from public.room_deals as d
  where d.room_id = room and d.number = hand_number;
  if found then
    outcome := 'exists';
    return;
  end if;
  if locked.status <> 'open' then
    outcome := 'room_closed';
    return;
  end if;
  if hand_number <> locked.hands_started + 1 then
    outcome := 'out_of_order';
    return;
  end if;
  insert into public.room_deals as d (
    room_id, number, server_seed_commit, server_seed_encrypted, key_id)
  values (room, hand_number, seed_commit, seed_encrypted, seed_key_id)
  on conflict (room_id) do update
  set
    number = excluded.number, server_seed_commit = excluded.server_seed_commit,
    server_seed_encrypted = excluded.server_seed_encrypted, key_id = excluded.key_id,
    promised_at = now();
  promised_commit := seed_commit;
  promised_encrypted := seed_encrypted;
  promised_key_id := seed_key_id;
end
$function$;
comment on function public.promise_deal(bigint, bigint, integer, bytea, bytea, bytea) is
  'Fixes the server seed of a room''s next hand before any client seed is taken. Where one is
promised for that hand already, the answer is exists with that one, whatever is given: a promise is
never exchanged. Outcomes: ok, exists, fenced, room_not_found, room_closed, out_of_order (not the
next hand). Locks: the room, exclusively.
Example: select number, server_seed_commit from room_deals limit 1;';

create function public.check_promised_deal()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  if exists (
    select
    from public.room_deals as d
    where d.room_id = new.room_id and d.number = new.number
      and d.server_seed_commit <> new.server_seed_commit
  ) then
    raise exception 'hand % of room % was promised with another server seed',
      new.number, new.room_id
      using errcode = 'invalid_parameter_value',
        hint = 'Start it with the seed of room_deals.';
  end if;
  return null;
end
$function$;
comment on function public.check_promised_deal() is
  'Keeps a hand from starting with another server seed than the promised one.';

create trigger game_hands_keep_promise
after insert on public.game_hands
for each row execute function public.check_promised_deal();
comment on trigger game_hands_keep_promise on public.game_hands is
  'A promised server seed is not exchanged.';

create function public.take_room(
  node bigint, room bigint, out outcome text, out fence bigint, out hand_id uuid)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  perform pg_advisory_xact_lock(room);
  -- The next statements see what was committed before the lock was had.
  update public.game_rooms as r
  set host_node = node, fence = r.fence + 1
  from public.server_nodes as me
  where r.id = room
    and me.id = node and me.stopped_at is null and me.lease_expires_at > clock_timestamp()
    and r.status <> 'closed'
    and not exists (
      select
      from public.server_nodes as h
      where h.id = r.host_node and h.stopped_at is null
        and h.lease_expires_at >= clock_timestamp())
    and not exists (
      select
      from public.game_hands as g
      where g.id = r.current_hand_id and g.rules_version <> all (me.rules_versions))
  returning r.fence, r.current_hand_id into fence, hand_id;
  outcome := case when found then 'ok' else 'not_taken' end;
end
$function$;
comment on function public.take_room(bigint, bigint) is
  'Gives a node one room, as take_rooms gives it many: ok with the new fence and the hand that runs
there, or not_taken where the room is unknown, closed or hosted, where its hand has rules that the
node does not know, or where the node has no lease. Locks: the room, exclusively.
Example: select * from take_room(1, 1);';

create function public.succeed_nodes(node bigint)
returns integer
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  with stopped as (
    update public.server_nodes as n
    set stopped_at = clock_timestamp(), lease_expires_at = clock_timestamp()
    from public.server_nodes as me
    where me.id = node and me.stopped_at is null
      and n.name = me.name and n.internal_address = me.internal_address
      and n.id < me.id and n.stopped_at is null
    returning n.id
  )
  select count(*)::integer from stopped as s;
end;
comment on function public.succeed_nodes(bigint) is
  'Ends the leases of earlier nodes with the same name and internal address, for a caller that knows
that they are dead, as one that has bound their address does; how many there were. Their rooms can
be taken at once. An old node that lives after all is refused by the fence.
Example: select succeed_nodes(max(id)) from server_nodes;';

grant select on public.room_deals to higgs_app;
grant execute on function
  public.promise_deal(bigint, bigint, integer, bytea, bytea, bytea),
  public.take_room(bigint, bigint), public.succeed_nodes(bigint)
to higgs_app;

reset role;
