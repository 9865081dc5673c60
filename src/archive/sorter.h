/*
 * sorter: entries into key order, in bounded memory.
 *
 *     sorter_add(s, &entry) …   sorter_spill(s) when sorter_memory() is too much
 *     sorter_begin(s, memory); while (sorter_next(s, &entry, &more), more) …
 *
 * Order: bytes of the key, then place (later first if `late_first`). Input that arrives
 * in this order is noticed and never compared beyond its neighbour; it is also one run,
 * however often it spills. Other input is sorted run by run and merged. One thread.
 */
#ifndef ARCHIVE_SORTER_H
#define ARCHIVE_SORTER_H

#include "archive/entry.h"
#include "base/err.h"
#include "crypt/spool.h"

struct sorter;

/* Borrows the spool. */
struct sorter *sorter_new(bool steady, bool late_first, struct spool *spool);
void sorter_free(struct sorter *s);
DEFINE_CLEANUP(struct sorter, sorter_free);

/* ERR_LIMIT past SORTER_RUN bytes that were not spilled. */
#define SORTER_RUN (UINT32_C(1) << 30) /* offsets in a run are 32 bits */
enum err sorter_add(struct sorter *s, const struct entry *en, struct error *e)
    MUST_CHECK;

size_t sorter_memory(const struct sorter *s);    /* bytes held */
uint64_t sorter_n_sorts(const struct sorter *s); /* runs that needed comparisons */

enum err sorter_spill(struct sorter *s, struct error *e) MUST_CHECK;

/* When the sorters hold more than `memory` together, the largest runs are spilled until
 * three quarters are free again: few, long runs. */
enum err sorters_relieve(struct sorter *const *list, size_t n, size_t memory,
                         struct error *e) MUST_CHECK;

/* Ends the input; reading back uses about `memory` bytes in all. */
enum err sorter_begin(struct sorter *s, size_t memory, struct error *e) MUST_CHECK;

/* The next entry; its key is borrowed until the next call. */
enum err sorter_next(struct sorter *s, struct entry *out, bool *out_more,
                     struct error *e) MUST_CHECK;

#endif
