#include "memory_hints.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

void prefer_large_pages(void *address, size_t length) {
#if defined(__linux__)
    madvise(address, length, MADV_HUGEPAGE);
#else
    (void)address;
    (void)length;
#endif
}
