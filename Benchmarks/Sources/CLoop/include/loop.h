#ifndef SEGMENTD_LOOP_H
#define SEGMENTD_LOOP_H
#include <stdint.h>

/// One event of the generated shop: 24 bytes.
typedef struct {
    int64_t at;
    uint32_t person, cents, sku;
    uint8_t event;  // 0 product_viewed, 1 added_to_cart, 2 order_completed
    uint8_t padding[3];
} shop_event;

/// Generates a shop's events, in order of time; the caller frees them.
/// Sessions of views (geometric, mean 3.6), in 30 % of them carts, in 42 % of those one order; gaps
/// exponential (mean 90 s); people by weight rank^-0.9; totals log-normal (median 44); 120 days; 0.5 %
/// of the events are moved onto the end of a window of the one before.
shop_event *shop_generate(uint64_t seed, uint32_t events, uint32_t people);

/// Reads records of this shape from a file, for comparison with another loop; sets their number.
shop_event *shop_read(const char *path, uint32_t *events);

/// What the loop found: a sum over all transitions that their order does not change, how many there are,
/// and a sum over who is in which segment at the end.
typedef struct {
    uint64_t checksum, transitions, members;
} shop_result;

/// The six rules, fixed, by hand: one record a person, true-until, one lazy timer a person in a
/// calendar wheel. Ends behind the instant `last`, which is none before the last event's.
shop_result shop_loop(const shop_event *events, uint32_t count, int64_t last);

/// One transition's part of the checksum; rule 0 to 5, direction 1 or 0.
uint64_t shop_mix(int64_t at, uint32_t person, uint32_t rule, uint32_t entered);
/// How often memory was allocated since the process began.
unsigned long allocations_so_far(void);

#endif
