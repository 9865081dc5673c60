#include "archive/layout.h"

#include "schema/schema.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool layout_is_entity(struct str name)
{
    if (!name.n || name.n > SCHEMA_NAME || !is_letter(name.p[0]))
        return false;
    for (size_t i = 1; i < name.n; i++)
        if (!is_letter(name.p[i]) && !is_digit(name.p[i]) && name.p[i] != '_')
            return false;
    return true;
}

/* An ordinal of at least `width` digits, no longer than it need be, then `end`. */
static bool read_ordinal(struct str s, size_t width, struct str end, uint32_t *out)
{
    if (!str_ends(s, end))
        return false;
    s.n -= end.n;
    if (s.n < width || s.n > 10 || (s.n > width && s.p[0] == '0'))
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]))
            return false;
        v = v * 10 + (uint64_t)(s.p[i] - '0');
    }
    *out = (uint32_t)v;
    return v < UINT32_MAX;
}

static struct layout of_entity(struct str rest, bool data)
{
    struct layout l = {0};
    const char *slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
    if (!slash)
        return l;
    l.entity = str_n(rest.p, (size_t)(slash - rest.p));
    struct str file = str_from(rest, l.entity.n + 1);
    if (!layout_is_entity(l.entity))
        return l;
    if (data)
        l.kind = read_ordinal(file, 6, STR(".ndjson"), &l.ordinal) ? LAYOUT_DATA
                                                                   : LAYOUT_NONE;
    else if (read_ordinal(file, 4, STR(".idx"), &l.ordinal))
        l.kind = LAYOUT_PAGES;
    else if (str_eq(file, STR("top")))
        l.kind = LAYOUT_TOP;
    else if (str_eq(file, STR("shadow")))
        l.kind = LAYOUT_SHADOW;
    return l;
}

struct layout layout_of(struct str name)
{
    static const struct {
        const char *name;
        enum layout_kind kind;
    } fixed[] = {
        {NAME_BAGIT, LAYOUT_FILE},          {NAME_BAG_INFO, LAYOUT_FILE},
        {NAME_PAYLOAD, LAYOUT_PAYLOAD},     {NAME_TAGS, LAYOUT_TAGS},
        {NAME_SIGNATURE, LAYOUT_SIGNATURE}, {NAME_MANIFEST, LAYOUT_MANIFEST},
    };
    if (str_starts(name, STR("data/")))
        return of_entity(str_from(name, 5), true);
    if (str_starts(name, STR("index/")))
        return of_entity(str_from(name, 6), false);
    struct layout l = {0};
    if ((str_starts(name, STR("meta/")) && name.n > 5) ||
        (str_starts(name, STR("evidence/")) && name.n > 9))
        l.kind = LAYOUT_FILE;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (str_eq(name, str_of(fixed[i].name)))
            l.kind = fixed[i].kind;
    return l;
}

void layout_data(struct buf *out, struct str entity, uint32_t ordinal)
{
    buf_clear(out);
    buf_printf(out, "data/%.*s/%06u.ndjson", STR_ARG(entity), ordinal);
}

void layout_pages(struct buf *out, struct str entity, uint32_t ordinal)
{
    buf_clear(out);
    buf_printf(out, "index/%.*s/%04u.idx", STR_ARG(entity), ordinal);
}

void layout_index(struct buf *out, struct str entity, const char *what)
{
    buf_clear(out);
    buf_printf(out, "index/%.*s/%s", STR_ARG(entity), what);
}
