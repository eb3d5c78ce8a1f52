import FoundationEssentials

extension CatalogSnapshot {
  /// Reads what `higgs migrate drift --snapshot --json` printed.
  package init(file path: String) throws(MigrationError) {
    do {
      let data = try Data(contentsOf: URL(filePath: path))
      self = try JSONDecoder().decode(CatalogSnapshot.self, from: data)
    } catch let error as DecodingError {
      throw .snapshotUnreadable(path: path, reason: "its JSON has another shape (\(error))")
    } catch {
      throw .snapshotUnreadable(path: path, reason: "the file cannot be read")
    }
  }
}
