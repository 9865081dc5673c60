/* All shipped detectors on any text: what a rule finds, the prefilter says it can find;
 * finding does not depend on what was searched before; what is found is replaced, and
 * everything around it stays. */
#include "fuzz.h"

#include "crypt/ff1.h"
#include "crypt/key.h"
#include "match/multi.h"
#include "match/pattern.h"
#include "scrub/find.h"

#define TEXT 512 /* bytes: time, not safety */

static struct ruleset *rules;
static struct multi_scratch *scratch;
static struct act_thread act;
static struct finder warm;

static void leave(void)
{
    find_done(&warm);
    mac_free(act.mac);
    ff1_free(act.ff1);
    matcher_free(act.matcher);
    buf_done(&act.scratch);
    multi_scratch_free(scratch);
    ruleset_free(rules);
}

static void enter(void)
{
    struct error e = ERROR_INIT;
    struct key *key = NULL;
    uint8_t derived[32];
    rules = ruleset_new();
    for (size_t i = 0; ruleset_shipped(i); i++)
        FUZZ_ASSERT(ruleset_add_named(rules, ruleset_shipped(i), &e) == ERR_OK);
    FUZZ_ASSERT(ruleset_ready(rules, &e) == ERR_OK);
    FUZZ_ASSERT(key_random(&key, &e) == ERR_OK);
    act.mac = mac_new(key);
    mac_derive(act.mac, STR("ff1"), derived);
    act.ff1 = ff1_new(derived, sizeof derived);
    act.matcher = matcher_new();
    act.words = rules->words;
    key_free(key);
    scratch = multi_scratch_new(rules->multi);
    find_init(&warm, rules, &act);
    warm.tolerant = true;
    atexit(leave);
}

/* Does the rule find anything, asked alone? */
static void check_prefilter(struct str text)
{
    const uint16_t *said;
    size_t n = multi_run(rules->multi, scratch, text, &said), at = 0;
    for (size_t i = 0; i < rules->n_detectors; i++) {
        bool perhaps = at < n && said[at] == i;
        at += perhaps;
        if (!perhaps)
            FUZZ_ASSERT(!rule_hits(rules->detectors[i], act.matcher, text));
    }
    FUZZ_ASSERT(at == n);
}

static void check_replaced(const struct finder *s, struct str text, struct str out)
{
    size_t from = 0;
    struct str head = str_n(text.p, s->n_hits ? s->hits[0].from : text.n);
    for (size_t i = 0; i < s->n_hits; i++) {
        FUZZ_ASSERT(s->hits[i].from >= from && s->hits[i].to > s->hits[i].from);
        from = s->hits[i].to;
    }
    FUZZ_ASSERT(from <= text.n);
    FUZZ_ASSERT(str_starts(out, head));
    FUZZ_ASSERT(!s->n_hits ? out.n == text.n : str_ends(out, str_from(text, from)));
    BUF_SCOPED valid = BUF_INIT;
    fuzz_utf8(&valid, out);
    FUZZ_ASSERT(str_eq(buf_str(&valid), out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!rules)
        enter();
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED one = BUF_INIT;
    BUF_SCOPED two = BUF_INIT;
    struct error e = ERROR_INIT;
    fuzz_utf8(&text, str_n((const char *)data, size < TEXT ? size : TEXT));
    check_prefilter(buf_str(&text));
    struct finder cold;
    find_init(&cold, rules, &act);
    cold.tolerant = true;
    size_t n = find_run(&cold, buf_str(&text));
    FUZZ_ASSERT(find_run(&warm, buf_str(&text)) == n);
    enum err code = find_replace(&cold, buf_str(&text), &one, &e);
    FUZZ_ASSERT(find_replace(&warm, buf_str(&text), &two, &e) == code);
    FUZZ_ASSERT(str_eq(buf_str(&one), buf_str(&two)));
    if (code == ERR_OK)
        check_replaced(&cold, buf_str(&text), buf_str(&one));
    else
        fuzz_refused(&e);
    find_done(&cold);
    return 0;
}
