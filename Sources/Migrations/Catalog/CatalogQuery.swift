/// A query over `pg_catalog` that reads one family of objects.
///
/// Each yields kind, name, parent, schema, class, object, sub-object, owner, grants and a JSON
/// object of properties. `statement` adds owner, comment and grants in one way for all.
struct CatalogQuery: Sendable {
  /// A select over the relations of `CatalogQuery.common`.
  let body: String

  /// Every family, in no particular order.
  static let all: [CatalogQuery] = [
    database, schemas, defaultPrivileges, roles, eventTriggers,
    relations, sequences, columns,
    constraints, indexes, statistics,
    triggers, rules, policies,
    routines, types,
  ]

  /// The whole statement: kind, name, parent, schema, properties as JSON text.
  var statement: String {
    """
    with \(Self.common),
    object (kind, name, parent, schema, class_id, object_id, sub_id, owner, acl, properties) as (
    \(body)
    )
    select
      o.kind, o.name, o.parent, o.schema,
      jsonb_strip_nulls(
        jsonb_build_object('owner', pg_get_userbyid(o.owner), 'comment', d.description)
        || o.properties || coalesce(g.grants, '{}'))::text
    from object as o
    left join pg_description as d
      on d.classoid = o.class_id and d.objoid = o.object_id and d.objsubid = o.sub_id
    left join lateral (
      select jsonb_object_agg('grants to ' || entry.grantee, entry.privileges) as grants
      from (
        select
          case a.grantee
            when 0 then 'PUBLIC' when o.owner then 'its owner'
            else quote_ident(pg_get_userbyid(a.grantee))
          end as grantee,
          string_agg(
            a.privilege_type || case when a.is_grantable then ' with grant option' else '' end,
            ', ' order by a.privilege_type) as privileges
        from aclexplode(o.acl) as a
        group by a.grantee
      ) as entry
    ) as g on true
    """
  }

  /// The schemas and relations that count: not the system's, not an extension's, and no dated
  /// leaf partitions, attached or detached (maintenance makes and detaches those).
  private static let common = """
    member (class_id, object_id) as (
      select classid, objid from pg_depend where deptype = 'e'
    ),
    namespace as (
      select n.oid, n.nspname, n.nspowner, n.nspacl
      from pg_namespace as n
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and ('pg_namespace'::regclass, n.oid) not in (select class_id, object_id from member)
    ),
    dated as (
      select c.oid
      from pg_class as c
      join pg_inherits as i on i.inhrelid = c.oid
      join pg_partitioned_table as p on p.partrelid = i.inhparent
      where p.partstrat = 'r' and c.relkind = 'r'
        and c.relname ~ '_[a-z]?[0-9]{4}_?[a-z]?[0-9]{2}(_?[a-z]?[0-9]{2})?$'
      union
      select c.oid
      from pg_partitioned_table as p
      join pg_class as t on t.oid = p.partrelid
      join pg_class as c
        on c.relnamespace = t.relnamespace and starts_with(c.relname::text, t.relname::text)
      where p.partstrat = 'r' and c.relkind = 'r' and not c.relispartition
        and substr(c.relname, length(t.relname) + 1)
          ~ '^_[a-z]?[0-9]{4}_?[a-z]?[0-9]{2}(_?[a-z]?[0-9]{2})?$'
    ),
    relation as (
      select
        c.*, n.nspname,
        format('%I.%I', n.nspname, c.relname) as name,
        case c.relkind
          when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
          when 'S' then 'sequence' when 'c' then 'type' else 'table'
        end as kind
      from pg_class as c
      join namespace as n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
        and ('pg_class'::regclass, c.oid) not in (select class_id, object_id from member)
        and c.oid not in (select oid from dated)
    )
    """
}
