#include "scrub/memo.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

struct place {
    uint8_t n_key; /* 0: free */
    uint8_t n_value;
    char bytes[MEMO_BYTES]; /* key, value */
};

/* Two places for all keys of one hash. */
struct pair {
    struct place place[2];
};

#define PAIRS (MEMO_PLACES / 2)

/* A byte of the hash of each place stands in a table that stays in the first-level
 * cache: nearly all that is not known is seen to be so there. */
struct memo {
    struct pair pairs[PAIRS];
    uint8_t tag[PAIRS][2];
    uint8_t used[PAIRS]; /* which place of the pair was used last */
};

static uint8_t tag_of(const struct memo_key *k)
{
    return (uint8_t)(k->hash >> 56);
}

struct memo *memo_new(void)
{
    return NEW(struct memo);
}

void memo_free(struct memo *m)
{
    if (!m)
        return;
    explicit_bzero(m, sizeof *m);
    free(m);
}

bool memo_key(struct memo_key *k, uint8_t purpose, struct str space, struct str text)
{
    if (space.n > MEMO_BYTES || text.n > MEMO_BYTES ||
        2 + space.n + text.n > MEMO_BYTES)
        return false;
    k->bytes[0] = (char)purpose;
    k->bytes[1] = (char)space.n;
    if (space.n)
        memcpy(k->bytes + 2, space.p, space.n);
    if (text.n)
        memcpy(k->bytes + 2 + space.n, text.p, text.n);
    k->n = 2 + space.n + text.n;
    k->hash = hash64(str_n(k->bytes, k->n));
    return true;
}

static bool has(const struct place *p, const struct memo_key *k)
{
    return p->n_key == k->n && memcmp(p->bytes, k->bytes, k->n) == 0;
}

struct str memo_get(struct memo *m, const struct memo_key *k)
{
    if (!m)
        return str_n(NULL, 0);
    size_t at = k->hash % PAIRS;
    for (uint8_t i = 0; i < 2; i++) {
        const struct place *p = &m->pairs[at].place[i ^ m->used[at]];
        if (m->tag[at][i ^ m->used[at]] != tag_of(k) || !has(p, k))
            continue;
        m->used[at] ^= i;
        return str_n(p->bytes + p->n_key, p->n_value);
    }
    return str_n(NULL, 0);
}

void memo_put(struct memo *m, const struct memo_key *k, struct str value)
{
    if (!m || k->n + value.n > MEMO_BYTES)
        return;
    size_t at = k->hash % PAIRS;
    m->used[at] ^= 1;
    struct place *p = &m->pairs[at].place[m->used[at]];
    m->tag[at][m->used[at]] = tag_of(k);
    p->n_key = (uint8_t)k->n;
    p->n_value = (uint8_t)value.n;
    memcpy(p->bytes, k->bytes, k->n);
    if (value.n)
        memcpy(p->bytes + k->n, value.p, value.n);
}
