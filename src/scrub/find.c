#include "scrub/find.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "match/multi.h"
#include "match/pattern.h"

#define REDACTED "[REDACTED]"

/* A stretch of overlapping finds: redacted as a whole. */
#define NO_DETECTOR UINT16_MAX

void find_init(struct finder *s, const struct ruleset *rules, struct act_thread *act)
{
    *s = (struct finder){.rules = rules, .act = act};
    s->scratch = multi_scratch_new(rules->multi);
    s->clean = alloc_zero(FIND_PLACES, sizeof *s->clean);
    s->counts = alloc_zero(rules->n_detectors, sizeof *s->counts);
}

void find_done(struct finder *s)
{
    multi_scratch_free(s->scratch);
    free(s->hits);
    free(s->clean);
    free(s->counts);
}

static void find_all(struct finder *s, struct str text, uint16_t detector)
{
    const struct rule *r = s->rules->detectors[detector];
    struct pattern_hit hit;
    bool runaway;
    for (size_t from = 0; rule_find(r, s->act->matcher, text, from, &hit, &runaway);) {
        if (hit.target_to > hit.target_from)
            VEC_PUSH(s->hits, s->n_hits, s->cap_hits) =
                (struct find_hit){.from = hit.target_from,
                                  .to = hit.target_to,
                                  .detector = detector,
                                  .runaway = runaway};
        if (runaway)
            return;
        from = hit.to > from ? hit.to : from + 1;
        if (from > text.n)
            return;
    }
}

/* By place; of those at one place the longest first, then the strongest rule. */
static int by_place(const void *a, const void *b)
{
    const struct find_hit *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to > y->to ? -1 : 1;
    return (x->detector > y->detector) - (x->detector < y->detector);
}

static bool blocks(const struct finder *s, const struct find_hit *h)
{
    return h->detector != NO_DETECTOR &&
           s->rules->detectors[h->detector]->action == &act_block;
}

/* Overlapping finds become one stretch. A blocking one keeps its say. */
static void merge(struct finder *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_hits; i++) {
        struct find_hit h = s->hits[i];
        struct find_hit *last = n ? &s->hits[n - 1] : NULL;
        if (!last || h.from >= last->to) {
            s->hits[n++] = h;
            continue;
        }
        bool block = blocks(s, last) || blocks(s, &h);
        uint16_t blocker = blocks(s, last) ? last->detector : h.detector;
        if (h.to > last->to) {
            last->to = h.to;
            last->detector = NO_DETECTOR;
        }
        if (block)
            last->detector = blocker;
    }
    s->n_hits = n;
}

size_t find_run(struct finder *s, struct str text)
{
    const uint16_t *rules;
    struct find_clean *c = NULL;
    s->n_hits = 0;
    if (text.n == 0)
        return 0;
    if (text.n <= FIND_SHORT) {
        c = &s->clean[hash64(text) % FIND_PLACES];
        if (c->n == text.n && memcmp(c->text, text.p, text.n) == 0)
            return 0;
    }
    size_t n = multi_run(s->rules->multi, s->scratch, text, &rules);
    for (size_t i = 0; i < n; i++)
        find_all(s, text, rules[i]);
    if (s->n_hits == 0 && c) {
        c->n = (uint8_t)text.n;
        memcpy(c->text, text.p, text.n);
    }
    if (s->n_hits > 1) {
        qsort(s->hits, s->n_hits, sizeof *s->hits, by_place);
        merge(s);
    }
    return s->n_hits;
}

static enum err replace_one(struct finder *s, struct str text, const struct find_hit *h,
                            struct buf *out, struct error *e)
{
    const struct rule *r =
        h->detector == NO_DETECTOR ? NULL : s->rules->detectors[h->detector];
    if (r)
        s->counts[h->detector]++;
    if (r && r->action == &act_block && !s->tolerant)
        return err_set(e, ERR_FOUND,
                       "rule %.*s blocks this record: remove it or what it holds from "
                       "the export",
                       STR_ARG(r->id));
    if (!r || h->runaway || r->action == &act_block) {
        buf_add_str(out, STR(REDACTED));
        return ERR_OK;
    }
    struct act_value in = {.text = str_n(text.p + h->from, h->to - h->from)};
    if (r->action == &act_keep) {
        buf_add_str(out, in.text);
        return ERR_OK;
    }
    struct act_result result = {.out = out, .kind = ACT_STRING};
    return r->action->apply(s->act, r->params, &in, &result, e);
}

enum err find_replace(struct finder *s, struct str text, struct buf *out,
                      struct error *e)
{
    size_t at = 0;
    for (size_t i = 0; i < s->n_hits; i++) {
        const struct find_hit *h = &s->hits[i];
        buf_add(out, text.p + at, h->from - at);
        TRY(replace_one(s, text, h, out, e));
        at = h->to;
    }
    buf_add_str(out, str_from(text, at));
    return ERR_OK;
}

const struct rule *find_covers(const struct finder *s, struct str text)
{
    if (s->n_hits != 1 || s->hits[0].from != 0 || s->hits[0].to != text.n ||
        s->hits[0].detector == NO_DETECTOR)
        return NULL;
    return s->rules->detectors[s->hits[0].detector];
}
