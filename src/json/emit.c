#include "json/emit.h"

#include <assert.h>

#include "json/escape.h"

static bool in_object(const struct emit *j)
{
    unsigned top = j->depth - 1;
    return j->depth > 0 && (j->kinds[top / 64] >> top % 64 & 1);
}

static void comma(struct emit *j)
{
    if (j->depth > 0 && !j->first)
        buf_add_char(j->out, ',');
    j->first = false;
}

/* What stands before a value. */
static void before_value(struct emit *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    assert(!in_object(j));
    comma(j);
}

static void open_container(struct emit *j, bool object)
{
    before_value(j);
    assert(j->depth < SCAN_DEPTH);
    uint64_t bit = (uint64_t)1 << j->depth % 64, *word = &j->kinds[j->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
    j->depth++;
    j->first = true;
    buf_add_char(j->out, object ? '{' : '[');
}

static void close_container(struct emit *j, char bracket)
{
    assert(j->depth > 0 && !j->after_key);
    j->depth--;
    j->first = false;
    buf_add_char(j->out, bracket);
}

void emit_init(struct emit *j, struct buf *out)
{
    *j = (struct emit){.out = out, .first = true};
}

void emit_object(struct emit *j)
{
    open_container(j, true);
}

void emit_object_end(struct emit *j)
{
    assert(in_object(j));
    close_container(j, '}');
}

void emit_array(struct emit *j)
{
    open_container(j, false);
}

void emit_array_end(struct emit *j)
{
    assert(!in_object(j));
    close_container(j, ']');
}

void emit_key(struct emit *j, struct str text)
{
    assert(in_object(j) && !j->after_key);
    comma(j);
    escape_add_quoted(j->out, text);
    buf_add_char(j->out, ':');
    j->after_key = true;
}

void emit_string(struct emit *j, struct str text)
{
    before_value(j);
    escape_add_quoted(j->out, text);
}

void emit_raw(struct emit *j, struct str value)
{
    assert(value.n > 0);
    before_value(j);
    buf_add_str(j->out, value);
}

void emit_int(struct emit *j, int64_t v)
{
    if (v >= 0) {
        emit_uint(j, (uint64_t)v);
        return;
    }
    before_value(j);
    buf_printf(j->out, "-%ju", (uintmax_t)(-(uint64_t)v));
}

void emit_uint(struct emit *j, uint64_t v)
{
    char digits[20];
    size_t n = sizeof digits;
    do
        digits[--n] = (char)('0' + v % 10);
    while (v /= 10);
    before_value(j);
    buf_add(j->out, digits + n, sizeof digits - n);
}

void emit_bool(struct emit *j, bool v)
{
    before_value(j);
    buf_add_str(j->out, v ? STR("true") : STR("false"));
}

void emit_null(struct emit *j)
{
    before_value(j);
    buf_add_str(j->out, STR("null"));
}

void emit_key_string(struct emit *j, const char *key, struct str text)
{
    emit_key(j, str_of(key));
    emit_string(j, text);
}

void emit_key_uint(struct emit *j, const char *key, uint64_t v)
{
    emit_key(j, str_of(key));
    emit_uint(j, v);
}
