extension SQLState {
  /// 08000: connection exception.
  package static let connectionException = SQLState(code: "08000")
  /// 08003: connection does not exist.
  package static let connectionDoesNotExist = SQLState(code: "08003")
  /// 08006: connection failure.
  package static let connectionFailure = SQLState(code: "08006")
  /// 08P01: protocol violation.
  package static let protocolViolation = SQLState(code: "08P01")
  /// 0A000: feature not supported.
  package static let featureNotSupported = SQLState(code: "0A000")
  /// 22001: string data right truncation.
  package static let stringDataRightTruncation = SQLState(code: "22001")
  /// 22003: numeric value out of range.
  package static let numericValueOutOfRange = SQLState(code: "22003")
  /// 22012: division by zero.
  package static let divisionByZero = SQLState(code: "22012")
  /// 22021: character not in repertoire.
  package static let characterNotInRepertoire = SQLState(code: "22021")
  /// 22023: invalid parameter value.
  package static let invalidParameterValue = SQLState(code: "22023")
  /// 22P02: invalid text representation.
  package static let invalidTextRepresentation = SQLState(code: "22P02")
  /// 22P03: invalid binary representation.
  package static let invalidBinaryRepresentation = SQLState(code: "22P03")
  /// 23001: restrict violation.
  package static let restrictViolation = SQLState(code: "23001")
  /// 23502: not null violation.
  package static let notNullViolation = SQLState(code: "23502")
  /// 23503: foreign key violation.
  package static let foreignKeyViolation = SQLState(code: "23503")
  /// 23505: unique violation.
  package static let uniqueViolation = SQLState(code: "23505")
  /// 23514: check violation.
  package static let checkViolation = SQLState(code: "23514")
  /// 23P01: exclusion violation.
  package static let exclusionViolation = SQLState(code: "23P01")
  /// 25001: active transaction.
  package static let activeTransaction = SQLState(code: "25001")
  /// 25006: read only transaction.
  package static let readOnlyTransaction = SQLState(code: "25006")
  /// 25P02: transaction failed.
  package static let transactionFailed = SQLState(code: "25P02")
  /// 25P03: idle in transaction timeout.
  package static let idleInTransactionTimeout = SQLState(code: "25P03")
  /// 26000: invalid statement name.
  package static let invalidStatementName = SQLState(code: "26000")
  /// 28000: invalid authorization.
  package static let invalidAuthorization = SQLState(code: "28000")
  /// 28P01: invalid password.
  package static let invalidPassword = SQLState(code: "28P01")
  /// 2BP01: dependent objects still exist.
  package static let dependentObjectsStillExist = SQLState(code: "2BP01")
  /// 3D000: invalid database name.
  package static let invalidDatabaseName = SQLState(code: "3D000")
  /// 3F000: invalid schema name.
  package static let invalidSchemaName = SQLState(code: "3F000")
  /// 40001: serialization failure.
  package static let serializationFailure = SQLState(code: "40001")
  /// 40002: transaction integrity constraint violation.
  package static let transactionIntegrityConstraintViolation = SQLState(code: "40002")
  /// 40003: statement completion unknown.
  package static let statementCompletionUnknown = SQLState(code: "40003")
  /// 40P01: deadlock detected.
  package static let deadlockDetected = SQLState(code: "40P01")
  /// 42501: insufficient privilege.
  package static let insufficientPrivilege = SQLState(code: "42501")
  /// 42601: syntax error.
  package static let syntaxError = SQLState(code: "42601")
  /// 42602: invalid name.
  package static let invalidName = SQLState(code: "42602")
  /// 42622: name too long.
  package static let nameTooLong = SQLState(code: "42622")
  /// 42701: duplicate column.
  package static let duplicateColumn = SQLState(code: "42701")
  /// 42702: ambiguous column.
  package static let ambiguousColumn = SQLState(code: "42702")
  /// 42703: undefined column.
  package static let undefinedColumn = SQLState(code: "42703")
  /// 42704: undefined object.
  package static let undefinedObject = SQLState(code: "42704")
  /// 42710: duplicate object.
  package static let duplicateObject = SQLState(code: "42710")
  /// 42723: duplicate function.
  package static let duplicateFunction = SQLState(code: "42723")
  /// 42804: datatype mismatch.
  package static let datatypeMismatch = SQLState(code: "42804")
  /// 42809: wrong object type.
  package static let wrongObjectType = SQLState(code: "42809")
  /// 42830: invalid foreign key.
  package static let invalidForeignKey = SQLState(code: "42830")
  /// 42883: undefined function.
  package static let undefinedFunction = SQLState(code: "42883")
  /// 42P01: undefined table.
  package static let undefinedTable = SQLState(code: "42P01")
  /// 42P02: undefined parameter.
  package static let undefinedParameter = SQLState(code: "42P02")
  /// 42P04: duplicate database.
  package static let duplicateDatabase = SQLState(code: "42P04")
  /// 42P05: duplicate prepared statement.
  package static let duplicatePreparedStatement = SQLState(code: "42P05")
  /// 42P06: duplicate schema.
  package static let duplicateSchema = SQLState(code: "42P06")
  /// 42P07: duplicate table.
  package static let duplicateTable = SQLState(code: "42P07")
  /// 42P17: invalid object definition.
  package static let invalidObjectDefinition = SQLState(code: "42P17")
  /// 42P18: indeterminate datatype.
  package static let indeterminateDatatype = SQLState(code: "42P18")
  /// 53000: insufficient resources.
  package static let insufficientResources = SQLState(code: "53000")
  /// 53100: disk full.
  package static let diskFull = SQLState(code: "53100")
  /// 53200: out of memory.
  package static let outOfMemory = SQLState(code: "53200")
  /// 53300: too many connections.
  package static let tooManyConnections = SQLState(code: "53300")
  /// 53400: configuration limit exceeded.
  package static let configurationLimitExceeded = SQLState(code: "53400")
  /// 54000: program limit exceeded.
  package static let programLimitExceeded = SQLState(code: "54000")
  /// 54001: statement too complex.
  package static let statementTooComplex = SQLState(code: "54001")
  /// 55000: object not in prerequisite state.
  package static let objectNotInPrerequisiteState = SQLState(code: "55000")
  /// 55006: object in use.
  package static let objectInUse = SQLState(code: "55006")
  /// 55P02: cannot change runtime parameter.
  package static let cannotChangeRuntimeParameter = SQLState(code: "55P02")
  /// 55P03: lock not available.
  package static let lockNotAvailable = SQLState(code: "55P03")
  /// 57000: operator intervention.
  package static let operatorIntervention = SQLState(code: "57000")
  /// 57014: query canceled.
  package static let queryCanceled = SQLState(code: "57014")
  /// 57P01: admin shutdown.
  package static let adminShutdown = SQLState(code: "57P01")
  /// 57P02: crash shutdown.
  package static let crashShutdown = SQLState(code: "57P02")
  /// 57P03: cannot connect now.
  package static let cannotConnectNow = SQLState(code: "57P03")
  /// 57P04: database dropped.
  package static let databaseDropped = SQLState(code: "57P04")
  /// 57P05: idle session timeout.
  package static let idleSessionTimeout = SQLState(code: "57P05")
  /// 58000: system error.
  package static let systemError = SQLState(code: "58000")
  /// 58030: input output error.
  package static let inputOutputError = SQLState(code: "58030")
  /// P0001: raise exception.
  package static let raiseException = SQLState(code: "P0001")
  /// P0002: no data found.
  package static let noDataFound = SQLState(code: "P0002")
  /// P0003: too many rows.
  package static let tooManyRows = SQLState(code: "P0003")
  /// P0004: assert failure.
  package static let assertFailure = SQLState(code: "P0004")
  /// XX000: internal error.
  package static let internalError = SQLState(code: "XX000")
  /// XX001: data corrupted.
  package static let dataCorrupted = SQLState(code: "XX001")
  /// XX002: index corrupted.
  package static let indexCorrupted = SQLState(code: "XX002")
}
