#ifndef SEGMENTD_PREFETCH_H
#define SEGMENTD_PREFETCH_H

/// Asks the processor for the cache line of an address that will be read soon; any address will do.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address); }

#endif
