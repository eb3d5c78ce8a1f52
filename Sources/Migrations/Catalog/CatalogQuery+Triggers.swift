extension CatalogQuery {
  /// Triggers that someone made, with their state.
  static let triggers = CatalogQuery(
    body: """
      select
        'trigger', r.name || '.' || quote_ident(t.tgname), r.kind || ' ' || r.name,
        r.nspname::text, 'pg_trigger'::regclass, t.oid, 0, null::oid, null::aclitem[],
        jsonb_build_object(
          'definition', pg_get_triggerdef(t.oid),
          'enabled', \(enabledWord("t.tgenabled")))
      from pg_trigger as t
      join relation as r on r.oid = t.tgrelid
      where not t.tgisinternal
      """
  )

  /// Rules, but for those that make a view.
  static let rules = CatalogQuery(
    body: """
      select
        'rule', r.name || '.' || quote_ident(w.rulename), r.kind || ' ' || r.name,
        r.nspname::text, 'pg_rewrite'::regclass, w.oid, 0, null::oid, null::aclitem[],
        jsonb_build_object(
          'definition', pg_get_ruledef(w.oid),
          'enabled', \(enabledWord("w.ev_enabled")))
      from pg_rewrite as w
      join relation as r on r.oid = w.ev_class
      where w.rulename <> '_RETURN'
      """
  )

  /// Row-level security policies.
  static let policies = CatalogQuery(
    body: """
      select
        'policy', r.name || '.' || quote_ident(p.polname), r.kind || ' ' || r.name,
        r.nspname::text, 'pg_policy'::regclass, p.oid, 0, null::oid, null::aclitem[],
        jsonb_build_object(
          'definition', case when p.polpermissive then 'permissive' else 'restrictive' end,
          'command', case p.polcmd
            when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
            when 'd' then 'delete' else 'all' end,
          'roles', (
            select string_agg(
              case when role = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(role)) end,
              ', ' order by pg_get_userbyid(role))
            from unnest(p.polroles) as role
          ),
          'using', pg_get_expr(p.polqual, p.polrelid),
          'with check', pg_get_expr(p.polwithcheck, p.polrelid))
      from pg_policy as p
      join relation as r on r.oid = p.polrelid
      """
  )
}
