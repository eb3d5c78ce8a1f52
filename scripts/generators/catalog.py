"""What the catalog says about tables, views and functions, as the documents need it."""

from .database import Database

# Every table and view of schema public, without partitions.
RELATIONS = """
select c.oid::bigint as id, c.relname as name, c.relkind as kind,
  obj_description(c.oid, 'pg_class') as comment,
  pg_get_partkeydef(c.oid) as partition_key,
  exists (
    select from pg_trigger as t
    where t.tgrelid = c.oid and not t.tgisinternal and t.tgfoid = to_regproc('public.refuse_change')
      and t.tgtype & 16 > 0 and t.tgtype & 8 > 0) as append_only
from pg_class as c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
  and not c.relispartition
order by c.relname
"""

COLUMNS = """
select a.attrelid::bigint as relation, a.attname as name,
  format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
  case a.attidentity when '' then pg_get_expr(d.adbin, d.adrelid) else 'identity' end as value,
  col_description(a.attrelid, a.attnum) as comment,
  exists (
    select from pg_constraint as k
    where k.conrelid = a.attrelid and k.contype = 'p' and a.attnum = any (k.conkey)) as is_key
from pg_attribute as a
join pg_class as c on c.oid = a.attrelid
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
  and not c.relispartition and a.attnum > 0 and not a.attisdropped
order by c.relname, a.attnum
"""

FOREIGN_KEYS = """
select k.conrelid::bigint as relation, k.confrelid::bigint as target, k.conname as name,
  (select json_agg(a.attname order by u.place)
   from unnest(k.conkey) with ordinality as u (number, place)
   join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = u.number) as columns
from pg_constraint as k
join pg_class as c on c.oid = k.conrelid
where k.contype = 'f' and c.relnamespace = 'public'::regnamespace and not c.relispartition
order by c.relname, k.conname
"""

# A right on the whole relation has column null.
RIGHTS = """
select c.oid::bigint as relation, null as column, g.rolname as role, lower(x.privilege_type) as what
from pg_class as c
cross join lateral aclexplode(c.relacl) as x
join pg_roles as g on g.oid = x.grantee
where c.relnamespace = 'public'::regnamespace and not c.relispartition
  and g.rolname in ('higgs_app', 'higgs_readonly')
union all
select a.attrelid::bigint, a.attname, g.rolname, lower(x.privilege_type)
from pg_attribute as a
join pg_class as c on c.oid = a.attrelid
cross join lateral aclexplode(a.attacl) as x
join pg_roles as g on g.oid = x.grantee
where c.relnamespace = 'public'::regnamespace and not c.relispartition
  and g.rolname in ('higgs_app', 'higgs_readonly')
order by 1, 3, 4, 2
"""

FUNCTIONS = """
select p.proname as name, pg_get_function_arguments(p.oid) as arguments,
  pg_get_function_identity_arguments(p.oid) as signature,
  pg_get_function_result(p.oid) as result, p.prosecdef as definer, p.prokind as kind,
  p.prorettype = 'trigger'::regtype as is_trigger,
  obj_description(p.oid, 'pg_proc') as comment,
  (select coalesce(json_agg(g.rolname order by g.rolname), '[]')
   from aclexplode(p.proacl) as x join pg_roles as g on g.oid = x.grantee
   where g.rolname in ('higgs_app', 'higgs_readonly')) as callers
from pg_proc as p
where p.pronamespace = 'public'::regnamespace
  and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
order by p.proname, 3
"""


class Catalog:
  """The whole catalog, read once."""

  def __init__(self, database: Database):
    self.relations = database.rows(RELATIONS)
    self.functions = database.rows(FUNCTIONS)
    self.foreign_keys = database.rows(FOREIGN_KEYS)
    self.rights = database.rows(RIGHTS)
    columns = database.rows(COLUMNS)
    for relation in self.relations:
      relation["columns"] = [each for each in columns if each["relation"] == relation["id"]]
    self.by_id = {relation["id"]: relation for relation in self.relations}

  def of_kind(self, kinds: str) -> list[dict]:
    """Relations whose pg_class.relkind is one of the letters."""
    return [relation for relation in self.relations if relation["kind"] in kinds]

  def keys_from(self, relation: dict) -> list[dict]:
    """The foreign keys that point away from it."""
    return [key for key in self.foreign_keys if key["relation"] == relation["id"]]

  def rights_on(self, relation: dict) -> list[dict]:
    """The rights of higgs_app and higgs_readonly on it."""
    return [right for right in self.rights if right["relation"] == relation["id"]]
