#include "scrub/walk_private.h"

#include "base/alloc.h"

#define SIBLINGS 4096 /* scalar members of one object that `when` may ask about */

/* What skim has just found, without escapes: a condition must not depend on how a
 * sibling is written. */
static enum err plain_token(struct walker *w, bool quoted, struct str *out,
                            struct error *e)
{
    *out = walk_token(w, &w->skim, quoted);
    if (!quoted || !w->skim.escaped)
        return ERR_OK;
    BUF_SCOPED text = BUF_INIT;
    TRY(scan_unescape(*out, &text, e));
    *out = arena_str(&w->sibling_texts, buf_str(&text));
    return ERR_OK;
}

static enum err add_sibling(struct walker *w, struct frame *f, struct str name,
                            enum scan_event ev, struct error *e)
{
    struct str text;
    if (f->n_siblings == SIBLINGS)
        return err_set(
            e, ERR_LIMIT,
            "an object of more than %d values where a rule looks at siblings",
            SIBLINGS);
    TRY(plain_token(w, ev == SCAN_STRING, &text, e));
    if (ev == SCAN_TRUE)
        text = STR("true");
    else if (ev == SCAN_FALSE)
        text = STR("false");
    else if (ev == SCAN_NULL)
        text = STR("null");
    VEC_PUSH(w->siblings, w->n_siblings, w->cap_siblings) =
        (struct sibling){.name = name, .text = text};
    f->n_siblings++;
    return ERR_OK;
}

enum err siblings_skim(struct walker *w, struct frame *f, size_t at, struct error *e)
{
    struct str rest = str_from(w->json, at);
    f->siblings = w->n_siblings;
    f->n_siblings = 0;
    scan_reset(&w->skim, at);
    scan_feed(&w->skim, rest);
    struct str name = STR("");
    for (;;) {
        enum scan_event ev = scan_next(&w->skim);
        if (ev <= SCAN_MORE || (ev == SCAN_OBJECT_END && w->skim.depth == 0))
            return ERR_OK; /* what is wrong with it the walk itself will say */
        if (w->skim.depth != 1)
            continue;
        if (ev == SCAN_KEY)
            TRY(plain_token(w, true, &name, e));
        else if (ev >= SCAN_STRING)
            TRY(add_sibling(w, f, name, ev, e));
    }
}

/* The object that `when` speaks of: inside a JSON scalar, the one that holds it. */
static const struct frame *sibling_frame(const struct walker *w)
{
    unsigned i = w->depth;
    while (i > 1 && (w->frames[i - 1].array || w->frames[i - 1].node->in_scalar ||
                     (w->frames[i - 1].node->type &&
                      w->frames[i - 1].node->type->kind != TYPE_OBJECT)))
        i--;
    return &w->frames[i ? i - 1 : 0];
}

struct str siblings_text(const struct walker *w, struct str name)
{
    const struct frame *f = sibling_frame(w);
    const struct type *type = f->node->type;
    const struct field *want =
        type && type->kind == TYPE_OBJECT ? schema_field(type, name) : NULL;
    for (size_t i = 0; i < f->n_siblings; i++) {
        const struct sibling *s = &w->siblings[f->siblings + i];
        if (str_eq(s->name, name) || (want && schema_field(type, s->name) == want))
            return s->text;
    }
    return (struct str){0};
}

bool siblings_hold(const struct walker *w, const struct rule *r)
{
    for (size_t i = 0; i < r->n_when; i++) {
        struct str text = siblings_text(w, r->when[i].name);
        bool any = false;
        for (size_t k = 0; k < r->when[i].n_values && text.p; k++)
            any |= str_eq(text, r->when[i].values[k]);
        if (!any)
            return false;
    }
    return true;
}
