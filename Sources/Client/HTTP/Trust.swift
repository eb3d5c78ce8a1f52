import NIOSSL

/// Whose certificates are trusted.
enum Trust {
  /// The system's authorities, or those of a PEM file instead.
  static func configuration(_ certificates: String?) throws(ClientFailure) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    guard let certificates else { return configuration }
    do {
      let authorities = try NIOSSLCertificate.fromPEMFile(certificates)
      guard !authorities.isEmpty else { throw ClientFailure.certificates("") }
      configuration.trustRoots = .certificates(authorities)
    } catch {
      throw ClientFailure.certificates(
        "\(certificates) holds no certificates in PEM, or cannot be read")
    }
    return configuration
  }
}
