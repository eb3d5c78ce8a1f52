-- Walks the live catalog: names, types, keys, indexes, comments, partitions.
-- Each test is a query for whatever breaks a rule, and passes when there is nothing.
begin;
select no_plan();

-- Everything in schema public except what an extension brought.
create temporary view relations as
select c.oid, c.relname, c.relkind, c.relispartition, c.relpersistence, c.reloptions
from pg_catalog.pg_class as c
where c.relnamespace = 'public'::regnamespace
  and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e');

create temporary view base_tables as
select t.oid, t.relname, t.relkind, t.reloptions
from relations as t
where t.relkind in ('r', 'p') and not t.relispartition;

create temporary view base_columns as
select t.oid, t.relname, a.attname, a.attnum, a.attidentity,
  format_type(a.atttypid, a.atttypmod) as type, pg_get_expr(d.adbin, d.adrelid) as value
from base_tables as t
join pg_catalog.pg_attribute as a on a.attrelid = t.oid
left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped;

create temporary view functions as
select p.oid, p.proname, p.proconfig, p.prokind, p.prosecdef, p.prosqlbody, p.proacl,
  p.oid::regprocedure as signature
from pg_catalog.pg_proc as p
where p.pronamespace = 'public'::regnamespace
  and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e');

create temporary view constraints as
select k.conname, k.contype, k.conrelid, k.conkey, k.confrelid, k.convalidated, t.relname,
  pg_get_constraintdef(k.oid) as definition
from pg_catalog.pg_constraint as k
join base_tables as t on t.oid = k.conrelid
where k.contype <> 'n';

-- The baseline -----------------------------------------------------------------------------------

select is_empty(
  $$ select w.name
     from unnest(array[
       'users', 'user_profiles', 'user_mfa_factors', 'user_sessions', 'vip_levels',
       'user_vip_status', 'user_wallets', 'games', 'game_rooms', 'game_sessions', 'game_hands',
       'game_moves', 'game_statistics', 'transactions', 'daily_bonuses', 'achievements',
       'user_achievements', 'tournaments', 'tournament_participants', 'friendships', 'messages',
       'notifications', 'user_reports', 'audit_logs', 'schema_migrations']) as w (name)
     where w.name not in (select t.relname from base_tables as t) $$,
  'every table of the baseline is there');

select is_empty(
  $$ select w.name
     from unnest(array[
       'user_summary', 'game_room_summary', 'transaction_summary', 'active_games',
       'user_achievements_progress', 'tournament_leaderboard']) as w (name)
     where w.name not in (select r.relname from relations as r where r.relkind = 'v') $$,
  'every view of the baseline is there');

select is_empty(
  $$ select w.name
     from unnest(array['user_leaderboard', 'daily_statistics', 'game_performance']) as w (name)
     where w.name not in (select r.relname from relations as r where r.relkind = 'm') $$,
  'every materialized view of the baseline is there');

select is_empty(
  $$ select w.name
     from unnest(array[
       'get_user_balance', 'get_user_friends', 'get_user_game_stats', 'get_user_recent_activity',
       'get_top_players', 'get_user_rank', 'calculate_win_rate', 'send_notification',
       'create_audit_log', 'cleanup_expired_sessions', 'cleanup_old_data',
       'refresh_all_materialized_views', 'scheduled_maintenance', 'post_transactions',
       'ensure_partitions']) as w (name)
     where w.name not in (select f.proname from functions as f) $$,
  'every function of the baseline is there');

-- Types ------------------------------------------------------------------------------------------

select is_empty(
  $$ select r.relname, a.attname, format_type(a.atttypid, a.atttypmod)
     from relations as r
     join pg_catalog.pg_attribute as a on a.attrelid = r.oid
     where r.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
       and (format_type(a.atttypid, null) in (
           'timestamp without time zone', 'time without time zone', 'time with time zone',
           'character varying', 'character', '"char"', 'money', 'json', 'real')
         or exists (
           select from pg_catalog.pg_type as y where y.oid = a.atttypid and y.typtype = 'e')) $$,
  'times are timestamptz, strings text, objects jsonb, and no column is an enum');

select is_empty(
  $$ select c.relname, c.attname, c.type
     from base_columns as c
     where c.attname ~ '(amount|balance|chips|rake|prize|fee|buy_in|bet|stack|pot)'
       and c.type in ('integer', 'smallint', 'numeric', 'double precision', 'real')
       and c.attname !~ '_bps$' $$,
  'amounts are bigint');

-- The length of a text is bounded by a check of its length, by a list of values, by a regular
-- expression from ^ to $ without unbounded repetition, or by the key that it refers to.
select is_empty(
  $$ select c.relname, c.attname
     from base_columns as c
     where c.type = 'text'
       and not exists (
         select from constraints as k
         where k.conrelid = c.oid and c.attnum = any (k.conkey)
           and (k.contype = 'f'
             or k.contype = 'c' and (
               k.definition ~ ('length\(+' || c.attname || '\)')
               or k.definition ~ (c.attname || ' = (ANY|''|\(ANY)')
               or k.definition ~ (c.attname || ' ~ ''\^.*\$''')
                 and regexp_replace(
                   substring(k.definition from c.attname || ' ~ ''(\^.*\$)'''),
                   '\[[^]]*\]', 'x', 'g') !~ '[^\\][*+]|\{\d+,\}'))) $$,
  'every text column is bounded');

select is_empty(
  $$ select c.relname, c.attname
     from base_columns as c
     where c.type = 'bytea'
       and not exists (
         select from constraints as k
         where k.conrelid = c.oid and k.contype = 'c' and c.attnum = any (k.conkey)
           and k.definition ~ ('octet_length\(' || c.attname || '\)')) $$,
  'every bytea column is bounded');

-- Keys and indexes -------------------------------------------------------------------------------

select is_empty(
  $$ select t.relname
     from base_tables as t
     where not exists (
       select from constraints as k where k.conrelid = t.oid and k.contype = 'p') $$,
  'every table has a primary key');

select is_empty(
  $$ select c.relname, c.attname, c.type, c.value
     from base_columns as c
     where c.value ~ 'nextval|gen_random_uuid|uuid_generate'
       or c.attidentity = 'd' $$,
  'no serial and no random key: keys are identities or version-7 identifiers');

select is_empty(
  $$ select c.relname, c.attname, c.type
     from base_columns as c
     join constraints as k on k.conrelid = c.oid and k.contype = 'p' and k.conkey = array[c.attnum]
     where c.attidentity = '' and c.type not in ('uuid', 'text')
       and not exists (
         select from constraints as f
         where f.conrelid = c.oid and f.contype = 'f' and f.conkey = k.conkey)
       and (c.relname, c.attname) not in (
         ('vip_levels', 'level'), ('schema_migrations', 'version'), ('ledger_seals', 'no'),
         ('ledger_state', 'singleton')) $$,
  'a numeric key is an identity, a reference, or a number that has a meaning of its own');

select is_empty(
  $$ select k.relname, k.conname
     from constraints as k
     where k.contype = 'f'
       and not exists (
         select from pg_catalog.pg_index as i
         where i.indrelid = k.conrelid and i.indisvalid
           and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
           and (i.indpred is null
             or pg_get_expr(i.indpred, i.indrelid) = (
               select format('(%s IS NOT NULL)', a.attname)
               from pg_catalog.pg_attribute as a
               where a.attrelid = k.conrelid and a.attnum = any (k.conkey)
               limit 1))) $$,
  'every foreign key is indexed');

select is_empty(
  $$ select k.relname, k.conname from constraints as k where not k.convalidated $$,
  'every constraint is validated');

select is_empty(
  $$ select i.indexrelid::regclass
     from pg_catalog.pg_index as i
     join relations as r on r.oid = i.indrelid
     where not i.indisvalid or not i.indisready $$,
  'every index is valid');

select is_empty(
  $$ select i.indexrelid::regclass, j.indexrelid::regclass
     from pg_catalog.pg_index as i
     join base_tables as t on t.oid = i.indrelid
     join pg_catalog.pg_index as j
       on j.indrelid = i.indrelid and j.indexrelid <> i.indexrelid
       and (i.indkey::text, coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
         coalesce(pg_get_expr(i.indexprs, i.indrelid), ''), i.indoption::text)
         = (j.indkey::text, coalesce(pg_get_expr(j.indpred, j.indrelid), ''),
         coalesce(pg_get_expr(j.indexprs, j.indrelid), ''), j.indoption::text)
     where i.indexrelid < j.indexrelid $$,
  'no index is there twice');

select is_empty(
  $$ select i.indexrelid::regclass
     from pg_catalog.pg_index as i
     join base_columns as c on c.oid = i.indrelid
     where c.relname = 'user_wallets' and c.attname = 'balance'
       and c.attnum = any (i.indkey::smallint[]) $$,
  'no index holds a balance, so that posting updates rows in place');

select ok(
  exists (
    select from base_tables as t
    where t.relname = 'user_wallets' and 'fillfactor=80' = any (t.reloptions)),
  'wallets leave room for updates in place');

-- Names ------------------------------------------------------------------------------------------

select is_empty(
  $$ select k.relname, k.conname
     from constraints as k
     where not starts_with(k.conname, k.relname || '_')
       or k.conname ~ '_(check|excl)\d*$' or k.conname ~ '_(key|fkey|pkey)\d+$' $$,
  'every constraint has a name that begins with its table and says what it demands');

select is_empty(
  $$ select t.relname, i.indexrelid::regclass
     from pg_catalog.pg_index as i
     join relations as t on t.oid = i.indrelid
     join relations as x on x.oid = i.indexrelid
     where not t.relispartition
       and (not starts_with(x.relname, t.relname || '_')
         or x.relname !~ '_(pkey|key|idx)$'
         or x.relname ~ '_idx$' = i.indisunique and t.relkind <> 'm') $$,
  'every index begins with its table and ends in _pkey, _key (unique) or _idx');

select is_empty(
  $$ select r.relname from relations as r where r.relname !~ '^[a-z][a-z0-9_]*$'
     union all
     select f.proname from functions as f where f.proname !~ '^[a-z][a-z0-9_]*$'
     union all
     select c.attname from base_columns as c where c.attname !~ '^[a-z][a-z0-9_]*$' $$,
  'names need no quotes');

select is_empty(
  $$ select f.signature
     from functions as f
     join pg_catalog.pg_proc as p
       on p.proname = f.proname and p.pronamespace = 'pg_catalog'::regnamespace
     union all
     select f.signature from functions as f where f.proname in ('uuidv4', 'uuidv7') $$,
  'no function has the name of one of PostgreSQL''s own');

-- Comments ---------------------------------------------------------------------------------------

select is_empty(
  $$ select r.relname
     from relations as r
     where r.relkind in ('r', 'p', 'v', 'm')
       and coalesce(obj_description(r.oid, 'pg_class'), '') !~ '\.(\nExample: .*;)?$' $$,
  'every table, partition and view has a comment: sentences, then at most an example');

select is_empty(
  $$ select r.relname, a.attname
     from relations as r
     join pg_catalog.pg_attribute as a on a.attrelid = r.oid
     where r.relkind in ('r', 'p', 'v', 'm') and not r.relispartition
       and a.attnum > 0 and not a.attisdropped
       and coalesce(col_description(r.oid, a.attnum), '') !~ '\.$' $$,
  'every column of tables and views has a comment, in sentences');

select is_empty(
  $$ select f.signature
     from functions as f
     where coalesce(obj_description(f.oid, 'pg_proc'), '') !~ '\.(\nExample: .*;)?$' $$,
  'every function has a comment: sentences, then at most an example that ends in a semicolon');

select is_empty(
  $$ select f.signature
     from functions as f
     where f.proacl::text ~ 'higgs_(app|readonly)='
       and coalesce(obj_description(f.oid, 'pg_proc'), '') !~ '\nExample: ' $$,
  'every function that a role may call shows an example');

select is_empty(
  $$ select f.signature
     from functions as f
     where position(f.proname in substring(
       obj_description(f.oid, 'pg_proc') from '\nExample: (.*)$')) = 0 $$,
  'an example calls the function that it is an example of');

-- Null where PostgreSQL understands an example: every name in it is there and every type fits
-- (class 42). What the data of an empty database cannot answer does not count.
create function pg_temp.problem_of(example text)
returns text
language plpgsql
as $function$
begin
  if example ~ '^(select|with|insert|update|delete) ' then
    execute 'explain ' || example;
  end if;
  return null;
exception
  when others then
    return case when sqlstate like '42%' then sqlerrm end;
end
$function$;

select is_empty(
  $$ select e.object, p.problem
     from (
       select f.signature::text as object, obj_description(f.oid, 'pg_proc') as words
       from functions as f
       union all
       select r.relname, obj_description(r.oid, 'pg_class') from relations as r
     ) as e
     cross join lateral pg_temp.problem_of(substring(e.words from '\nExample: (.*)$'))
       as p (problem)
     where p.problem is not null $$,
  'every example can be run against this schema');

-- Functions --------------------------------------------------------------------------------------

select is_empty(
  $$ select f.signature, f.proconfig
     from functions as f
     where not exists (
       select from unnest(f.proconfig) as s (setting)
       where s.setting in ('search_path=pg_catalog, pg_temp', 'search_path=""', 'search_path='))
       and f.prokind <> 'a' and (f.prosqlbody is null or f.prosecdef) $$,
  'every function pins search_path, but for plain ones whose body was bound when they were made');

-- Partitions -------------------------------------------------------------------------------------

select set_eq(
  $$ select t.relname::text from base_tables as t where t.relkind = 'p' $$,
  $$ select w.name
     from unnest(array['transactions', 'game_moves', 'messages', 'audit_logs']) as w (name) $$,
  'the tables that grow without end are partitioned');

select is_empty(
  $$ select r.relname
     from pg_catalog.pg_partitioned_table as p
     join relations as r on r.oid = p.partrelid
     where p.partdefid <> 0 $$,
  'there is no default partition, which would block attaching a month');

select is_empty(
  $$ select k.conname, k.relname
     from constraints as k
     join base_tables as t on t.oid = k.confrelid
     where k.contype = 'f' and t.relkind = 'p' $$,
  'no foreign key points at a partitioned table, so that months can be detached');

select is_empty(
  $$ select t.relname, m.month
     from base_tables as t
     join pg_catalog.pg_partitioned_table as p on p.partrelid = t.oid and p.partstrat = 'r'
     cross join lateral generate_series(0, 4) as n (ahead)
     cross join lateral (
       select public.id_lower_bound(
         (date_trunc('month', now() at time zone 'UTC') + make_interval(months => n.ahead))
         at time zone 'UTC') as month) as m
     where not exists (
       select from pg_catalog.pg_inherits as i
       join pg_catalog.pg_class as c on c.oid = i.inhrelid
       where i.inhparent = t.oid
         and pg_get_expr(c.relpartbound, c.oid) like format('FOR VALUES FROM (%L)%%', m.month)) $$,
  'every partitioned table has this month and four more, with bounds in UTC');

select is_empty(
  $$ select r.relname from relations as r where r.relpersistence = 'u' $$,
  'every table is written to the log of transactions');

select finish();
rollback;
