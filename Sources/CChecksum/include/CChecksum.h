#pragma once
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `length` bytes, going on from `crc` (0 at first).
uint32_t checksum_crc32c(uint32_t crc, const uint8_t *bytes, size_t length);
