#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "source/private.h"
#include "source/walk.h"

static enum err take_overrides(struct source *s, const struct source_options *o,
                               struct error *e)
{
    s->overrides = alloc_zero(o->n_overrides + 1, sizeof *s->overrides);
    s->override_entities = alloc_zero(o->n_overrides + 1, sizeof *s->override_entities);
    for (size_t i = 0; i < o->n_overrides; i++) {
        const struct source_override *from = &o->overrides[i];
        s->overrides[i].name = arena_str(&s->arena, from->name);
        if (schema_entity(s->schema, from->entity, &s->override_entities[i], e) !=
            ERR_OK)
            return err_in(e, "--entity");
        s->n_overrides++;
    }
    return ERR_OK;
}

static enum err take_attachments(struct source *s, const char *how, struct error *e)
{
    if (!how || strcmp(how, "drop") == 0) {
        s->attach = ATTACH_DROP;
    } else if (strcmp(how, "fail") == 0) {
        s->attach = ATTACH_FAIL;
    } else if (strncmp(how, "keep=", 5) == 0 && how[5]) {
        s->attach = ATTACH_KEEP;
        s->keep = alloc_str(str_of(how + 5));
    } else {
        return err_set(e, ERR_USAGE, "--attachments is drop, fail or keep=GLOB");
    }
    return ERR_OK;
}

enum err source_new(const struct source_options *o, struct source **out,
                    struct error *e)
{
    CLEANUP(source_freep) struct source *s = NEW(struct source);
    s->schema = o->schema;
    s->chunk = SOURCE_CHUNK;
    s->allow_partial = o->allow_partial;
    s->record_limit = o->record_limit ? o->record_limit : SOURCE_RECORD_MAX;
    if (s->record_limit > SOURCE_RECORD_MAX)
        s->record_limit = SOURCE_RECORD_MAX;
    TRY(take_overrides(s, o, e));
    TRY(take_attachments(s, o->attachments, e));
    *out = s;
    s = NULL;
    return ERR_OK;
}

void source_free(struct source *s)
{
    if (!s)
        return;
    open_close(s);
    while (s->n_levels)
        container_free(s->levels[--s->n_levels].container);
    text_done(&s->text);
    for (size_t i = 0; i < s->n_places; i++)
        free(s->places[i].path);
    for (size_t i = 0; i < s->n_findings; i++)
        free(s->findings[i].line);
    free(s->places);
    free(s->findings);
    free(s->inputs);
    free(s->overrides);
    free(s->override_entities);
    free(s->parts);
    free(s->lists);
    free(s->keep);
    arena_done(&s->arena);
    free(s);
}

static size_t add_input(struct source *s, struct str name)
{
    struct input in = {.about = {.name = arena_str(&s->arena, name)}};
    VEC_PUSH(s->inputs, s->n_inputs, s->cap_inputs) = in;
    return s->n_inputs - 1;
}

static enum err add_place(struct source *s, const char *path, bool named, uint64_t size,
                          struct error *e)
{
    if (s->n_places == SOURCE_FILES)
        return err_set(e, ERR_LIMIT, "more than %u input files", SOURCE_FILES);
    struct place p = {alloc_str(str_of(path)), s->n_inputs - 1, named, size};
    VEC_PUSH(s->places, s->n_places, s->cap_places) = p;
    s->total += size;
    return ERR_OK;
}

static enum err walked_file(void *ctx, const char *path, uint64_t size, struct error *e)
{
    return add_place(ctx, path, false, size, e);
}

static void walked_other(void *ctx)
{
    struct source *s = ctx;
    s->inputs[s->n_inputs - 1].links++;
}

static enum err add_folder(struct source *s, const char *path, struct error *e)
{
    size_t before = s->n_places;
    struct walk_sink sink = {s, walked_file, walked_other};
    s->inputs[s->n_inputs - 1].folder = true;
    TRY(walk(path, &sink, e));
    if (s->n_places == before)
        return err_set(e, ERR_DATA, "%s: the folder holds no files", path);
    return ERR_OK;
}

enum err source_add(struct source *s, const char *path, struct error *e)
{
    struct stat st;
    if (strcmp(path, "-") == 0) {
        add_input(s, str_of(path));
        s->total_unknown = true;
        return add_place(s, path, true, 0, e);
    }
    if (stat(path, &st) < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open %s", path);
    add_input(s, str_of(path));
    if (S_ISDIR(st.st_mode))
        return add_folder(s, path, e);
    if (access(path, R_OK) < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot read %s", path);
    s->total_unknown |= !S_ISREG(st.st_mode);
    return add_place(s, path, true, S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0, e);
}

void source_add_feed(struct source *s, const char *name, const struct source_feed *feed)
{
    size_t i = add_input(s, str_of(name));
    struct source_feed *copy = ARENA_NEW(&s->arena, struct source_feed);
    *copy = *feed;
    s->inputs[i].feed = copy;
    s->inputs[i].about.format = STR("snapshot");
}

enum err source_is_snapshot(const char *path, bool *out, struct error *e)
{
    /* The end record of a zip with the comment "sandcast1 " and 16 hex digits. */
    static const char comment[] = "sandcast1 ";
    char tail[22 + 26];
    struct stat st;
    size_t n = 0;
    CLEANUP(file_closep) int fd = -1;
    *out = false;
    if (stat(path, &st) < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? ERR_OK
                   : err_sys(e, ERR_NOINPUT, errno, "cannot open %s", path);
    /* Opening a pipe would wait for its writer. */
    if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof tail)
        return ERR_OK;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open %s", path);
    uint64_t at = (uint64_t)st.st_size - sizeof tail;
    enum err code = file_read_at(fd, at, tail, sizeof tail, &n, e);
    if (code != ERR_OK) {
        err_in(e, path);
        return code;
    }
    *out = n == sizeof tail && memcmp(tail, "PK\5\6", 4) == 0 &&
           memcmp(tail + 22, comment, sizeof comment - 1) == 0;
    return ERR_OK;
}

void chunk_add(struct chunk *c, size_t at, size_t size, uint64_t raw,
               const struct entity *entity)
{
    struct source_ref ref = {(uint32_t)at, (uint32_t)size, (uint32_t)(raw - c->offset),
                             entity};
    VEC_PUSH(c->records, c->n_records, c->cap_records) = ref;
}

enum err record_too_large(const struct source *s, uint64_t offset, struct error *e)
{
    err_set(e, ERR_LIMIT, "a record is larger than %zu bytes (see --memory)",
            s->record_limit);
    return err_at(e, offset);
}

/* Cuts once; the member is closed when it has nothing left. */
static enum err cut(struct source *s, struct chunk *c, struct error *e)
{
    struct member *m = s->member;
    struct source_input *about = &s->inputs[m->input].about;
    c->origin = &m->origin;
    c->first_record = m->records + 1;
    c->stored = s->inputs[m->input].feed;
    enum err code = s->cutter->next(s->cutter, &s->text, c, e);
    if (code != ERR_OK)
        return err_in(e, m->origin.name.p);
    about->bytes += c->bytes;
    about->records += c->n_records;
    m->records += c->n_records;
    if (!c->n_records)
        open_close(s);
    return ERR_OK;
}

static void chunk_clear(struct chunk *c)
{
    buf_clear(&c->data);
    c->n_records = 0;
    c->offset = c->bytes = c->first_record = 0;
    c->framing = 0;
    c->origin = NULL;
    c->stored = false;
}

enum err source_next(struct source *s, struct chunk *c, struct error *e)
{
    do {
        chunk_clear(c);
        if (!s->member)
            TRY(open_next(s, e));
        if (!s->member) {
            c->sequence = s->sequence;
            if (s->checked)
                return ERR_OK;
            s->checked = true;
            return complete_check(s, e);
        }
        TRY(cut(s, c, e));
    } while (!c->n_records);
    c->sequence = s->sequence++;
    return ERR_OK;
}

void source_set_clock(struct source *s, struct stage_clock *clock)
{
    s->text.clock = clock;
}

void chunk_done(struct chunk *c)
{
    buf_done(&c->data);
    free(c->records);
    *c = (struct chunk){0};
}

size_t source_n_inputs(const struct source *s)
{
    return s->n_inputs;
}

const struct source_input *source_input_at(const struct source *s, size_t i)
{
    struct input *in = &s->inputs[i];
    uint64_t nothing = atomic_exchange(&in->nothing, 0);
    in->about.records -= nothing;
    return &in->about;
}

uint64_t source_total(const struct source *s)
{
    return s->total_unknown ? 0 : s->total;
}

uint64_t source_done_bytes(const struct source *s)
{
    return atomic_load(&s->done);
}

size_t source_n_findings(const struct source *s)
{
    return s->n_findings;
}

const char *source_finding_at(const struct source *s, size_t i)
{
    return s->findings[i].line;
}

const char *source_finding_bare(const struct source *s, size_t i)
{
    return s->findings[i].line + s->findings[i].bare;
}

void source_set_chunk(struct source *s, size_t size)
{
    s->chunk = size;
}
