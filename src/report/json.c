/* One document: changes as they come, then the entities, then the sums. */
#include <stdlib.h>

#include "base/alloc.h"
#include "report/forms.h"

struct state {
    struct buf entities;
};

static void *begin(struct report *r)
{
    struct emit j;
    emit_init(&j, &r->out);
    buf_add_str(&r->out, STR("{\"format\":\"sandcast-drift 1\",\"left\":"));
    form_name(&j, r->options.names[0]);
    buf_add_str(&r->out, STR(",\"right\":"));
    form_name(&j, r->options.names[1]);
    buf_add_str(&r->out, STR(",\"changes\":["));
    return NEW(struct state);
}

static void change(struct report *r, const struct change *c)
{
    buf_add_str(&r->out, r->n > 1 ? STR(",\n") : STR("\n"));
    form_change(&r->out, c);
}

static void entity(struct report *r, const struct change_entity *en)
{
    struct state *s = r->state;
    struct emit j;
    buf_add_str(&s->entities, s->entities.n ? STR(",\n") : STR("\n"));
    emit_init(&j, &s->entities);
    emit_object(&j);
    form_entity(&j, en);
    emit_object_end(&j);
}

static void end(struct report *r, const struct drift_counts *counts)
{
    const struct state *s = r->state;
    struct emit j;
    buf_printf(&r->out, "],\"not_shown\":%llu,\"entities\":[",
               (unsigned long long)form_left_out(r));
    buf_add_str(&r->out, buf_str(&s->entities));
    buf_add_str(&r->out, STR("],\"summary\":"));
    emit_init(&j, &r->out);
    emit_object(&j);
    form_counts(&j, counts);
    emit_object_end(&j);
    buf_add_str(&r->out, STR("}\n"));
}

static void done(void *state)
{
    struct state *s = state;
    buf_done(&s->entities);
    free(s);
}

const struct report_form report_json = {.name = "json",
                                        .begin = begin,
                                        .change = change,
                                        .entity = entity,
                                        .end = end,
                                        .done = done};
