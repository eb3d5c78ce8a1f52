#ifndef HIGGS_CPOSTGRES_SHIM_H
#define HIGGS_CPOSTGRES_SHIM_H

#ifndef __linux__
#error "Sources/Postgres waits for sockets by epoll, which only Linux has"
#endif

#include <errno.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <sys/epoll.h>
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

// epoll, without its union, which Swift cannot read. Each wait is for one event only.

static inline int higgs_epoll_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

// libpq may close a socket and open another of the same number inside one step of connecting, so
// whether epoll knows the number is asked of epoll itself.
static inline int higgs_epoll_set(int epoll, int descriptor, int reading, int writing,
                                  uint64_t token) {
  struct epoll_event event = {0};
  event.events = EPOLLONESHOT | (reading ? EPOLLIN : 0) | (writing ? EPOLLOUT : 0);
  event.data.u64 = token;
  if (epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
  return errno == ENOENT ? epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) : -1;
}

static inline int higgs_epoll_remove(int epoll, int descriptor) {
  return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, 0);
}

#define HIGGS_EPOLL_BATCH 64

// Waits for events; returns how many there are, or -1. An error or hang-up counts as readable and
// writable, so that whoever waits finds out.
static inline int higgs_epoll_wait(int epoll, uint64_t *tokens, uint8_t *readable,
                                   uint8_t *writable) {
  struct epoll_event events[HIGGS_EPOLL_BATCH];
  int count = epoll_wait(epoll, events, HIGGS_EPOLL_BATCH, -1);
  for (int index = 0; index < count; index++) {
    uint32_t seen = events[index].events;
    int is_broken = (seen & (EPOLLERR | EPOLLHUP)) != 0;
    tokens[index] = events[index].data.u64;
    readable[index] = is_broken || (seen & EPOLLIN) != 0;
    writable[index] = is_broken || (seen & EPOLLOUT) != 0;
  }
  return count;
}

#endif
