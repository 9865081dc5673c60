/*
 * fuzz: what every fuzz target has in common.
 *
 * A target defines LLVMFuzzerTestOneInput() and states a property with FUZZ_ASSERT,
 * which release builds keep. With -Dfuzz=replay it is linked with replay.c and run over
 * corpus/<target>; with -Dfuzz=libfuzzer (run.sh does all of it):
 *
 *     fuzz_scan -dict=tests/fuzz/dict/scan.dict scratch/ tests/fuzz/corpus/scan
 *
 * Some targets read options from the first bytes and the rest as text; each says so in
 * its head. Seeds and dictionaries hold FUZZ_CANARY where content stands: a message in
 * which it turns up has let content out.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "json/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

__attribute__((noreturn)) static inline void fuzz_fail(const char *file, int line,
                                                       const char *property)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, property);
    abort();
}

#define FUZZ_ASSERT(property) \
    ((property) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #property))

/* No name of a file, list or entity can hold the first, no place the second. */
#define FUZZ_CANARY        "Zq7-Xw9"
#define FUZZ_CANARY_DIGITS "9182736455463728"

/* A refusal has one line, which says something and holds nothing of the content. */
static inline void fuzz_refused(const struct error *e)
{
    FUZZ_ASSERT(e->line[0] && !strchr(e->line, '\n'));
    FUZZ_ASSERT(!strstr(e->line, FUZZ_CANARY) && !strstr(e->line, FUZZ_CANARY_DIGITS));
}

/* A small generator, so that cuts differ along one input and are the same again. */
struct fuzz_dice {
    uint64_t state;
};

static inline uint32_t fuzz_roll(struct fuzz_dice *d, uint32_t below)
{
    d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(d->state >> 33) % below;
}

/* The first line of *s, which moves behind it. */
static inline struct str fuzz_line(struct str *s)
{
    const char *end = s->n ? memchr(s->p, '\n', s->n) : NULL;
    struct str line = str_n(s->p, end ? (size_t)(end - s->p) : s->n);
    *s = str_from(*s, line.n + (end != NULL));
    return line;
}

/* Adds `s` as valid UTF-8: every byte that is none becomes a question mark. */
static inline void fuzz_utf8(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t n = 1;
        if ((uint8_t)s.p[i] >= 0x80)
            n = utf8_sequence(s.p + i, s.p + s.n);
        if (n)
            buf_add(out, s.p + i, n);
        else
            buf_add_char(out, '?');
        i += n ? n : 1;
    }
}

#endif
