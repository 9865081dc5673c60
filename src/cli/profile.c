#include "cli/profile.h"

#include "json/emit.h"

static double seconds(const struct profile *p, int stage)
{
    return (double)p->clock.ticks[stage] / p->rate;
}

/* Empty in most runs: there are no records, or no samples of them. */
static bool is_shown(const struct profile *p, int stage)
{
    return stage != STAGE_RECORD || p->clock.ticks[stage];
}

void profile_json(const struct profile *p, struct emit *j)
{
    emit_object(j);
    emit_key_uint(j, "threads", p->threads);
    emit_key_uint(j, "sampled_records", p->clock.sampled);
    emit_key(j, STR("seconds"));
    emit_object(j);
    for (int i = 0; i < STAGES; i++) {
        if (!is_shown(p, i))
            continue;
        BUF_SCOPED text = BUF_INIT;
        buf_printf(&text, "%.4f", seconds(p, i));
        emit_key(j, str_of(stage_name((enum stage)i)));
        emit_raw(j, buf_str(&text));
    }
    emit_object_end(j);
    emit_object_end(j);
}

void profile_text(const struct profile *p, struct buf *out)
{
    double all = 0;
    for (int i = 0; i < STAGES; i++)
        all += seconds(p, i);
    buf_printf(out, "sandcast: seconds of %u threads (~ from 1 record in %u):\n",
               p->threads, STAGE_EVERY);
    for (int i = 0; i < STAGES; i++)
        if (is_shown(p, i))
            buf_printf(out, "sandcast:  %c%-8s %9.3f %5.1f %%\n",
                       stage_is_sampled((enum stage)i) ? '~' : ' ',
                       stage_name((enum stage)i), seconds(p, i),
                       all > 0 ? 100 * seconds(p, i) / all : 0);
}
