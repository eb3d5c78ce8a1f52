-- Months of the partitioned tables: made ahead, guarded, and taken out when they are old. Sealing
-- needs commits, so this file commits.
set timezone = 'America/New_York';
select no_plan();
\ir fixtures/ledger.sql
\ir fixtures/rooms.sql

create function pg_temp.error_of(statement text)
returns text
language plpgsql
as $function$
declare
  hint text;
begin
  execute statement;
  return 'done';
exception when others then
  get stacked diagnostics hint = pg_exception_hint;
  return concat_ws(' ', sqlstate, sqlerrm, hint);
end
$function$;

-- Every leaf with the month in its name and its bounds.
create temporary view leaf as
select
  p.relname as parent, c.relname as leaf, c.oid, pg_get_userbyid(c.relowner) as owner,
  (to_date(right(c.relname, 7), 'YYYY"m"MM')::timestamp) as month,
  substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \(''(.*?)''\)')::uuid as lower_bound,
  substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''(.*?)''\)')::uuid as upper_bound
from pg_inherits as i
join pg_class as p on p.oid = i.inhparent and p.relkind = 'p'
join pg_class as c on c.oid = i.inhrelid and c.relkind = 'r'
where p.relnamespace = 'public'::regnamespace;

-- Making them ------------------------------------------------------------------------------------

select is(
  (select array_agg(distinct l.parent order by l.parent) from leaf as l),
  array['audit_logs', 'game_moves', 'messages', 'transactions']::name[], 'four tables have months');
select is(ensure_partitions(), 0, 'which are there, from the id window to four months ahead');
select is(
  (select count(*)::integer from leaf as l
   where l.month = date_trunc('month', now() at time zone 'UTC') + interval '4 months'),
  4, 'the last of them in four months');
select ok(
  (select bool_and(l.has) from (
     select min(l.month) <= date_trunc('month', (now() - interval '35 days') at time zone 'UTC')
       as has
     from leaf as l group by l.parent) as l),
  'the first where the id window begins');
set role higgs_app;
select is(ensure_partitions(9), 20, 'five more months of four tables are made by the application');
select is(ensure_partitions(9), 0, 'once');
reset role;
select is_empty(
  $$ select l.leaf from leaf as l
     where l.lower_bound <> id_lower_bound(l.month at time zone 'UTC')
       or l.upper_bound <> id_lower_bound((l.month + interval '1 month') at time zone 'UTC') $$,
  'their bounds are months in UTC, whatever the time zone of the session');
select is_empty(
  $$ select l.parent from leaf as l where l.owner <> 'higgs_owner' $$, 'they have one owner');
select is_empty(
  $$ select p.partrelid::regclass from pg_partitioned_table as p where p.partdefid <> 0 $$,
  'no table has a default partition');
select is_empty(
  $$ select l.leaf, g.name
     from leaf as l
     cross join (values ('refuse_change'), ('refuse_truncate')) as g (name)
     where l.parent <> 'messages'
       and not exists (
         select from pg_trigger as t
         where t.tgrelid = l.oid and t.tgname = g.name and t.tgenabled = 'A') $$,
  'those of append-only tables are guarded from the start');
select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ('select ensure_partitions(0)', '^22023 months_ahead is 0, not between 1 and 24', 'none'),
  ('select ensure_partitions(25)', '^22023 months_ahead is 25, not between 1 and 24', 'too many'),
  ('select ensure_partitions(null)', '^22023 months_ahead is <NULL>', 'unknown')
) as c (call, error, what);

-- Rows at the edge of two months.
create function pg_temp.leaves_at_edge()
returns text
language plpgsql
as $function$
declare
  edge uuid := public.id_lower_bound(
    (date_trunc('month', now() at time zone 'UTC') + interval '1 month') at time zone 'UTC');
  month text := to_char(now() at time zone 'UTC' + interval '1 month', '"_y"YYYY"m"MM');
  leaves text;
begin
  insert into public.transactions (
    id, kind, debit_wallet_id, credit_wallet_id, currency, amount, posted_xid)
  select i.id, 'adjustment', 1, 2, 'COINS', 1, 1
  from (values
    (public.id_at(public.id_time(edge) - interval '1 ms')), (edge)) as i (id);
  select string_agg(
    (t.tableoid::regclass::text like '%' || month)::text, ' ' order by t.id)
  into leaves
  from public.transactions as t
  where t.posted_xid = 1;
  raise exception using errcode = 'TAKEN', message = leaves;
exception when sqlstate 'TAKEN' then
  return sqlerrm;
end
$function$;
select is(pg_temp.leaves_at_edge(), 'false true', 'a month begins with its first millisecond');
select matches(
  pg_temp.judged(
    format('alter table transactions detach partition %I', (
      select l.leaf from leaf as l
      where l.parent = 'transactions' and l.month = date_trunc('month', now() at time zone 'UTC'))),
    $$ select pg_temp.error_of('call pg_temp.given(''a grant issue bonus 1'')') $$),
  '^23514 post_transactions: no partition .*run: select ensure_partitions\(\);$',
  'where a month is missing, posting says what to do');

-- Taking them out --------------------------------------------------------------------------------
-- Three old months: in the first a grant, a group that goes on in the second, a settled hand, and
-- what a payment of the third undoes; and in the second a reversal of a payment of the third.

create temporary table old as
select n.n, (date_trunc('month', now() at time zone 'UTC') - make_interval(months => 6 - n.n))
  at time zone 'UTC' as month
from generate_series(1, 3) as n (n);
grant select on old to public;
create function pg_temp.month(number integer)
returns timestamptz
language sql
return (select o.month from old as o where o.n = number);
create function pg_temp.leaf_of(number integer, parent text default 'transactions')
returns text
language sql
return parent || to_char(pg_temp.month(number) at time zone 'UTC', '"_y"YYYY"m"MM');

select is(
  (select array_agg(ensure_month_partition(p.parent, o.month))
   from old as o cross join unnest(array['transactions', 'game_moves']::regclass[]) as p (parent)),
  array_fill(true, array[6]), 'old months can be made, to restore into them');
select is(ensure_month_partition('transactions', pg_temp.month(1)), false, 'once');

do $given$
declare
  room bigint;
  hand uuid := public.id_at(pg_temp.month(1) + interval '9 days');
begin
  perform set_config('test.now', now()::text, false);
  perform pg_temp.player('ayu', 1000), pg_temp.player('budi', 1000);
  room := public.create_room('Meja', 'gaple', 'COINS', 100, 500, 1000, 2::smallint);
  perform pg_temp.sit('a', 'Meja', 'ayu', 0, 500), pg_temp.sit('b', 'Meja', 'budi', 1, 500);
  -- A hand of the first month, settled then: 10 chips went from seat 0 to seat 1.
  insert into public.game_hands (
    id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
    server_seed_commit, status, started_at, ended_at, result)
  values (hand, room, 1, 'gaple', 1, '{}', 'COINS', 100, 0, 0, sha256('a'), 'settled',
    public.id_time(hand), public.id_time(hand), '{}');
  insert into public.hand_seats (
    hand_id, seat, session_id, user_id, wallet_id, stack_start, client_seed, net, rake)
  select hand, s.seat, s.id, s.user_id, s.seat_wallet_id, 500, 'x',
    case s.seat when 0 then -10 else 10 end, 0
  from public.game_sessions as s
  where s.room_id = room;
  insert into public.game_moves (hand_id, no, seat, actor, move) values (hand, 1, 0, 'player', 'm');
end
$given$;

-- post_transactions would refuse these ids, so they are written as it would have written them.
create procedure pg_temp.write_old(
  label text, number integer, debit bigint, credit bigint, amount bigint,
  reverses text default null, first_of_group text default null, reference text default null)
language plpgsql
as $procedure$
begin
  insert into public.transactions (
    id, kind, debit_wallet_id, credit_wallet_id, currency, amount, reverses, group_id, group_size,
    reference_type, reference_id, posted_xid)
  values (
    pg_temp.old_id(label, number),
    case when reverses is not null then 'reversal' when reference is not null then 'settlement'
      else 'transfer' end,
    debit, credit, 'COINS', amount, pg_temp.old_id(reverses, 3),
    pg_temp.old_id(first_of_group, 1), case when first_of_group is not null then 2 end,
    case when reference is not null then 'hand' end, reference, public.ledger_xid());
  update public.user_wallets as w
  set balance = w.balance + case when w.id = debit then -amount else amount end
  where w.id in (debit, credit) and w.kind <> 'system';
end
$procedure$;
create function pg_temp.old_id(label text, number integer)
returns uuid
language sql
strict
return public.derive_id(pg_temp.month(number) + interval '10 days', label, 'old', 1);

do $given$
declare
  ayu bigint := pg_temp.wallet('ayu');
  budi bigint := pg_temp.wallet('budi');
  seats bigint[] := array(
    select w.id from public.user_wallets as w where w.kind = 'seat' order by w.seat);
  hand uuid := (select h.id from public.game_hands as h);
begin
  call pg_temp.write_old('plain', 1, ayu, budi, 5);
  call pg_temp.write_old('group', 1, ayu, budi, 6, first_of_group => 'group');
  call pg_temp.write_old('rest', 2, budi, ayu, 6, first_of_group => 'group');
  call pg_temp.write_old('hand', 1, seats[1], seats[2], 10, reference => hand::text);
  call pg_temp.write_old('later', 3, ayu, budi, 8);
  -- Dated before what it undoes, as a caller's clock may have it.
  call pg_temp.write_old('undo', 2, budi, ayu, 3, reverses => 'later');
end
$given$;
call pg_temp.given('now transfer ayu budi 1');

select is(pg_temp.ledger_complaints(), null, 'the ledger verifies');
select is(pg_temp.journal_complaints(), null, 'the journal, too');

select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select detach_month_partition('transactions', '2001-01-01') $$,
    '^42P01 transactions has no partition transactions_y2001m01 List them with', 'no such month'),
  ($$ select detach_month_partition('transactions', now()) $$,
    '^55000 transactions_y\d+m\d+ ends within the last 35 days', 'this month'),
  ($$ select detach_month_partition('transactions', now() - interval '35 days') $$,
    '^55000 transactions_y\d+m\d+ ends within the last 35 days', 'the month of the id window'),
  ($$ select detach_month_partition('transactions', pg_temp.month(1)) $$,
    '^55000 transactions_y\d+m\d+ holds rows that are not sealed and rolled up First run',
    'rows that are not sealed')
) as c (call, error, what);
call pg_temp.wait_until_final();
select cmp_ok(seal_ledger(), '>', 0, 'the rows are sealed');
select matches(
  pg_temp.error_of($$ select detach_month_partition('transactions', pg_temp.month(1)) $$),
  'holds rows that are not sealed and rolled up', 'rows that are not rolled up');
select cmp_ok(roll_up_ledger(), '>', 0::bigint, 'then they are');
create temporary table saved as
select h.hash as head from ledger_head() as h;

select matches(
  pg_temp.error_of($$ select detach_month_partition('transactions', pg_temp.month(2)) $$),
  '^55000 .* holds a reversal of .*, which is in another month First detach the month of ',
  'a month stays while what it undoes does');
set role higgs_app;
select matches(
  pg_temp.error_of(format('select detach_month_partition(''transactions'', %L)', now())), '^42501',
  'the application detaches nothing');
reset role;

select is(detach_month_partition('transactions', pg_temp.month(1)), pg_temp.leaf_of(1),
  'an old month is detached');
select is(
  (select a.rows || ' ' || a.parent from ledger_archives as a
   where a.relation = pg_temp.leaf_of(1)),
  '3 transactions', 'and noted');
select is(
  (select count(*)::integer from audit_logs as a
   where a.action = 'partition.detached' and a.target_id = pg_temp.leaf_of(1)),
  1, 'in the audit log as well');
select is(
  (select count(*)::integer from transactions as t
   where t.id in (pg_temp.old_id('plain', 1), pg_temp.old_id('group', 1))),
  0, 'its rows are in the ledger no more');
select is(pg_temp.post(format(
    'x transfer ayu budi 1
     x@-%s_days transfer ayu budi 1', (now()::date - pg_temp.month(1)::date) - 9)),
  'ok id_out_of_window', 'and none can be added');
select is(
  (select array_agg(pg_temp.error_of(format(c.statement, pg_temp.leaf_of(1))) order by c.n)
   from (values
     (1, 'update public.%I set amount = 1'), (2, 'delete from public.%I'),
     (3, 'truncate public.%I')) as c (n, statement)),
  (select array_agg(format(
      '42501 %s on %s: the table is append-only History is never changed. To undo a payment post '
      'its reversal.', w.word, pg_temp.leaf_of(1)) order by w.n)
   from (values (1, 'UPDATE'), (2, 'DELETE'), (3, 'TRUNCATE')) as w (n, word)),
  'the detached table is guarded as before');
set session_replication_role = replica;
select matches(pg_temp.error_of(format('delete from public.%I', pg_temp.leaf_of(1))),
  'append-only', 'in every mode');
reset session_replication_role;
select is(
  (select pg_temp.ledger_complaints(s.head) from saved as s), null,
  'the ledger verifies with the month outside: half a group and a hand''s payments have left');
select is(
  (select v.examined || coalesce(v.problem, '') from verify_ledger() as v
   where v.check_name = 'seals_intact'),
  (select sum(s.transactions)::text from ledger_seals as s), 'all seals are read');
select is(pg_temp.journal_complaints(), null, 'the journal, too');
select is(
  pg_temp.post(format('y reversal %s %s 1 reverses=plain', pg_temp.wallet('budi'),
    pg_temp.wallet('ayu'))), 'reversal_not_found', 'what has left cannot be undone');
select is(
  pg_temp.judged(
    format('alter table %I disable trigger all; update %I set amount = amount + 1
            where id = pg_temp.old_id(''plain'', 1)', pg_temp.leaf_of(1), pg_temp.leaf_of(1)),
    'select pg_temp.ledger_complaints()'), 'seals_intact',
  'a change in the detached table is found');

select is(detach_month_partition('transactions', pg_temp.month(3)), pg_temp.leaf_of(3),
  'the month of what was undone');
select is(detach_month_partition('transactions', pg_temp.month(2)), pg_temp.leaf_of(2),
  'then the one of the reversal');
select is((select pg_temp.ledger_complaints(s.head) from saved as s), null, 'and it verifies');
select matches(
  pg_temp.error_of($$ select detach_month_partition('transactions', pg_temp.month(2)) $$),
  '^42P01 ', 'a month is detached once');
do $drop$
begin
  execute format('drop table public.%I', pg_temp.leaf_of(1));
end
$drop$;
select is((select pg_temp.ledger_complaints(s.head) from saved as s), null,
  'with a table dropped it verifies still');
select matches(
  (select v.problem from verify_ledger() as v where v.check_name = 'seals_intact'),
  '^\d+ of \d+ seals were not read: their months have left the database$',
  'and tells what it could not read');
select is(
  array[pg_temp.balance('issue'), (select sum(w.balance) from user_wallets as w
    where w.kind <> 'system' and w.currency = 'COINS')],
  array[-2000, 2000]::numeric[], 'no chip was gained or lost');
call pg_temp.wait_until_final();
select is(
  array[seal_ledger() > 0, roll_up_ledger() > 0], array[true, true], 'sealing goes on');
select is((select pg_temp.ledger_complaints(s.head) from saved as s), null, 'and verifies');

-- Moves ------------------------------------------------------------------------------------------

insert into game_hands (
  id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
  server_seed_commit, server_seed_encrypted, started_at)
select i.id, pg_temp.room('Meja'), 2, 'gaple', 1, '{}', 'COINS', 100, 0, 0, sha256('a'),
  sha256('a') || sha256('a'), id_time(i.id)
from (select id_at(pg_temp.month(2) + interval '1 day') as id) as i;
select matches(
  pg_temp.error_of($$ select detach_month_partition('game_moves', pg_temp.month(2)) $$),
  '^55000 .* holds moves of hands that are not settled Settle or void them first',
  'moves stay while their hand runs');
select is(detach_month_partition('game_moves', pg_temp.month(1)), pg_temp.leaf_of(1, 'game_moves'),
  'those of hands that are over are detached');
select matches(
  pg_temp.error_of(format('delete from public.%I', pg_temp.leaf_of(1, 'game_moves'))),
  'append-only', 'and guarded as before');

select finish();
