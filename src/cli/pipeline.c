#include "cli/pipeline.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "cli/load.h"
#include "schema/canon.h"

#define MEMBER_COST 48 /* bytes of a canonical record's member while it is open */
#define QUEUE_MIN   8  /* members that may wait to be written, per worker */
#define TEXT_KEPT   (4 * (size_t)MEMBER_SIZE) /* storage that is worth keeping */

enum job_kind { JOB_CHUNK, JOB_PACK };

struct slot {
    struct pool_job job;
    struct chunk chunk;
    struct load_list packed; /* in order of completion */
    struct load_list rests;  /* in order of first appearance */
    size_t next;             /* record: those before it are done */
    enum err code;
    struct error error;
};

struct worker {
    struct walker *walker;
    struct walker *keeper; /* of options.kept, or NULL */
    struct canon *canon;
    struct deflater *deflater;
    struct buf text;    /* of a record in a dry run */
    struct buf spare;   /* a packed member's text: storage for the next one */
    size_t tree;        /* bytes of its tree, as counted in pipeline.trees */
    struct load **open; /* by entity index: the member that is being filled */
    unsigned *order;    /* entity indices in order of first appearance in the chunk */
    size_t n_order;
    struct stage_clock own, *clock; /* NULL without --profile */
};

struct pipeline {
    struct pipeline_options options;
    unsigned jobs;
    struct pool *pool;
    struct worker *workers;
    struct walker **walkers;
    struct slot *slots;
    size_t n_slots;
    struct shelf shelf;
    struct load **carry;    /* by entity index */
    size_t carried;         /* bytes */
    struct load_list queue; /* to be written, in order */
    struct source *source;
    struct writer *writer;
    uint64_t bytes, records;
    struct stage_clock own, *clock; /* the reading and writing thread's */
    struct stage_moment begun;
    uint64_t started, finished; /* chunks */
    _Atomic size_t trees;       /* bytes, of all workers */
    _Atomic uint64_t stored;    /* bytes of members that stay as they are */
    struct worker *alone;       /* the one that is left, or NULL (narrow_down) */
    struct worker stand_in;     /* what its thread packs with */
};

/* A chunk of one large record: what is made of it goes through half a dozen buffers, so
 * that it travels alone, and they are given back behind it. */
static bool is_large(const struct chunk *c)
{
    return c->data.cap > (size_t)2 * SOURCE_CHUNK;
}

/* The worker's side */

/* The member that is being filled with records of this entity. */
static struct load *open_load(struct pipeline *s, struct worker *w,
                              const struct entity *entity)
{
    struct load **m = &w->open[entity->index];
    if (!*m) {
        *m = shelf_take(&s->shelf, entity, JOB_PACK);
        w->order[w->n_order++] = entity->index;
    }
    if (!(*m)->member.text.p) {
        (*m)->member.text = w->spare;
        w->spare = (struct buf)BUF_INIT;
    }
    return *m;
}

/* Which members these are depends on who is first; that they differ shows nowhere. */
static bool is_stored(struct pipeline *s, const struct member *m)
{
    if (!s->options.stored)
        return false;
    uint64_t before =
        atomic_fetch_add_explicit(&s->stored, m->text.n, memory_order_relaxed);
    return before + m->text.n <= s->options.stored;
}

/* A packed member waits to be written without its text; storage as large as usual
 * serves the next one, so that no fresh pages are touched. */
static enum err pack(struct pipeline *s, struct worker *w, struct member *m,
                     struct error *e)
{
    enum stage before = stage_enter(w->clock, STAGE_COMPRESS);
    if (is_stored(s, m)) {
        member_store(m);
    } else {
        TRY(member_compress(m, w->deflater, e));
        stage_enter(w->clock, STAGE_DIGEST);
        member_digest(m);
    }
    stage_enter(w->clock, before);
    if (m->text.cap > TEXT_KEPT)
        deflater_trim(w->deflater);
    if (w->spare.p || m->text.cap > TEXT_KEPT) {
        buf_done(&m->text);
        return ERR_OK;
    }
    w->spare = m->text;
    m->text = (struct buf)BUF_INIT;
    return ERR_OK;
}

static enum err store(struct pipeline *s, struct worker *w, struct slot *slot,
                      struct load *m, size_t from, struct error *e)
{
    struct canon_record record;
    stage_enter(w->clock, STAGE_DIGEST);
    TRY(canon_end(w->canon, &record, e));
    member_added(&m->member, from, &record);
    if (!member_is_full(&m->member))
        return ERR_OK;
    /* A short input is one chunk: the other workers do its packing. */
    if (!pool_add_if_idle(s->pool, &m->job))
        TRY(pack(s, w, &m->member, e));
    load_append(&slot->packed, m);
    /* Its place in the order stays, so that a rest is found again. */
    w->open[m->member.entity->index] =
        shelf_take(&s->shelf, m->member.entity, JOB_PACK);
    return ERR_OK;
}

/* Walks a record straight into its member, or nowhere in a dry run. */
static enum err do_body(struct pipeline *s, struct worker *w, struct slot *slot,
                        const struct source_body *body, struct error *e)
{
    const struct walk_input in = {.entity = body->entity,
                                  .stored = slot->chunk.stored,
                                  .json = body->json,
                                  .clock = stage_sample(w->clock) ? w->clock : NULL};
    stage_enter(w->clock, STAGE_RECORD);
    if (s->options.dry_run) {
        buf_clear(&w->text);
        return walk_record(w->walker, &in, &w->text, NULL, e);
    }
    struct load *m = open_load(s, w, body->entity);
    size_t from = m->member.text.n;
    canon_begin(w->canon, body->entity);
    if (w->keeper) {
        buf_clear(&w->text);
        TRY(walk_record(w->keeper, &in, &m->member.text, NULL, e));
        TRY(walk_record(w->walker, &in, &w->text, w->canon, e));
    } else {
        TRY(walk_record(w->walker, &in, &m->member.text, w->canon, e));
    }
    return store(s, w, slot, m, from, e);
}

static enum err do_record(struct pipeline *s, struct worker *w, struct slot *slot,
                          size_t i, struct error *e)
{
    struct source_body body;
    stage_enter(w->clock, STAGE_CUT);
    enum source_outcome got = source_record(s->source, &slot->chunk, i, &body, e);
    if (got == SOURCE_NOTHING)
        return ERR_OK;
    if (got == SOURCE_FAILED)
        return e->code;
    enum err code = do_body(s, w, slot, &body, e);
    if (code != ERR_OK)
        e->offset = body.offset + (e->offset == ERR_NO_OFFSET ? 0 : e->offset);
    return code;
}

static void count_tree(struct pipeline *s, struct worker *w)
{
    size_t now = tree_bytes(walker_tree(w->walker));
    if (now != w->tree)
        atomic_fetch_add_explicit(&s->trees, now - w->tree, memory_order_relaxed);
    w->tree = now;
}

static bool is_crowded(struct pipeline *s)
{
    return s->jobs > 1 && atomic_load_explicit(&s->trees, memory_order_relaxed) >
                              s->options.memory / PIPELINE_TREES;
}

static enum err do_chunk(struct pipeline *s, struct worker *w, struct slot *slot,
                         struct error *e)
{
    for (; slot->next < slot->chunk.n_records; slot->next++) {
        if (w != s->alone && is_crowded(s))
            return ERR_OK; /* the rest is the last worker's */
        enum err code = do_record(s, w, slot, slot->next, e);
        if (code != ERR_OK) {
            if (e->record == ERR_NO_RECORD)
                e->record = slot->chunk.first_record + slot->next;
            return code;
        }
        count_tree(s, w);
    }
    return ERR_OK;
}

static void give_back_large(struct worker *w, struct slot *slot)
{
    buf_done(&slot->chunk.data);
    buf_done(&w->text);
    canon_trim(w->canon);
    walker_trim(w->walker);
    deflater_trim(w->deflater);
}

static void run_chunk(struct pipeline *s, struct worker *w, struct slot *slot)
{
    /* Members that another worker has begun: a member's end must not depend on it. */
    for (struct load *m; (m = load_shift(&slot->rests)) != NULL;) {
        w->open[m->member.entity->index] = m;
        w->order[w->n_order++] = m->member.entity->index;
    }
    slot->code = do_chunk(s, w, slot, &slot->error);
    if (is_large(&slot->chunk) && slot->next == slot->chunk.n_records)
        give_back_large(w, slot);
    for (size_t i = 0; i < w->n_order; i++) {
        struct load *m = w->open[w->order[i]];
        w->open[w->order[i]] = NULL;
        if (m->member.n_records)
            load_append(&slot->rests, m);
        else
            shelf_give_back(&s->shelf, m);
    }
    w->n_order = 0;
}

static void run(void *ctx, unsigned number, struct pool_job *job)
{
    struct pipeline *s = ctx;
    struct worker *w = &s->workers[number];
    if (w == s->alone)
        w = &s->stand_in;
    stage_enter(w->clock, STAGE_CUT);
    if (job->kind == JOB_PACK) {
        struct load *m = (struct load *)job;
        m->code = pack(s, w, &m->member, &m->error);
    } else {
        run_chunk(s, w, (struct slot *)job);
    }
    stage_enter(w->clock, STAGE_WAIT);
}

/* The writer's side */

static void wait_for(struct pipeline *s, const struct pool_job *job)
{
    enum stage before = stage_enter(s->clock, STAGE_WAIT);
    pool_wait(s->pool, job);
    stage_enter(s->clock, before);
}

static enum err write_first(struct pipeline *s, struct error *e)
{
    struct load *m = load_shift(&s->queue);
    wait_for(s, &m->job);
    enum err code = m->code;
    if (code != ERR_OK)
        *e = m->error;
    else
        code = writer_member(s->writer, &m->member, e);
    shelf_give_back(&s->shelf, m);
    return code;
}

static enum err enqueue(struct pipeline *s, struct load *m, struct error *e)
{
    load_append(&s->queue, m);
    while (s->queue.first && pool_is_done(s->pool, &s->queue.first->job))
        TRY(write_first(s, e));
    while (s->queue.n > QUEUE_MIN * (size_t)s->jobs)
        TRY(write_first(s, e));
    return ERR_OK;
}

/* Sends the rest of an entity to be packed, at its place in the order. */
static enum err flush(struct pipeline *s, unsigned index, struct error *e)
{
    struct load *m = s->carry[index];
    if (!m)
        return ERR_OK;
    s->carry[index] = NULL;
    s->carried -= m->member.text.n;
    pool_add_urgent(s->pool, &m->job);
    return enqueue(s, m, e);
}

/* Of equal ones the first by name: entity numbers follow from the order of discovery,
 * which is the workers', not the input's. */
static bool is_larger(const struct member *a, const struct member *b)
{
    if (a->text.n != b->text.n)
        return a->text.n > b->text.n;
    return str_cmp(a->entity->name, b->entity->name) < 0;
}

static enum err flush_largest(struct pipeline *s, struct error *e)
{
    unsigned largest = 0;
    for (unsigned i = 1; i < SCHEMA_ENTITIES; i++)
        if (s->carry[i] &&
            (!s->carry[largest] ||
             is_larger(&s->carry[i]->member, &s->carry[largest]->member)))
            largest = i;
    return flush(s, largest, e);
}

static enum err keep_rest(struct pipeline *s, struct load *m, struct error *e)
{
    unsigned index = m->member.entity->index;
    s->carried += m->member.text.n;
    if (s->carry[index]) {
        member_join(&s->carry[index]->member, &m->member);
        shelf_give_back(&s->shelf, m);
    } else {
        s->carry[index] = m;
    }
    if (member_is_full(&s->carry[index]->member))
        return flush(s, index, e);
    if (s->carried > PIPELINE_CARRY)
        return flush_largest(s, e);
    return ERR_OK;
}

/* Each worker has a tree of the paths. When there are so many that the trees together
 * take their part of the memory, the worker with the largest one goes on alone, in the
 * caller's thread: it knows most of the paths, and its own limit bounds the rest. */
static void narrow_down(struct pipeline *s)
{
    if (s->alone)
        return;
    for (uint64_t i = s->finished; i < s->started; i++) {
        struct slot *slot = &s->slots[i % s->n_slots];
        pool_wait(s->pool, &slot->job);
        load_wait_all(s->pool, &slot->packed);
    }
    load_wait_all(s->pool, &s->queue);
    s->alone = &s->workers[0];
    for (unsigned i = 1; i < s->jobs; i++)
        if (s->workers[i].tree > s->alone->tree)
            s->alone = &s->workers[i];
    /* Its thread still packs members. */
    s->stand_in.deflater = deflater_new(s->options.level);
}

static enum err finish_chunk(struct pipeline *s, struct slot *slot, struct error *e)
{
    wait_for(s, &slot->job);
    if (slot->code == ERR_OK && slot->next < slot->chunk.n_records) {
        narrow_down(s);
        run_chunk(s, s->alone, slot);
    }
    if (slot->code != ERR_OK) {
        *e = slot->error;
        if (slot->chunk.origin && !e->where[0])
            err_in(e, slot->chunk.origin->name.p);
        return slot->code;
    }
    s->bytes += slot->chunk.bytes;
    s->records += slot->chunk.n_records;
    while (slot->packed.first) {
        TRY(flush(s, slot->packed.first->member.entity->index, e)); /* what is before */
        TRY(enqueue(s, load_shift(&slot->packed), e));
    }
    for (struct load *m; (m = load_shift(&slot->rests)) != NULL;)
        TRY(keep_rest(s, m, e));
    return ERR_OK;
}

static int by_entity(const void *a, const void *b)
{
    const struct load *const *x = a, *const *y = b;
    return str_cmp((*x)->member.entity->name, (*y)->member.entity->name);
}

/* The rests at the end go out in order of their names, for the same reason. */
static enum err flush_all(struct pipeline *s, struct error *e)
{
    struct load *rests[SCHEMA_ENTITIES];
    size_t n = 0;
    for (unsigned i = 0; i < SCHEMA_ENTITIES; i++)
        if (s->carry[i])
            rests[n++] = s->carry[i];
    if (n)
        qsort(rests, n, sizeof *rests, by_entity);
    for (size_t i = 0; i < n; i++)
        TRY(flush(s, rests[i]->member.entity->index, e));
    while (s->queue.first)
        TRY(write_first(s, e));
    return ERR_OK;
}

/* Until nothing is in flight and nothing waits to be written. */
static enum err drain(struct pipeline *s, struct error *e)
{
    while (s->finished < s->started) {
        TRY(finish_chunk(s, &s->slots[s->finished % s->n_slots], e));
        s->finished++;
    }
    while (s->queue.first)
        TRY(write_first(s, e));
    return ERR_OK;
}

/* Storage that waits to be used again. */
static void give_up_spares(struct pipeline *s, const struct slot *but)
{
    for (size_t i = 0; i < s->n_slots; i++)
        if (&s->slots[i] != but)
            chunk_done(&s->slots[i].chunk);
    shelf_clear(&s->shelf);
}

static enum err hand_out(struct pipeline *s, struct slot *slot, struct error *e)
{
    slot->code = ERR_OK;
    slot->error = (struct error)ERROR_INIT;
    slot->next = 0;
    bool large = is_large(&slot->chunk);
    if (large || s->alone) {
        TRY(drain(s, e));
        give_up_spares(s, slot);
    }
    if (s->alone) {
        run_chunk(s, s->alone, slot);
        slot->job.done = true;
    } else {
        pool_add(s->pool, &slot->job);
    }
    s->started++;
    return large ? drain(s, e) : ERR_OK;
}

static void tell_progress(const struct pipeline *s, struct progress *progress)
{
    progress->state.bytes = s->bytes;
    progress->state.records = s->records;
    progress->state.done = source_done_bytes(s->source);
    progress->state.total = source_total(s->source);
    progress_tick(progress);
}

static enum err run_all(struct pipeline *s, struct progress *progress, struct error *e)
{
    bool more = true;
    struct error later = ERROR_INIT; /* of reading: told after what came before it */
    enum err reading = ERR_OK;
    while (more || s->finished < s->started) {
        while (more && s->started - s->finished < s->n_slots) {
            struct slot *slot = &s->slots[s->started % s->n_slots];
            reading = source_next(s->source, &slot->chunk, &later);
            more = reading == ERR_OK && slot->chunk.n_records > 0;
            if (more)
                TRY(hand_out(s, slot, e));
        }
        if (s->finished < s->started) {
            TRY(finish_chunk(s, &s->slots[s->finished % s->n_slots], e));
            s->finished++;
        }
        tell_progress(s, progress);
    }
    if (reading != ERR_OK) {
        *e = later;
        return reading;
    }
    TRY(flush_all(s, e));
    give_up_spares(s, NULL);
    return ERR_OK;
}

static void start_clocks(struct pipeline *s)
{
    if (!s->options.profile)
        return;
    s->clock = &s->own;
    source_set_clock(s->source, s->clock);
    for (unsigned i = 0; i < s->jobs; i++) {
        s->workers[i].clock = &s->workers[i].own;
        stage_begin(s->workers[i].clock, STAGE_WAIT);
    }
    s->begun = stage_moment();
    stage_begin(s->clock, STAGE_WRITE);
}

enum err pipeline_run(struct pipeline *s, struct source *source, struct writer *writer,
                      struct progress *progress, struct error *e)
{
    s->source = source;
    s->writer = writer;
    start_clocks(s);
    enum err code = run_all(s, progress, e);
    if (code != ERR_OK) {
        /* Chunks behind the failed one are still with the workers, and their walkers
         * are about to be read. */
        pool_free(s->pool);
        s->pool = NULL;
    }
    return code;
}

static void make_worker(const struct pipeline *s, struct worker *w)
{
    w->walker = walker_new(&s->options.walk);
    if (s->options.kept) {
        struct walk_options kept = s->options.walk;
        kept.rules = s->options.kept;
        w->keeper = walker_new(&kept);
    }
    w->canon = canon_new();
    canon_limit(w->canon, (size_t)(s->options.memory / PIPELINE_RECORD / MEMBER_COST));
    walker_tree(w->walker)->limit = (size_t)(s->options.memory / PIPELINE_TREE);
    w->deflater = deflater_new(s->options.level);
    w->open = alloc_zero(SCHEMA_ENTITIES, sizeof(struct load *));
    w->order = alloc_zero(SCHEMA_ENTITIES, sizeof *w->order);
}

enum err pipeline_new(const struct pipeline_options *o, struct pipeline **out,
                      struct error *e)
{
    CLEANUP(pipeline_freep) struct pipeline *s = NEW(struct pipeline);
    shelf_init(&s->shelf);
    s->options = *o;
    if (o->memory < PIPELINE_MEMORY_MIN)
        return err_set(e, ERR_USAGE, "--memory: at least 48M");
    size_t flights = (size_t)((o->memory - PIPELINE_FIXED) / PIPELINE_FLIGHT);
    if (flights < 2)
        flights = 2;
    s->jobs = o->jobs ? o->jobs : pool_cpus();
    if (s->jobs > flights)
        s->jobs = (unsigned)flights;
    if (s->jobs > POOL_THREADS)
        s->jobs = POOL_THREADS;
    s->n_slots = flights < 2 * (size_t)s->jobs ? flights : 2 * (size_t)s->jobs;
    s->slots = alloc_zero(s->n_slots, sizeof *s->slots);
    s->carry = alloc_zero(SCHEMA_ENTITIES, sizeof(struct load *));
    s->workers = alloc_zero(s->jobs, sizeof *s->workers);
    s->walkers = alloc_zero(s->jobs, sizeof(struct walker *));
    for (unsigned i = 0; i < s->jobs; i++) {
        make_worker(s, &s->workers[i]);
        s->walkers[i] = s->workers[i].walker;
    }
    TRY(pool_new(s->jobs, run, s, &s->pool, e));
    *out = s;
    s = NULL;
    return ERR_OK;
}

void pipeline_free(struct pipeline *s)
{
    if (!s)
        return;
    pool_free(s->pool);
    for (size_t i = 0; i < s->n_slots && s->slots; i++) {
        chunk_done(&s->slots[i].chunk);
        load_free_all(&s->slots[i].packed);
        load_free_all(&s->slots[i].rests);
    }
    for (unsigned i = 0; i < SCHEMA_ENTITIES && s->carry; i++)
        if (s->carry[i])
            load_append(&s->queue, s->carry[i]);
    for (unsigned i = 0; i < s->jobs && s->workers; i++) {
        struct worker *w = &s->workers[i];
        walker_free(w->walker);
        walker_free(w->keeper);
        canon_free(w->canon);
        deflater_free(w->deflater);
        buf_done(&w->text);
        buf_done(&w->spare);
        free(w->open);
        free(w->order);
    }
    deflater_free(s->stand_in.deflater);
    buf_done(&s->stand_in.spare);
    load_free_all(&s->queue);
    shelf_done(&s->shelf);
    free(s->workers);
    free(s->walkers);
    free(s->slots);
    free(s->carry);
    free(s);
}

struct walker *const *pipeline_walkers(const struct pipeline *s, size_t *n)
{
    *n = s->jobs;
    return s->walkers;
}

bool pipeline_profile(struct pipeline *s, struct profile *out)
{
    if (!s->clock)
        return false;
    *out = (struct profile){.threads = s->jobs + 1};
    stage_move(s->clock, STAGE_WRITE);
    stage_add(&out->clock, s->clock);
    for (unsigned i = 0; i < s->jobs; i++) {
        stage_move(s->workers[i].clock, STAGE_WAIT);
        stage_add(&out->clock, s->workers[i].clock);
    }
    out->rate = stage_rate(s->begun, stage_moment());
    stage_divide(&out->clock);
    return true;
}

uint64_t pipeline_bytes(const struct pipeline *s)
{
    return s->bytes;
}

unsigned pipeline_jobs(const struct pipeline *s)
{
    return s->jobs;
}
