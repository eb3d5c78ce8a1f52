import HTTPTypes

/// The headers by which browsers protect the player.
enum SecurityHeaders {
  /// Only our own files run; nothing frames the page; the socket goes to our own address.
  static let contentPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
    "font-src 'self'", "media-src 'self' data: blob:", "connect-src 'self'",
    "manifest-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'none'",
    "frame-ancestors 'none'",
  ].joined(separator: "; ")

  private static let all: [(HTTPField.Name, String)] = [
    (.contentSecurityPolicy, contentPolicy), (.xContentTypeOptions, "nosniff"),
    (HTTPField.Name("Referrer-Policy")!, "no-referrer"),
    (HTTPField.Name("Cross-Origin-Opener-Policy")!, "same-origin"),
    (HTTPField.Name("Cross-Origin-Resource-Policy")!, "same-origin"),
    (HTTPField.Name("Permissions-Policy")!, "camera=(), microphone=(), geolocation=(), payment=()"),
  ]

  /// Adds them where the route has not set its own.
  static func add(to headers: inout HTTPFields) {
    for (name, value) in all where headers[name] == nil { headers[name] = value }
  }
}
