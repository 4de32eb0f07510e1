#ifndef SEGMENTD_MEMORY_HINTS_H
#define SEGMENTD_MEMORY_HINTS_H

#include <stddef.h>

/// Asks the processor for the cache line of an address that will be read soon; any address will do.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address); }

/// Asks the system for large pages behind some memory, so that the processor finds it with fewer looks at its
/// page tables; where it has none to give, nothing happens.
void prefer_large_pages(void *address, size_t length);

#endif
