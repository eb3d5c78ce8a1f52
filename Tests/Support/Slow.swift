import Foundation
package import Testing

extension Trait where Self == ConditionTrait {
  /// Left out of `make test-quick`.
  package static var slow: Self {
    .disabled(
      if: ProcessInfo.processInfo.environment["HIGGS_TEST_QUICK"] == "1",
      "left out of `make test-quick`")
  }
}
