/// What the connected role may do, as far as migrating needs it.
package struct RoleRights: Equatable, Sendable {
  /// The session user.
  package var role: String
  /// The database connected to.
  package var database: String
  /// Whether it is a superuser, who may do everything.
  package var isSuperuser = false
  /// Whether it has CREATEROLE.
  package var canCreateRoles = false
  /// Whether it has CREATEDB.
  package var canCreateDatabases = false
  /// Whether it owns the database, by itself or through a role.
  package var ownsDatabase = false
  /// Whether `higgs_owner`, `higgs_app` and `higgs_readonly` are all there.
  package var productRolesExist = false
  /// Whether `higgs_owner` is there.
  package var ownerRoleExists = false
  /// Whether it may become `higgs_owner`.
  package var isMemberOfOwner = false
  /// Whether it may make itself a member of `higgs_owner`.
  package var canJoinOwner = false

  /// A role without any right in a database.
  package init(role: String, database: String) {
    self.role = role
    self.database = database
  }

  /// What is missing to run these files.
  package func missing(toRun files: [MigrationFile]) -> [MissingRight] {
    guard !isSuperuser, !files.isEmpty else { return [] }
    var missing: [MissingRight] = []
    if files.first?.version == 1 {
      if !productRolesExist, !canCreateRoles { missing.append(createRole) }
      if !ownsDatabase { missing.append(ownDatabase) }
    }
    if ownerRoleExists, !isMemberOfOwner, !canJoinOwner { missing.append(joinOwner) }
    return missing
  }

  /// What is missing to read and write the record.
  package var missingForRecord: [MissingRight] {
    isSuperuser || isMemberOfOwner ? [] : [joinOwner]
  }

  /// What is missing to build the expected schema in a scratch database.
  package var missingForScratch: [MissingRight] {
    isSuperuser || canCreateDatabases ? [] : [createDatabase]
  }
}

extension RoleRights {
  private var createRole: MissingRight {
    MissingRight(
      statement: "alter role \(role.quoted) createrole;",
      reason: "migration 001 makes higgs_owner, higgs_app and higgs_readonly"
    )
  }

  private var ownDatabase: MissingRight {
    MissingRight(
      statement: "alter database \(database.quoted) owner to \(role.quoted);",
      reason: "migration 001 sets the rights on the database and on schema public"
    )
  }

  private var joinOwner: MissingRight {
    MissingRight(
      statement: "grant higgs_owner to \(role.quoted);",
      reason: "higgs_owner owns every object"
    )
  }

  private var createDatabase: MissingRight {
    MissingRight(
      statement: "alter role \(role.quoted) createdb;",
      reason: "the expected schema is built in a scratch database, which is dropped afterwards"
    )
  }
}

extension String {
  /// The text as an SQL identifier, in quotes where it needs them.
  var quoted: String {
    let isPlain =
      first.map { $0.isASCII && ($0.isLowercase || $0 == "_") } ?? false
      && allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    return isPlain
      ? self
      : "\""
        + split(
          separator: "\"",
          omittingEmptySubsequences: false
        ).joined(separator: "\"\"") + "\""
  }
}
