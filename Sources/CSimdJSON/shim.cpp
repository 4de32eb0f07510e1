#include "parser.hpp"

#include <cstring>
#include <new>

namespace {

constexpr size_t length_max = size_t(1) << 30;
constexpr size_t height_max = UINT16_MAX;

} // namespace

sj_error sj_parser::load(const uint8_t *bytes, size_t count) {
    if (count > length_max) return SJ_TOO_LONG;
    if (capacity == 0 || capacity < count) {
        size_t wanted = count < 512 ? 512 : count;
        capacity = 0;
        stage.reset();
        if (simdjson::get_active_implementation()->create_dom_parser_implementation(
                wanted, simdjson::DEFAULT_MAX_DEPTH, stage) != simdjson::SUCCESS)
            return SJ_NO_MEMORY;
        source.reset(new uint8_t[wanted + simdjson::SIMDJSON_PADDING]);
        text.reset(new uint8_t[wanted]);
        capacity = wanted;
    }
    if (count > 0) std::memcpy(source.get(), bytes, count);
    std::memset(source.get() + count, 0, simdjson::SIMDJSON_PADDING);
    length = count;
    text_length = 0;
    fault = SIZE_MAX;
    tokens.clear();
    open.clear();
    return SJ_OK;
}

sj_error sj_parser::index() {
    if (length == 0) return SJ_EMPTY;
    switch (stage->stage1(source.get(), length, simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS: return SJ_OK;
    case simdjson::EMPTY: return SJ_EMPTY;
    case simdjson::UTF8_ERROR: return SJ_INVALID_UTF8;
    case simdjson::UNCLOSED_STRING: return locate_string_fault(SJ_UNCLOSED_STRING);
    case simdjson::UNESCAPED_CHARS: return locate_string_fault(SJ_CONTROL_CHARACTER);
    case simdjson::MEMALLOC: return SJ_NO_MEMORY;
    default: return SJ_INTERNAL;
    }
}

/// Finds what the first stage found, which does not say where.
///
/// A missing quote turns texts inside out, so the first letter that no value has is the better hint
/// than the last quote.
sj_error sj_parser::locate_string_fault(sj_error error) {
    static const char *const outside = "{}[]:, \t\r\n0123456789+-.eEtrufalsn";
    size_t opened = 0;
    bool inside = false;
    for (size_t at = 0; at < length; at += 1) {
        uint8_t next = byte(at);
        if (next == '"') {
            inside = !inside;
            opened = at;
        } else if (!inside) {
            if (next == 0 || std::strchr(outside, next) == nullptr)
                return fail(SJ_EXPECTED_VALUE, at);
        } else if (next == '\\') {
            if (byte(at + 1) < 0x20 && at + 1 < length) return fail(SJ_BAD_ESCAPE, at);
            at += 1;
        } else if (next < 0x20) {
            return fail(SJ_CONTROL_CHARACTER, at);
        }
    }
    return inside ? fail(SJ_UNCLOSED_STRING, opened) : error;
}

void sj_parser::begin(size_t at, sj_kind kind) {
    open.push_back(uint32_t(tokens.size()));
    push(kind, at, 0);
    tokens.back().height = 1;
}

void sj_parser::end(size_t at) {
    sj_token &token = tokens[open.back()];
    open.pop_back();
    token.length = uint32_t(at + 1 - token.offset);
    token.next = uint32_t(tokens.size());
    if (open.empty()) return;
    sj_token &parent = tokens[open.back()];
    if (parent.height <= token.height && token.height < height_max)
        parent.height = uint16_t(token.height + 1);
    else if (token.height == height_max)
        parent.height = uint16_t(height_max);
}

sj_error sj_parser::walk(size_t depth_max) {
    const uint32_t *at = stage->structural_indexes.get();
    const uint32_t *last = at + stage->n_structural_indexes;
    sj_error error;

value:
    if (at == last) return fail(SJ_INCOMPLETE, length);
    switch (byte(*at)) {
    case '{':
    case '[': {
        if (open.size() == depth_max) return fail(SJ_TOO_DEEP, *at);
        bool is_object = byte(*at) == '{';
        begin(*at, is_object ? SJ_OBJECT : SJ_ARRAY);
        at += 1;
        if (at == last) return fail(SJ_INCOMPLETE, length);
        if (byte(*at) == (is_object ? '}' : ']')) {
            end(*at);
            at += 1;
            goto after;
        }
        if (is_object) goto key;
        goto value;
    }
    case '"': error = string(*at, SJ_STRING); break;
    case 't': case 'f': case 'n': error = atom(*at); break;
    default:
        error = byte(*at) == '-' || sj_is_digit(byte(*at))
            ? number(*at) : fail(SJ_EXPECTED_VALUE, *at);
    }
    if (error != SJ_OK) return error;
    at += 1;

after:
    if (open.empty()) return at == last ? SJ_OK : fail(SJ_TRAILING_CONTENT, *at);
    if (at == last) return fail(SJ_INCOMPLETE, length);
    {
        bool is_object = tokens[open.back()].kind == SJ_OBJECT;
        uint8_t next = byte(*at);
        if (next == (is_object ? '}' : ']')) {
            end(*at);
            at += 1;
            goto after;
        }
        if (next != ',') return fail(SJ_EXPECTED_COMMA, *at);
        at += 1;
        if (!is_object) goto value;
    }

key:
    if (at == last) return fail(SJ_INCOMPLETE, length);
    if (byte(*at) != '"') return fail(SJ_EXPECTED_KEY, *at);
    error = string(*at, SJ_KEY);
    if (error != SJ_OK) return error;
    at += 1;
    if (at == last) return fail(SJ_INCOMPLETE, length);
    if (byte(*at) != ':') return fail(SJ_EXPECTED_COLON, *at);
    at += 1;
    goto value;
}

extern "C" sj_parser *sj_parser_create(void) { return new (std::nothrow) sj_parser; }

extern "C" void sj_parser_free(sj_parser *parser) { delete parser; }

extern "C" sj_result sj_parse(
    sj_parser *parser, const uint8_t *bytes, size_t length, size_t depth_max
) {
    sj_error error;
    try {
        error = parser->load(bytes, length);
        if (error == SJ_OK) error = parser->index();
        if (error == SJ_OK) error = parser->walk(depth_max);
    } catch (const std::bad_alloc &) {
        error = SJ_NO_MEMORY;
    } catch (...) {
        error = SJ_INTERNAL;
    }
    sj_result result = {uint32_t(error), -1, nullptr, 0, nullptr, 0};
    if (error == SJ_OK) {
        result.tokens = parser->tokens.data();
        result.token_count = parser->tokens.size();
        result.text = parser->text.get();
        result.text_length = parser->text_length;
    } else if (parser->fault != SIZE_MAX) {
        result.error_offset = int64_t(parser->fault);
    }
    return result;
}
