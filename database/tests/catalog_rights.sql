-- Walks the live catalog: owners, rights, guards of history, what the read-only role sees.
-- Each test is a query for whatever breaks a rule, and passes when there is nothing.
begin;
select no_plan();

-- Everything in schema public except what an extension brought.
create temporary view relations as
select c.oid, c.relname, c.relkind, c.relispartition, c.relowner, c.relacl
from pg_catalog.pg_class as c
where c.relnamespace = 'public'::regnamespace
  and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e');

create temporary view functions as
select p.oid, p.proname, p.proowner, p.proacl, p.prosecdef, p.provolatile,
  p.oid::regprocedure as signature
from pg_catalog.pg_proc as p
where p.pronamespace = 'public'::regnamespace
  and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e');

-- Every right that somebody other than the owner has, the implied ones of PUBLIC included.
create temporary view rights as
select r.relname::text as object, null::text as column_name, x.grantee, x.privilege_type
from relations as r
cross join lateral aclexplode(coalesce(
  r.relacl, acldefault(case r.relkind when 'S' then 's' else 'r' end::"char", r.relowner))) as x
where r.relkind in ('r', 'p', 'v', 'm', 'S') and x.grantee <> r.relowner
union all
select r.relname, a.attname, x.grantee, x.privilege_type
from relations as r
join pg_catalog.pg_attribute as a on a.attrelid = r.oid
cross join lateral aclexplode(a.attacl) as x
where x.grantee <> r.relowner
union all
select f.signature::text, null, x.grantee, x.privilege_type
from functions as f
cross join lateral aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as x
where x.grantee <> f.proowner
union all
select y.typname, null, x.grantee, x.privilege_type
from pg_catalog.pg_type as y
left join pg_catalog.pg_class as c on c.oid = y.typrelid
cross join lateral aclexplode(coalesce(y.typacl, acldefault('T', y.typowner))) as x
where y.typnamespace = 'public'::regnamespace and y.typelem = 0
  and (y.typtype <> 'c' or c.relkind = 'c') and x.grantee <> y.typowner;

-- Tables whose rows are history: nobody changes or removes one.
create temporary view history as
select r.oid, r.relname, r.relkind
from relations as r
where r.relname in (
    'transactions', 'game_moves', 'audit_logs', 'ledger_seals', 'ledger_seal_signatures',
    'ledger_archives')
  and r.relkind in ('r', 'p');

-- The same tables and all their partitions.
create temporary view guarded as
select h.relname as history, r.oid, r.relname, r.relkind
from history as h
cross join lateral (
  select h.oid as relid
  union
  select t.relid::oid from pg_catalog.pg_partition_tree(h.oid) as t
) as t
join relations as r on r.oid = t.relid;

-- Roles and owners -------------------------------------------------------------------------------

select results_eq(
  $$ select r.rolname::text collate "default", r.rolcanlogin,
       r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls
     from pg_catalog.pg_roles as r
     where r.rolname in ('higgs_owner', 'higgs_app', 'higgs_readonly')
     order by 1 $$,
  $$ values ('higgs_app', true, false), ('higgs_owner', false, false),
       ('higgs_readonly', true, false) $$,
  'the owner cannot sign in, and no role has a right over the server');

select is_empty(
  $$ select m.roleid::regrole, m.member::regrole
     from pg_catalog.pg_auth_members as m
     where m.member::regrole::text in ('higgs_app', 'higgs_readonly')
       or m.roleid::regrole::text in ('higgs_app', 'higgs_readonly')
         and m.member::regrole::text = 'higgs_owner' $$,
  'the application and the reader are members of nothing');

select ok(
  exists (
    select from pg_catalog.pg_db_role_setting as s
    where s.setrole = 'higgs_app'::regrole and 'synchronous_commit=on' = any (s.setconfig)),
  'synchronous_commit = on is pinned on the application''s role');

select is_empty(
  $$ select r.relname, r.relowner::regrole
     from relations as r where r.relowner <> 'higgs_owner'::regrole
     union all
     select f.signature::text, f.proowner::regrole
     from functions as f where f.proowner <> 'higgs_owner'::regrole
     union all
     select y.typname, y.typowner::regrole
     from pg_catalog.pg_type as y
     where y.typnamespace = 'public'::regnamespace and y.typowner <> 'higgs_owner'::regrole $$,
  'higgs_owner owns everything, partitions included');

-- Nothing for PUBLIC -----------------------------------------------------------------------------

select is_empty(
  $$ select r.object, r.column_name, r.privilege_type from rights as r where r.grantee = 0 $$,
  'PUBLIC has no right on any table, column, sequence, function or type');

select is_empty(
  $$ select n.nspname, x.privilege_type
     from pg_catalog.pg_namespace as n
     cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as x
     where x.grantee = 0 and n.nspname !~ '^pg_'
       and n.nspname not in ('information_schema', 'tap') $$,
  'PUBLIC may not enter schema public');

select is_empty(
  $$ select r.object, r.grantee::regrole, r.privilege_type
     from rights as r
     where r.grantee <> 0
       and r.grantee::regrole::text not in ('higgs_app', 'higgs_readonly') $$,
  'rights are given to higgs_app and higgs_readonly only');

select lives_ok(
  $$ set local role higgs_owner;
     create function public.made_later() returns integer language sql return 1;
     create table public.table_made_later (n integer);
     reset role $$,
  'the owner makes a function and a table without a word about rights');
select is_empty(
  $$ select r.object, r.privilege_type from rights as r where r.object like '%made_later%' $$,
  'what is made later is closed to everyone, too');
drop function public.made_later();
drop table public.table_made_later;

select is_empty(
  $$ select f.signature
     from functions as f
     where f.prosecdef
       and (f.proowner <> 'higgs_owner'::regrole
         or has_function_privilege('public', f.oid, 'execute')) $$,
  'functions with the owner''s rights are the owner''s, and closed to PUBLIC');

-- What the application may write -----------------------------------------------------------------

select is_empty(
  $$ select r.object, r.column_name, r.privilege_type
     from rights as r
     where r.grantee = 'higgs_app'::regrole
       and r.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
       and r.object in (
         'user_wallets', 'transactions', 'ledger_seals', 'ledger_seal_signatures',
         'ledger_rollups', 'ledger_state', 'ledger_archives', 'game_rooms', 'game_sessions',
         'game_hands', 'hand_seats', 'game_moves', 'game_statistics', 'player_limits',
         'server_nodes', 'stake_tiers',
         'daily_bonuses', 'user_achievements', 'tournaments', 'tournament_participants',
         'player_day_totals', 'gifts', 'audit_logs', 'operator_requests', 'user_vip_status',
         'vip_levels', 'games', 'achievements', 'schema_migrations') $$,
  'money, play, audit and reference tables are written through functions only');

select is_empty(
  $$ select r.object, r.grantee::regrole, r.privilege_type
     from rights as r
     where r.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN') $$,
  'nobody may truncate, refer, hang triggers on or maintain a table');

select is_empty(
  $$ select r.relname, x.grantee::regrole, x.privilege_type
     from relations as r
     cross join lateral aclexplode(r.relacl) as x
     where r.relispartition and x.grantee <> r.relowner $$,
  'nobody reaches a partition past its table');

select is_empty(
  $$ select r.object, r.grantee::regrole from rights as r
     join relations as s on s.relname = r.object and s.relkind = 'S' $$,
  'nobody draws numbers from a sequence by hand');

select throws_ok(
  format('set local role higgs_app; %s', c.command), '42501', null,
  'refused to higgs_app: ' || c.command)
from (values
  ('update public.user_wallets set balance = balance + 1'),
  ('update public.user_wallets set frozen_at = null, frozen_reason = null'),
  ('insert into public.user_wallets (kind, code, currency) values (''system'', ''x'', ''COINS'')'),
  ('delete from public.user_wallets'),
  ('update public.transactions set amount = amount + 1'),
  ('delete from public.transactions'),
  ('truncate public.transactions'),
  ('update public.game_hands set result = null'),
  ('update public.game_moves set seat = 0'),
  ('delete from public.game_moves'),
  ('update public.game_sessions set cashed_out = 1'),
  ('update public.game_rooms set fence = fence + 1'),
  ('update public.tournament_participants set prize = 1'),
  ('update public.audit_logs set action = ''x'''),
  ('delete from public.audit_logs'),
  ('truncate public.audit_logs'),
  ('update public.vip_levels set bonus_percent = 1000'),
  ('delete from public.schema_migrations'),
  ('alter table public.user_wallets disable trigger all'),
  ('create table public.mine (n integer)')
) as c (command);
reset role;

-- Guards of history ------------------------------------------------------------------------------

select is_empty(
  $$ select g.history, g.relname, e.event
     from guarded as g
     cross join (values ('UPDATE', 16), ('DELETE', 8)) as e (event, bit)
     where not exists (
       select from pg_catalog.pg_trigger as t
       where t.tgrelid = g.oid and t.tgfoid = 'public.refuse_change()'::regprocedure
         and t.tgtype & 1 = 1 and t.tgtype & 2 = 2 and t.tgtype & e.bit = e.bit
         and t.tgenabled = 'A' and t.tgqual is null and cardinality(t.tgattr::smallint[]) = 0) $$,
  'history refuses UPDATE and DELETE of rows, in every partition, always');

select is_empty(
  $$ select g.history, g.relname
     from guarded as g
     where not exists (
       select from pg_catalog.pg_trigger as t
       where t.tgrelid = g.oid and t.tgfoid = 'public.refuse_change()'::regprocedure
         and t.tgtype & 1 = 0 and t.tgtype & 32 = 32 and t.tgenabled = 'A') $$,
  'history refuses TRUNCATE, in every partition, always');

select is_empty(
  $$ select h.relname from history as h
     where h.relkind = 'p' and not exists (
       select from guarded as g where g.history = h.relname and g.oid <> h.oid) $$,
  'every partitioned history has partitions');

-- As a superuser that replays changes, the strongest that there is.
set local session_replication_role = replica;
select throws_ok(
  format('truncate public.%I cascade', g.relname), '42501', null,
  'TRUNCATE is refused to a superuser on ' || g.relname)
from guarded as g
order by g.relname;
set local session_replication_role = origin;

-- What the read-only role sees -------------------------------------------------------------------

create temporary view readable as
select r.relname::text as relation, a.attname::text as column_name
from relations as r
join pg_catalog.pg_attribute as a on a.attrelid = r.oid
where r.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
  and has_column_privilege('higgs_readonly', r.oid, a.attnum, 'select');

\ir lists/readonly_columns.sql

select is_empty(
  $$ select r.relation, r.column_name from readable as r
     except
     select w.relation, w.column_name from readonly_columns as w $$,
  'the read-only role sees no column beyond the list in lists/readonly_columns.sql');

select is_empty(
  $$ select w.relation, w.column_name from readonly_columns as w
     except
     select r.relation, r.column_name from readable as r $$,
  'the read-only role sees every column of the list');

select is_empty(
  $$ select r.relation, r.column_name from readable as r
     where (r.column_name ~ '(hash|token|secret|password|email|phone|address|device|body|payload|'
         'metadata|encrypted|lookup|seed|join_code|key_id|guest)'
         or r.relation in ('game_hands', 'hand_seats', 'game_moves', 'user_mfa_factors'))
       and (r.relation, r.column_name) not in (
         -- Shown on purpose: the currency TOKENS; the chain of seals and who signed it; the seeds
         -- of hands that are over.
         ('user_summary', 'tokens'), ('user_summary', 'tokens_on_tables'),
         ('ledger_seals', 'hash'), ('ledger_seals', 'previous_hash'),
         ('ledger_seal_signatures', 'key_id'), ('finished_hands', 'server_seed'),
         ('finished_hands', 'server_seed_commit'), ('finished_hand_seats', 'client_seed')) $$,
  'no column that it sees has the name of a secret, nor does it see hands and moves');

select is_empty(
  $$ select v.relname
     from pg_catalog.pg_class as v
     where v.relnamespace = 'public'::regnamespace
       and v.relname in ('finished_hands', 'finished_hand_seats', 'finished_hand_moves')
       and pg_get_viewdef(v.oid) !~ 'status <> ''playing''' $$,
  'what it sees of hands is of hands that are over');

select is_empty(
  $$ select r.object, r.privilege_type
     from rights as r
     where r.grantee = 'higgs_readonly'::regrole
       and r.privilege_type not in ('SELECT', 'EXECUTE') $$,
  'the read-only role writes nothing');

select is_empty(
  $$ select f.signature
     from functions as f
     where has_function_privilege('higgs_readonly', f.oid, 'execute')
       and f.provolatile = 'v' and f.prosecdef
       -- Reads only; volatile, so that each of its checks sees what is committed by then.
       and f.proname <> 'verify_ledger' $$,
  'no function that it may call writes with the owner''s rights');

select finish();
rollback;
