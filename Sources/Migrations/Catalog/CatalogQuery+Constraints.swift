extension CatalogQuery {
  /// Constraints of tables, but for NOT NULL (a property of its column) and inherited ones.
  static let constraints = CatalogQuery(
    body: """
      select
        'constraint', r.name || '.' || quote_ident(c.conname), r.kind || ' ' || r.name,
        r.nspname::text, 'pg_constraint'::regclass, c.oid, 0, null::oid, null::aclitem[],
        jsonb_build_object(
          'definition', pg_get_constraintdef(c.oid),
          'validated', case when c.convalidated then 'yes' else 'no' end,
          'enforced by triggers', (
            select string_agg(distinct \(enabledWord("t.tgenabled")), ', ')
            from pg_trigger as t where t.tgconstraint = c.oid and t.tgisinternal
          ))
      from pg_constraint as c
      join relation as r on r.oid = c.conrelid
      where c.contype not in ('n', 't') and c.conparentid = 0
        and (c.coninhcount = 0 or c.conislocal)
      """
  )

  /// Indexes; one that carries a constraint belongs to it.
  static let indexes = CatalogQuery(
    body: """
      select
        'index', format('%I.%I', r.nspname, i.relname),
        coalesce(
          (
            select 'constraint ' || r.name || '.' || quote_ident(c.conname)
            from pg_constraint as c
            where c.conindid = i.oid and c.conrelid = r.oid and c.contype in ('p', 'u', 'x')
              and c.conparentid = 0
          ), r.kind || ' ' || r.name),
        r.nspname::text, 'pg_class'::regclass, i.oid, 0, null::oid, null::aclitem[],
        jsonb_build_object(
          'definition', pg_get_indexdef(i.oid),
          'options', array_to_string(array(select unnest(i.reloptions) order by 1), ', '),
          'valid', case when x.indisvalid and x.indisready then 'yes' else 'no' end,
          'unique nulls', case when x.indnullsnotdistinct then 'not distinct' end,
          'clustered', case when x.indisclustered then 'yes' end,
          'replica identity', case when x.indisreplident then 'yes' end)
      from pg_index as x
      join pg_class as i on i.oid = x.indexrelid
      join relation as r on r.oid = x.indrelid
      """
  )

  /// Extended statistics.
  static let statistics = CatalogQuery(
    body: """
      select
        'statistics', format('%I.%I', n.nspname, s.stxname), r.kind || ' ' || r.name,
        n.nspname::text, 'pg_statistic_ext'::regclass, s.oid, 0, s.stxowner, null::aclitem[],
        jsonb_build_object('definition', pg_get_statisticsobjdef(s.oid))
      from pg_statistic_ext as s
      join namespace as n on n.oid = s.stxnamespace
      join relation as r on r.oid = s.stxrelid
      """
  )
}
