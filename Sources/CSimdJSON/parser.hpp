#pragma once

#include "CSimdJSON.h"

#include <memory>
#include <simdjson.h>
#include <vector>

// simdjson's first stage checks UTF-8 and finds the tokens; the walk over them is ours. Its
// on-demand walk is lazy by design: it takes `nullx` at the root for null (3.0.1), cannot say where
// a container ends, and needs the stack's depth for the document's.

struct sj_parser {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
    std::unique_ptr<uint8_t[]> source;
    std::unique_ptr<uint8_t[]> text;
    std::vector<sj_token> tokens;
    std::vector<uint32_t> open;
    size_t capacity = 0;
    size_t length = 0;
    size_t text_length = 0;
    size_t fault = 0;

    sj_error load(const uint8_t *bytes, size_t count);
    sj_error index();
    sj_error walk(size_t depth_max);
    sj_error string(size_t at, sj_kind kind);
    sj_error escape(size_t &at);
    sj_error number(size_t at);
    sj_error atom(size_t at);
    sj_error locate_string_fault(sj_error error);
    void begin(size_t at, sj_kind kind);
    void end(size_t at);

    sj_error fail(sj_error error, size_t at) {
        fault = at;
        return error;
    }

    void push(sj_kind kind, size_t offset, size_t count) {
        tokens.push_back({uint8_t(kind), 0, uint32_t(offset), uint32_t(count),
                          uint32_t(tokens.size() + 1)});
    }

    /// Source bytes past the end read as the padding, which is zero and so belongs to no token.
    uint8_t byte(size_t at) const { return source[at]; }
};

inline bool sj_is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }
