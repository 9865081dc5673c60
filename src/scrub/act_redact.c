#include "scrub/act.h"
#include "doc/doc.h"
#include "scrub/act_with.h"

/* `[REDACTED]` or `[REDACTED:label]`. null says nothing and stays. */
struct redact {
    struct str label;
};

static const char *const params[] = {"label", NULL};

static enum err check(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e)
{
    struct redact *r = ARENA_NEW(a, struct redact);
    TRY(with_known(with, params, e));
    TRY(with_text(with, "label", a, &r->label, e));
    bool fits = r->label.n <= 64 && (r->label.n > 0 || !doc_get(with, "label"));
    for (size_t i = 0; i < r->label.n; i++) {
        char c = r->label.p[i];
        fits &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    }
    if (!fits)
        return with_refuse(with, "label",
                           "1 to 64 letters, digits, dots, dashes or underscores", e);
    *out_params = r;
    return ERR_OK;
}

static enum err apply(struct act_thread *t, const void *p, const struct act_value *in,
                      struct act_result *out, struct error *e)
{
    const struct redact *r = p;
    if (in->kind == ACT_NULL) {
        buf_add_str(out->out, in->text);
        return ERR_OK;
    }
    out->kind = ACT_STRING;
    buf_add_str(out->out, STR("[REDACTED"));
    if (r && r->label.n) {
        buf_add_char(out->out, ':');
        buf_add_str(out->out, r->label);
    }
    buf_add_char(out->out, ']');
    return ERR_OK;
}

const struct action act_redact = {
    .name = "redact",
    .whole = true,
    .summary = "writes [REDACTED] or [REDACTED:label] instead",
    .params = params,
    .check = check,
    .apply = apply,
};
