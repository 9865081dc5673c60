#include "archive/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "archive/layout.h"
#include "archive/verify_private.h"
#include "base/alloc.h"

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

static enum err check_member(struct worker *w, size_t i, struct verify_entity *en,
                             bool *out_read, struct error *e)
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
    if (code == ERR_OK && en)
        code = read_records(w, en, e);
    *out_read = code == ERR_OK;
    if (code != ERR_OK && !e->where[0])
        snprintf(e->where, sizeof e->where, "%.*s", STR_ARG(m->name));
    return verify_or_find(v, code, e);
}

/* In the order of the members, under the lock. */
static enum err add_entries(struct worker *w, struct verify_entity *en,
                            uint32_t ordinal, struct error *e)
{
    struct entry entry;
    char key[ENTRY_KEY];
    size_t pos = 0;
    uint32_t at = 0;
    while (entry_unpack(buf_str(&w->entries), &pos, en->steady, key, &entry)) {
        entry.member = ordinal;
        entry.at = at;
        entry.arrival = ++en->records;
        at += entry.size + 1;
        TRY(sorter_add(en->sorter, &entry, e));
    }
    return sorters_relieve(w->v->sorters, w->v->r->manifest.n_entities, WRITER_MEMORY,
                           e);
}

static enum err one_member(struct worker *w, size_t i, struct error *e)
{
    struct verify *v = w->v;
    struct layout l = layout_of(v->r->members[i].name);
    struct verify_entity *en = NULL;
    size_t at;
    if (l.kind == LAYOUT_DATA) {
        TRY(reader_entity_index(v->r, l.entity, &at, e));
        en = &v->entities[at];
    }
    bool read;
    TRY(check_member(w, i, en, &read, e));
    pthread_mutex_lock(&v->lock);
    while (v->turn != i && v->fault == ERR_OK)
        pthread_cond_wait(&v->moved, &v->lock);
    enum err code = ERR_OK;
    if (v->fault == ERR_OK && en && read)
        code = add_entries(w, en, l.ordinal, e);
    if (en && !read)
        en->damaged = true;
    v->out->members++;
    v->out->records += w->n_records;
    v->out->bytes += v->r->members[i].size;
    v->turn++;
    pthread_cond_broadcast(&v->moved);
    pthread_mutex_unlock(&v->lock);
    return code;
}

static bool take(struct verify *v, size_t *out)
{
    pthread_mutex_lock(&v->lock);
    bool more = v->fault == ERR_OK && v->next < v->r->zip.n;
    *out = v->next;
    v->next += more;
    pthread_mutex_unlock(&v->lock);
    return more;
}

static void *work(void *ctx)
{
    struct worker *w = ctx;
    struct verify *v = w->v;
    size_t i;
    while (take(v, &i)) {
        struct error e = ERROR_INIT;
        enum err code = one_member(w, i, &e);
        if (code == ERR_OK)
            continue;
        pthread_mutex_lock(&v->lock);
        if (v->fault == ERR_OK) {
            v->fault = code;
            v->fault_error = e;
        }
        pthread_cond_broadcast(&v->moved);
        pthread_mutex_unlock(&v->lock);
    }
    return NULL;
}

#define JOBS_MOST 256

static enum err all_members(struct verify *v, unsigned jobs, struct error *e)
{
    unsigned n = jobs < 1 ? 1 : jobs > JOBS_MOST ? JOBS_MOST : jobs, started = 1;
    struct worker *workers = alloc_zero(n, sizeof *workers);
    for (unsigned i = 0; i < n; i++) {
        workers[i].v = v;
        workers[i].canon = canon_new();
    }
    /* The caller is the first; fewer threads than asked for are only slower. */
    while (started < n &&
           pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
        started++;
    work(&workers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    for (unsigned i = 0; i < n; i++) {
        canon_free(workers[i].canon);
        buf_done(&workers[i].text);
        buf_done(&workers[i].entries);
    }
    free(workers);
    if (v->fault != ERR_OK && e)
        *e = v->fault_error;
    return v->fault;
}

static enum err take_entities(struct verify *v, struct schema *schema, struct error *e)
{
    size_t n = v->r->manifest.n_entities;
    bool last = v->r->manifest.duplicates == DUPLICATES_LAST;
    v->entities = alloc_zero(n + 1, sizeof *v->entities);
    v->sorters = alloc_zero(n + 1, sizeof *v->sorters);
    for (size_t i = 0; i < n; i++) {
        struct verify_entity *en = &v->entities[i];
        TRY(schema_entity(schema, v->r->entities[i].name, &en->entity, e));
        en->steady = entity_is_steady(en->entity);
        en->sorter = v->sorters[i] = sorter_new(en->steady, last, v->spool);
    }
    return ERR_OK;
}

static enum err verify_all(struct verify *v, struct schema *schema, unsigned jobs,
                           struct error *e)
{
    enum err code = take_entities(v, schema, e);
    if (code != ERR_OK)
        return verify_or_find(v, code, e);
    TRY(verify_lists(v, e));
    TRY(all_members(v, jobs, e));
    for (size_t i = 0; i < v->r->manifest.n_entities; i++)
        TRY(verify_index(v, i, e));
    return ERR_OK;
}

enum err verify_run(const struct reader *r, struct schema *schema, unsigned jobs,
                    struct verify_result *out, struct error *e)
{
    struct error own = ERROR_INIT;
    struct verify v = {.r = r, .out = out, .spool = spool_new(NULL)};
    *out = (struct verify_result){0};
    pthread_mutex_init(&v.lock, NULL);
    pthread_cond_init(&v.moved, NULL);
    v.digests = alloc_zero(r->zip.n + 1, sizeof *v.digests);
    v.n_listed = alloc_zero(r->zip.n + 1, 1);
    enum err code = verify_all(&v, schema, jobs, &own);
    for (size_t i = 0; v.sorters && i < r->manifest.n_entities; i++)
        sorter_free(v.sorters[i]);
    free(v.entities);
    free(v.sorters);
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
