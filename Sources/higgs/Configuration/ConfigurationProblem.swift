/// What is wrong with the configuration, and what to do.
struct ConfigurationProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
