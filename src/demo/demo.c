#include "demo/demo.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/shipped.h"
#include "demo/build.h"
#include "demo/wrap.h"

static const char *const format_names[] = {
#define X(name, text) [DEMO_##name] = text,
    DEMO_FORMATS(X)
#undef X
};

static const struct wrap_form *const forms[] = {
    [DEMO_DATA_SNAPSHOT] = &wrap_tar, [DEMO_PAGES] = &wrap_pages,
    [DEMO_NDJSON] = &wrap_ndjson,     [DEMO_JSON] = &wrap_json,
    [DEMO_AIRBYTE] = &wrap_airbyte,
};

static build_fn *const builders[CENSUS_N] = {
#define X(type, weight, least, most, owner) build_##type,
    CENSUS_ENTITIES(X)
#undef X
};

_Static_assert(CENSUS_N <= DEMO_ENTITIES_MAX, "the summary has room for all");

bool demo_format_named(struct str name, enum demo_format *out)
{
    for (unsigned i = 0; i < BUILD_COUNT(format_names); i++)
        if (str_eq(name, str_of(format_names[i]))) {
            *out = (enum demo_format)i;
            return true;
        }
    return false;
}

/* All that one call works with. */
struct demo {
    struct census census;
    struct scribe row;
    struct wrap out;
    struct buf truth;
    struct schema *schema;
    int truth_fd;
    uint64_t done; /* records */
};

static void demo_done(struct demo *d)
{
    d->out.form->close(&d->out);
    buf_done(&d->out.buf);
    buf_done(&d->truth);
    scribe_done(&d->row);
    schema_free(d->schema);
    free(d);
}

static void demo_donep(struct demo **d)
{
    if (*d)
        demo_done(*d);
}

/* The first line of a CSV table: known when its first record was built. */
static void put_header(struct demo *d, size_t at)
{
    struct scribe *r = &d->row;
    struct buf *b = &d->out.buf;
    BUF_SCOPED header = BUF_INIT;

    for (unsigned i = 0; i < r->n; i++) {
        if (i > 0)
            buf_add_char(&header, ',');
        buf_add_str(&header, r->columns[i].field->column);
    }
    buf_add_char(&header, '\n');
    buf_room(b, header.n);
    memmove(b->p + at + header.n, b->p + at, b->n - at);
    memcpy(b->p + at, header.p, header.n);
    b->n += header.n;
}

static enum err write_truth(struct demo *d, struct error *e)
{
    struct str s = buf_str(&d->truth);

    buf_clear(&d->truth);
    return s.n ? file_write_all(d->truth_fd, s.p, s.n, "truth file", e) : ERR_OK;
}

static enum err flush(struct demo *d, struct error *e)
{
    const struct demo_options *o = d->out.options;

    TRY(d->out.form->piece(&d->out, e));
    TRY(write_truth(d, e));
    if (o->progress)
        o->progress(o->progress_ctx, d->done, d->out.bytes);
    return ERR_OK;
}

static enum err write_entity(struct demo *d, enum census_entity of, struct error *e)
{
    struct wrap *o = &d->out;

    o->type = schema_type(d->schema, str_of(census_name(of)));
    if (!o->type || !o->type->is_entity)
        return err_set(e, ERR_SOFTWARE, "the schema has no entity %s", census_name(of));
    o->n = d->census.n[of];
    scribe_entity(&d->row, o->type);
    TRY(o->form->entity(o, e));
    for (o->i = 0; o->i < o->n; o->i++) {
        size_t at = o->buf.n;
        o->form->before(o);
        builders[of](&d->row, &d->census, o->i + 1);
        if (o->i == 0 && d->row.dialect == SCRIBE_CSV)
            put_header(d, at);
        o->form->after(o);
        d->done++;
        if (o->buf.n >= WRAP_PIECE)
            TRY(flush(d, e));
    }
    o->any = true;
    return o->form->entity_end(o, e);
}

static enum err write_all(struct demo *d, struct demo_summary *out, struct error *e)
{
    for (unsigned i = 0; i < CENSUS_N; i++) {
        if (d->census.n[i] == 0)
            continue;
        TRY(write_entity(d, (enum census_entity)i, e));
        out->entities[out->n_entities].name = census_name((enum census_entity)i);
        out->entities[out->n_entities++].records = d->census.n[i];
    }
    return ERR_OK;
}

enum err demo_write_fd(const struct demo_options *o, int fd, int truth_fd,
                       const char *what, struct demo_summary *out, struct error *e)
{
    CLEANUP(demo_donep) struct demo *d = NEW(struct demo);
    struct demo_summary summary = {0};

    d->out =
        (struct wrap){.form = forms[o->format], .options = o, .fd = fd, .what = what};
    d->truth_fd = truth_fd;
    TRY(census_init(&d->census, o->records, o->seed, e));
    d->census.marked = o->marked;
    TRY(schema_load(shipped_get(STR("ion.graphql")), "ion.graphql", &d->schema, e));
    d->row.out = &d->out.buf;
    d->row.truth = truth_fd >= 0 ? &d->truth : NULL;
    d->row.census = &d->census;
    d->row.typename = d->out.form->typename;
    d->row.dialect = o->csv ? d->out.form->csv_dialect : d->out.form->dialect;
    TRY(d->out.form->open(&d->out, e));
    TRY(write_all(d, &summary, e));
    TRY(d->out.form->finish(&d->out, e));
    TRY(write_truth(d, e));
    summary.records = d->done;
    summary.bytes = d->out.bytes;
    *out = summary;
    return ERR_OK;
}

static enum err open_output(const char *path, bool force, struct file_out **out,
                            int *fd, struct error *e)
{
    if (strcmp(path, "-") == 0) {
        *fd = STDOUT_FILENO;
        return ERR_OK;
    }
    TRY(file_out_open(path, force, out, e));
    *fd = file_out_fd(*out);
    return ERR_OK;
}

enum err demo_write(const struct demo_options *o, struct demo_summary *out,
                    struct error *e)
{
    CLEANUP(file_out_freep) struct file_out *main = NULL, *truth = NULL;
    int fd = -1, truth_fd = -1;
    enum err code;

    TRY(open_output(o->output, o->force, &main, &fd, e));
    if (o->truth)
        TRY(open_output(o->truth, o->force, &truth, &truth_fd, e));
    TRY(demo_write_fd(o, fd, truth_fd, o->output, out, e));
    if (truth) {
        code = file_out_commit(truth, e);
        truth = NULL;
        TRY(code);
    }
    if (main) {
        code = file_out_commit(main, e);
        main = NULL;
        TRY(code);
    }
    return ERR_OK;
}
