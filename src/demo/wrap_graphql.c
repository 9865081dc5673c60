/* The forms with GraphQL names: ndjson, json, airbyte, pages. */
#include <stdio.h>

#include "base/file.h"
#include "demo/wrap.h"

enum err wrap_write(struct wrap *o, struct error *e)
{
    struct str s = buf_str(&o->buf);

    buf_clear(&o->buf);
    o->bytes += s.n;
    return file_write_all(o->fd, s.p, s.n, o->what, e);
}

static enum err nothing(struct wrap *o, struct error *e)
{
    (void)o, (void)e;
    return ERR_OK;
}

static void no_more(struct wrap *o)
{
    (void)o;
}

static void add_uint(struct buf *b, uint64_t v)
{
    buf_printf(b, "%llu", (unsigned long long)v);
}

static void end_line(struct wrap *o)
{
    buf_add_char(&o->buf, '\n');
}

const struct wrap_form wrap_ndjson = {
    .dialect = SCRIBE_GRAPHQL,
    .csv_dialect = SCRIBE_GRAPHQL,
    .typename = true,
    .open = nothing,
    .entity = nothing,
    .before = no_more,
    .after = end_line,
    .piece = wrap_write,
    .entity_end = nothing,
    .finish = wrap_write,
    .close = no_more,
};

/* {"parts":[…],…}; an entity without a list of its own stands under its table's name.
 */
static void set_list(struct wrap *o)
{
    o->list = o->type->has_list ? o->type->list : o->type->table;
}

static enum err json_entity(struct wrap *o, struct error *e)
{
    (void)e;
    set_list(o);
    buf_add_str(&o->buf, o->any ? STR(",\n\"") : STR("{\n\""));
    buf_add_str(&o->buf, o->list);
    buf_add_str(&o->buf, STR("\":[\n"));
    return ERR_OK;
}

static void json_before(struct wrap *o)
{
    if (o->i > 0)
        buf_add(&o->buf, ",\n", 2);
}

static enum err json_entity_end(struct wrap *o, struct error *e)
{
    (void)e;
    buf_add_str(&o->buf, STR("\n]"));
    return ERR_OK;
}

static enum err json_finish(struct wrap *o, struct error *e)
{
    buf_add_str(&o->buf, STR("\n}\n"));
    return wrap_write(o, e);
}

const struct wrap_form wrap_json = {
    .dialect = SCRIBE_GRAPHQL,
    .csv_dialect = SCRIBE_GRAPHQL,
    .open = nothing,
    .entity = json_entity,
    .before = json_before,
    .after = no_more,
    .piece = wrap_write,
    .entity_end = json_entity_end,
    .finish = json_finish,
    .close = no_more,
};

static enum err airbyte_entity(struct wrap *o, struct error *e)
{
    (void)e;
    set_list(o);
    return ERR_OK;
}

static void airbyte_before(struct wrap *o)
{
    buf_add_str(&o->buf, STR("{\"type\":\"RECORD\",\"record\":{\"stream\":\""));
    buf_add_str(&o->buf, o->list);
    buf_add_str(&o->buf, STR("\",\"emitted_at\":0,\"data\":"));
}

static void airbyte_after(struct wrap *o)
{
    buf_add_str(&o->buf, STR("}}\n"));
}

const struct wrap_form wrap_airbyte = {
    .dialect = SCRIBE_GRAPHQL,
    .csv_dialect = SCRIBE_GRAPHQL,
    .open = nothing,
    .entity = airbyte_entity,
    .before = airbyte_before,
    .after = airbyte_after,
    .piece = wrap_write,
    .entity_end = nothing,
    .finish = wrap_write,
    .close = no_more,
};

/* Cursors are base64 of "arrayconnection:<offset>"; the first 15 bytes, whole triples,
 * are the same for all. */
static void add_cursor(struct buf *b, uint64_t offset)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char digits[24];
    int n = snprintf(digits, sizeof digits, ":%llu", (unsigned long long)offset);

    buf_add_str(b, STR("\"YXJyYXljb25uZWN0aW9u"));
    for (int i = 0; i < n; i += 3) {
        uint32_t bits = (uint32_t)digits[i] << 16;
        int have = n - i < 3 ? n - i : 3;
        if (have > 1)
            bits |= (uint32_t)digits[i + 1] << 8;
        if (have > 2)
            bits |= (uint32_t)digits[i + 2];
        for (int k = 0; k < 4; k++)
            buf_add(b, k > have ? "=" : &alphabet[bits >> (18 - 6 * k) & 63], 1);
    }
    buf_add_char(b, '"');
}

enum page { PAGE_CONNECTION, PAGE_SINGLE, PAGE_FLAT };

static enum page page_of(const struct wrap *o)
{
    return o->type->has_list     ? PAGE_CONNECTION
           : o->type->has_single ? PAGE_SINGLE
                                 : PAGE_FLAT;
}

static enum err pages_entity(struct wrap *o, struct error *e)
{
    (void)e;
    set_list(o);
    if (page_of(o) == PAGE_SINGLE)
        o->list = o->type->single;
    return ERR_OK;
}

static void pages_before(struct wrap *o)
{
    enum page page = page_of(o);
    struct buf *b = &o->buf;

    if (o->i % WRAP_PAGE == 0 || page == PAGE_SINGLE) {
        buf_add_str(b, STR("{\"data\":{\""));
        buf_add_str(b, o->list);
        buf_add_str(b, page == PAGE_CONNECTION ? STR("\":{\"edges\":[")
                       : page == PAGE_SINGLE   ? STR("\":")
                                               : STR("\":["));
    } else {
        buf_add_char(b, ',');
    }
    if (page == PAGE_CONNECTION)
        buf_add_str(b, STR("{\"node\":"));
}

static void page_info(struct wrap *o)
{
    struct buf *b = &o->buf;
    uint64_t first = o->i - o->i % WRAP_PAGE;

    buf_add_str(b, STR("],\"pageInfo\":{\"hasNextPage\":"));
    buf_add_str(b, o->i + 1 < o->n ? STR("true") : STR("false"));
    buf_add_str(b, STR(",\"hasPreviousPage\":"));
    buf_add_str(b, first > 0 ? STR("true") : STR("false"));
    buf_add_str(b, STR(",\"startCursor\":"));
    add_cursor(b, first);
    buf_add_str(b, STR(",\"endCursor\":"));
    add_cursor(b, o->i);
    buf_add_str(b, STR(",\"count\":"));
    add_uint(b, o->i - first + 1);
    buf_add_str(b, STR(",\"totalCount\":"));
    add_uint(b, o->n);
    buf_add_str(b, STR("}}"));
}

static void pages_after(struct wrap *o)
{
    enum page page = page_of(o);
    struct buf *b = &o->buf;

    if (page == PAGE_CONNECTION) {
        buf_add_str(b, STR(",\"cursor\":"));
        add_cursor(b, o->i);
        buf_add_char(b, '}');
    }
    if (page != PAGE_SINGLE && (o->i + 1) % WRAP_PAGE && o->i + 1 < o->n)
        return;
    if (page == PAGE_CONNECTION)
        page_info(o);
    else if (page == PAGE_FLAT)
        buf_add_char(b, ']');
    buf_add_str(b, STR("}}\n"));
}

const struct wrap_form wrap_pages = {
    .dialect = SCRIBE_GRAPHQL,
    .csv_dialect = SCRIBE_GRAPHQL,
    .open = nothing,
    .entity = pages_entity,
    .before = pages_before,
    .after = pages_after,
    .piece = wrap_write,
    .entity_end = nothing,
    .finish = wrap_write,
    .close = no_more,
};
