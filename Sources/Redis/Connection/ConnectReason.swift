import NIOCore
import NIOPosix
import NIOSSL

/// NIO's errors in words that an operator can use.
enum ConnectReason {
  static func text(_ error: any Error) -> String {
    switch error {
    case let error as RedisError: "\(error)"
    case let error as NIOConnectionError: connecting(error)
    case let error as IOError: "\(error)"
    case ChannelError.connectTimeout: "connecting took too long"
    case NIOSSLError.handshakeFailed(let reason):
      "TLS failed (\(reason)). Is the port one of TLS, and is REDIS_CA_FILE the file of the "
        + "authority that signed its certificate?"
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      "the server's certificate is for another name than the address has"
    case NIOSSLError.unableToValidateCertificate:
      "the server's certificate cannot be checked; REDIS_CA_FILE names the authority"
    case NIOSSLError.uncleanShutdown: "the server ended the connection"
    default: "\(error)"
    }
  }

  private static func connecting(_ error: NIOConnectionError) -> String {
    if let failure = error.connectionErrors.first { return text(failure.error) }
    let failure = error.dnsAError ?? error.dnsAAAAError
    return "the name \(error.host) was not found" + (failure.map { " (\($0))" } ?? "")
  }
}
