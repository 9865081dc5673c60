#include "drift/keys.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "drift/value.h"
#include "schema/canon.h"

struct column {
    struct str name;
    uint64_t *hashes; /* of each record's value */
    size_t n;         /* records that have one */
    size_t distinct;
};

struct table_of { /* an entity's records, hashed */
    const struct entity *entity;
    struct column columns[KEYS_MEMBERS];
    size_t n_columns, n_records;
    uint64_t total; /* records that the entity has */
    struct arena names, record;
    struct value_reader reader;
    struct canon *canon;
    uint64_t *sorted;   /* scratch */
    unsigned found[64]; /* sets, as bits of the widest columns */
    size_t n_found;
};

/* ---- reading */

static struct column *column_of(struct table_of *t, struct str name)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (str_eq(t->columns[i].name, name))
            return &t->columns[i];
    const struct field *f =
        t->entity->type ? schema_field(t->entity->type, name) : NULL;
    if (t->n_columns == KEYS_MEMBERS || (f && f->is_volatile))
        return NULL;
    struct column *c = &t->columns[t->n_columns++];
    *c = (struct column){.name = arena_str(&t->names, name),
                         .hashes = alloc_zero(KEYS_RECORDS, sizeof(uint64_t))};
    return c;
}

static enum err take_record(void *ctx, struct str json, struct error *e)
{
    struct table_of *t = ctx;
    struct canon_record canonical;
    struct value v;
    if (t->n_records == KEYS_RECORDS)
        return ERR_OK;
    arena_clear(&t->record);
    TRY(canon_record(t->canon, t->entity, json, &canonical, e));
    TRY(value_read(&t->reader, canonical.text, &t->record, &v, e));
    for (size_t i = 0; i < v.n_items; i++) {
        const struct value *item = &v.items[i];
        if (item->kind == VALUE_NULL || item->kind >= VALUE_LIST)
            continue;
        struct column *c = column_of(t, item->name);
        if (c && c->n == t->n_records) /* it was there in all before */
            c->hashes[c->n++] = hash64(item->text);
    }
    t->n_records++;
    return ERR_OK;
}

static enum err read_all(struct table_of *t, const struct reader *r, struct error *e)
{
    const struct reader_entity *en = reader_entity(r, t->entity->name);
    BUF_SCOPED text = BUF_INIT;
    for (uint32_t i = 0; en && i < en->members && t->n_records < KEYS_RECORDS; i++) {
        const struct reader_place at = {.entity = t->entity->name, .ordinal = i};
        TRY(reader_each(r, &at, &text, take_record, t, e));
    }
    return ERR_OK;
}

/* ---- sets */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* How many different values these columns have together. */
static size_t distinct(const struct table_of *t, const struct column *const *columns,
                       size_t n_columns)
{
    size_t n = t->n_records > 0;
    for (size_t r = 0; r < t->n_records; r++) {
        uint64_t h = 0;
        for (size_t i = 0; i < n_columns;
             i++) /* odd, of mixed bits: 2^64 / golden ratio */
            h = (h ^ columns[i]->hashes[r]) * 0x9e3779b97f4a7c15u;
        t->sorted[r] = h ^ h >> 32;
    }
    qsort(t->sorted, t->n_records, sizeof *t->sorted, by_value);
    for (size_t r = 1; r < t->n_records; r++)
        n += t->sorted[r] != t->sorted[r - 1];
    return n;
}

static size_t distinct_in(const struct table_of *t, unsigned set)
{
    const struct column *columns[KEYS_WIDEST];
    size_t n = 0;
    for (unsigned i = 0; set >> i; i++)
        if (set >> i & 1)
            columns[n++] = &t->columns[i];
    return distinct(t, columns, n);
}

static int widest_first(const void *a, const void *b)
{
    const struct column *x = a, *y = b;
    if (x->distinct != y->distinct)
        return x->distinct > y->distinct ? -1 : 1;
    return str_cmp(x->name, y->name);
}

/* The columns that every record has, those with the most values first. */
static void keep_whole(struct table_of *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct column *c = &t->columns[i];
        if (c->n < t->n_records) {
            free(c->hashes);
            continue;
        }
        t->columns[n] = *c;
        c = &t->columns[n];
        t->columns[n++].distinct = distinct(t, &c, 1);
    }
    t->n_columns = n;
    qsort(t->columns, n, sizeof *t->columns, widest_first);
}

static bool holds_smaller(const struct table_of *t, unsigned set)
{
    for (size_t i = 0; i < t->n_found; i++)
        if ((t->found[i] & set) == t->found[i])
            return true;
    return false;
}

static void write_set(struct table_of *t, unsigned set, struct buf *out)
{
    char border = '=';
    buf_add_str(out, STR("--key "));
    buf_add_str(out, t->entity->name);
    for (unsigned i = 0; set >> i; i++) {
        if (!(set >> i & 1))
            continue;
        buf_add_char(out, border);
        buf_add_str(out, t->columns[i].name);
        border = ',';
    }
    buf_add_char(out, '\n');
}

static void find_sets(struct table_of *t, struct buf *out)
{
    size_t n = t->n_columns < KEYS_WIDEST ? t->n_columns : KEYS_WIDEST;
    for (int size = 1; size <= 3; size++)
        for (unsigned set = 1; set < 1u << n; set++) {
            if (__builtin_popcount(set) != size || holds_smaller(t, set) ||
                t->n_found == sizeof t->found / sizeof *t->found)
                continue;
            if (distinct_in(t, set) < t->n_records)
                continue;
            t->found[t->n_found++] = set;
            write_set(t, set, out);
        }
}

static void write_head(const struct table_of *t, struct buf *out)
{
    buf_printf(out, "# %.*s: %llu records", STR_ARG(t->entity->name),
               (unsigned long long)t->total);
    if (t->n_records < t->total)
        buf_printf(out, ", of which the first %zu were looked at", t->n_records);
    buf_add_char(out, '\n');
}

static void table_of_done(struct table_of *t)
{
    for (size_t i = 0; i < t->n_columns; i++)
        free(t->columns[i].hashes);
    free(t->sorted);
    arena_done(&t->names);
    arena_done(&t->record);
    value_reader_done(&t->reader);
    canon_free(t->canon);
}

enum err keys_discover(const struct drift_side *side, struct buf *out, struct error *e)
{
    for (size_t i = 0; i < reader_n_entities(side->reader); i++) {
        const struct reader_entity *en = reader_entity_at(side->reader, i);
        struct table_of t = {.total = en->records, .canon = canon_new()};
        value_reader_init(&t.reader);
        t.sorted = alloc_zero(KEYS_RECORDS, sizeof *t.sorted);
        enum err code = schema_entity(side->schema, en->name, &t.entity, e);
        if (code == ERR_OK)
            code = read_all(&t, side->reader, e);
        if (code == ERR_OK) {
            keep_whole(&t);
            write_head(&t, out);
            find_sets(&t, out);
        }
        table_of_done(&t);
        TRY(code);
    }
    return ERR_OK;
}
