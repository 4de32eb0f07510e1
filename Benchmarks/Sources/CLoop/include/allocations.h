#ifndef SEGMENTD_ALLOCATIONS_H
#define SEGMENTD_ALLOCATIONS_H

/// How often memory was allocated since the process began.
unsigned long allocations_so_far(void);

#endif
