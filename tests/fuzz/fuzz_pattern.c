/*
 * What the prefilter knows of a pattern: where PCRE2 finds it in a text, neither the
 * needs read from its source, nor its least length, nor the bytes that begin or end it
 * may have said no.
 *
 * The first line is the pattern, the others are texts; all lines together are one more.
 */
#include "fuzz.h"

#include "match/multi.h"
#include "match/need.h"
#include "match/pattern.h"

#define PATTERN 96  /* bytes; longer ones are of the same parts */
#define TEXT    256 /* bytes */

struct asked {
    struct multi *multi;
    struct multi_scratch *scratch;
    struct pattern *pattern;
    struct matcher *matcher;
};

static void check_text(const struct asked *a, struct str raw)
{
    struct pattern_hit hit;
    const uint16_t *rules;
    BUF_SCOPED text = BUF_INIT;
    fuzz_utf8(&text, raw);
    if (pattern_run(a->pattern, a->matcher, buf_str(&text), 0, &hit) != PATTERN_YES)
        return;
    FUZZ_ASSERT(hit.from <= hit.to && hit.to <= text.n);
    FUZZ_ASSERT(hit.target_from <= hit.target_to && hit.target_to <= text.n);
    FUZZ_ASSERT(multi_run(a->multi, a->scratch, buf_str(&text), &rules) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_n((const char *)data, size);
    struct str source = fuzz_line(&rest);
    struct error e = ERROR_INIT;
    CLEANUP(pattern_freep) struct pattern *p = NULL;
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    CLEANUP(multi_freep) struct multi *multi = NULL;
    CLEANUP(multi_scratch_freep) struct multi_scratch *scratch = NULL;
    (void)need_of(source); /* of whatever: it may not read on past the end */
    if (source.n > PATTERN || rest.n > TEXT)
        return 0;
    if (pattern_new(source, &p, &e) != ERR_OK) {
        fuzz_refused(&e);
        return 0;
    }
    struct multi_rule rule = {.pattern = source, .facts = *pattern_facts(p)};
    FUZZ_ASSERT(multi_new(&rule, 1, &multi, &e) == ERR_OK);
    scratch = multi_scratch_new(multi);
    struct asked a = {multi, scratch, p, m};
    check_text(&a, rest);
    while (rest.n)
        check_text(&a, fuzz_line(&rest));
    return 0;
}
