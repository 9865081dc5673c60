#include "cli/records.h"

bool records_member(struct str name, struct str *out_entity, uint32_t *out_ordinal)
{
    if (!str_starts(name, STR("data/")))
        return false;
    struct str rest = str_from(name, 5);
    const char *slash = memchr(rest.p, '/', rest.n);
    if (!slash)
        return false;
    *out_entity = str_n(rest.p, (size_t)(slash - rest.p));
    *out_ordinal = 0;
    for (const char *p = slash + 1; p < name.p + name.n && *p >= '0' && *p <= '9'; p++)
        *out_ordinal = *out_ordinal * 10 + (uint32_t)(*p - '0');
    return true;
}

enum err records_walk(const struct reader *r, struct str entity, reader_record *each,
                      void *ctx, bool *found, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    for (size_t i = 0; i < reader_n_members(r); i++) {
        struct reader_place at = {.copies = false};
        if (!records_member(reader_member_at(r, i)->name, &at.entity, &at.ordinal) ||
            !str_eq(at.entity, entity))
            continue;
        *found = true;
        TRY(reader_each(r, &at, &text, each, ctx, e));
    }
    return ERR_OK;
}

enum err records_schema(const struct reader *r, struct schema **out, struct error *e)
{
    static const char name[] = "meta/schema.graphql";
    const struct reader_member *m = reader_find(r, str_of(name));
    if (!m)
        return err_set(e, ERR_DATA, "%s is missing", name);
    BUF_SCOPED text = BUF_INIT;
    TRY(reader_read(r, m, &text, e));
    return schema_load(buf_str(&text), name, out, e);
}
