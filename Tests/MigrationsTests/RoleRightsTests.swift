import Migrations
import Testing

@Suite("Missing rights are found before anything is run")
struct RoleRightsTests {
  private let files: [MigrationFile]
  private var rights = RoleRights(role: "Ada \"A\"", database: "higgs")

  init() throws {
    files = try ["001_a.sql", "002_b.sql"].map { try sample($0) }
  }

  private func statements(_ missing: [MissingRight]) -> [String] { missing.map(\.statement) }

  @Test("A role without rights is told all that it lacks, with its name quoted")
  func all() {
    #expect(
      statements(rights.missing(toRun: files)) == [
        "alter role \"Ada \"\"A\"\"\" createrole;",
        "alter database higgs owner to \"Ada \"\"A\"\"\";",
      ]
    )
    #expect(statements(rights.missingForScratch) == ["alter role \"Ada \"\"A\"\"\" createdb;"])
    #expect(statements(rights.missingForRecord) == ["grant higgs_owner to \"Ada \"\"A\"\"\";"])
  }

  @Test("Roles that are there need not be made")
  func rolesExist() {
    var rights = rights
    rights.productRolesExist = true
    rights.ownerRoleExists = true
    rights.ownsDatabase = true
    #expect(
      statements(rights.missing(toRun: files)) == ["grant higgs_owner to \"Ada \"\"A\"\"\";"]
    )
    rights.canJoinOwner = true
    #expect(rights.missing(toRun: files).isEmpty)
  }

  @Test("Later files need the owner role only, and nothing needs no right")
  func later() {
    var rights = rights
    rights.ownerRoleExists = true
    #expect(rights.missing(toRun: Array(files.suffix(1))).count == 1)
    rights.isMemberOfOwner = true
    #expect(rights.missing(toRun: Array(files.suffix(1))).isEmpty)
    #expect(self.rights.missing(toRun: []).isEmpty)
  }

  @Test("A superuser lacks nothing")
  func superuser() {
    var rights = rights
    rights.isSuperuser = true
    #expect(rights.missing(toRun: files).isEmpty)
    #expect(rights.missingForScratch.isEmpty)
    #expect(rights.missingForRecord.isEmpty)
  }
}
