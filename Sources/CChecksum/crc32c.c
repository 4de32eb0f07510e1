#include "CChecksum.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The portable form, eight bytes a step: "slicing by eight", Intel 2006. Tables are made on first
// use; making them twice in a race writes the same numbers.
static uint32_t tables[8][256];
static int tables_made;

static void make_tables(void) {
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t crc = n;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
        tables[0][n] = crc;
    }
    for (uint32_t n = 0; n < 256; n++)
        for (int k = 1; k < 8; k++)
            tables[k][n] = (tables[k - 1][n] >> 8) ^ tables[0][tables[k - 1][n] & 255];
    __atomic_store_n(&tables_made, 1, __ATOMIC_RELEASE);
}

static uint32_t portable(uint32_t crc, const uint8_t *bytes, size_t length) {
    if (!__atomic_load_n(&tables_made, __ATOMIC_ACQUIRE)) make_tables();
    while (length >= 8) {
        uint32_t low = crc ^ ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
                              (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24);
        crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^
              tables[4][low >> 24] ^ tables[3][bytes[4]] ^ tables[2][bytes[5]] ^
              tables[1][bytes[6]] ^ tables[0][bytes[7]];
        bytes += 8;
        length -= 8;
    }
    while (length--) crc = tables[0][(crc ^ *bytes++) & 255] ^ (crc >> 8);
    return crc;
}

#if defined(__x86_64__)
static inline uint64_t word_at(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

// Bytes of each of three lanes that are summed beside each other: one sum waits three cycles for
// itself at each word.
enum { LANE = 56 };

// Blocks of three lanes and a word. The sums of the first two lanes are shifted past what follows
// them by multiplying with x^n mod P, n being 8 * (bytes that follow) - 33: Gopal et al., "Fast CRC
// computation for iSCSI polynomial using CRC32 instruction", Intel 2011. The product, reduced by
// the instruction itself, goes in with the last word.
__attribute__((target("sse4.2,pclmul"))) static uint32_t lanes(uint32_t crc, const uint8_t **at,
                                                               size_t *length) {
    const __m128i past_two = _mm_cvtsi32_si128(0x2ad91c30);            // x^927
    const __m128i past_one = _mm_cvtsi32_si128((int)0x9e4addf8u);      // x^479
    const uint8_t *bytes = *at;
    while (*length >= 3 * LANE + 8) {
        uint64_t first = crc, second = 0, third = 0;
        for (size_t place = 0; place < LANE; place += 8) {
            first = __builtin_ia32_crc32di(first, word_at(bytes + place));
            second = __builtin_ia32_crc32di(second, word_at(bytes + LANE + place));
            third = __builtin_ia32_crc32di(third, word_at(bytes + 2 * LANE + place));
        }
        __m128i shifted =
            _mm_xor_si128(_mm_clmulepi64_si128(_mm_cvtsi32_si128((int)first), past_two, 0),
                          _mm_clmulepi64_si128(_mm_cvtsi32_si128((int)second), past_one, 0));
        crc = (uint32_t)__builtin_ia32_crc32di(
            third, word_at(bytes + 3 * LANE) ^ (uint64_t)_mm_cvtsi128_si64(shifted));
        bytes += 3 * LANE + 8;
        *length -= 3 * LANE + 8;
    }
    *at = bytes;
    return crc;
}

__attribute__((target("sse4.2"))) static uint32_t hardware(uint32_t crc, const uint8_t *bytes,
                                                           size_t length) {
    if (length >= 3 * LANE + 8 && __builtin_cpu_supports("pclmul")) {
        crc = lanes(crc, &bytes, &length);
    }
    uint64_t wide = crc;
    while (length >= 8) {
        uint64_t word = word_at(bytes);
        wide = __builtin_ia32_crc32di(wide, word);
        bytes += 8;
        length -= 8;
    }
    crc = (uint32_t)wide;
    if (length & 4) {
        uint32_t word;
        memcpy(&word, bytes, 4);
        crc = __builtin_ia32_crc32si(crc, word);
        bytes += 4;
    }
    if (length & 2) {
        uint16_t word;
        memcpy(&word, bytes, 2);
        crc = __builtin_ia32_crc32hi(crc, word);
        bytes += 2;
    }
    if (length & 1) crc = __builtin_ia32_crc32qi(crc, *bytes);
    return crc;
}
#endif

uint32_t checksum_crc32c(uint32_t crc, const uint8_t *bytes, size_t length) {
    crc = ~crc;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~hardware(crc, bytes, length);
#endif
    return ~portable(crc, bytes, length);
}
