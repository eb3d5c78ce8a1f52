import Hummingbird
import Logging
import NIOCore
import Platform

/// What is known of a request beside its head and body.
struct APIContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The connection.
  let channel: any Channel
  /// The id that the answer, the log and the problem carry.
  var requestID: String
  /// Whom the access token speaks for; nil before it was checked.
  var access: Access?
  /// The client's address, behind the trusted proxies.
  var address: String

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
    requestID = ""
    address = source.channel.remoteAddress?.ipAddress ?? "unknown"
  }

  /// The player who asks; the route is behind `Authentication`.
  var player: Access {
    get throws(PlatformError) {
      guard let access else { throw .notAuthenticated(.missing) }
      return access
    }
  }
}
