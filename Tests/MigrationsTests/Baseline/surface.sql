-- What a program that signs in as higgs_app or higgs_readonly can call, read and write, as one JSON
-- document. A release keeps it beside this file under its number (docs/migrations.md, Releases):
--
--   psql -XAtq -d NAME -f Tests/MigrationsTests/Baseline/surface.sql \
--     > Tests/MigrationsTests/Baseline/1.0.0.json

with client as (
  select r.oid, r.rolname
  from pg_catalog.pg_roles as r
  where r.rolname in ('higgs_app', 'higgs_readonly')
),
argument as (
  select
    p.oid as function_id, a.ordinal,
    coalesce(p.proargmodes[a.ordinal], 'i') as mode,
    coalesce(p.proargnames[a.ordinal], '') as name,
    pg_catalog.format_type(a.type_id, null) as type,
    row_number() over (
      partition by p.oid, coalesce(p.proargmodes[a.ordinal], 'i') in ('i', 'b', 'v')
      order by a.ordinal) > p.pronargs - p.pronargdefaults as is_optional
  from pg_catalog.pg_proc as p
  cross join lateral
    unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality
      as a (type_id, ordinal)
  where p.pronamespace = 'public'::regnamespace
),
callable as (
  select
    p.proname as name, pg_catalog.pg_get_function_identity_arguments(p.oid) as signature,
    (
      select jsonb_agg(c.rolname order by c.rolname)
      from client as c
      where has_function_privilege(c.oid, p.oid, 'execute')
    ) as roles,
    coalesce((
      select jsonb_agg(
        jsonb_build_object('name', a.name, 'type', a.type, 'is_optional', a.is_optional)
        order by a.ordinal)
      from argument as a
      where a.function_id = p.oid and a.mode in ('i', 'b', 'v')
    ), '[]') as arguments,
    p.proretset as returns_rows,
    coalesce((
      select jsonb_agg(jsonb_build_object('name', a.name, 'type', a.type) order by a.ordinal)
      from argument as a
      where a.function_id = p.oid and a.mode in ('o', 'b', 't')
    ), jsonb_build_array(jsonb_build_object(
      'name', '', 'type', pg_catalog.format_type(p.prorettype, null)))) as results
  from pg_catalog.pg_proc as p
  where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p')
),
usable as (
  select
    t.relname as relation, a.attnum, a.attname as name,
    pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
    not a.attnotnull as is_nullable,
    t.relkind in ('r', 'p') and a.attnotnull and not a.atthasdef and a.attidentity = ''
      as is_required,
    coalesce((
      select jsonb_agg(c.rolname || ' ' || v.verb order by c.rolname, v.verb)
      from client as c
      cross join (values ('insert'), ('select'), ('update'), ('delete')) as v (verb)
      where case
        when v.verb = 'delete' then has_table_privilege(c.oid, t.oid, v.verb)
        else has_column_privilege(c.oid, t.oid, a.attnum, v.verb)
      end), '[]') as rights
  from pg_catalog.pg_class as t
  join pg_catalog.pg_attribute as a
    on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p', 'v', 'm')
    and not t.relispartition
)
select concat_ws(
  E'\n',
  '{"functions": [',
  (
    select string_agg(
      (to_jsonb(f) - 'signature')::text, E',\n'
      order by f.name collate "C", f.signature collate "C")
    from callable as f
    where f.roles is not null
  ),
  '], "columns": [',
  (
    select string_agg(
      (to_jsonb(u) - 'attnum')::text, E',\n' order by u.relation collate "C", u.attnum)
    from usable as u
    where u.rights <> '[]'
      or u.is_required and exists (
        select from usable as o where o.relation = u.relation and o.rights::text like '%insert%')
  ),
  ']}');
