#include "doc/doc.h"
#include "match/pattern.h"
#include "scrub/act.h"
#include "scrub/act_with.h"

/* Every match of a pattern is replaced; a text without one stays as it is. A number's
 * text becomes a string when it changes. What runs away is redacted; null stays. */
struct substitute {
    struct pattern *pattern;
    struct str replacement;
};

static const char *const params[] = {"pattern", "replacement", NULL};

static enum err check(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e)
{
    struct substitute *s = ARENA_NEW(a, struct substitute);
    struct str source = str_n(NULL, 0);
    TRY(with_known(with, params, e));
    TRY(with_text(with, "pattern", a, &source, e));
    TRY(with_text(with, "replacement", a, &s->replacement, e));
    if (source.n == 0)
        return with_refuse(with, "pattern", "is missing or empty", e);
    CLEANUP(pattern_freep) struct pattern *p = NULL;
    TRY(pattern_new(source, &p, e));
    if (!pattern_replacement(p, s->replacement))
        return with_refuse(
            with, "replacement",
            "text with $1, ${1} or ${name} of groups of the pattern, and $$", e);
    s->pattern = p;
    p = NULL;
    *out_params = s;
    return ERR_OK;
}

static void done(void *params_)
{
    struct substitute *s = params_;
    pattern_free(s->pattern);
}

static enum err apply(struct act_thread *t, const void *p, const struct act_value *in,
                      struct act_result *out, struct error *e)
{
    const struct substitute *s = p;
    if (in->kind == ACT_NULL) {
        buf_add_str(out->out, in->text);
        return ERR_OK;
    }
    switch (pattern_substitute(s->pattern, t->matcher, in->text, s->replacement,
                               out->out)) {
    case PATTERN_NO: return ERR_OK;
    case PATTERN_YES: out->kind = ACT_STRING; return ERR_OK;
    case PATTERN_RUNAWAY: break;
    }
    return act_redact.apply(t, NULL, in, out, e);
}

const struct action act_substitute = {
    .name = "substitute",
    .summary = "replaces what a pattern matches",
    .params = params,
    .check = check,
    .done = done,
    .apply = apply,
};
