extension CatalogQuery {
  /// The database itself: its grants, but for those to its owner, who is the installation's choice,
  /// and its settings. How long something may take is the operator's choice, here and of roles.
  static let database = CatalogQuery(
    body: """
      select
        'database', 'itself', null, null, 'pg_database'::regclass, db.oid, 0, null::oid,
        (
          select array_agg(a) from unnest(coalesce(db.datacl, acldefault('d', db.datdba))) as a
          where a::text not like quote_ident(pg_get_userbyid(db.datdba)) || '=%'
        ),
        coalesce(
          (
            select jsonb_object_agg(
              'setting ' || split_part(setting, '=', 1),
              substr(setting, strpos(setting, '=') + 1))
            from pg_db_role_setting as s, unnest(s.setconfig) as setting
            where s.setrole = 0 and s.setdatabase = db.oid
              and split_part(setting, '=', 1) !~ '_timeout$'
          ), '{}')
      from pg_database as db
      where db.datname = current_database()
      """
  )

  /// Schemas.
  static let schemas = CatalogQuery(
    body: """
      select
        'schema', quote_ident(n.nspname), null, n.nspname::text, 'pg_namespace'::regclass, n.oid,
        0, n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner)), '{}'::jsonb
      from namespace as n
      """
  )

  /// ALTER DEFAULT PRIVILEGES, whose rows have no owner of their own.
  static let defaultPrivileges = CatalogQuery(
    body: """
      select
        'default privileges',
        format(
          'of %I on %s%s', pg_get_userbyid(p.defaclrole),
          case p.defaclobjtype
            when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
            when 'T' then 'types' when 'n' then 'schemas' else p.defaclobjtype::text
          end,
          case when n.oid is not null then format(' in %I', n.nspname) end),
        null, n.nspname::text, 'pg_default_acl'::regclass, p.oid, 0, p.defaclrole, p.defaclacl,
        '{}'::jsonb
      from pg_default_acl as p
      left join namespace as n on n.oid = p.defaclnamespace
      where p.defaclnamespace = 0 or n.oid is not null
      """
  )

  /// The roles of the product, which all databases of a server share.
  static let roles = CatalogQuery(
    body: """
      select
        'role', quote_ident(r.rolname), null, null, 'pg_authid'::regclass, r.oid, 0, null::oid,
        null::aclitem[],
        jsonb_build_object(
          'comment', shobj_description(r.oid, 'pg_authid'),
          'attributes', concat_ws(
            ', ',
            case when r.rolcanlogin then 'login' else 'nologin' end,
            case when r.rolsuper then 'superuser' end,
            case when r.rolcreaterole then 'createrole' end,
            case when r.rolcreatedb then 'createdb' end,
            case when r.rolreplication then 'replication' end,
            case when r.rolbypassrls then 'bypassrls' end,
            case when r.rolinherit then 'inherit' else 'noinherit' end),
          'member of', (
            select string_agg(quote_ident(pg_get_userbyid(m.roleid)), ', ' order by m.roleid)
            from pg_auth_members as m where m.member = r.oid
          ))
        || coalesce(
          (
            select jsonb_object_agg(
              'setting ' || split_part(setting, '=', 1)
                || case when s.setdatabase = 0 then '' else ' in this database' end,
              substr(setting, strpos(setting, '=') + 1))
            from pg_db_role_setting as s, unnest(s.setconfig) as setting
            where s.setrole = r.oid and s.setdatabase in (
              0, (select d.oid from pg_database as d where d.datname = current_database()))
              and split_part(setting, '=', 1) !~ '_timeout$'
          ), '{}')
      from pg_roles as r
      where r.rolname in ('higgs_owner', 'higgs_app', 'higgs_readonly')
      """
  )

  /// Event triggers.
  static let eventTriggers = CatalogQuery(
    body: """
      select
        'event trigger', quote_ident(e.evtname), null, null, 'pg_event_trigger'::regclass, e.oid,
        0, e.evtowner, null::aclitem[],
        jsonb_build_object(
          'definition', concat_ws(
            ' ', e.evtevent, array_to_string(e.evttags, ', '), e.evtfoid::regprocedure),
          'enabled', \(enabledWord("e.evtenabled")))
      from pg_event_trigger as e
      where ('pg_event_trigger'::regclass, e.oid) not in (
        select class_id, object_id from member)
      """
  )

  /// SQL that spells the state of a trigger or rule.
  static func enabledWord(_ column: String) -> String {
    """
    case \(column)
      when 'O' then 'enabled' when 'D' then 'disabled' when 'R' then 'on replicas only'
      when 'A' then 'always'
    end
    """
  }
}
