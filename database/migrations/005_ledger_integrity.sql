-- 005 Ledger integrity: positions that survive a restore, rollups of system wallets, sealed blocks,
-- verification, and the way old months leave the ledger.

set role higgs_owner;

create table public.ledger_state (
  singleton boolean not null default true,
  xid_base bigint not null default 0,
  rolled_up_to bigint not null default 0,
  sealed_to bigint not null default 0,
  rolled_up_at timestamptz,
  sealed_at timestamptz,
  constraint ledger_state_pkey primary key (singleton),
  constraint ledger_state_one_row check (singleton),
  constraint ledger_state_not_negative
    check (xid_base >= 0 and rolled_up_to >= 0 and sealed_to >= 0)
);
comment on table public.ledger_state is
  'One row: where the ledger stands. Written by the ledger''s functions only.';
comment on column public.ledger_state.singleton is 'Always true: there is one row.';
comment on column public.ledger_state.xid_base is
  'Added to the server''s transaction number to give a ledger position; raised after a restore.';
comment on column public.ledger_state.rolled_up_to is
  'Rollups hold every row whose position is below this.';
comment on column public.ledger_state.sealed_to is
  'Position of the last sealed row; posting at or below it is refused, as below rolled_up_to.';
comment on column public.ledger_state.rolled_up_at is 'When roll_up_ledger() last ran.';
comment on column public.ledger_state.sealed_at is 'When seal_ledger() last ran.';
insert into public.ledger_state default values;

create table public.ledger_rollups (
  wallet_id bigint not null,
  balance numeric(38, 0) not null,
  transactions bigint not null,
  archived_balance numeric(38, 0) not null default 0,
  archived_transactions bigint not null default 0,
  constraint ledger_rollups_pkey primary key (wallet_id),
  constraint ledger_rollups_wallet_id_fkey
    foreign key (wallet_id) references public.user_wallets (id),
  constraint ledger_rollups_counts_in_range
    check (archived_transactions between 0 and transactions)
)
with (fillfactor = 80);
comment on table public.ledger_rollups is
  'Sum of each wallet''s rows below ledger_state.rolled_up_to; gives system wallets their
balance.';
comment on column public.ledger_rollups.wallet_id is 'The wallet.';
comment on column public.ledger_rollups.balance is
  'Credits less debits of the rolled-up rows, archived ones included.';
comment on column public.ledger_rollups.transactions is 'How many rows were rolled up.';
comment on column public.ledger_rollups.archived_balance is
  'The part of balance whose rows have left with detached months.';
comment on column public.ledger_rollups.archived_transactions is 'How many rows have left.';

create table public.ledger_seals (
  no bigint not null,
  last_xid bigint not null,
  last_id uuid not null,
  transactions integer not null,
  previous_hash bytea not null,
  hash bytea not null,
  sealed_at timestamptz not null default now(),
  constraint ledger_seals_pkey primary key (no),
  constraint ledger_seals_no_positive check (no > 0),
  constraint ledger_seals_transactions_range check (transactions between 1 and 10000),
  constraint ledger_seals_previous_hash_size check (octet_length(previous_hash) = 32),
  constraint ledger_seals_hash_size check (octet_length(hash) = 32)
);
comment on table public.ledger_seals is
  'Sealed blocks of the ledger: a hash chain over its rows in the order of their positions.
Append-only.';
comment on column public.ledger_seals.no is 'Number of the block, from 1.';
comment on column public.ledger_seals.last_xid is 'Position of the last row in the block.';
comment on column public.ledger_seals.last_id is 'Identifier of the last row in the block.';
comment on column public.ledger_seals.transactions is 'How many rows, at most 10,000.';
comment on column public.ledger_seals.previous_hash is
  'Hash of the block before; 32 zero bytes before the first.';
comment on column public.ledger_seals.hash is
  'SHA-256 over the previous hash and the rows (docs/database.md, Seals).';
comment on column public.ledger_seals.sealed_at is 'When it was sealed.';
create unique index ledger_seals_hash_key on public.ledger_seals (hash);

create table public.ledger_seal_signatures (
  seal_no bigint not null,
  key_id text not null,
  signature bytea not null,
  signed_at timestamptz not null default now(),
  constraint ledger_seal_signatures_pkey primary key (seal_no, key_id, signature),
  constraint ledger_seal_signatures_seal_no_fkey
    foreign key (seal_no) references public.ledger_seals (no),
  constraint ledger_seal_signatures_key_id_format check (key_id ~ '^[A-Za-z0-9._-]{1,64}$'),
  constraint ledger_seal_signatures_signature_size check (octet_length(signature) = 64)
);
comment on table public.ledger_seal_signatures is
  'Signatures of seals by a key that the database does not have. The database cannot check them: of
several that name one key for one seal, what the public key verifies counts. Append-only.';
comment on column public.ledger_seal_signatures.seal_no is 'The block.';
comment on column public.ledger_seal_signatures.key_id is 'Name of the signing key.';
comment on column public.ledger_seal_signatures.signature is
  'Ed25519 signature over the head (docs/database.md, Seals).';
comment on column public.ledger_seal_signatures.signed_at is 'When it was stored.';

create table public.ledger_archives (
  relation text not null,
  parent text not null,
  rows bigint not null,
  first_xid bigint,
  last_xid bigint,
  detached_at timestamptz not null default now(),
  constraint ledger_archives_pkey primary key (relation),
  constraint ledger_archives_relation_length check (length(relation) between 1 and 63),
  constraint ledger_archives_parent_length check (length(parent) between 1 and 63),
  constraint ledger_archives_rows_not_negative check (rows >= 0)
);
comment on table public.ledger_archives is
  'Months that were detached from a partitioned table, with what was in them. Append-only.';
comment on column public.ledger_archives.relation is
  'Name of the detached table; it may since have been moved to other storage.';
comment on column public.ledger_archives.parent is 'The table that it was a partition of.';
comment on column public.ledger_archives.rows is 'How many rows it holds.';
comment on column public.ledger_archives.first_xid is
  'Lowest ledger position in it; null for other tables.';
comment on column public.ledger_archives.last_xid is
  'Highest ledger position in it; null for other tables.';
comment on column public.ledger_archives.detached_at is 'When it was detached.';

do $guards$
declare
  guarded text;
begin
  foreach guarded in array array['ledger_seals', 'ledger_seal_signatures', 'ledger_archives'] loop
    execute format(
      'create trigger refuse_change before update or delete on public.%I '
      'for each row execute function public.refuse_change()', guarded);
    execute format('alter table public.%I enable always trigger refuse_change', guarded);
    execute format(
      'create trigger refuse_truncate before truncate on public.%I '
      'for each statement execute function public.refuse_change()', guarded);
    execute format('alter table public.%I enable always trigger refuse_truncate', guarded);
  end loop;
end
$guards$;

-- Positions --------------------------------------------------------------------------------------

create or replace function public.ledger_xid()
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $function$
declare
  xid bigint := pg_current_xact_id()::text::bigint;
  closed bigint;
begin
  -- A row below rolled_up_to would be in no rollup, as one at or below sealed_to is in no seal.
  select s.xid_base + xid, greatest(s.sealed_to, s.rolled_up_to - 1) into strict xid, closed
  from public.ledger_state as s
  where s.singleton;
  if xid <= closed then
    raise exception
      'the ledger is sealed or rolled up to position %, and this transaction would be %',
      closed, xid
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'The database was restored into a younger server. As its owner run: '
          'select ledger_rebase();';
  end if;
  return xid;
end
$function$;

create function public.ledger_horizon()
returns bigint
language sql
volatile
begin atomic
  select s.xid_base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  from public.ledger_state as s;
end;
comment on function public.ledger_horizon() is
  'Every ledger position below this is final: no transaction that could still add a row there is
running. Ids and sequences commit out of order and cannot tell that. A long transaction anywhere in
the server holds it back.
Example: select ledger_horizon();';

create function public.ledger_rebase()
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  base bigint;
  highest bigint;
  xid bigint := pg_current_xact_id()::text::bigint;
begin
  select s.xid_base, greatest(s.sealed_to, s.rolled_up_to, (
    select max(t.posted_xid) from public.transactions as t))
  into strict base, highest
  from public.ledger_state as s
  for update;
  if base + xid > highest then
    raise notice 'nothing to do: position % is above all %', base + xid, highest;
    return base;
  end if;
  base := highest + 1 - xid;
  update public.ledger_state set xid_base = base;
  perform public.create_audit_log(
    null, 'ledger.rebased', 'ledger', 'xid_base', null,
    jsonb_build_object('xid_base', base, 'highest', highest));
  return base;
end
$function$;
comment on function public.ledger_rebase() is
  'After a dump was restored into a younger server, whose transaction numbers start anew: raises the
base so that positions go on rising. For the owner, with the application stopped. Returns the base.
Locks: the row of ledger_state.
Example: select ledger_rebase();';

-- Rollups ----------------------------------------------------------------------------------------

create function public.roll_up_ledger(transactions_max integer default 1000000)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  lower_bound bigint;
  upper_bound bigint;
  lowest bigint;
  cut bigint;
  rolled bigint;
begin
  if transactions_max is null or transactions_max < 1 then
    raise exception 'transactions_max is %, not positive', transactions_max
      using errcode = 'invalid_parameter_value';
  end if;
  select s.rolled_up_to into strict lower_bound from public.ledger_state as s for update;
  upper_bound := public.ledger_horizon();
  select t.posted_xid
  into cut
  from public.transactions as t
  where t.posted_xid >= lower_bound and t.posted_xid < upper_bound
  order by t.posted_xid
  offset transactions_max
  limit 1;
  -- A transaction is rolled up whole: the cut falls before it, or behind it where it is the first.
  if cut is not null then
    select min(t.posted_xid) into lowest
    from public.transactions as t
    where t.posted_xid >= lower_bound;
    upper_bound := greatest(cut, lowest + 1);
  end if;
  update public.ledger_state set rolled_up_at = now();
  if upper_bound <= lower_bound then
    return 0;
  end if;
  insert into public.ledger_rollups as r (wallet_id, balance, transactions)
  select l.wallet_id, sum(l.change), count(*)
  from (
    select t.debit_wallet_id as wallet_id, -t.amount as change
    from public.transactions as t
    where t.posted_xid >= lower_bound and t.posted_xid < upper_bound
    union all
    select t.credit_wallet_id, t.amount
    from public.transactions as t
    where t.posted_xid >= lower_bound and t.posted_xid < upper_bound
  ) as l
  group by l.wallet_id
  order by l.wallet_id
  on conflict (wallet_id) do update
  set balance = r.balance + excluded.balance, transactions = r.transactions + excluded.transactions;
  select count(*)
  into rolled
  from public.transactions as t
  where t.posted_xid >= lower_bound and t.posted_xid < upper_bound;
  update public.ledger_state set rolled_up_to = upper_bound;
  return rolled;
end
$function$;
comment on function public.roll_up_ledger(integer) is
  'Adds the rows that have become final to ledger_rollups, at most about transactions_max of them a
call; returns how many. Run every minute; again at once while it returns the maximum.
Locks: the row of ledger_state, then rollups in the order of the wallets.
Example: select roll_up_ledger();';

create function public.wallet_balance(wallet bigint)
returns numeric
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    case
      when w.kind <> 'system' then w.balance::numeric
      else
        coalesce((
          select r.balance from public.ledger_rollups as r where r.wallet_id = w.id), 0)
        + coalesce((
          select sum(case when t.credit_wallet_id = w.id then t.amount else -t.amount end)
          from public.transactions as t
          where t.posted_xid >= (select s.rolled_up_to from public.ledger_state as s)
            and (t.debit_wallet_id = w.id or t.credit_wallet_id = w.id)), 0)
    end
  from public.user_wallets as w
  where w.id = wallet;
end;
comment on function public.wallet_balance(bigint) is
  'Balance of any wallet, in whole units; of a system wallet it is the rollup and the rows since,
and may be negative (issue) since it is the other side of all chips. Null: no such wallet.
Example: select code, currency, wallet_balance(id) from user_wallets where kind = ''system'';';

-- Seals ------------------------------------------------------------------------------------------

create function public.transaction_bytes(t public.transactions)
returns bytea
language sql
stable
begin atomic
  select record_send(row(
    t.id, convert_to(t.kind, 'UTF8'), t.debit_wallet_id, t.credit_wallet_id,
    convert_to(t.currency, 'UTF8'), t.amount, t.debit_balance_after, t.credit_balance_after,
    t.group_id, t.group_size, t.reverses, convert_to(t.reference_type, 'UTF8'),
    convert_to(t.reference_id, 'UTF8'), t.actor_id, convert_to(t.metadata::text, 'UTF8'),
    t.posted_at, t.posted_xid));
end;
comment on function public.transaction_bytes(public.transactions) is
  'A row of the ledger as bytes, for hashing: the number of columns, then for each its type, its
length (-1 for null) and its binary form; no two rows have the same.
Example: select sha256(transaction_bytes(t)) from transactions as t limit 1;';

create function public.seal_ledger(blocks_max integer default 100)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  block_transactions_max constant integer := 10000;
  first_hash constant bytea := decode(repeat('00', 32), 'hex');
  horizon bigint;
  last public.ledger_seals;
  block record;
  blocks integer := 0;
begin
  if blocks_max is null or blocks_max < 1 then
    raise exception 'blocks_max is %, not positive', blocks_max
      using errcode = 'invalid_parameter_value';
  end if;
  perform from public.ledger_state as s for update;
  horizon := public.ledger_horizon();
  select l.* into last from public.ledger_seals as l order by l.no desc limit 1;
  if not found then
    last := row(0, -1, '00000000-0000-0000-0000-000000000000'::uuid, 0, first_hash, first_hash,
      now());
  end if;
  while blocks < blocks_max loop
    select
      count(*)::integer as transactions, string_agg(r.bytes, ''::bytea) as bytes,
      (array_agg(r.posted_xid))[count(*)] as last_xid, (array_agg(r.id))[count(*)] as last_id
    into block
    from (
      select t.posted_xid, t.id, public.transaction_bytes(t) as bytes
      from public.transactions as t
      where (t.posted_xid, t.id) > (last.last_xid, last.last_id) and t.posted_xid < horizon
      order by t.posted_xid, t.id
      limit block_transactions_max
    ) as r;
    exit when block.transactions = 0;
    insert into public.ledger_seals (
      no, last_xid, last_id, transactions, previous_hash, hash)
    values (
      last.no + 1, block.last_xid, block.last_id, block.transactions, last.hash,
      sha256(last.hash || block.bytes))
    returning * into last;
    blocks := blocks + 1;
  end loop;
  update public.ledger_state
  set sealed_at = now(), sealed_to = greatest(sealed_to, last.last_xid);
  return blocks;
end
$function$;
comment on function public.seal_ledger(integer) is
  'Seals the rows that have become final into blocks of at most 10,000, each with the hash of the
one before; returns how many blocks. Run every minute. Locks: the row of ledger_state.
Example: select seal_ledger();';

create function public.ledger_head()
returns table (no bigint, last_xid bigint, last_id uuid, hash bytea, sealed_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select l.no, l.last_xid, l.last_id, l.hash, l.sealed_at
  from public.ledger_seals as l
  order by l.no desc
  limit 1;
end;
comment on function public.ledger_head() is
  'The newest seal: what is signed with a key outside the database, and published.
Example: select no, encode(hash, ''hex'') from ledger_head();';

create function public.sign_seal(seal bigint, signing_key_id text, seal_signature bytea)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  signatures_max constant integer := 20;
  signature_bytes constant integer := 64;
begin
  if signing_key_id is null or signing_key_id !~ '^[A-Za-z0-9._-]{1,64}$' then
    raise exception 'sign_seal: % cannot name a key',
      coalesce(quote_literal(signing_key_id), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Use 1 to 64 letters, digits, dots, hyphens or underscores.';
  end if;
  if octet_length(seal_signature) is distinct from signature_bytes then
    raise exception 'sign_seal: the signature has % bytes, not %',
      coalesce(octet_length(seal_signature)::text, 'no'), signature_bytes
      using errcode = 'invalid_parameter_value',
        hint = 'Give the Ed25519 signature of the head as bytes.';
  end if;
  if not exists (select from public.ledger_seals as l where l.no = seal) then
    raise exception 'sign_seal: there is no seal %', coalesce(seal::text, 'null')
      using errcode = 'no_data_found',
        hint = 'Sign the newest: select no, hash from ledger_head();';
  end if;
  -- Whoever may call this may store a bad signature first; the good one still comes beside it. The
  -- owner's sessions have no limit, so that it cannot be shut out either.
  if not pg_has_role(session_user, 'higgs_owner', 'member') and signatures_max <= (
    select count(*)
    from public.ledger_seal_signatures as s
    where s.seal_no = seal and s.key_id = signing_key_id and s.signature <> seal_signature
  ) then
    raise exception 'sign_seal: seal % has % other signatures by key %',
      seal, signatures_max, signing_key_id
      using errcode = 'program_limit_exceeded',
        hint = 'A key makes one: find out who stored them. A session that may act as higgs_owner '
          'can still sign.';
  end if;
  insert into public.ledger_seal_signatures (seal_no, key_id, signature)
  values (seal, signing_key_id, seal_signature)
  on conflict (seal_no, key_id, signature) do nothing;
  return found;
end
$function$;
comment on function public.sign_seal(bigint, text, bytea) is
  'Stores a signature of a seal that was made outside the database; false where that very signature
is stored. The database cannot check it, so it keeps up to 20 that name one key for one seal; higgs
ledger verify takes the one that the public key verifies, and names the others.
Example: select no from ledger_head();';

-- Verification -----------------------------------------------------------------------------------

create function public.verify_seals(first_no bigint default 1)
returns table (seals bigint, transactions bigint, unreadable bigint, problem text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  problems_max constant integer := 5;
  block_transactions_max constant integer := 10000;
  source text := 'select t.* from public.transactions as t';
  archive record;
  missing int8multirange := '{}';
  seal public.ledger_seals;
  before public.ledger_seals;
  block record;
  problems text[] := '{}';
begin
  -- Detached months count while their tables are there.
  for archive in
    select a.relation, a.rows, a.first_xid, a.last_xid
    from public.ledger_archives as a
    where a.parent = 'transactions' and a.rows > 0
    order by a.relation
  loop
    if to_regclass(format('public.%I', archive.relation)) is null then
      missing := missing + int8multirange(int8range(archive.first_xid, archive.last_xid, '[]'));
    else
      source := source || format(' union all select t.* from public.%I as t', archive.relation);
    end if;
  end loop;
  seals := 0;
  transactions := 0;
  unreadable := 0;
  select l.* into before from public.ledger_seals as l where l.no = first_no - 1;
  if not found then
    before := row(0, -9223372036854775808, '00000000-0000-0000-0000-000000000000'::uuid, 0,
      decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), now());
  end if;
  for seal in select l.* from public.ledger_seals as l where l.no >= first_no order by l.no loop
    if seal.no <> before.no + 1 and cardinality(problems) < problems_max then
      problems := problems || format('seal %s follows seal %s', seal.no, before.no);
    end if;
    if seal.previous_hash <> before.hash and cardinality(problems) < problems_max then
      problems := problems || format('seal %s does not continue seal %s', seal.no, before.no);
    end if;
    execute format(
      'select count(*)::integer as transactions, string_agg(r.bytes, ''''::bytea) as bytes '
      'from (select public.transaction_bytes(row(s.*)::public.transactions) as bytes '
      'from (%s) as s '
      'where (s.posted_xid, s.id) > ($1, $2) and (s.posted_xid, s.id) <= ($3, $4) '
      'order by s.posted_xid, s.id limit %s) as r', source, 2 * block_transactions_max)
    into block
    using before.last_xid, before.last_id, seal.last_xid, seal.last_id;
    -- A block whose rows are all here is held to them, whatever is said to have left.
    if block.transactions < seal.transactions
      and missing && int8range(before.last_xid, seal.last_xid, '[]') then
      unreadable := unreadable + 1;
    elsif (block.transactions <> seal.transactions
        or sha256(seal.previous_hash || coalesce(block.bytes, '')) is distinct from seal.hash)
      and cardinality(problems) < problems_max then
      problems := problems || format(
        'seal %s (positions %s to %s) does not match its %s rows', seal.no,
        greatest(before.last_xid, 0), seal.last_xid, block.transactions);
    end if;
    seals := seals + 1;
    transactions := transactions + seal.transactions;
    before := seal;
  end loop;
  if before.no > 0 and cardinality(problems) < problems_max then
    problems := problems || (
      select format(
        'seal %s ends at position %s, but the ledger was sealed to %s: seals are missing',
        before.no, before.last_xid, s.sealed_to)
      from public.ledger_state as s
      where s.sealed_to > before.last_xid);
  elsif seals = 0 then
    problems := problems || (
      select format('there is no seal, but the ledger was sealed to %s', s.sealed_to)
      from public.ledger_state as s
      where s.sealed_to > 0);
  end if;
  problem := nullif(array_to_string(problems, '; '), '');
  return next;
end
$function$;
comment on function public.verify_seals(bigint) is
  'Recomputes the seals from number first_no on, over attached and detached months. unreadable
counts blocks that lack rows of a detached month that is no longer in the database. Internal to
verify_ledger.
Example: select * from verify_seals();';

create function public.verify_ledger(head bytea default null, recent_only boolean default false)
returns table (check_name text, is_ok boolean, examined bigint, problem text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  recent_seals constant bigint := 10;
  hash_bytes constant integer := 32;
  since bigint := -9223372036854775808;
  sealed record;
  head_no bigint;
begin
  if octet_length(head) <> hash_bytes then
    raise exception 'verify_ledger: the head has % bytes, not %', octet_length(head), hash_bytes
      using errcode = 'invalid_parameter_value',
        hint = 'Give all 64 hexadecimal digits of a published hash: decode(''…'', ''hex'').';
  end if;
  if recent_only then
    select s.rolled_up_to into strict since from public.ledger_state as s;
  end if;
  -- One statement, so that wallets, rows, rollups and their mark are of one moment.
  return query
  with state as materialized (
    select
      s.rolled_up_to as mark,
      case when recent_only then s.rolled_up_to else -9223372036854775808 end as since
    from public.ledger_state as s
  ),
  leg as (
    select t.debit_wallet_id as wallet_id, t.currency, -t.amount as change, t.posted_xid
    from public.transactions as t
    where t.posted_xid >= (select s.since from state as s)
    union all
    select t.credit_wallet_id, t.currency, t.amount, t.posted_xid
    from public.transactions as t
    where t.posted_xid >= (select s.since from state as s)
  ),
  posted as materialized (
    select
      l.wallet_id, l.currency, sum(l.change) as change,
      coalesce(sum(l.change) filter (where l.posted_xid < (select s.mark from state as s)), 0)
        as rolled, count(*) as legs
    from leg as l
    group by l.wallet_id, l.currency
  ),
  wallet as materialized (
    select
      w.id, w.kind, w.currency, w.balance,
      case when recent_only then coalesce(r.balance, 0) else coalesce(r.archived_balance, 0) end
        as opening,
      coalesce(r.balance, 0) as rollup,
      coalesce(r.archived_balance, 0) as archived,
      p.change, p.rolled, p.legs
    from public.user_wallets as w
    left join public.ledger_rollups as r on r.wallet_id = w.id
    left join posted as p on p.wallet_id = w.id and p.currency = w.currency
  )
  select
    'currencies_sum_to_zero', coalesce(bool_and(c.total = 0), true), count(*),
    string_agg(format('%s sums to %s', c.currency, c.total), '; ') filter (where c.total <> 0)
  from (
    select
      w.currency,
      sum(case when w.kind = 'system' then w.opening + coalesce(w.change, 0) else w.balance end)
        as total
    from wallet as w
    group by w.currency
  ) as c
  union all
  select
    'balances_equal_postings', count(b.id) = 0, (select count(*) from wallet),
    case when count(b.id) > 0 then format(
      '%s wallets, the first %s: balance %s, postings %s', count(b.id), min(b.id),
      (array_agg(b.balance order by b.id))[1], (array_agg(b.posted order by b.id))[1]) end
  from (
    select w.id, w.balance, w.opening + coalesce(w.change, 0) as posted
    from wallet as w
    where w.kind <> 'system' and w.balance <> w.opening + coalesce(w.change, 0)
  ) as b
  union all
  select
    'no_negative_balance', count(*) filter (where w.balance < 0) = 0, count(*),
    case when bool_or(w.balance < 0) then format(
      '%s wallets, the first %s', count(*) filter (where w.balance < 0),
      min(w.id) filter (where w.balance < 0)) end
  from wallet as w
  union all
  select
    'no_orphans', count(*) filter (where w.id is null) = 0, coalesce(sum(p.legs), 0)::bigint,
    case when bool_or(w.id is null) then format(
      '%s wallets of postings are missing or of another currency, the first %s',
      count(*) filter (where w.id is null), min(p.wallet_id) filter (where w.id is null)) end
  from posted as p
  left join public.user_wallets as w on w.id = p.wallet_id and w.currency = p.currency
  union all
  select
    'rollups_match', count(*) filter (where w.rollup <> w.archived + coalesce(w.rolled, 0)) = 0,
    count(*),
    case when bool_or(w.rollup <> w.archived + coalesce(w.rolled, 0)) then format(
      '%s wallets, the first %s',
      count(*) filter (where w.rollup <> w.archived + coalesce(w.rolled, 0)),
      min(w.id) filter (where w.rollup <> w.archived + coalesce(w.rolled, 0))) end
  from wallet as w
  where not recent_only;

  return query
  select
    'groups_whole', count(*) filter (where not g.is_whole) = 0, count(*),
    case when not bool_and(g.is_whole) then format(
      '%s groups, the first %s', count(*) filter (where not g.is_whole),
      (array_agg(g.group_id) filter (where not g.is_whole))[1]) end
  from (
    -- A group lies in one database transaction. What is missing may have left with a month.
    select
      t.group_id,
      count(*) = max(t.group_size) and max(t.group_size) = min(t.group_size)
        and max(t.posted_xid) = min(t.posted_xid) and bool_or(t.id = t.group_id)
      or count(*) < min(t.group_size) and max(t.posted_xid) = min(t.posted_xid)
        and exists (
          select
          from public.ledger_archives as a
          where a.parent = 'transactions'
            and min(t.posted_xid) between a.first_xid and a.last_xid) as is_whole
    from public.transactions as t
    where t.group_id is not null and t.posted_xid >= since
    group by t.group_id
  ) as g;

  return query
  select
    'reversals_bounded', count(*) filter (where not r.is_bounded) = 0, count(*),
    case when not bool_and(r.is_bounded) then format(
      '%s reversed transactions, the first %s', count(*) filter (where not r.is_bounded),
      (array_agg(r.reverses) filter (where not r.is_bounded))[1]) end
  from (
    select
      t.reverses,
      coalesce(
        sum(t.amount) <= max(o.amount)
        and bool_and(t.debit_wallet_id = o.credit_wallet_id
          and t.credit_wallet_id = o.debit_wallet_id and t.currency = o.currency), false)
      or count(o.id) = 0 and exists (
        select
        from public.ledger_archives as a
        where a.relation = 'transactions'
          || to_char(public.id_time(t.reverses) at time zone 'UTC', '"_y"YYYY"m"MM'))
        as is_bounded
    from public.transactions as t
    left join public.transactions as o on o.id = t.reverses
    where t.reverses is not null and t.posted_xid >= since
    group by t.reverses
  ) as r;

  return query
  select
    'positions_are_past', count(*) = 0, count(*),
    case when count(*) > 0 then format(
      '%s rows, the first %s, stand at positions that the server has not come to: written past '
      'post_transactions, or restored into a younger server (then: select ledger_rebase();)',
      count(*), (array_agg(t.id order by t.posted_xid, t.id))[1]) end
  from public.transactions as t
  where t.posted_xid > (
    select s.xid_base + greatest(
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
      pg_current_xact_id_if_assigned()::text::bigint)
    from public.ledger_state as s);

  select v.* into sealed
  from public.verify_seals(case
    when recent_only then
      greatest(1, (select coalesce(max(l.no), 1) - recent_seals from public.ledger_seals as l))
    else 1
  end) as v;
  return query
  select
    'seals_intact', sealed.problem is null, sealed.transactions,
    coalesce(sealed.problem, case when sealed.unreadable > 0 then format(
      '%s of %s seals were not read: their months have left the database',
      sealed.unreadable, sealed.seals) end);

  if head is not null then
    select l.no into head_no from public.ledger_seals as l where l.hash = head;
    return query
    select
      'head_is_in_the_chain', head_no is not null, 1::bigint,
      case when head_no is null then format(
        'no seal has the hash %s: the ledger was changed after that head was published',
        encode(head, 'hex')) end;
  end if;
end
$function$;
comment on function public.verify_ledger(bytea, boolean) is
  'Checks the whole ledger, a row a check; problem is null where all is well. recent_only looks at
the rows since the last rollup and at the last seals. head is the hash of a seal that was
published: where it is not in the chain, history was rewritten.
Example: select * from verify_ledger();';

-- Old months -------------------------------------------------------------------------------------

create function public.detach_month_partition(parent regclass, month_of timestamptz)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $function$
declare
  id_window_days constant integer := 35;
  month timestamptz := public.month_start(month_of);
  month_end timestamptz :=
    ((month at time zone 'UTC') + interval '1 month') at time zone 'UTC';
  parent_name text;
  leaf text;
  kept bigint;
  lowest bigint;
  highest bigint;
  last public.ledger_seals;
  is_open boolean;
  original uuid;
  state public.ledger_state;
begin
  select c.relname into strict parent_name from pg_catalog.pg_class as c where c.oid = parent;
  leaf := parent_name || to_char(month at time zone 'UTC', '"_y"YYYY"m"MM');
  if not exists (
    select from pg_catalog.pg_inherits as i
    where i.inhparent = parent and i.inhrelid = to_regclass(format('public.%I', leaf))
  ) then
    raise exception '% has no partition %', parent_name, leaf
      using errcode = 'undefined_table', hint = 'List them with: \d+ ' || parent_name;
  end if;
  if month_end > now() - make_interval(days => id_window_days) then
    raise exception '% ends within the last % days, in which ids are still accepted',
      leaf, id_window_days
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if parent_name = 'game_moves' and exists (
    select from public.game_hands as h
    where h.status = 'playing' and h.id >= public.id_lower_bound(month)
      and h.id < public.id_lower_bound(month_end)
  ) then
    raise exception '% holds moves of hands that are not settled', leaf
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'Settle or void them first: select id from game_hands where status = ''playing'';';
  end if;
  if parent_name = 'transactions' then
    select s.* into strict state from public.ledger_state as s for update;
    execute format('lock table public.%I in share row exclusive mode', leaf);
    execute format(
      'select count(*), min(t.posted_xid), max(t.posted_xid) from public.%I as t', leaf)
    into kept, lowest, highest;
    -- A block may end in the middle of a transaction, so the last seal's id counts too.
    select l.* into last from public.ledger_seals as l order by l.no desc limit 1;
    execute format(
      'select exists (select from public.%I as t where (t.posted_xid, t.id) > ($1, $2))', leaf)
    into is_open
    using coalesce(last.last_xid, -1),
      coalesce(last.last_id, '00000000-0000-0000-0000-000000000000');
    if is_open or highest >= state.rolled_up_to then
      raise exception '% holds rows that are not sealed and rolled up', leaf
        using errcode = 'object_not_in_prerequisite_state',
          hint = 'First run: select seal_ledger(), roll_up_ledger();';
    end if;
    -- A reversal that left before its original could be made once more.
    execute format(
      'select o.id from public.%I as t join public.transactions as o on o.id = t.reverses '
      'where o.id < $1 or o.id >= $2 order by o.id limit 1', leaf)
    into original
    using public.id_lower_bound(month), public.id_lower_bound(month_end);
    if original is not null then
      raise exception '% holds a reversal of %, which is in another month', leaf, original
        using errcode = 'object_not_in_prerequisite_state',
          hint = format('First detach the month of %s.', public.id_time(original));
    end if;
    execute format(
      'update public.ledger_rollups as r '
      'set archived_balance = r.archived_balance + l.change, '
      'archived_transactions = r.archived_transactions + l.legs '
      'from (select s.wallet_id, sum(s.change) as change, count(*) as legs from ('
      'select t.debit_wallet_id as wallet_id, -t.amount as change from public.%1$I as t '
      'union all select t.credit_wallet_id, t.amount from public.%1$I as t) as s '
      'group by s.wallet_id) as l where l.wallet_id = r.wallet_id', leaf);
  else
    execute format('select count(*) from public.%I', leaf) into kept;
  end if;
  begin
    execute format('alter table %s detach partition public.%I', parent, leaf);
  exception when lock_not_available then
    raise exception '% is in use, and was not to be had within a second', parent_name
      using errcode = 'lock_not_available',
        hint = 'Nothing was changed. Try again, at a quiet hour.';
  end;
  -- The row trigger was the parent's and has left with it; the one on TRUNCATE is the leaf's own.
  if exists (
    select from pg_catalog.pg_trigger as g
    where g.tgrelid = parent and g.tgfoid = 'public.refuse_change()'::regprocedure
  ) then
    execute format(
      'create trigger refuse_change before update or delete on public.%I '
      'for each row execute function public.refuse_change()', leaf);
    execute format('alter table public.%I enable always trigger refuse_change', leaf);
  end if;
  insert into public.ledger_archives (relation, parent, rows, first_xid, last_xid)
  values (leaf, parent_name, kept, lowest, highest);
  perform public.create_audit_log(
    null, 'partition.detached', 'partition', leaf, null, jsonb_build_object('rows', kept));
  return leaf;
end
$function$;
comment on function public.detach_month_partition(regclass, timestamptz) is
  'Takes an old month out of a partitioned table, guarded as before, to be dumped and moved away. It
refuses a month that ends within the id window, that is not sealed and rolled up, or that holds
moves of a running hand or a reversal of what stays. For the owner. Locks: ledger_state, then ACCESS
EXCLUSIVE on the parent for a moment, waiting a second at most. Returns the name of the table.
Example: select public.month_start(now() - interval ''1 year'');';

-- Maintenance ------------------------------------------------------------------------------------

create or replace function public.maintenance_tasks()
returns table (
  task text, purpose text, runs_every interval, statement text, is_logged boolean,
  last_run_at timestamptz)
language sql
stable
begin atomic
  select
    t.task, t.purpose, t.runs_every, t.statement, t.is_logged,
    case t.task
      when 'roll_up_ledger' then (select s.rolled_up_at from public.ledger_state as s)
      when 'seal_ledger' then (select s.sealed_at from public.ledger_state as s)
      else public.maintenance_last_run(t.task)
    end
  from (
    values
      (1, 'ensure_partitions', 'Make the monthly partitions of the months to come.',
        interval '1 day', 'select public.ensure_partitions()', true),
      (2, 'roll_up_ledger', 'Add final transactions to the balances of system wallets.',
        interval '1 minute', 'select public.roll_up_ledger()', false),
      (3, 'seal_ledger', 'Seal final transactions into the hash chain.',
        interval '1 minute', 'select public.seal_ledger()', false),
      (4, 'expire_sessions', 'Mark and delete sign-ins that have ended.',
        interval '1 hour', 'select public.cleanup_expired_sessions()', true),
      (5, 'clean_notifications', 'Delete notifications that nobody will read.',
        interval '6 hours', 'select public.cleanup_notifications()', true),
      (6, 'clean_old_data', 'Delete messages and the like whose time has passed.',
        interval '1 day', 'select sum(c.rows_removed) from public.cleanup_old_data() as c', true),
      (7, 'refresh_views', 'Bring leaderboards and statistics up to date.',
        interval '15 minutes', 'select public.refresh_all_materialized_views()', true),
      (8, 'analyze', 'Gather the statistics of the partitioned tables.',
        interval '1 day', 'select public.analyze_partitioned_tables()', true)
  ) as t (ordinal, task, purpose, runs_every, statement, is_logged)
  order by t.ordinal;
end;

-- Rights -----------------------------------------------------------------------------------------

grant select on
  public.ledger_state, public.ledger_rollups, public.ledger_seals, public.ledger_seal_signatures,
  public.ledger_archives
to higgs_app, higgs_readonly;
grant execute on function
  public.ledger_horizon(), public.wallet_balance(bigint), public.ledger_head(),
  public.verify_ledger(bytea, boolean)
to higgs_app, higgs_readonly;
grant execute on function
  public.roll_up_ledger(integer), public.seal_ledger(integer),
  public.sign_seal(bigint, text, bytea)
to higgs_app;

reset role;
