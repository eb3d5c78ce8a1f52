#ifndef HIGGS_CPOSTGRES_SHIM_H
#define HIGGS_CPOSTGRES_SHIM_H

#include <libpq-fe.h>

// Newer libpq can queue a sync without a system call for each.
static inline int higgs_pipeline_sync(PGconn *connection) {
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
  return PQsendPipelineSync(connection);
#else
  return PQpipelineSync(connection);
#endif
}

#endif
