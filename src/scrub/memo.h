/*
 * memo: a worker's bounded memory of what it has computed before.
 *
 * What repeats (names, addresses, hosts, shapes of serial numbers) is looked up instead
 * of computed again. It cannot change a result: whatever the result depends on but the
 * key, which a worker never changes, is in the memo_key, and keys are compared whole,
 * so that a forged hash gives nothing away. Places are few; a new entry takes the place
 * of the one that was not used last. Long keys and values are not remembered.
 *
 * Raw values lie in it: memo_free() wipes them. One thread per object.
 */
#ifndef SCRUB_MEMO_H
#define SCRUB_MEMO_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* 128 bytes a place, two cache lines: an e-mail address, its pseudonym and a namespace
 * fit. 256 KiB in all, which a core's second-level cache holds. */
#define MEMO_BYTES  126
#define MEMO_PLACES 2048u

/* Purposes: what is remembered. Those from FF1_BITS_LEAST to FF1_BITS are lengths, see
 * scrub/permute. */
#define MEMO_SHAPE 1
#define MEMO_HOST  2
#define MEMO_KIND  200 /* and the kind's place in PSEUDO_LIST */

struct memo;

struct memo *memo_new(void);
void memo_free(struct memo *m);
DEFINE_CLEANUP(struct memo, memo_free);

struct memo_key {
    uint64_t hash;
    size_t n;
    char bytes[MEMO_BYTES];
};

/* Makes a key of a purpose, a namespace and a text; false when they are too long. */
bool memo_key(struct memo_key *k, uint8_t purpose, struct str space, struct str text);

/* The value remembered under a key; p is NULL when there is none. Borrowed until the
 * next memo_put(). `m` may be NULL: nothing is remembered. */
struct str memo_get(struct memo *m, const struct memo_key *k);
void memo_put(struct memo *m, const struct memo_key *k, struct str value);

#endif
