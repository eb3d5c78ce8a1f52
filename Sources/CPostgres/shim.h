#ifndef HIGGS_CPOSTGRES_SHIM_H
#define HIGGS_CPOSTGRES_SHIM_H

#include <libpq-fe.h>
#include <sys/ioctl.h>

// A libpq of 17 or later can queue a sync without a system call for each.
static inline int higgs_pipeline_sync(PGconn *connection) {
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
  return PQsendPipelineSync(connection);
#else
  return PQpipelineSync(connection);
#endif
}

// How many bytes the kernel holds for us; Swift cannot call ioctl, which takes any arguments.
static inline int higgs_readable_bytes(int descriptor) {
  int count = 0;
  return ioctl(descriptor, FIONREAD, &count) == 0 ? count : 0;
}

#endif
