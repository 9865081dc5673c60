#include "doc/doc.h"
#include "scrub/act.h"
#include "scrub/act_with.h"
#include "scrub/pseudo.h"

/* null stays. A number stays a number with kind serial, else it becomes a text. true
 * and false have a domain of two, which anybody can look up: refused unless accepted.
 */
struct pseudonym {
    struct act_keyed keyed; /* first, see act_namespace() */
    const struct pseudo_kind *kind;
    bool accept_reversible;
};

static const char *const params[] = {"kind", "namespace", "scope", "accept_reversible",
                                     NULL};

static enum err check(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e)
{
#define X(name) #name,
    static const char *const kinds[] = {PSEUDO_LIST(X) NULL};
#undef X
    struct pseudonym *p = ARENA_NEW(a, struct pseudonym);
    size_t kind = sizeof kinds;
    TRY(with_known(with, params, e));
    TRY(with_choice(with, "kind", kinds, &kind, e));
    if (kind == sizeof kinds)
        return with_refuse(with, "kind", "is missing", e);
    p->kind = pseudo_at(kind);
    TRY(with_keyed(with, p->kind->name, a, &p->keyed, e));
    TRY(with_bool(with, "accept_reversible", &p->accept_reversible, e));
    *out_params = p;
    return ERR_OK;
}

static enum err apply(struct act_thread *t, const void *params_,
                      const struct act_value *in, struct act_result *out,
                      struct error *e)
{
    const struct pseudonym *a = params_;
    struct space space;
    space_of(t, &a->keyed, &space);
    struct pseudo p = {t, space_str(&space)};
    if (in->kind == ACT_NULL) {
        buf_add_str(out->out, in->text);
        return ERR_OK;
    }
    if (in->kind == ACT_BOOL && !a->accept_reversible)
        return err_set(e, ERR_DATA,
                       "a pseudonym of true or false can be looked up; use constant or "
                       "drop, or say accept_reversible: true");
    if (in->kind == ACT_NUMBER && a->kind == &pseudo_serial)
        return pseudo_number(&p, in->text, out->out, e);
    out->kind = ACT_STRING;
    return pseudo_make(a->kind, &p, in->text, out->out, e);
}

const struct action act_pseudonym = {
    .name = "pseudonym",
    .summary = "writes a keyed pseudonym of the same shape instead",
    .params = params,
    .keyed = true,
    .check = check,
    .apply = apply,
};
