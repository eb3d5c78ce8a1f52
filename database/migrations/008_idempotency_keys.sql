-- 008 Idempotency keys: what clients call the requests by which they move money, so that a repeated
-- request is answered as before and never pays twice.

set role higgs_owner;

create table public.idempotency_keys (
  user_id uuid not null,
  key text not null,
  request_hash bytea not null,
  money_id uuid not null,
  answer_status smallint,
  answer_body bytea,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (user_id, key),
  constraint idempotency_keys_user_id_fkey foreign key (user_id) references public.users (id),
  constraint idempotency_keys_key_length check (length(key) between 1 and 255),
  constraint idempotency_keys_request_hash_size check (octet_length(request_hash) = 32),
  constraint idempotency_keys_answer_status_range check (answer_status between 200 and 299),
  constraint idempotency_keys_answer_body_size check (octet_length(answer_body) <= 8192),
  constraint idempotency_keys_answer_whole
    check ((answer_status is null) = (answer_body is null))
);
comment on table public.idempotency_keys is
  'Requests that move money, by the key that the client gave each. Kept for 30 days, which is less
than the 35 days in which the ledger takes an id.';
comment on column public.idempotency_keys.user_id is 'The player who asked.';
comment on column public.idempotency_keys.key is 'What the client calls its request.';
comment on column public.idempotency_keys.request_hash is
  'SHA-256 of what was asked, to tell a repetition from another request under the same key.';
comment on column public.idempotency_keys.money_id is
  'Identifier of the payment or of the stay, allotted when the key first came.';
comment on column public.idempotency_keys.answer_status is
  'HTTP status of the answer; null until the request was done. Refusals are not kept: they leave no
trace, and the same request may succeed later.';
comment on column public.idempotency_keys.answer_body is 'The answer''s body, as it was sent.';
comment on column public.idempotency_keys.created_at is 'When the key first came.';
create index idempotency_keys_created_at_idx on public.idempotency_keys (created_at);

create function public.claim_idempotency_key(
  player_id uuid, request_key text, hash bytea, out outcome text, out money_id uuid,
  out answer_status smallint, out answer_body bytea)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  kept constant interval := interval '30 days';
  removed_max constant integer := 10;
  known public.idempotency_keys;
begin
  -- Each new key takes a few old ones away, so that the table needs no other care.
  delete from public.idempotency_keys as o
  using (
    select k.user_id, k.key
    from public.idempotency_keys as k
    where k.created_at < now() - kept
    order by k.created_at
    limit removed_max
    for update skip locked
  ) as x
  where o.user_id = x.user_id and o.key = x.key;
  insert into public.idempotency_keys as k (user_id, key, request_hash, money_id)
  values (player_id, request_key, hash, public.new_id())
  on conflict on constraint idempotency_keys_pkey do nothing;
  select k.* into strict known
  from public.idempotency_keys as k
  where k.user_id = player_id and k.key = request_key;
  outcome := case
    when known.request_hash <> hash then 'different_request'
    when known.answer_status is not null then 'answered'
    else 'proceed'
  end;
  if outcome = 'proceed' then
    money_id := known.money_id;
  elsif outcome = 'answered' then
    answer_status := known.answer_status;
    answer_body := known.answer_body;
  end if;
end
$function$;
comment on function public.claim_idempotency_key(uuid, text, bytea) is
  'Notes a request under its key, with the identifier of the money that it moves; a repetition gets
the same identifier, so that the ledger pays once. Outcomes: proceed (do it with money_id), answered
(it was done: the answer), different_request (the key was used for something else).
Locks: the row of the key.
Example: select outcome, money_id
from claim_idempotency_key(user_id_of(''ayu''), ''sit-1'', sha256(''sit''));';

create function public.answer_idempotency_key(
  player_id uuid, request_key text, status smallint, body bytea)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.idempotency_keys as k
  set answer_status = status, answer_body = body
  where k.user_id = player_id and k.key = request_key and k.answer_status is null;
end;
comment on function public.answer_idempotency_key(uuid, text, smallint, bytea) is
  'Keeps the answer of a request that was done; the first answer stands. Locks: the row of the key.
Example: select answer_idempotency_key(user_id_of(''ayu''), ''sit-1'', 201::smallint, ''{}'');';

-- Rights -----------------------------------------------------------------------------------------

grant select on public.idempotency_keys to higgs_app;
grant execute on function
  public.claim_idempotency_key(uuid, text, bytea),
  public.answer_idempotency_key(uuid, text, smallint, bytea)
to higgs_app;

reset role;
