#include "match/pattern.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"

/* Bytes of each adversarial string of pattern_check(): long enough for an exponential
 * pattern (2^20 steps need 20) and short enough for an honest quadratic one (n^2 / 2).
 */
#define ADVERSARY 512

struct pattern {
    pcre2_code *code;  /* of a known pattern: NULL until it is ready */
    struct str source; /* of a known pattern */
    int target;        /* number of the group named `target`, 0: none */
    struct pattern_facts facts;
    pthread_mutex_t lock;
    atomic_bool ready; /* compiled, and JIT was tried */
};

struct matcher {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

static pcre2_general_context *memory;
static pcre2_compile_context *compiling;

static void *get(size_t n, void *ctx)
{
    (void)ctx;
    return alloc_bytes(n);
}

static void give_back(void *p, void *ctx)
{
    (void)ctx;
    free(p);
}

/* Without memory PCRE2 says that a pattern is not valid, or runs away. */
__attribute__((constructor)) static void use_our_memory(void)
{
    memory = pcre2_general_context_create(get, give_back, NULL);
    compiling = pcre2_compile_context_create(memory);
}

/* PCRE2's message for a code goes into the error, at the byte of the pattern. */
static enum err refuse(int code, size_t offset, struct error *e)
{
    PCRE2_UCHAR text[200];
    if (pcre2_get_error_message(code, text, sizeof text) < 0)
        text[0] = 0;
    return err_set(e, ERR_DATA, "pattern, byte %zu: %s", offset, (const char *)text);
}

static enum err find_target(struct pattern *p, struct error *e)
{
    int number = pcre2_substring_number_from_name(p->code, (PCRE2_SPTR) "target");
    if (number == PCRE2_ERROR_NOUNIQUESUBSTRING)
        return err_set(e, ERR_DATA, "pattern: more than one group is named target");
    p->target = number > 0 ? number : 0;
    return ERR_OK;
}

static enum err compile(struct pattern *p, struct str source, struct error *e)
{
    int code;
    size_t offset;
    p->code =
        pcre2_compile((PCRE2_SPTR)(source.n ? source.p : ""), source.n,
                      PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &offset, compiling);
    if (!p->code)
        return refuse(code, offset, e);
    return find_target(p, e);
}

enum err pattern_new(struct str source, struct pattern **out, struct error *e)
{
    if (source.n > PATTERN_SIZE)
        return err_set(e, ERR_LIMIT, "pattern: more than %u bytes", PATTERN_SIZE);
    CLEANUP(pattern_freep) struct pattern *p = NEW(struct pattern);
    pthread_mutex_init(&p->lock, NULL);
    TRY(compile(p, source, e));
    uint32_t groups = 0;
    pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (groups > PATTERN_GROUPS)
        return err_set(e, ERR_LIMIT, "pattern: more than %u groups; write (?:…)",
                       PATTERN_GROUPS);
    pcre2_pattern_info(p->code, PCRE2_INFO_MINLENGTH, &p->facts.min_length);
    p->facts.need = need_of(source);
    *out = p;
    p = NULL;
    return ERR_OK;
}

struct pattern *pattern_known(struct str source, const struct pattern_facts *facts)
{
    struct pattern *p = NEW(struct pattern);
    pthread_mutex_init(&p->lock, NULL);
    p->source = source;
    p->facts = *facts;
    return p;
}

void pattern_engine(char out[PATTERN_ENGINE])
{
    int n = pcre2_config(PCRE2_CONFIG_VERSION, NULL);
    out[0] = 0;
    if (n > 0 && n <= PATTERN_ENGINE)
        pcre2_config(PCRE2_CONFIG_VERSION, out);
}

const struct pattern_facts *pattern_facts(const struct pattern *p)
{
    return &p->facts;
}

void pattern_free(struct pattern *p)
{
    if (!p)
        return;
    pcre2_code_free(p->code);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

struct matcher *matcher_new(void)
{
    struct matcher *m = NEW(struct matcher);
    m->data = pcre2_match_data_create(PATTERN_GROUPS + 1, memory);
    m->context = pcre2_match_context_create(memory);
    m->stack = pcre2_jit_stack_create(32u << 10, PATTERN_STACK, memory);
    if (!m->stack) /* its pages are mapped, not allocated */
        alloc_fail();
    pcre2_set_match_limit(m->context, PATTERN_MATCHES);
    pcre2_set_depth_limit(m->context, PATTERN_DEPTH);
    pcre2_set_heap_limit(m->context, PATTERN_HEAP);
    pcre2_jit_stack_assign(m->context, NULL, m->stack);
    return m;
}

void matcher_free(struct matcher *m)
{
    if (!m)
        return;
    pcre2_match_data_free(m->data);
    pcre2_match_context_free(m->context);
    pcre2_jit_stack_free(m->stack);
    free(m);
}

static void prepare(struct pattern *p)
{
    if (atomic_load_explicit(&p->ready, memory_order_acquire))
        return;
    pthread_mutex_lock(&p->lock);
    if (!atomic_load_explicit(&p->ready, memory_order_relaxed)) {
        /* It compiled before: what can be missing is memory. */
        if (!p->code && compile(p, p->source, NULL) != ERR_OK)
            alloc_fail();
        /* Where there is no JIT this fails, and pcre2_match() interprets. */
        pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
    }
    atomic_store_explicit(&p->ready, true, memory_order_release);
    pthread_mutex_unlock(&p->lock);
}

static int match(const struct pattern *p, const struct matcher *m, struct str text,
                 size_t from)
{
    PCRE2_SPTR subject = (PCRE2_SPTR)(text.n ? text.p : "");
    int r = pcre2_match(p->code, subject, text.n, from, PCRE2_NO_UTF_CHECK, m->data,
                        m->context);
    if (r == PCRE2_ERROR_JIT_STACKLIMIT)
        r = pcre2_match(p->code, subject, text.n, from,
                        PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, m->data, m->context);
    return r;
}

enum pattern_result pattern_run(struct pattern *p, struct matcher *m, struct str text,
                                size_t from, struct pattern_hit *out)
{
    if (from > text.n)
        return PATTERN_NO;
    prepare(p);
    int r = match(p, m, text, from);
    if (r == PCRE2_ERROR_NOMATCH)
        return PATTERN_NO;
    if (r < 0) {
        *out = (struct pattern_hit){from, text.n, from, text.n};
        return PATTERN_RUNAWAY;
    }
    const size_t *at = pcre2_get_ovector_pointer(m->data);
    /* \K can put the start behind the end; such a match has no width. */
    out->from = at[0] < at[1] ? at[0] : at[1];
    out->to = at[1];
    out->target_from = out->from;
    out->target_to = out->to;
    if (p->target == 0)
        return PATTERN_YES;
    size_t a = at[2 * (size_t)p->target], b = at[2 * (size_t)p->target + 1];
    bool unset = p->target >= r || a == PCRE2_UNSET;
    out->target_from = unset ? out->to : a;
    out->target_to = unset ? out->to : b;
    return PATTERN_YES;
}

/* The number of a group written as digits or as a name; -1: the pattern has no such. */
static int group_number(const struct pattern *p, struct str name)
{
    char text[40];
    uint32_t groups = 0;
    if (name.n == 0 || name.n >= sizeof text)
        return -1;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (text[0] < '0' || text[0] > '9') {
        int number = pcre2_substring_number_from_name(p->code, (PCRE2_SPTR)text);
        return number > 0 ? number : -1;
    }
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    return *end == 0 && number <= groups ? (int)number : -1;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
    return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool pattern_replacement(const struct pattern *p, struct str replacement)
{
    const char *r = replacement.p;
    size_t n = replacement.n;
    assert(p->code);
    for (size_t i = 0; i < n; i++) {
        if (r[i] != '$')
            continue;
        i++;
        if (i < n && r[i] == '$')
            continue;
        bool braces = i < n && r[i] == '{';
        size_t from = braces ? ++i : i;
        bool number = i < n && is_digit(r[i]);
        while (i < n && (number ? is_digit(r[i]) : is_name(r[i])))
            i++;
        if (group_number(p, str_n(r + from, i - from)) < 0)
            return false;
        if (braces && (i >= n || r[i] != '}'))
            return false;
        i -= !braces;
    }
    return true;
}

enum pattern_result pattern_substitute(struct pattern *p, struct matcher *m,
                                       struct str text, struct str replacement,
                                       struct buf *out)
{
    prepare(p);
    PCRE2_SPTR subject = (PCRE2_SPTR)(text.n ? text.p : "");
    PCRE2_SPTR with = (PCRE2_SPTR)(replacement.n ? replacement.p : "");
    uint32_t options = PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_UNSET_EMPTY |
                       PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_NO_UTF_CHECK;
    size_t room = text.n + 64;
    for (;;) {
        size_t size = room;
        char *to = buf_room(out, size);
        int r =
            pcre2_substitute(p->code, subject, text.n, 0, options, m->data, m->context,
                             with, replacement.n, (PCRE2_UCHAR *)to, &size);
        if (r == PCRE2_ERROR_JIT_STACKLIMIT && !(options & PCRE2_NO_JIT)) {
            options |= PCRE2_NO_JIT;
            continue;
        }
        /* `size` is now what it needs, with the NUL. */
        if (r == PCRE2_ERROR_NOMEMORY && size > room && size <= PATTERN_OUTPUT) {
            room = size;
            continue;
        }
        if (r < 0)
            return PATTERN_RUNAWAY;
        out->n += size;
        return r ? PATTERN_YES : PATTERN_NO;
    }
}

enum err pattern_check(struct pattern *p, struct matcher *m, struct error *e)
{
    prepare(p);
    /* What is repeated, and the byte at the end that spoils a match which got so far.
     */
    static const char *const units[] = {
        "a",       "A",  "0",  "1",  " ",   "-",     "_",      ".",        "/",
        "=",       "\t", "\n", "\"", "a ",  "a1",    "1 ",     "a.",       "a@",
        "a-",      "0-", "aA", "a,", "ab_", "a=1&",  "key ",   "\xc3\xa9", "Aa0 ",
        "http://", "((", "{}", "x=", "0.0", "-----", "a@b.c ",
    };
    static const char last[] = {0, '!', '\n', 'z', '0', '@'};
    char text[ADVERSARY + 1];
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t size = strlen(units[i]), n = 0;
        for (; n + size <= ADVERSARY; n += size)
            memcpy(text + n, units[i], size);
        for (size_t k = 0; k < sizeof last; k++) {
            text[n] = last[k];
            int r = pcre2_match(p->code, (PCRE2_SPTR)text, n + (last[k] != 0), 0,
                                PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, m->data, m->context);
            if (r < 0 && r != PCRE2_ERROR_NOMATCH)
                return err_set(
                    e, ERR_DATA,
                    "pattern runs away on %u bytes of repeated text; make its "
                    "repetitions possessive or bounded",
                    ADVERSARY);
        }
    }
    return ERR_OK;
}
