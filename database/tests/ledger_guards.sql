-- Who may not write what: the application's role on every protected table and partition, and
-- everybody, the owner and a superuser included, on what is append-only.
begin;
select no_plan();
\ir fixtures/ledger.sql

create temporary table player as select pg_temp.player('ayu', 1000) as id;
call pg_temp.given('a transfer ayu bonus 10');

-- The SQLSTATE that a statement ends with; 'done' when nothing stops it.
create function pg_temp.outcome_of(statement text)
returns text
language plpgsql
as $function$
begin
  execute statement;
  return 'done';
exception when others then
  return sqlstate || case when sqlerrm like '%append-only%' then ' append-only' else '' end;
end
$function$;
grant execute on function pg_temp.outcome_of(text) to public;

-- The application's role -------------------------------------------------------------------------

-- Written by functions only. Partitions follow from the catalog.
create temporary table protected as
select c.oid::regclass::text as relation, (
    select quote_ident(a.attname)
    from pg_attribute as a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = ''
    order by a.attnum
    limit 1) as column_name
from unnest(array[
  'user_wallets', 'transactions', 'ledger_state', 'ledger_rollups', 'ledger_seals',
  'ledger_seal_signatures', 'ledger_archives', 'game_rooms', 'game_sessions', 'game_hands',
  'hand_seats', 'game_moves', 'game_statistics', 'audit_logs', 'daily_bonuses',
  'user_achievements', 'achievements', 'tournaments', 'tournament_participants', 'games',
  'vip_levels', 'user_vip_status', 'stake_tiers', 'server_nodes', 'player_limits',
  'player_day_totals', 'schema_migrations']) as p (name)
cross join lateral (
  select p.name::regclass as relid
  union
  select t.relid from pg_partition_tree(p.name::regclass) as t
) as t
join pg_class as c on c.oid = t.relid;
grant select on protected to public;

select cmp_ok(
  (select count(*) from protected as p where p.relation ~ '_y\d{4}m\d\d$'), '>=', 18::bigint,
  'the partitions are among the protected tables');

set local role higgs_app;

select is(
  pg_temp.outcome_of('update public.user_wallets set balance = balance + 1'), '42501',
  'higgs_app cannot give itself a chip');
select is(
  pg_temp.outcome_of('insert into public.transactions select t.* from public.transactions as t'),
  '42501', 'nor write a payment of its own');
select is_empty(
  $$ select p.relation, s.statement, pg_temp.outcome_of(s.statement)
     from protected as p
     cross join lateral (values
       (format('insert into %s default values', p.relation)),
       (format('insert into %s (%s) select r.%s from %s as r', p.relation, p.column_name,
         p.column_name, p.relation)),
       (format('update %s set %s = %s', p.relation, p.column_name, p.column_name)),
       (format('update %s set %s = default where false', p.relation, p.column_name)),
       (format('delete from %s', p.relation)),
       (format('delete from %s where false', p.relation)),
       (format('truncate %s', p.relation)),
       (format('truncate %s cascade', p.relation)),
       (format('copy %s from program ''true''', p.relation)),
       (format('alter table %s disable trigger all', p.relation)),
       (format('drop table %s', p.relation)),
       (format('lock table %s in access exclusive mode', p.relation))
     ) as s (statement)
     where pg_temp.outcome_of(s.statement) <> '42501' $$,
  'no kind of write to a protected table or partition is the application''s');
select is_empty(
  $$ select s.statement, pg_temp.outcome_of(s.statement)
     from (values
       ('set session_replication_role = replica'),
       ('create table public.mine (id bigint)'),
       ('create function public.mine() returns integer language sql return 1'),
       ('alter function public.ledger_xid() volatile'),
       ('drop trigger refuse_change on public.transactions')
     ) as s (statement)
     where pg_temp.outcome_of(s.statement) <> '42501' $$,
  'nor can it get round that');
select ok(
  not pg_has_role('higgs_app', 'higgs_owner', 'member')
    and not pg_has_role('higgs_readonly', 'higgs_owner', 'member'),
  'neither login role may become the owner');
select is_empty(
  $$ select p.oid::regprocedure
     from pg_proc as p
     where p.pronamespace = 'public'::regnamespace
       and p.proname in (
         'write_postings', 'post_exactly', 'post_batch', 'posting_problem', 'posting_masks',
         'posting_kinds', 'posting_place', 'posting_allowed', 'act_on_account', 'ledger_xid',
         'ledger_rebase',
         'detach_month_partition', 'ensure_month_partition', 'verify_seals', 'transaction_bytes',
         'cash_out_session', 'locked_room', 'record_hand_results', 'buy_in_allowed',
         'refuse_change')
       and has_function_privilege(p.oid, 'execute') $$,
  'internal functions are closed to it');
select is(
  (select p.outcome
   from post_transactions(
     array[public.new_id()], array['grant'], array[pg_temp.wallet('issue')],
     array[pg_temp.wallet('ayu')], array['COINS'], array[5]) as p),
  'ok', 'it pays by post_transactions');

reset role;
set local role higgs_readonly;
select is_empty(
  $$ select p.relation, s.statement
     from protected as p
     cross join lateral (values
       (format('insert into %s default values', p.relation)),
       (format('update %s set %s = %s', p.relation, p.column_name, p.column_name)),
       (format('delete from %s', p.relation)),
       (format('truncate %s', p.relation))
     ) as s (statement)
     where pg_temp.outcome_of(s.statement) <> '42501' $$,
  'higgs_readonly writes nothing');
select is(
  pg_temp.outcome_of(
    'select public.post_transactions(''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'')'),
  '42501', 'nor does it pay');
reset role;

-- What is append-only ----------------------------------------------------------------------------

-- A row in every leaf, so that a trigger for each row has something to fire at.
create temporary table leaf as
select
  t.relid::regclass as leaf, p.parent,
  id_at(to_timestamp(substring(t.relid::regclass::text from 'y(\d{4}m\d\d)$') || ' +00',
    'YYYY"m"MM TZH') + interval '10 days') as id
from unnest(array['transactions', 'game_moves', 'audit_logs']) as p (parent)
cross join lateral pg_partition_tree(p.parent::regclass) as t
where t.isleaf;

do $rows$
declare
  l record;
begin
  for l in select leaf.leaf, leaf.parent, leaf.id from leaf loop
    execute format(case l.parent
      when 'transactions' then
        'insert into %s (id, kind, debit_wallet_id, credit_wallet_id, currency, amount, '
        'posted_xid) values (%L, ''grant'', 1, 2, ''COINS'', 1, 1)'
      when 'game_moves' then
        'insert into %s (hand_id, no, seat, actor, move) values (%L, 1, 0, ''player'', ''m'')'
      else 'insert into %s (id, action) values (%L, ''test.written'')'
    end, l.leaf, l.id);
  end loop;
  insert into ledger_seals (no, last_xid, last_id, transactions, previous_hash, hash)
  values (1, 1, new_id(), 1, sha256('a'), sha256('b'));
  insert into ledger_seal_signatures (seal_no, key_id, signature)
  values (1, 'test', sha256('a') || sha256('b'));
  insert into ledger_archives (relation, parent, rows) values ('test', 'transactions', 0);
end
$rows$;

create temporary table append_only as
select l.leaf::text as relation from leaf as l
union
select l.parent from leaf as l
union
select unnest(array['ledger_seals', 'ledger_seal_signatures', 'ledger_archives']);
grant select on append_only to public;

create temporary table attempts as
select
  a.relation, s.statement,
  -- A table that a foreign key points at is not truncated alone, guarded or not.
  case when s.statement ~ '^truncate (only )?ledger_seals$' then '0A000'
    else '42501 append-only' end as refusal
from append_only as a
cross join lateral (
  select quote_ident(c.attname) as name
  from pg_attribute as c
  where c.attrelid = a.relation::regclass and c.attnum = 1
) as c
cross join lateral (values
  (format('update %s set %s = %s', a.relation, c.name, c.name)),
  (format('update only %s set %s = %s', a.relation, c.name, c.name)),
  (format('delete from %s', a.relation)),
  (format('with gone as (delete from %s returning 1) select 1 from gone', a.relation)),
  (format('merge into %s as m using (select 1) as s on true when matched then delete',
    a.relation)),
  (format('truncate %s', a.relation)),
  (format('truncate %s cascade', a.relation)),
  (format('truncate only %s', a.relation))
) as s (statement)
-- PostgreSQL itself knows no row, and nothing to truncate, in a partitioned table alone.
where s.statement !~ ' only ' or a.relation !~ '^(transactions|game_moves|audit_logs)$';
grant select on attempts to public;

select is_empty(
  $$ select a.statement, pg_temp.outcome_of(a.statement)
     from attempts as a where pg_temp.outcome_of(a.statement) <> a.refusal $$,
  'a superuser changes nothing that is append-only, by the parent or by a leaf');
set local session_replication_role = replica;
select is_empty(
  $$ select a.statement, pg_temp.outcome_of(a.statement)
     from attempts as a where pg_temp.outcome_of(a.statement) <> a.refusal $$,
  'not even with session_replication_role = replica');
set local session_replication_role = origin;
set local role higgs_owner;
select is_empty(
  $$ select a.statement, pg_temp.outcome_of(a.statement)
     from attempts as a where pg_temp.outcome_of(a.statement) <> a.refusal $$,
  'nor does the owner');
select throws_like(
  'delete from public.transactions', 'DELETE on transactions_%: the table is append-only',
  'the error names the table');
create function pg_temp.hint_of(statement text)
returns text
language plpgsql
as $function$
declare
  hint text;
begin
  execute statement;
exception when insufficient_privilege then
  get stacked diagnostics hint = pg_exception_hint;
  return hint;
end
$function$;
select is(
  array[pg_temp.hint_of('truncate public.transactions'),
    pg_temp.hint_of('truncate public.audit_logs')],
  array['History is never changed. To undo a payment post its reversal.',
    'History is never changed. What comes later is a row of its own.'],
  'the hint speaks of payments where there are some');
reset role;

select is_empty(
  $$ select l.leaf, n.name
     from leaf as l
     cross join (values ('refuse_change'), ('refuse_truncate')) as n (name)
     where not exists (
       select from pg_trigger as g
       where g.tgrelid = l.leaf and g.tgname = n.name and g.tgenabled = 'A'
         and g.tgfoid = 'refuse_change()'::regprocedure) $$,
  'each leaf has both guards, always enabled');

-- A player's, seat's or pool's wallet is never below zero, whoever writes.
select throws_ok(
  $$ update user_wallets set balance = -1 where id = pg_temp.wallet('ayu') $$, '23514', null,
  'no balance below zero');
select throws_ok(
  $$ update user_wallets set balance = null where id = pg_temp.wallet('ayu') $$, '23514', null,
  'a player''s wallet has a balance');
select throws_ok(
  $$ update user_wallets set balance = 0 where id = pg_temp.wallet('issue') $$, '23514', null,
  'a system wallet has none');
select throws_ok(
  $$ update user_wallets set balance = 9007199254740992 where id = pg_temp.wallet('ayu') $$,
  '23514', null, 'no balance above 2^53 - 1');

select finish();
rollback;
