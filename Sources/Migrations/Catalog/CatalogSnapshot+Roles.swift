extension CatalogSnapshot {
  /// The snapshot with the roles of the product as migration 001 makes them.
  ///
  /// Roles belong to the server: a scratch database beside the live one sees them as they are, and
  /// would find nothing that was changed of them.
  func withRolesAsMade() -> CatalogSnapshot {
    CatalogSnapshot(
      objects.map { object in
        guard object.kind == "role", let made = Self.rolesAsMade[object.name] else { return object }
        return CatalogObject(
          kind: object.kind,
          name: object.name,
          properties: made.merging(object.properties.filter { $0.key == "comment" }) { $1 }
        )
      }
    )
  }

  private static let rolesAsMade = [
    "higgs_owner": ["attributes": "nologin, inherit"],
    "higgs_app": ["attributes": "login, inherit", "setting synchronous_commit": "on"],
    "higgs_readonly": ["attributes": "login, inherit"],
  ]
}
