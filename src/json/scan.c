#include "json/scan.h"

#include <assert.h>

#include "json/escape.h"
#include "json/kernel.h"
#include "json/scan_state.h"

void scan_init(struct scan *s)
{
    *s = (struct scan){.kernel = kernel_best()};
    scan_reset(s, 0);
}

void scan_reset(struct scan *s, uint64_t base)
{
    s->token = str_n("", 0);
    s->window = str_n("", 0);
    s->pos = 0;
    s->base = s->offset = base;
    s->depth = 0;
    s->state = STATE_FIRST;
    s->after = STATE_DONE;
    s->part = base == 0 ? PART_BOM : PART_NONE;
    s->count = 0;
    s->finished = false;
    s->escaped = false;
    s->ascii = true;
    s->error.code = ERR_OK;
    s->error.sys = 0;
    s->error.offset = ERR_NO_OFFSET;
    s->error.record = ERR_NO_RECORD;
    s->error.where[0] = s->error.line[0] = 0;
}

void scan_feed(struct scan *s, struct str window)
{
    assert(s->part == PART_BAD || s->pos == s->window.n);
    assert(!s->finished);
    s->base += s->window.n;
    s->window = window.n ? window : str_n("", 0);
    s->pos = 0;
}

void scan_finish(struct scan *s)
{
    s->finished = true;
}

enum scan_event scan_next(struct scan *s)
{
    return s->kernel->next(s);
}

void scan_done(struct scan *s)
{
    buf_done(&s->side);
}

enum err scan_unescape(struct str token, struct buf *out, struct error *e)
{
    return escape_expand(out, token, escape_add_utf8, e);
}
