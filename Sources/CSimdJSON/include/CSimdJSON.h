#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a token is. A container holds the tokens from the one behind it up to its `next`.
enum sj_kind {
    SJ_NULL = 0,
    SJ_FALSE = 1,
    SJ_TRUE = 2,
    SJ_NUMBER = 3,
    SJ_STRING = 4,
    SJ_ARRAY = 5,
    SJ_OBJECT = 6,
    SJ_KEY = 7,
};

/// Why a document was refused.
enum sj_error {
    SJ_OK = 0,
    SJ_EMPTY,
    SJ_INVALID_UTF8,
    SJ_UNCLOSED_STRING,
    SJ_CONTROL_CHARACTER,
    SJ_BAD_ESCAPE,
    SJ_LONE_SURROGATE,
    SJ_BAD_NUMBER,
    SJ_EXPECTED_VALUE,
    SJ_EXPECTED_KEY,
    SJ_EXPECTED_COLON,
    SJ_EXPECTED_COMMA,
    SJ_INCOMPLETE,
    SJ_TRAILING_CONTENT,
    SJ_TOO_DEEP,
    SJ_TOO_LONG,
    SJ_NO_MEMORY,
    SJ_INTERNAL,
};

/// One token of a document, in document order.
typedef struct {
    /// An `sj_kind`.
    uint8_t kind;
    /// How many levels of containers an array or object is, itself included; at most 65,535.
    uint16_t height;
    /// Where it begins: an array or object in the source, anything else in the text.
    uint32_t offset;
    /// How many bytes it has there.
    uint32_t length;
    /// The index of the token behind it and all that it holds.
    uint32_t next;
} sj_token;

/// What came of a parse; the pointers are good until the next use of the parser.
typedef struct {
    /// An `sj_error`.
    uint32_t error;
    /// The byte of the source at fault, or -1 where it is not known.
    int64_t error_offset;
    const sj_token *tokens;
    size_t token_count;
    /// Unescaped strings and the spelling of numbers, one after the other.
    const uint8_t *text;
    size_t text_length;
} sj_result;

/// A reusable parser; one thread at a time.
typedef struct sj_parser sj_parser;

/// Makes a parser, or gives null where memory is short.
sj_parser *sj_parser_create(void);

/// Ends a parser.
void sj_parser_free(sj_parser *parser);

/// Reads one whole document, which needs no padding.
///
/// `depth_max` bounds nested containers, the root's included.
sj_result sj_parse(sj_parser *parser, const uint8_t *bytes, size_t length, size_t depth_max);

#ifdef __cplusplus
}
#endif
