extension CatalogQuery {
  /// Functions, procedures and aggregates.
  static let routines = CatalogQuery(
    body: """
      select
        case p.prokind
          when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
        format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
        'schema ' || quote_ident(n.nspname), n.nspname::text, 'pg_proc'::regclass, p.oid, 0,
        p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)),
        jsonb_build_object(
          'arguments', nullif(pg_get_function_arguments(p.oid), ''),
          'returns', pg_get_function_result(p.oid),
          'language', l.lanname,
          'body', coalesce(pg_get_function_sqlbody(p.oid), nullif(p.prosrc, '')),
          'library', p.probin,
          'volatility', case p.provolatile
            when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
          'security', case when p.prosecdef then 'definer' else 'invoker' end,
          'on null input', case when p.proisstrict then 'strict' else 'called' end,
          'parallel', case p.proparallel
            when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end,
          'leakproof', case when p.proleakproof then 'yes' end,
          'window', case when p.prokind = 'w' then 'yes' end,
          'settings', array_to_string(array(select unnest(p.proconfig) order by 1), ', '),
          'cost', p.procost::text,
          'rows', nullif(p.prorows, 0)::text,
          'support function', nullif(p.prosupport, 0)::regproc::text,
          'aggregate', (
            select concat_ws(
              ', ', g.aggtransfn, format_type(g.aggtranstype, null), g.aggfinalfn,
              g.aggcombinefn, g.agginitval)
            from pg_aggregate as g where g.aggfnoid = p.oid
          ))
      from pg_proc as p
      join namespace as n on n.oid = p.pronamespace
      join pg_language as l on l.oid = p.prolang
      where ('pg_proc'::regclass, p.oid) not in (select class_id, object_id from member)
        and not exists (
          select from pg_depend as d
          where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
      """
  )

  /// Enumerations, domains, composite types and ranges; not the row types of tables.
  static let types = CatalogQuery(
    body: """
      select
        'type', format('%I.%I', n.nspname, t.typname), 'schema ' || quote_ident(n.nspname),
        n.nspname::text, 'pg_type'::regclass, t.oid, 0, t.typowner,
        coalesce(t.typacl, acldefault('T', t.typowner)),
        jsonb_build_object(
          'definition', case t.typtype
            when 'e' then 'enum' when 'd' then 'domain' when 'c' then 'composite'
            when 'r' then 'range' when 'm' then 'multirange' else 'base' end,
          'labels', (
            select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
            from pg_enum as e where e.enumtypid = t.oid
          ),
          'type', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
          'nullable', case when t.typtype = 'd' then
            case when t.typnotnull then 'no' else 'yes' end end,
          'default', t.typdefault,
          'constraints', (
            select string_agg(
              format('%I %s', c.conname, pg_get_constraintdef(c.oid)), '; ' order by c.conname)
            from pg_constraint as c where c.contypid = t.oid and c.contype <> 'n'
          ),
          'subtype', (
            select format_type(g.rngsubtype, null) from pg_range as g where g.rngtypid = t.oid
          ))
      from pg_type as t
      join namespace as n on n.oid = t.typnamespace
      left join pg_class as c on c.oid = t.typrelid
      where (t.typrelid = 0 or c.relkind = 'c')
        and not (t.typelem <> 0 and t.typcategory = 'A')
        and ('pg_type'::regclass, t.oid) not in (select class_id, object_id from member)
      """
  )
}
