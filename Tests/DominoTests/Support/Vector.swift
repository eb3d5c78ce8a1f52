import Foundation

/// Reads a file of golden figures.
func vector<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
  let url = Bundle.module.bundleURL.appending(path: "Vectors/\(name).json")
  return try JSONDecoder().decode(type, from: Data(contentsOf: url))
}
