extension CatalogQuery {
  /// Tables, partitioned tables, views, materialized views and foreign tables.
  static let relations = CatalogQuery(
    body: """
      select
        r.kind, r.name, 'schema ' || quote_ident(r.nspname), r.nspname::text,
        'pg_class'::regclass, r.oid, 0, r.relowner,
        coalesce(r.relacl, acldefault('r', r.relowner)),
        jsonb_build_object(
          'definition', case when r.relkind in ('v', 'm') then pg_get_viewdef(r.oid) end,
          'persistence', case r.relpersistence
            when 'u' then 'unlogged' when 't' then 'temporary' else 'permanent' end,
          'options', array_to_string(array(select unnest(r.reloptions) order by 1), ', '),
          'partition key', case when r.relkind = 'p' then pg_get_partkeydef(r.oid) end,
          'partition bound', pg_get_expr(r.relpartbound, r.oid),
          'inherits', (
            select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno)
            from pg_inherits as i where i.inhrelid = r.oid
          ),
          'row security', case when r.relkind in ('r', 'p') then
            case when r.relforcerowsecurity then 'forced' when r.relrowsecurity then 'enabled'
              else 'disabled' end end,
          'replica identity', case when r.relkind in ('r', 'p') then
            nullif(r.relreplident, 'd') end,
          'column order', (
            select string_agg(quote_ident(a.attname), ' ' order by a.attnum)
            from pg_attribute as a
            where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
          ))
      from relation as r
      where r.relkind in ('r', 'p', 'v', 'm', 'f')
      """
  )

  /// Sequences, those of identity columns included; a value is data and not compared.
  static let sequences = CatalogQuery(
    body: """
      select
        'sequence', r.name,
        coalesce(owner.id, 'schema ' || quote_ident(r.nspname)), r.nspname::text,
        'pg_class'::regclass, r.oid, 0, r.relowner,
        coalesce(r.relacl, acldefault('s', r.relowner)),
        jsonb_build_object(
          'definition', format(
            '%s start %s increment %s minimum %s maximum %s cache %s %s',
            format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
            s.seqcache, case when s.seqcycle then 'cycle' else 'no cycle' end),
          'owned by', owner.id)
      from relation as r
      join pg_sequence as s on s.seqrelid = r.oid
      left join lateral (
        select 'column ' || t.name || '.' || quote_ident(a.attname) as id
        from pg_depend as d
        join relation as t on t.oid = d.refobjid
        join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where d.classid = 'pg_class'::regclass and d.objid = r.oid
          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
      ) as owner on true
      """
  )

  /// Columns of all relations and of composite types.
  static let columns = CatalogQuery(
    body: """
      select
        'column', r.name || '.' || quote_ident(a.attname), r.kind || ' ' || r.name,
        r.nspname::text, 'pg_class'::regclass, r.oid, a.attnum, null::oid, a.attacl,
        jsonb_build_object(
          'type', format_type(a.atttypid, a.atttypmod),
          'nullable', case when r.relkind in ('r', 'p', 'f') then
            case when a.attnotnull then 'no' else 'yes' end end,
          'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
          'generated', case when a.attgenerated <> '' then
            concat(pg_get_expr(d.adbin, d.adrelid),
              case a.attgenerated when 's' then ' stored' else ' virtual' end) end,
          'identity', case a.attidentity
            when 'a' then 'always' when 'd' then 'by default' end,
          'collation', case when a.attcollation <> t.typcollation
            then a.attcollation::regcollation::text end,
          'storage', case when a.attstorage <> t.typstorage then a.attstorage::text end,
          'compression', nullif(a.attcompression::text, ''),
          'statistics target', nullif(a.attstattarget::text, '-1'),
          'options', array_to_string(a.attoptions, ', '))
      from relation as r
      join pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
      join pg_type as t on t.oid = a.atttypid
      left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where r.relkind in ('r', 'p', 'v', 'm', 'f', 'c')
      """
  )
}
