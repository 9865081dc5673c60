#include "cli/pipeline.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "schema/canon.h"

#define SHELF     64 /* free members that are kept, with their storage */
#define QUEUE_MIN 8  /* members that may wait to be written, per worker */
#define TEXT_KEPT (4 * (size_t)MEMBER_SIZE) /* storage that is worth keeping */

/* A member on its way: shelved (free), filled by a worker, packed, written. */
struct load {
    struct pool_job job; /* done: packed, or `code` says why not */
    struct member member;
    struct load *next;
    enum err code;
    struct error error;
};

struct list {
    struct load *first, *last;
    size_t n;
};

enum job_kind { JOB_CHUNK, JOB_PACK };

struct slot {
    struct pool_job job;
    struct chunk chunk;
    struct list packed; /* in order of completion */
    struct list rests;  /* in order of first appearance */
    enum err code;
    struct error error;
};

struct worker {
    struct walker *walker;
    struct canon *canon;
    struct deflater *deflater;
    struct buf text;    /* of a record in a dry run */
    struct buf spare;   /* a packed member's text: storage for the next one */
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
    pthread_mutex_t shelf_lock;
    struct list shelf;
    struct load **carry; /* by entity index */
    size_t carried;      /* bytes */
    struct list queue;   /* to be written, in order */
    struct source *source;
    struct writer *writer;
    uint64_t bytes, records;
    struct stage_clock own, *clock; /* the reading and writing thread's */
    struct stage_moment started;
};

static void append(struct list *l, struct load *m)
{
    m->next = NULL;
    if (l->last)
        l->last->next = m;
    else
        l->first = m;
    l->last = m;
    l->n++;
}

static struct load *shift(struct list *l)
{
    struct load *m = l->first;
    if (!m)
        return NULL;
    l->first = m->next;
    if (!l->first)
        l->last = NULL;
    l->n--;
    return m;
}

static void free_list(struct list *l)
{
    for (struct load *m; (m = shift(l)) != NULL;) {
        member_done(&m->member);
        free(m);
    }
}

static struct load *take(struct pipeline *s, const struct entity *entity)
{
    pthread_mutex_lock(&s->shelf_lock);
    struct load *m = shift(&s->shelf);
    pthread_mutex_unlock(&s->shelf_lock);
    if (!m) {
        m = NEW(struct load);
        member_init(&m->member, entity);
    }
    m->member.entity = entity;
    m->code = ERR_OK;
    m->error = (struct error)ERROR_INIT;
    m->job = (struct pool_job){.done = true, .kind = JOB_PACK};
    return m;
}

static void give_back(struct pipeline *s, struct load *m)
{
    member_clear(&m->member);
    pthread_mutex_lock(&s->shelf_lock);
    bool room = s->shelf.n < SHELF;
    if (room)
        append(&s->shelf, m);
    pthread_mutex_unlock(&s->shelf_lock);
    if (!room) {
        member_done(&m->member);
        free(m);
    }
}

/* The worker's side */

/* The member that is being filled with records of this entity. */
static struct load *open_load(struct pipeline *s, struct worker *w,
                              const struct entity *entity)
{
    struct load **m = &w->open[entity->index];
    if (!*m) {
        *m = take(s, entity);
        w->order[w->n_order++] = entity->index;
    }
    if (!(*m)->member.text.p) {
        (*m)->member.text = w->spare;
        w->spare = (struct buf)BUF_INIT;
    }
    return *m;
}

/* A packed member waits to be written without its text; storage as large as usual
 * serves the next one, so that no fresh pages are touched. */
static enum err pack(struct worker *w, struct member *m, struct error *e)
{
    enum stage before = stage_enter(w->clock, STAGE_COMPRESS);
    TRY(member_compress(m, w->deflater, e));
    stage_enter(w->clock, STAGE_DIGEST);
    member_digest(m);
    stage_enter(w->clock, before);
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
        TRY(pack(w, &m->member, e));
    append(&slot->packed, m);
    /* Its place in the order stays, so that a rest is found again. */
    w->open[m->member.entity->index] = take(s, m->member.entity);
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
    TRY(walk_record(w->walker, &in, &m->member.text, w->canon, e));
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

static enum err do_chunk(struct pipeline *s, struct worker *w, struct slot *slot,
                         struct error *e)
{
    for (size_t i = 0; i < slot->chunk.n_records; i++) {
        enum err code = do_record(s, w, slot, i, e);
        if (code != ERR_OK) {
            if (e->record == ERR_NO_RECORD)
                e->record = slot->chunk.first_record + i;
            return code;
        }
    }
    return ERR_OK;
}

static void run_chunk(struct pipeline *s, struct worker *w, struct slot *slot)
{
    slot->code = do_chunk(s, w, slot, &slot->error);
    for (size_t i = 0; i < w->n_order; i++) {
        struct load *m = w->open[w->order[i]];
        w->open[w->order[i]] = NULL;
        if (m->member.n_records)
            append(&slot->rests, m);
        else
            give_back(s, m);
    }
    w->n_order = 0;
}

static void run(void *ctx, unsigned number, struct pool_job *job)
{
    struct pipeline *s = ctx;
    struct worker *w = &s->workers[number];
    stage_enter(w->clock, STAGE_CUT);
    if (job->kind == JOB_PACK) {
        struct load *m = (struct load *)job;
        m->code = pack(w, &m->member, &m->error);
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
    struct load *m = shift(&s->queue);
    wait_for(s, &m->job);
    enum err code = m->code;
    if (code != ERR_OK)
        *e = m->error;
    else
        code = writer_member(s->writer, &m->member, e);
    give_back(s, m);
    return code;
}

static enum err enqueue(struct pipeline *s, struct load *m, struct error *e)
{
    append(&s->queue, m);
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
        give_back(s, m);
    } else {
        s->carry[index] = m;
    }
    if (member_is_full(&s->carry[index]->member))
        return flush(s, index, e);
    if (s->carried > PIPELINE_CARRY)
        return flush_largest(s, e);
    return ERR_OK;
}

static enum err finish_chunk(struct pipeline *s, struct slot *slot, struct error *e)
{
    wait_for(s, &slot->job);
    if (slot->code != ERR_OK) {
        *e = slot->error;
        if (slot->chunk.origin && !e->where[0])
            err_in(e, slot->chunk.origin->name.p);
        return slot->code;
    }
    s->bytes += slot->chunk.bytes;
    s->records += slot->chunk.n_records;
    for (struct load *m; (m = shift(&slot->packed)) != NULL;) {
        TRY(flush(s, m->member.entity->index, e)); /* what came before it */
        TRY(enqueue(s, m, e));
    }
    for (struct load *m; (m = shift(&slot->rests)) != NULL;)
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

static enum err start_chunk(struct pipeline *s, struct source *source,
                            struct slot *slot, bool *more, struct error *e)
{
    if (slot->chunk.data.cap > (size_t)2 * SOURCE_CHUNK)
        chunk_done(&slot->chunk); /* a large record has passed: give it back */
    stage_enter(s->clock, STAGE_CUT);
    TRY(source_next(source, &slot->chunk, e));
    stage_enter(s->clock, STAGE_WRITE);
    *more = slot->chunk.n_records > 0;
    if (!*more)
        return ERR_OK;
    slot->code = ERR_OK;
    slot->error = (struct error)ERROR_INIT;
    pool_add(s->pool, &slot->job);
    return ERR_OK;
}

static enum err run_all(struct pipeline *s, struct source *source,
                        struct writer *writer, struct progress *progress,
                        struct error *e)
{
    uint64_t started = 0, finished = 0;
    bool more = true;
    s->source = source;
    s->writer = writer;
    struct error later = ERROR_INIT; /* of reading: told after what came before it */
    enum err reading = ERR_OK;
    while (more || finished < started) {
        while (more && started - finished < s->n_slots) {
            reading =
                start_chunk(s, source, &s->slots[started % s->n_slots], &more, &later);
            if (reading != ERR_OK)
                more = false;
            started += more;
        }
        if (finished < started) {
            TRY(finish_chunk(s, &s->slots[finished % s->n_slots], e));
            finished++;
        }
        progress->state.bytes = s->bytes;
        progress->state.records = s->records;
        progress->state.done = source_done_bytes(source);
        progress->state.total = source_total(source);
        progress_tick(progress);
    }
    if (reading != ERR_OK) {
        *e = later;
        return reading;
    }
    return flush_all(s, e);
}

static void start_clocks(struct pipeline *s, struct source *source)
{
    if (!s->options.profile)
        return;
    s->clock = &s->own;
    source_set_clock(source, s->clock);
    for (unsigned i = 0; i < s->jobs; i++) {
        s->workers[i].clock = &s->workers[i].own;
        stage_begin(s->workers[i].clock, STAGE_WAIT);
    }
    s->started = stage_moment();
    stage_begin(s->clock, STAGE_WRITE);
}

enum err pipeline_run(struct pipeline *s, struct source *source, struct writer *writer,
                      struct progress *progress, struct error *e)
{
    start_clocks(s, source);
    enum err code = run_all(s, source, writer, progress, e);
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
    w->canon = canon_new();
    w->deflater = deflater_new(s->options.level);
    w->open = alloc_zero(SCHEMA_ENTITIES, sizeof(struct load *));
    w->order = alloc_zero(SCHEMA_ENTITIES, sizeof *w->order);
}

enum err pipeline_new(const struct pipeline_options *o, struct pipeline **out,
                      struct error *e)
{
    CLEANUP(pipeline_freep) struct pipeline *s = NEW(struct pipeline);
    pthread_mutex_init(&s->shelf_lock, NULL);
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
        free_list(&s->slots[i].packed);
        free_list(&s->slots[i].rests);
    }
    for (unsigned i = 0; i < SCHEMA_ENTITIES && s->carry; i++)
        if (s->carry[i])
            append(&s->shelf, s->carry[i]);
    for (unsigned i = 0; i < s->jobs && s->workers; i++) {
        struct worker *w = &s->workers[i];
        walker_free(w->walker);
        canon_free(w->canon);
        deflater_free(w->deflater);
        buf_done(&w->text);
        buf_done(&w->spare);
        free(w->open);
        free(w->order);
    }
    free_list(&s->queue);
    free_list(&s->shelf);
    pthread_mutex_destroy(&s->shelf_lock);
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
    out->rate = stage_rate(s->started, stage_moment());
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
