import Backups
import Foundation
import Testing

@Suite("Which backups are kept")
struct RetentionTests {
  private func backup(_ name: String, _ state: StoredBackup.State = .good) -> StoredBackup {
    StoredBackup(name: name, bytes: 1, manifest: nil, state: state)
  }

  @Test("the newest good ones, as many as asked for")
  func newest() {
    let backups = ["a", "b", "c", "d"].map { backup($0) }
    #expect(Retention.superfluous(backups, keep: 2).map(\.name) == ["b", "a"])
    #expect(Retention.superfluous(backups, keep: 4) == [])
    #expect(Retention.superfluous(backups.reversed(), keep: 1).map(\.name) == ["c", "b", "a"])
  }

  @Test("what is broken counts for nothing, so that the last good one stays")
  func broken() {
    let backups = [
      backup("a"), backup("b", .sizeDiffers), backup("c", .noManifest), backup("d", .sizeDiffers),
    ]
    #expect(Retention.superfluous(backups, keep: 1) == [])
    #expect(Retention.superfluous([backup("e")] + backups, keep: 1).map(\.name) == ["a"])
  }
}
