#include "doc/doc.h"
#include "scrub/act.h"
#include "scrub/act_with.h"

struct constant {
    struct str text;
    enum act_kind kind;
};

static const char *const params[] = {"value", NULL};

static enum err check(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e)
{
    static const enum act_kind kinds[] = {[DOC_NULL] = ACT_NULL,
                                          [DOC_BOOL] = ACT_BOOL,
                                          [DOC_NUMBER] = ACT_NUMBER,
                                          [DOC_STRING] = ACT_STRING};
    TRY(with_known(with, params, e));
    const struct doc_node *value = doc_get(with, "value");
    if (!value || value->kind == DOC_LIST || value->kind == DOC_MAP)
        return with_refuse(with, "value", "a text, number, true, false or null", e);
    struct constant *c = ARENA_NEW(a, struct constant);
    c->kind = kinds[value->kind];
    c->text = c->kind == ACT_NULL ? STR("null") : arena_str(a, value->text);
    *out_params = c;
    return ERR_OK;
}

static enum err apply(struct act_thread *t, const void *p, const struct act_value *in,
                      struct act_result *out, struct error *e)
{
    const struct constant *c = p;
    buf_add_str(out->out, c->text);
    out->kind = c->kind;
    return ERR_OK;
}

const struct action act_constant = {
    .name = "constant",
    .whole = true,
    .summary = "writes a given value instead",
    .params = params,
    .check = check,
    .apply = apply,
};
