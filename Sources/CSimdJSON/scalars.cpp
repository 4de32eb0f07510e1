#include "parser.hpp"

#include <cstring>

namespace {

/// Whether a scalar may end before this byte.
bool ends_scalar(uint8_t byte) {
    switch (byte) {
    case ' ': case '\t': case '\n': case '\r': case ',': case ':': case ']': case '}': return true;
    default: return false;
    }
}

int hex_digit(uint8_t byte) {
    if (sj_is_digit(byte)) return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

size_t put_utf8(uint32_t scalar, uint8_t *out) {
    if (scalar < 0x80) {
        out[0] = uint8_t(scalar);
        return 1;
    }
    if (scalar < 0x800) {
        out[0] = uint8_t(0xC0 | scalar >> 6);
        out[1] = uint8_t(0x80 | (scalar & 0x3F));
        return 2;
    }
    if (scalar < 0x10000) {
        out[0] = uint8_t(0xE0 | scalar >> 12);
        out[1] = uint8_t(0x80 | (scalar >> 6 & 0x3F));
        out[2] = uint8_t(0x80 | (scalar & 0x3F));
        return 3;
    }
    out[0] = uint8_t(0xF0 | scalar >> 18);
    out[1] = uint8_t(0x80 | (scalar >> 12 & 0x3F));
    out[2] = uint8_t(0x80 | (scalar >> 6 & 0x3F));
    out[3] = uint8_t(0x80 | (scalar & 0x3F));
    return 4;
}

} // namespace

/// What an escape stands for is never longer than the escape, so the text cannot outgrow the source.
sj_error sj_parser::string(size_t opening, sj_kind kind) {
    size_t at = opening + 1;
    size_t start = text_length;
    while (true) {
        size_t run = at;
        while (at < length && byte(at) != '"' && byte(at) != '\\') at += 1;
        std::memcpy(text.get() + text_length, source.get() + run, at - run);
        text_length += at - run;
        if (at >= length) return fail(SJ_UNCLOSED_STRING, opening);
        if (byte(at) == '"') break;
        sj_error error = escape(at);
        if (error != SJ_OK) return error;
    }
    at += 1;
    if (at < length && !ends_scalar(byte(at))) return fail(SJ_EXPECTED_COMMA, at);
    push(kind, start, text_length - start);
    return SJ_OK;
}

sj_error sj_parser::escape(size_t &at) {
    static const char *const letters = "\"\\/bfnrt";
    static const char *const meanings = "\"\\/\b\f\n\r\t";
    uint8_t letter = byte(at + 1);
    if (letter != 'u') {
        const char *found = letter == 0 ? nullptr : std::strchr(letters, letter);
        if (found == nullptr) return fail(SJ_BAD_ESCAPE, at);
        text[text_length++] = uint8_t(meanings[found - letters]);
        at += 2;
        return SJ_OK;
    }
    auto unit = [this](size_t from) -> int32_t {
        int32_t value = 0;
        for (size_t index = 0; index < 4; index += 1) {
            int digit = hex_digit(byte(from + index));
            if (digit < 0) return -1;
            value = value << 4 | digit;
        }
        return value;
    };
    int32_t first = unit(at + 2);
    if (first < 0) return fail(SJ_BAD_ESCAPE, at);
    uint32_t scalar = uint32_t(first);
    size_t count = 6;
    if (scalar >= 0xD800 && scalar < 0xE000) {
        if (scalar >= 0xDC00 || byte(at + 6) != '\\' || byte(at + 7) != 'u')
            return fail(SJ_LONE_SURROGATE, at);
        int32_t second = unit(at + 8);
        if (second < 0) return fail(SJ_BAD_ESCAPE, at + 6);
        if (second < 0xDC00 || second >= 0xE000) return fail(SJ_LONE_SURROGATE, at);
        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (uint32_t(second) - 0xDC00);
        count = 12;
    }
    text_length += put_utf8(scalar, text.get() + text_length);
    at += count;
    return SJ_OK;
}

sj_error sj_parser::number(size_t start) {
    size_t at = start;
    auto digits = [this, &at] {
        size_t first = at;
        while (sj_is_digit(byte(at))) at += 1;
        return at > first;
    };
    if (byte(at) == '-') at += 1;
    if (byte(at) == '0') at += 1;
    else if (!digits()) return fail(SJ_BAD_NUMBER, start);
    if (byte(at) == '.') {
        at += 1;
        if (!digits()) return fail(SJ_BAD_NUMBER, start);
    }
    if (byte(at) == 'e' || byte(at) == 'E') {
        at += 1;
        if (byte(at) == '+' || byte(at) == '-') at += 1;
        if (!digits()) return fail(SJ_BAD_NUMBER, start);
    }
    if (at < length && !ends_scalar(byte(at))) return fail(SJ_BAD_NUMBER, start);
    std::memcpy(text.get() + text_length, source.get() + start, at - start);
    push(SJ_NUMBER, text_length, at - start);
    text_length += at - start;
    return SJ_OK;
}

sj_error sj_parser::atom(size_t at) {
    struct {
        const char *spelling;
        size_t count;
        sj_kind kind;
    } static const atoms[] = {{"null", 4, SJ_NULL}, {"true", 4, SJ_TRUE}, {"false", 5, SJ_FALSE}};
    for (const auto &atom : atoms) {
        if (std::memcmp(source.get() + at, atom.spelling, atom.count) != 0) continue;
        size_t end = at + atom.count;
        if (end < length && !ends_scalar(byte(end))) break;
        push(atom.kind, text_length, 0);
        return SJ_OK;
    }
    return fail(SJ_EXPECTED_VALUE, at);
}
