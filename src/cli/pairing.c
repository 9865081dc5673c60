#include "cli/pairing.h"

#include "base/pool.h"
#include "cli/pipeline.h"
#include "doc/doc.h"
#include "drift/identity.h"

static struct drift_side described(const struct side *s)
{
    return (struct drift_side){s->reader, s->setup.schema};
}

/* ---- raw against scrubbed */

static bool is_mixed(const struct pairing *p)
{
    return p->sides[0].raw != p->sides[1].raw;
}

static struct rescrub *make_rescrub(const struct pairing *p,
                                    const struct common *common)
{
    const struct side *raw = &p->sides[p->sides[1].raw];
    const struct side *other = &p->sides[!p->sides[1].raw];
    const struct rescrub_options o = {
        .rules = raw->setup.rules,
        .schema = raw->setup.schema,
        .key = raw->setup.key,
        .other_key = raw->setup.ephemeral || !side_has_key(other, raw->setup.key)};
    if (!side_has_rules(other, raw->setup.rules))
        command_say(common,
                    "the snapshot was scrubbed by other rules: what they decide "
                    "differently shows as scrubbed-changed");
    if (o.other_key)
        command_say(
            common,
            "%s: scrubbed values are compared by type and by whether equal ones "
            "stay equal",
            raw->setup.ephemeral ? "no key file (-k)"
                                 : "the snapshot was scrubbed with another key");
    return rescrub_new(&o);
}

/* ---- ids given out anew */

struct renaming {
    struct identity *identity;
    struct buf text;
};

static enum err rename_record(void *ctx, struct recast *r, const struct entity *entity,
                              struct str record, struct error *e)
{
    struct renaming *n = ctx;
    TRY(identity_rewrite(n->identity, entity, record, &n->text, e));
    return recast_keep(r, entity, buf_str(&n->text), NULL, e);
}

static void tell_identity(const struct identity *identity, const char *side,
                          const struct common *common)
{
    const struct identity_counts *c = identity_counts(identity);
    command_say(
        common,
        "%s: %llu records matched, %llu of them under another id, %llu guessed; "
        "%llu ambiguous",
        side, (unsigned long long)c->matched, (unsigned long long)c->reassigned,
        (unsigned long long)c->guessed, (unsigned long long)c->ambiguous);
    if (c->dangling[1])
        command_say(common, "%s: %llu references lead to no record", side,
                    (unsigned long long)c->dangling[1]);
}

/* Gives a side the ids that the left one has for the same records. */
static enum err rename_side(const struct pairing *p, struct side *s, const char *what,
                            const char *id_map, const struct common *common,
                            struct error *e)
{
    const struct drift_side left = described(&p->sides[0]), right = described(s);
    CLEANUP(identity_freep)
    struct identity *identity =
        identity_new(&left, &right, (size_t)(s->setup.memory / 2));
    struct renaming n = {.identity = identity};
    TRY(identity_match(identity, e));
    enum err code = side_recast(s, rename_record, &n, e);
    buf_done(&n.text);
    TRY(code);
    tell_identity(identity, what, common);
    if (!id_map)
        return ERR_OK;
    BUF_SCOPED csv = BUF_INIT;
    identity_csv(identity, &csv);
    return command_result(buf_str(&csv), id_map, e);
}

/* ---- what the sides do not share */

static struct str rules_of(const struct side *s)
{
    const struct doc_node *rules = doc_get(reader_manifest(s->reader), "rules");
    const struct doc_node *digest = doc_get(rules, "sha256");
    return digest ? digest->text : STR("");
}

static bool has_records(const struct pairing *p, struct str name)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct entity *known = schema_lookup(p->sides[i].setup.schema, name);
        if (reader_entity(p->sides[i].reader, known ? known->name : name))
            return true;
    }
    return false;
}

static void tell_sides(const struct pairing *p, const struct pairing_options *o,
                       const struct common *common)
{
    const struct side *a = &p->sides[0], *b = &p->sides[1];
    if (!str_eq(schema_text(a->setup.schema), schema_text(b->setup.schema)))
        command_say(common,
                    "the sides have different schemas: each is read by its own");
    if (!a->raw && !b->raw && !str_eq(rules_of(a), rules_of(b)))
        command_say(common, "the snapshots were scrubbed by different rules: what they "
                            "decide differently shows as a difference");
    if (o->natural && !a->raw && !b->raw && !side_same_key(a, b))
        command_say(common, "the snapshots were scrubbed with different keys: natural "
                            "keys that are pseudonyms match nothing");
    for (size_t i = 0; i < o->keys->n; i++) {
        struct str name = str_n(o->keys->items[i], strcspn(o->keys->items[i], "="));
        if (!has_records(p, name))
            command_say(common, "--key: neither side has records of %.*s",
                        STR_ARG(name));
    }
}

/* ---- both sides at once */

/* Reading, sorting and the index of one export leave CPUs idle that the other one can
 * use; of two snapshots with little drift most of the time goes to their schemas. */
struct opening {
    struct pool_job job; /* first: the pool hands it back */
    struct side *side;
    const struct side_options *options;
    const char *path;
    struct common common;
    enum err code;
    struct error error;
};

static void run_opening(void *ctx, unsigned worker, struct pool_job *job)
{
    struct opening *o = (struct opening *)job;
    (void)ctx;
    (void)worker;
    o->code = side_open(o->side, o->options, o->path, &o->common, &o->error);
}

/* Both get half of the workers and of the memory that is not taken once for all. */
static void halve(struct setup *s)
{
    s->jobs = s->jobs / 2;
    s->memory = PIPELINE_FIXED + (s->memory - PIPELINE_FIXED) / 2;
}

/* What fails first in the order of the operands is told, however fast the other one
 * fails. */
static enum err open_beside(struct pairing *p, const struct pairing_options *o,
                            const struct common *common, struct error *e)
{
    CLEANUP(pool_freep) struct pool *pool = NULL;
    struct setup half = *o->setup;
    half.jobs = half.jobs ? half.jobs : pool_cpus();
    halve(&half);
    const struct side_options side = {.setup = &half, .keys = o->keys};
    struct opening right = {.side = &p->sides[1],
                            .options = &side,
                            .path = o->names[1],
                            .common = *common,
                            .error = ERROR_INIT};
    right.common.progress = COLOR_NEVER; /* one line for both */
    TRY(pool_new(1, run_opening, NULL, &pool, e));
    pool_add(pool, &right.job);
    enum err code = side_open(&p->sides[0], &side, o->names[0], common, e);
    pool_wait(pool, &right.job);
    for (unsigned i = 0; i < 2; i++) {
        p->sides[i].setup.jobs = o->setup->jobs;
        p->sides[i].setup.memory = o->setup->memory;
    }
    TRY(code);
    if (right.code != ERR_OK)
        *e = right.error;
    return right.code;
}

/* Two of a kind, and room and workers for both? */
static bool can_open_beside(const struct pairing_options *o, const bool snapshot[2])
{
    const struct setup *s = o->setup;
    unsigned jobs = s->jobs ? (unsigned)s->jobs : pool_cpus();
    uint64_t least = 2 * (PIPELINE_MEMORY_MIN - PIPELINE_FIXED) + PIPELINE_FIXED;
    return snapshot[0] == snapshot[1] && jobs > 1 && s->memory >= least;
}

/* ---- all of it */

static enum err open_all(struct pairing *p, const struct pairing_options *o,
                         const struct common *common, struct error *e)
{
    bool snapshot[2], base = false;
    for (unsigned i = 0; i < 2; i++)
        TRY(side_is_scrubbed(o->names[i], &snapshot[i], e));
    if (o->base)
        TRY(side_is_scrubbed(o->base, &base, e));
    bool mixed = snapshot[0] != snapshot[1] && !o->as_is;
    if (o->base && !o->as_is && (mixed || base != snapshot[0]))
        return err_set(e, ERR_USAGE,
                       "--base takes three snapshots or three exports: scrub the "
                       "export first (or compare --as-is)");
    if (mixed && o->natural)
        return err_set(
            e, ERR_USAGE,
            "--match natural takes snapshots or exports, not both: scrub the "
            "export first (or compare --as-is)");
    const struct side_options side = {
        .setup = o->setup, .keys = o->keys, .scrub = mixed};
    if (can_open_beside(o, snapshot)) {
        TRY(open_beside(p, o, common, e));
    } else {
        for (unsigned i = 0; i < 2; i++)
            TRY(side_open(&p->sides[i], &side, o->names[i], common, e));
    }
    return o->base ? side_open(&p->base, &side, o->base, common, e) : ERR_OK;
}

enum err pairing_open(struct pairing *p, const struct pairing_options *o,
                      const struct common *common, struct error *e)
{
    TRY(open_all(p, o, common, e));
    tell_sides(p, o, common);
    if (o->natural) {
        TRY(rename_side(p, &p->sides[1], "right", o->id_map, common, e));
        if (o->base)
            TRY(rename_side(p, &p->base, "base", NULL, common, e));
    }
    if (is_mixed(p) && !o->as_is)
        p->rescrub = make_rescrub(p, common);
    return ERR_OK;
}

void pairing_done(struct pairing *p)
{
    rescrub_free(p->rescrub);
    side_done(&p->sides[0]);
    side_done(&p->sides[1]);
    side_done(&p->base);
}

bool pairing_has_raw(const struct pairing *p)
{
    return p->sides[0].raw || p->sides[1].raw;
}

void pairing_describe(const struct pairing *p, struct drift_options *out)
{
    out->sides[0] = described(&p->sides[0]);
    out->sides[1] = described(&p->sides[1]);
    out->rescrub = p->rescrub;
    out->raw_side = p->sides[1].raw;
    out->scrubbed = !pairing_has_raw(p);
    out->other_key = !side_same_key(&p->sides[0], &p->sides[1]);
}
