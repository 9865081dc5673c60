#include "drift/drift.h"

#include "archive/entry.h"
#include "drift/batch.h"
#include "drift/compare.h"
#include "drift/coverage.h"
#include "drift/join.h"
#include "drift/reference.h"
#include "drift/show.h"
#include "schema/key_spec.h"

struct run {
    const struct drift_options *options;
    const struct change_sink *sink;
    struct drift_counts *counts;
    struct coverage *coverage[SIDES];
    struct references *references;
    struct compare *compare;
    struct batch batch;
    const struct entity *entity[SIDES];
    struct change_entity now;
    struct buf key;
    uint64_t n_masked; /* keys of the entity that were not shown: they are counted */
};

static bool is_keyless(struct str key)
{
    return key.n && key.p[0] == ENTRY_TAG_FINGERPRINT;
}

/* A record that only one side has, or has more often. */
static enum err tell_whole(struct run *r, const struct batch_item *item, unsigned side,
                           uint64_t count, struct error *e)
{
    struct str shown;
    TRY(compare_whole(r->compare, side, r->entity[side], item->record[side], &shown,
                      e));
    struct change c = {.class = side == LEFT ? CHANGE_REMOVED : CHANGE_ADDED,
                       .entity = r->now.name,
                       .key = buf_str(&r->key),
                       .bytes = item->key,
                       .keyless = is_keyless(item->key),
                       .count = count};
    TRY(compare_print(r->compare, side, r->entity[side], item->record[side],
                      &c.print[side], e));
    if (side == LEFT)
        c.left = shown;
    else
        c.right = shown;
    r->now.by_class[c.class]++;
    c.fails = settings_fails(r->options->settings, r->now.name, c.class,
                             (struct path_states){0});
    r->now.failing += c.fails;
    if (side == LEFT)
        r->now.removed += count;
    else
        r->now.added += count;
    r->now.keyless[side] += is_keyless(item->key) ? count : 0;
    return r->sink->change(r->sink->ctx, &c, e);
}

/* A key of the user's choice may be of what must not be shown. */
static bool is_secret(const struct run *r)
{
    const struct key_spec *spec = r->entity[LEFT]->spec;
    for (size_t i = 0; spec && r->options->settings->masked && i < spec->n; i++)
        for (unsigned side = 0; side < SIDES; side++) {
            const struct type *t = r->entity[side]->type;
            const struct field *f = t ? schema_field(t, spec->parts[i].steps[0]) : NULL;
            if (f && f->sensitive.n)
                return true;
        }
    return false;
}

static enum err tell_item(struct run *r, const struct batch_item *item, struct error *e)
{
    uint64_t left = item->count[LEFT], right = item->count[RIGHT];
    buf_clear(&r->key);
    if (is_secret(r))
        buf_printf(&r->key, "[\"masked %llu\"]", (unsigned long long)++r->n_masked);
    else
        show_key(&r->key, item->key);
    const struct compare_pair pair = {
        .entity = {r->entity[LEFT], r->entity[RIGHT]},
        .record = {item->record[LEFT], item->record[RIGHT]},
        .key = buf_str(&r->key),
        .bytes = item->key};
    if (!left || !right || is_keyless(item->key)) {
        unsigned side = left > right ? LEFT : RIGHT;
        uint64_t count = left > right ? left - right : right - left;
        if (count) /* else equal, and only looked at */
            TRY(tell_whole(r, item, side, is_keyless(item->key) ? count : 1, e));
    }
    if (!left || !right)
        return compare_references(r->compare, &pair, &r->now, e);
    bool differs;
    TRY(compare_records(r->compare, &pair, &r->now, &differs, e));
    r->now.changed += differs;
    return ERR_OK;
}

static enum err flush(struct run *r, struct error *e)
{
    TRY(batch_fetch(&r->batch, e));
    for (size_t i = 0; i < r->batch.n; i++)
        TRY(tell_item(r, &r->batch.items[i], e));
    batch_begin(&r->batch, r->now.name);
    return ERR_OK;
}

static enum err join_all(struct run *r, struct join *j, struct error *e)
{
    struct pair pair;
    for (;;) {
        bool more;
        TRY(join_next(j, &pair, &more, e));
        if (!more)
            return flush(r, e);
        batch_add(&r->batch, &pair);
        if (batch_is_full(&r->batch))
            TRY(flush(r, e));
    }
}

static void count_join(struct run *r, const struct join_counts *j)
{
    r->now.volatile_only = j->volatile_only;
    r->counts->pages += j->pages;
    r->counts->pages_read += j->pages_read;
    r->counts->members_read = r->batch.counts.members;
    r->counts->bytes_read = r->batch.counts.bytes;
}

static void add_counts(struct run *r)
{
    struct drift_counts *c = r->counts;
    const struct change_entity *en = &r->now;
    for (unsigned side = 0; side < SIDES; side++) {
        c->records[side] += en->records[side];
        c->duplicates[side] += en->duplicates[side];
        c->keyless[side] += en->keyless[side];
    }
    c->added += en->added;
    c->removed += en->removed;
    c->changed += en->changed;
    c->failing += en->failing;
    c->normalized += en->normalized;
    c->volatile_only += en->volatile_only;
    for (unsigned i = 0; i < CHANGES; i++)
        c->by_class[i] += en->by_class[i];
    for (unsigned i = 0; i < SCRUBS; i++)
        c->by_scrub[i] += en->by_scrub[i];
    for (unsigned i = 0; i < REFERENCES; i++)
        c->by_reference[i] += en->by_reference[i];
}

/* Then not even the list of pages is read. */
static bool digests_equal(const struct run *r, struct str name)
{
    const struct reader_entity *a = reader_entity(r->options->sides[LEFT].reader, name);
    const struct reader_entity *b =
        reader_entity(r->options->sides[RIGHT].reader, name);
    return a && b && memcmp(a->digest, b->digest, SHA256_SIZE) == 0;
}

static enum err compare_entity(struct run *r, struct str name, struct error *e)
{
    const struct settings *settings = r->options->settings;
    const bool all = settings->spelling || settings->references;
    const struct join_options o = {
        .entity = name, .steady = !settings->volatile_counts, .all = all};
    CLEANUP(join_freep) struct join *j = NULL;
    r->now = (struct change_entity){.name = name};
    r->n_masked = 0;
    for (unsigned side = 0; side < SIDES; side++) {
        const struct drift_side *s = &r->options->sides[side];
        const struct reader_entity *en = reader_entity(s->reader, name);
        TRY(schema_entity(s->schema, name, &r->entity[side], e));
        r->now.records[side] = en ? en->records : 0;
        r->now.duplicates[side] = en ? en->duplicates : 0;
        r->counts->members += en ? en->members : 0;
    }
    if (!all && digests_equal(r, name)) {
        add_counts(r);
        return r->sink->entity(r->sink->ctx, &r->now, e);
    }
    TRY(join_new(r->options->sides[LEFT].reader, r->options->sides[RIGHT].reader, &o,
                 &j, e));
    batch_begin(&r->batch, name);
    TRY(join_all(r, j, e));
    count_join(r, join_counts(j));
    add_counts(r);
    return r->sink->entity(r->sink->ctx, &r->now, e);
}

/* Both lists of entities are in order of names. */
static enum err compare_all(struct run *r, struct error *e)
{
    const struct reader *a = r->options->sides[LEFT].reader;
    const struct reader *b = r->options->sides[RIGHT].reader;
    size_t i = 0, k = 0, n = reader_n_entities(a), m = reader_n_entities(b);
    while (i < n && k < m) {
        struct str left = reader_entity_at(a, i)->name;
        struct str right = reader_entity_at(b, k)->name;
        int order = str_cmp(left, right);
        i += order <= 0;
        k += order >= 0;
        TRY(compare_entity(r, order <= 0 ? left : right, e));
    }
    for (; i < n; i++)
        TRY(compare_entity(r, reader_entity_at(a, i)->name, e));
    for (; k < m; k++)
        TRY(compare_entity(r, reader_entity_at(b, k)->name, e));
    return ERR_OK;
}

enum err drift_run(const struct drift_options *o, const struct change_sink *sink,
                   struct drift_counts *out, struct error *e)
{
    struct run r = {.options = o, .sink = sink, .counts = out};
    uint8_t roots[SIDES][ROOT_SIZE];
    *out = (struct drift_counts){0};
    for (unsigned side = 0; side < SIDES; side++) {
        reader_root(o->sides[side].reader, roots[side]);
        r.coverage[side] = coverage_new(o->sides[side].reader);
    }
    out->equal_roots = memcmp(roots[LEFT], roots[RIGHT], ROOT_SIZE) == 0;
    if (!o->settings->whole) /* what is to be applied says nothing of them */
        r.references = references_new(o->sides, 2 * o->memory);
    const struct compare_options compare = {
        .settings = o->settings,
        .coverage = {r.coverage[LEFT], r.coverage[RIGHT]},
        .rescrub = o->rescrub,
        .raw_side = o->raw_side,
        .scrubbed = o->scrubbed,
        .other_key = o->other_key,
        .references = r.references,
        .sink = sink};
    r.compare = compare_new(&compare);
    batch_init(&r.batch, o->sides[LEFT].reader, o->sides[RIGHT].reader, o->memory);
    enum err code = compare_all(&r, e);
    batch_done(&r.batch);
    compare_free(r.compare);
    references_free(r.references);
    coverage_free(r.coverage[LEFT]);
    coverage_free(r.coverage[RIGHT]);
    buf_done(&r.key);
    return code;
}
