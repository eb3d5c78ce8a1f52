package import Postgres

extension MigrationSession {
  /// What the session user may do here.
  package func rights() async throws(PostgresError) -> RoleRights {
    let row = try await query(Self.rightsQuery).one()
    var rights = RoleRights(
      role: try row.decode(named: "role"),
      database: try row.decode(named: "database")
    )
    rights.isSuperuser = try row.decode(named: "is_superuser")
    rights.canCreateRoles = try row.decode(named: "can_create_roles")
    rights.canCreateDatabases = try row.decode(named: "can_create_databases")
    rights.ownsDatabase = try row.decode(named: "owns_database")
    rights.productRolesExist = try row.decode(named: "product_roles_exist")
    rights.ownerRoleExists = try row.decode(named: "owner_role_exists")
    rights.isMemberOfOwner = try row.decode(named: "is_member_of_owner")
    rights.canJoinOwner = try row.decode(named: "can_join_owner")
    return rights
  }

  /// From 16 on CREATEROLE alone no longer joins a role: that needs ADMIN on it.
  private static let rightsQuery: SQL = """
    select
      session_user::text as role,
      d.datname::text as database,
      r.rolsuper as is_superuser,
      r.rolcreaterole as can_create_roles,
      r.rolcreatedb as can_create_databases,
      pg_has_role(session_user, d.datdba, 'usage') as owns_database,
      (
        select count(*) = 3 from pg_roles
        where rolname in ('higgs_owner', 'higgs_app', 'higgs_readonly')
      ) as product_roles_exist,
      o.oid is not null as owner_role_exists,
      coalesce(pg_has_role(session_user, o.oid, 'usage'), false) as is_member_of_owner,
      coalesce(
        pg_has_role(session_user, o.oid, 'member with admin option')
        or r.rolcreaterole and current_setting('server_version_num')::integer < 160000,
        false) as can_join_owner
    from pg_database as d
    join pg_roles as r on r.rolname = session_user
    left join pg_roles as o on o.rolname = 'higgs_owner'
    where d.datname = current_database()
    """
}
