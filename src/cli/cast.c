#include "cli/cast.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "cli/meta.h"
#include "cli/pipeline.h"
#include "cli/progress.h"

/* So much of a cast lies in its spool as it is. The rest is compressed, to about a
 * seventh: a large tenant must not need its own size of room for temporary files. */
#define CAST_STORED (1ull << 30)

/* One rule for everything. */
static const char as_is[] = "pack: as-is\n"
                            "rules:\n"
                            "  - id: as-is\n"
                            "    at: '**'\n"
                            "    action: keep\n"
                            "    because: what is compared stays as it is\n";

struct cast {
    struct spool *spool;
    struct reader *reader;
    uint64_t bytes;
};

void cast_free(struct cast *c)
{
    if (!c)
        return;
    reader_free(c->reader);
    spool_free(c->spool);
    free(c);
}

const struct reader *cast_reader(const struct cast *c)
{
    return c->reader;
}

uint64_t cast_bytes(const struct cast *c)
{
    return c->bytes;
}

/* What lives while the records go through. */
struct work {
    const struct cast_options *o;
    struct ruleset *as_is;
    struct pipeline *pipeline;
    struct writer *writer;
    struct meta_ahead *ahead;
    struct ledger ledger;
    bool has_ledger;
};

static void work_done(struct work *w)
{
    if (w->has_ledger)
        ledger_done(&w->ledger);
    meta_ahead_free(w->ahead);
    writer_free(w->writer);
    pipeline_free(w->pipeline);
    ruleset_free(w->as_is);
}

static enum err begin(struct work *w, struct cast *c, struct error *e)
{
    const struct setup *s = w->o->setup;
    struct writer_options writer = {.duplicates = DUPLICATES_FIRST,
                                    .level = DEFLATE_FAST,
                                    .memory = (size_t)(s->memory / 6),
                                    .temp = s->temp};
    TRY(writer_new_on(&writer, medium_spool(c->spool), &w->writer, e));
    struct pipeline_options p = {.walk = {.rules = s->rules,
                                          .schema = s->schema,
                                          .key = s->key,
                                          .undecided = UNDECIDED_REDACT,
                                          .tolerant = true},
                                 .level = DEFLATE_FAST,
                                 .stored = CAST_STORED,
                                 .kept = w->o->scrub ? w->as_is : NULL,
                                 .jobs = (unsigned)s->jobs,
                                 .memory = s->memory};
    if (getrandom(p.walk.snapshot_salt, sizeof p.walk.snapshot_salt, 0) < 0)
        return err_sys(e, ERR_SOFTWARE, errno, "no random numbers");
    TRY(pipeline_new(&p, &w->pipeline, e));
    w->ahead = meta_ahead_new(s, DEFLATE_FAST, pipeline_jobs(w->pipeline) > 1);
    return ERR_OK;
}

static enum err finish(struct work *w, struct cast *c, const char *name,
                       struct error *e)
{
    const struct setup *s = w->o->setup;
    const struct program_context context = {.key_id = str_of(key_id(s->key)),
                                            .epoch = key_epoch(s->key),
                                            .undecided = STR("redact")};
    size_t n;
    struct walker *const *walkers = pipeline_walkers(w->pipeline, &n);
    TRY(ledger_init(&w->ledger, walkers, n, s->rules, &context, e));
    w->has_ledger = true;
    const struct meta meta = {
        .setup = s, .ahead = w->ahead, .ledger = &w->ledger, .undecided = "redact"};
    TRY(meta_write(&meta, w->writer, e));
    BUF_SCOPED manifest = BUF_INIT;
    uint8_t root[ROOT_SIZE];
    meta_manifest(&meta, &manifest);
    TRY(writer_finish(w->writer, buf_str(&manifest), root, e));
    c->bytes = pipeline_bytes(w->pipeline);
    return reader_open_on(medium_spool(c->spool), name, &c->reader, e);
}

static enum err make(struct work *w, struct cast *c, const struct operands *inputs,
                     const struct common *common, struct error *e)
{
    struct setup *s = w->o->setup;
    struct progress progress;
    w->as_is = ruleset_new();
    TRY(ruleset_add(w->as_is, str_of(as_is), "as-is", true, e));
    TRY(ruleset_ready(w->as_is, e));
    if (!w->o->scrub) {
        s->rules = w->as_is;
        w->as_is = NULL;
    }
    if (!s->key)
        TRY(setup_key(s, e));
    TRY(setup_source(s, inputs, e));
    TRY(begin(w, c, e));
    progress_begin(&progress, common, w->o->doing);
    enum err code = pipeline_run(w->pipeline, s->source, w->writer, &progress, e);
    progress_end(&progress);
    TRY(code);
    return finish(w, c, inputs->items[0], e);
}

enum err cast_new(const struct cast_options *o, const struct operands *inputs,
                  const struct common *common, struct cast **out, struct error *e)
{
    CLEANUP(cast_freep) struct cast *c = NEW(struct cast);
    struct work w = {.o = o};
    c->spool = spool_new(o->setup->temp);
    enum err code = make(&w, c, inputs, common, e);
    work_done(&w);
    TRY(code);
    *out = c;
    c = NULL;
    return ERR_OK;
}
