#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Lets a process stand still.
func stop(_ process: Int32) { kill(process, SIGSTOP) }

/// Lets a process go on.
func resume(_ process: Int32) { kill(process, SIGCONT) }
