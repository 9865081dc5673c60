#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "report/forms.h"
#include "json/visible.h"

#define STEP (64u << 10) /* bytes gathered before they are written */

static const struct report_form *const forms[] = {
#define X(name) &report_##name,
    FORM_LIST(X)
#undef X
};

const struct report_form *report_form_at(size_t i)
{
    return i < sizeof forms / sizeof *forms ? forms[i] : NULL;
}

struct report *report_new(const struct report_form *form,
                          const struct report_options *o)
{
    struct report *r = NEW(struct report);
    r->form = form;
    r->options = *o;
    r->error = (struct error)ERROR_INIT;
    r->state = form->begin ? form->begin(r) : NULL;
    return r;
}

void report_free(struct report *r)
{
    if (!r)
        return;
    if (r->form->done)
        r->form->done(r->state);
    buf_done(&r->out);
    free(r);
}

static enum err drain(struct report *r, size_t keep, struct error *e)
{
    if (r->out.n <= keep)
        return ERR_OK;
    TRY(r->options.write(r->options.ctx, buf_str(&r->out), e));
    buf_clear(&r->out);
    return ERR_OK;
}

/* What a form has done, and its error if it has one. */
static enum err result(struct report *r, struct error *e)
{
    if (r->failed) {
        if (e)
            *e = r->error;
        return r->failed;
    }
    return drain(r, STEP, e);
}

void report_check(struct report *r, enum err code)
{
    if (!r->failed)
        r->failed = code;
}

void report_flush(struct report *r)
{
    report_check(r, drain(r, STEP, &r->error));
}

static enum err take_change(void *ctx, const struct change *c, struct error *e)
{
    struct report *r = ctx;
    bool quiet = c->scrub == SCRUB_EQUAL || c->scrub == SCRUB_EPOCH;
    if (!r->options.shown[c->class] || (quiet && !r->options.shown_scrub[c->scrub]))
        return ERR_OK;
    r->n++;
    if (r->form->count)
        r->form->count(r, c);
    if (r->options.max && r->n > r->options.max)
        return ERR_OK;
    r->form->change(r, c);
    return result(r, e);
}

static enum err take_entity(void *ctx, const struct change_entity *en, struct error *e)
{
    struct report *r = ctx;
    if (r->form->entity)
        r->form->entity(r, en);
    return result(r, e);
}

struct change_sink report_sink(struct report *r)
{
    return (struct change_sink){r, take_change, take_entity};
}

enum err report_end(struct report *r, const struct drift_counts *counts,
                    struct error *e)
{
    if (r->form->end)
        r->form->end(r, counts);
    TRY(result(r, e));
    return drain(r, 0, e);
}

uint64_t form_left_out(const struct report *r)
{
    return r->options.max && r->n > r->options.max ? r->n - r->options.max : 0;
}

/* 1234567 -> 1,234,567 */
unsigned form_number(struct buf *out, uint64_t v)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v);
    size_t from = out->n;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            buf_add_char(out, ',');
        buf_add_char(out, digits[i]);
    }
    return (unsigned)(out->n - from);
}

void form_key(struct emit *j, const struct change *c)
{
    emit_key(j, c->keyless ? STR("fingerprint") : STR("key"));
    /* ["hex"] is the fingerprint alone */
    emit_raw(j, c->keyless ? str_n(c->key.p + 1, c->key.n - 2) : c->key);
}

const char *form_label(const struct change *c)
{
    if (c->side)
        return side_name(c->side);
    if (c->scrub > SCRUB_DRIFT)
        return scrub_name(c->scrub);
    bool named = c->class == CHANGE_CHANGED || c->class == CHANGE_DANGLING;
    return named ? "" : change_name(c->class);
}

const char *form_dangles(const struct change *c)
{
    return c->dangles[0] && c->dangles[1] ? "both" : c->dangles[0] ? "left" : "right";
}

const char *form_reference(const struct change *c)
{
    if (c->reference != REFERENCE_DANGLING)
        return reference_name(c->reference);
    return c->dangles[0] && c->dangles[1] ? "dangling on both sides"
           : c->dangles[0]                ? "dangling on the left"
                                          : "dangling on the right";
}

void form_labels(struct buf *out, const struct change *c)
{
    const char *label = form_label(c), *reference = form_reference(c);
    buf_add_str(out, str_of(label));
    if (*label && *reference)
        buf_add_str(out, STR(", "));
    buf_add_str(out, str_of(reference));
}

bool form_is_whole(const struct change *c)
{
    return c->class == CHANGE_ADDED || c->class == CHANGE_REMOVED;
}

void form_change(struct buf *out, const struct change *c)
{
    struct emit j;
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, "entity", c->entity);
    emit_key(&j, STR("key"));
    emit_raw(&j, c->key);
    emit_key_string(&j, "class", str_of(change_name(c->class)));
    if (c->side)
        emit_key_string(&j, "side", str_of(side_name(c->side)));
    if (c->scrub)
        emit_key_string(&j, "scrub", str_of(scrub_name(c->scrub)));
    if (c->reference)
        emit_key_string(&j, "reference", str_of(reference_name(c->reference)));
    if (c->reference == REFERENCE_DANGLING)
        emit_key_string(&j, "dangles", str_of(form_dangles(c)));
    if (c->path.n)
        emit_key_string(&j, "path", c->path);
    if (c->base.p) {
        emit_key(&j, STR("base"));
        emit_raw(&j, c->base);
    }
    if (c->left.p) {
        emit_key(&j, STR("left"));
        emit_raw(&j, c->left);
    }
    if (c->right.p) {
        emit_key(&j, STR("right"));
        emit_raw(&j, c->right);
    }
    if (c->count > 1)
        emit_key_uint(&j, "count", c->count);
    emit_object_end(&j);
}

void form_name(struct emit *j, const char *name)
{
    BUF_SCOPED text = BUF_INIT;
    visible_add(&text, str_of(name), false);
    emit_string(j, buf_str(&text));
}

static void both(struct emit *j, const char *key, const uint64_t v[2])
{
    emit_key(j, str_of(key));
    emit_object(j);
    emit_key_uint(j, "left", v[0]);
    emit_key_uint(j, "right", v[1]);
    emit_object_end(j);
}

static void sides(struct emit *j, const uint64_t by_side[SIDES_OF_CHANGE])
{
    emit_key(j, STR("sides"));
    emit_object(j);
    for (unsigned i = SIDE_NONE + 1; i < SIDES_OF_CHANGE; i++)
        emit_key_uint(j, side_name(i), by_side[i]);
    emit_object_end(j);
}

static void scrubs(struct emit *j, const uint64_t by_scrub[SCRUBS])
{
    emit_key(j, STR("scrub"));
    emit_object(j);
    for (unsigned i = SCRUB_NONE + 1; i < SCRUBS; i++)
        emit_key_uint(j, scrub_name(i), by_scrub[i]);
    emit_object_end(j);
}

static void references(struct emit *j, const uint64_t by_reference[REFERENCES])
{
    emit_key(j, STR("references"));
    emit_object(j);
    for (unsigned i = REFERENCE_NONE + 1; i < REFERENCES; i++)
        emit_key_uint(j, reference_name(i), by_reference[i]);
    emit_object_end(j);
}

static void classes(struct emit *j, const uint64_t by_class[CHANGES])
{
    emit_key(j, STR("changes"));
    emit_object(j);
    for (unsigned i = 0; i < CHANGES; i++)
        emit_key_uint(j, change_name(i), by_class[i]);
    emit_object_end(j);
}

void form_entity(struct emit *j, const struct change_entity *en)
{
    emit_key_string(j, "entity", en->name);
    both(j, "records", en->records);
    emit_key_uint(j, "added", en->added);
    emit_key_uint(j, "removed", en->removed);
    emit_key_uint(j, "changed", en->changed);
    classes(j, en->by_class);
    scrubs(j, en->by_scrub);
    references(j, en->by_reference);
    sides(j, en->by_side);
    emit_key_uint(j, "normalized", en->normalized);
    emit_key_uint(j, "volatile_only", en->volatile_only);
    both(j, "duplicates", en->duplicates);
    both(j, "keyless", en->keyless);
}

void form_counts(struct emit *j, const struct drift_counts *c)
{
    emit_key(j, STR("equal_roots"));
    emit_bool(j, c->equal_roots);
    both(j, "records", c->records);
    emit_key_uint(j, "added", c->added);
    emit_key_uint(j, "removed", c->removed);
    emit_key_uint(j, "changed", c->changed);
    emit_key_uint(j, "failing", c->failing);
    classes(j, c->by_class);
    scrubs(j, c->by_scrub);
    references(j, c->by_reference);
    sides(j, c->by_side);
    emit_key_uint(j, "normalized", c->normalized);
    emit_key_uint(j, "volatile_only", c->volatile_only);
    both(j, "duplicates", c->duplicates);
    both(j, "keyless", c->keyless);
    emit_key(j, STR("read"));
    emit_object(j);
    emit_key_uint(j, "pages", c->pages_read);
    emit_key_uint(j, "of_pages", c->pages);
    emit_key_uint(j, "members", c->members_read);
    emit_key_uint(j, "of_members", c->members);
    emit_key_uint(j, "record_bytes", c->bytes_read);
    emit_object_end(j);
}

void report_summary(const struct drift_counts *counts, struct buf *out)
{
    struct emit j;
    bool drift = counts->added || counts->removed || counts->changed;
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, "command", STR("diff"));
    emit_key_string(&j, "status", drift ? STR("drift") : STR("equal"));
    form_counts(&j, counts);
    emit_object_end(&j);
    buf_add_char(out, '\n');
}
