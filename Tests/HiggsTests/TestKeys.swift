/// Key rings for tests.
enum TestKeys {
  /// One that could have been drawn by chance.
  static let ring = ring("9f3c1ab27d54e8066b91d0f7c23e4a85517e0db4a6c8f2391e4d7b60953fac18")

  static func ring(_ digits: String) -> String {
    #"{"current": "1", "keys": {"1": "\#(digits)"}}"#
  }
}
