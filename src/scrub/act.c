#include "scrub/act.h"

#include "scrub/act_with.h"

static const char *const none[] = {NULL};

static enum err check_none(const struct doc_node *with, struct arena *a,
                           void **out_params, struct error *e)
{
    *out_params = NULL;
    return with_known(with, none, e);
}

const struct action act_keep = {
    .name = "keep",
    .summary = "leaves the value as it is",
    .params = none,
    .check = check_none,
};

const struct action act_drop = {
    .name = "drop",
    .summary = "removes the member",
    .params = none,
    .whole = true,
    .check = check_none,
};

const struct action act_null = {
    .name = "null",
    .summary = "writes null instead",
    .params = none,
    .whole = true,
    .check = check_none,
};

const struct action act_block = {
    .name = "block",
    .summary = "ends the run, or leaves the record out",
    .params = none,
    .whole = true,
    .check = check_none,
};

static const struct action *const actions[] = {
#define X(name) &act_##name,
    ACT_LIST(X)
#undef X
};

const struct action *act_at(size_t i)
{
    return i < sizeof actions / sizeof *actions ? actions[i] : NULL;
}

const struct action *act_find(struct str name)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (str_eq(name, str_of(actions[i]->name)))
            return actions[i];
    return NULL;
}

struct str act_namespace(const struct action *a, const void *params)
{
    if (!a->keyed || !params)
        return str_n("", 0);
    return ((const struct act_keyed *)params)->namespace;
}

bool act_is_salted(const struct action *a, const void *params)
{
    return a->keyed && params && ((const struct act_keyed *)params)->snapshot;
}
