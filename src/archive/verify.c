#include "archive/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "archive/layout.h"
#include "archive/verify_private.h"
#include "base/alloc.h"

#define PARKED 4 /* members of each thread whose turn has not come */

void verify_find(struct verify *v, enum verify_state state, const char *format, ...)
{
    char line[400];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    pthread_mutex_lock(&v->lock);
    struct verify_result *out = v->out;
    if (state > out->state)
        out->state = state;
    if (out->n_findings < VERIFY_FINDINGS)
        out->findings[out->n_findings++] = alloc_str(str_of(line));
    else
        out->n_more++;
    pthread_mutex_unlock(&v->lock);
}

enum err verify_or_find(struct verify *v, enum err code, struct error *e)
{
    if (code != ERR_DATA && code != ERR_LIMIT)
        return code;
    char line[700];
    err_text(e, line, sizeof line);
    verify_find(v, VERIFY_DAMAGED, "%s", line);
    *e = (struct error)ERROR_INIT;
    return ERR_OK;
}

/* The entries of a member that was read before those of one before it were added. */
struct parked {
    bool ready, read;
    struct verify_entity *entity;
    uint32_t ordinal;
    struct buf entries;
};

/* One thread's own. */
struct worker {
    struct verify *v;
    struct canon *canon;
    struct buf text, entries;
    uint64_t n_records;
    pthread_t thread;
};

/* The records of a data member into entries. */
static enum err read_records(struct worker *w, const struct verify_entity *en,
                             struct error *e)
{
    struct str text = buf_str(&w->text);
    for (size_t at = 0; at < text.n; w->n_records++) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        size_t n = end ? (size_t)(end - (text.p + at)) : 0;
        enum err code = ERR_OK;
        struct canon_record record;
        if (!n)
            code = err_set(e, ERR_DATA, "%s",
                           end ? "a line is empty" : "the last record has no newline");
        else
            code =
                canon_record(w->canon, en->entity, str_n(text.p + at, n), &record, e);
        if (code != ERR_OK) {
            if (e->record == ERR_NO_RECORD)
                e->record = w->n_records + 1;
            return code;
        }
        entry_pack(&w->entries, &record, n, en->steady);
        at += n + 1;
    }
    return ERR_OK;
}

/* --quick: lines are counted. */
static enum err count_records(struct worker *w, struct error *e)
{
    struct str text = buf_str(&w->text);
    for (const char *p = text.p, *end = p + text.n; p < end; p++, w->n_records++) {
        p = memchr(p, '\n', (size_t)(end - p));
        if (!p)
            return err_set(e, ERR_DATA, "the last record has no newline");
    }
    return ERR_OK;
}

/* What a member of an entity holds, beyond its bytes. */
static enum err read_content(struct worker *w, const struct layout *l, size_t entity,
                             struct error *e)
{
    struct verify *v = w->v;
    switch (l->kind) {
    case LAYOUT_DATA:
        return v->quick ? count_records(w, e)
                        : read_records(w, &v->entities[entity], e);
    case LAYOUT_TOP: return v->quick ? reader_load_top(v->r, entity, e) : ERR_OK;
    case LAYOUT_SHADOW: return v->quick ? reader_load_shadow(v->r, entity, e) : ERR_OK;
    case LAYOUT_PAGES:
        return v->quick ? verify_pages(v, entity, l->ordinal, buf_str(&w->text), e)
                        : ERR_OK;
    case LAYOUT_NONE:
    case LAYOUT_FILE:
    case LAYOUT_PAYLOAD:
    case LAYOUT_TAGS:
    case LAYOUT_SIGNATURE:
    case LAYOUT_MANIFEST: break;
    }
    return ERR_OK;
}

static enum err check_member(struct worker *w, size_t i, const struct layout *l,
                             size_t entity, bool *out_read, struct error *e)
{
    struct verify *v = w->v;
    const struct reader_member *m = &v->r->members[i];
    buf_clear(&w->text);
    buf_clear(&w->entries);
    w->n_records = 0;
    enum err code = reader_read(v->r, m, &w->text, e);
    if (code == ERR_OK && v->n_listed[i]) {
        uint8_t digest[SHA256_SIZE];
        sha256_of(buf_str(&w->text), digest);
        if (memcmp(digest, v->digests[i], SHA256_SIZE) != 0)
            verify_find(v, VERIFY_MODIFIED,
                        "%.*s: does not have the SHA-256 that its manifest says",
                        STR_ARG(m->name));
    }
    if (code == ERR_OK)
        code = read_content(w, l, entity, e);
    *out_read = code == ERR_OK;
    if (code != ERR_OK && !e->where[0])
        snprintf(e->where, sizeof e->where, "%.*s", STR_ARG(m->name));
    return verify_or_find(v, code, e);
}

/* In the order of the members, under the lock. */
static enum err add_entries(struct verify *v, const struct parked *m, struct error *e)
{
    struct verify_entity *en = m->entity;
    struct entry entry;
    char key[ENTRY_KEY];
    size_t pos = 0;
    uint32_t at = 0;
    while (entry_unpack(buf_str(&m->entries), &pos, en->steady, key, &entry)) {
        entry.member = m->ordinal;
        entry.at = at;
        entry.arrival = ++en->records;
        at += entry.size + 1;
        TRY(sorter_add(en->sorter, &entry, e));
    }
    return sorters_relieve(v->sorters, v->r->manifest.n_entities, WRITER_MEMORY, e);
}

/* Adds what is ready, from the member on whose turn it is; under the lock. */
static enum err add_parked(struct verify *v, struct error *e)
{
    for (;;) {
        struct parked *m = &v->parked[v->turn % v->n_parked];
        if (!m->ready)
            return ERR_OK;
        if (m->entity && m->read && !v->quick)
            TRY(add_entries(v, m, e));
        if (m->entity && !m->read)
            m->entity->damaged = true;
        m->ready = false;
        v->turn++;
        pthread_cond_broadcast(&v->moved);
    }
}

static enum err one_member(struct worker *w, size_t i, struct error *e)
{
    struct verify *v = w->v;
    struct layout l = layout_of(v->r->members[i].name);
    size_t at = 0;
    bool read;
    if (l.entity.n)
        TRY(reader_entity_index(v->r, l.entity, &at, e));
    TRY(check_member(w, i, &l, at, &read, e));
    pthread_mutex_lock(&v->lock);
    while (i - v->turn >= v->n_parked && v->fault == ERR_OK)
        pthread_cond_wait(&v->moved, &v->lock);
    enum err code = ERR_OK;
    if (v->fault == ERR_OK) {
        struct parked *m = &v->parked[i % v->n_parked];
        struct buf spare = m->entries;
        *m =
            (struct parked){true, read, l.kind == LAYOUT_DATA ? &v->entities[at] : NULL,
                            l.ordinal, w->entries};
        w->entries = spare;
        if (m->entity)
            m->entity->lines += w->n_records;
        v->out->members++;
        v->out->records += w->n_records;
        v->out->bytes += v->r->members[i].size;
        code = add_parked(v, e);
    }
    pthread_mutex_unlock(&v->lock);
    return code;
}

/* The next of the n things that are to be done. */
static bool take(struct verify *v, size_t n, size_t *out)
{
    pthread_mutex_lock(&v->lock);
    bool more = v->fault == ERR_OK && v->next < n;
    *out = v->next;
    v->next += more;
    pthread_mutex_unlock(&v->lock);
    return more;
}

static void fail(struct verify *v, enum err code, const struct error *e)
{
    pthread_mutex_lock(&v->lock);
    if (v->fault == ERR_OK) {
        v->fault = code;
        v->fault_error = *e;
    }
    pthread_cond_broadcast(&v->moved);
    pthread_mutex_unlock(&v->lock);
}

static void *work_members(void *ctx)
{
    struct worker *w = ctx;
    size_t i;
    while (take(w->v, w->v->r->zip.n, &i)) {
        struct error e = ERROR_INIT;
        enum err code = one_member(w, i, &e);
        if (code != ERR_OK)
            fail(w->v, code, &e);
    }
    return NULL;
}

static void *work_entities(void *ctx)
{
    struct worker *w = ctx;
    size_t i;
    while (take(w->v, w->v->r->manifest.n_entities, &i)) {
        struct error e = ERROR_INIT;
        enum err code = verify_index(w->v, w->v->by_size[i], &e);
        if (code != ERR_OK)
            fail(w->v, code, &e);
    }
    return NULL;
}

/* The caller is the first; fewer threads than asked for are only slower. */
static enum err with_all(struct verify *v, struct worker *workers,
                         void *(*work)(void *), struct error *e)
{
    unsigned started = 1;
    v->next = 0;
    while (started < v->jobs &&
           pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
        started++;
    work(&workers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    if (v->fault != ERR_OK && e)
        *e = v->fault_error;
    return v->fault;
}

static enum err compare_entities(struct verify *v, struct worker *workers,
                                 struct error *e)
{
    size_t n = v->r->manifest.n_entities;
    if (!v->quick)
        return with_all(v, workers, work_entities, e);
    for (size_t i = 0; i < n; i++)
        verify_lines(v, i);
    return ERR_OK;
}

static enum err read_all(struct verify *v, struct error *e)
{
    struct worker *workers = alloc_zero(v->jobs, sizeof *workers);
    v->n_parked = (size_t)PARKED * v->jobs;
    v->parked = alloc_zero(v->n_parked, sizeof *v->parked);
    for (unsigned i = 0; i < v->jobs; i++) {
        workers[i].v = v;
        workers[i].canon = canon_new();
    }
    enum err code = with_all(v, workers, work_members, e);
    for (unsigned i = 0; i < v->jobs; i++) {
        canon_free(workers[i].canon);
        buf_done(&workers[i].text);
        buf_done(&workers[i].entries);
    }
    for (size_t i = 0; i < v->n_parked; i++)
        buf_done(&v->parked[i].entries);
    free(v->parked);
    if (code == ERR_OK)
        code = compare_entities(v, workers, e);
    free(workers);
    return code;
}

/* Largest first, so that no thread is left with a large one at the end. */
static void order_entities(struct verify *v)
{
    for (size_t i = 0; i < v->r->manifest.n_entities; i++) {
        size_t at = i;
        for (; at &&
               v->r->entities[v->by_size[at - 1]].records < v->r->entities[i].records;
             at--)
            v->by_size[at] = v->by_size[at - 1];
        v->by_size[at] = i;
    }
}

static enum err take_entities(struct verify *v, struct schema *schema, struct error *e)
{
    size_t n = v->r->manifest.n_entities;
    bool last = v->r->manifest.duplicates == DUPLICATES_LAST;
    v->entities = alloc_zero(n + 1, sizeof *v->entities);
    v->sorters = alloc_zero(n + 1, sizeof *v->sorters);
    v->by_size = alloc_zero(n + 1, sizeof *v->by_size);
    order_entities(v);
    for (size_t i = 0; i < n && !v->quick; i++) {
        struct verify_entity *en = &v->entities[i];
        TRY(schema_entity(schema, v->r->entities[i].name, &en->entity, e));
        en->steady = entity_is_steady(en->entity);
        en->sorter = v->sorters[i] = sorter_new(en->steady, last, v->spool);
    }
    return ERR_OK;
}

static enum err verify_all(struct verify *v, struct schema *schema, struct error *e)
{
    enum err code = take_entities(v, schema, e);
    if (code != ERR_OK)
        return verify_or_find(v, code, e);
    TRY(verify_lists(v, e));
    return read_all(v, e);
}

#define JOBS_MOST 256u

enum err verify_run(const struct reader *r, struct schema *schema, unsigned jobs,
                    struct verify_result *out, struct error *e)
{
    struct error own = ERROR_INIT;
    struct verify v = {
        .r = r,
        .out = out,
        .quick = !schema,
        .jobs = jobs < 1           ? 1
                : jobs > JOBS_MOST ? JOBS_MOST
                                   : jobs,
        .spool = spool_new(NULL),
    };
    *out = (struct verify_result){0};
    pthread_mutex_init(&v.lock, NULL);
    pthread_cond_init(&v.moved, NULL);
    v.digests = alloc_zero(r->zip.n + 1, sizeof *v.digests);
    v.n_listed = alloc_zero(r->zip.n + 1, 1);
    enum err code = verify_all(&v, schema, &own);
    for (size_t i = 0; v.sorters && i < r->manifest.n_entities; i++)
        sorter_free(v.sorters[i]);
    free(v.entities);
    free(v.sorters);
    free(v.by_size);
    free(v.digests);
    free(v.n_listed);
    pthread_cond_destroy(&v.moved);
    pthread_mutex_destroy(&v.lock);
    spool_free(v.spool);
    if (code != ERR_OK) {
        verify_done(out);
        if (e)
            *e = own;
    }
    return code;
}

void verify_done(struct verify_result *v)
{
    for (size_t i = 0; i < v->n_findings; i++)
        free(v->findings[i]);
    *v = (struct verify_result){0};
}

const char *verify_state_name(enum verify_state s)
{
    static const char *const names[] = {"unsigned", "modified", "damaged"};
    return names[s];
}
