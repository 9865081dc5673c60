/*
 * entry: one record's place and fingerprints, as bytes on the way to the index.
 *
 * Key (varint length, bytes), fingerprint, 8 bytes steady where the entity has it, then
 * member, offset, size and arrival number as varints. This form never leaves the
 * process (memory and spool); what stands in the archive is page.h. Any thread.
 */
#ifndef ARCHIVE_ENTRY_H
#define ARCHIVE_ENTRY_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"
#include "schema/canon.h"
#include "schema/schema.h"

/* Records without a key are found by their fingerprint: this tag, then its bytes. Key
 * parts have the tags 1 and 2 (schema/canon.h). */
#define ENTRY_TAG_FINGERPRINT 3

struct entry {
    struct str key; /* borrowed */
    uint8_t fingerprint[HASH_FINGERPRINT];
    uint64_t steady;
    uint32_t member, at, size;
    uint64_t arrival; /* ordinal of the record in its entity, from 1 */
};

void entry_add(struct buf *out, const struct entry *en, bool steady);

/* Reads one at *pos and moves it; false when it is cut. The key borrows from `s`. */
bool entry_read(struct str s, size_t *pos, bool steady, struct entry *out);

/* By place: earlier in arrival order is less. */
static inline int entry_place_cmp(const struct entry *a, const struct entry *b)
{
    if (a->member != b->member)
        return a->member < b->member ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

/* Do entries of this entity carry a steady fingerprint? */
static inline bool entity_is_steady(const struct entity *entity)
{
    return entity->type && entity->type->has_volatile;
}

/* A member's entries, packed: key, fingerprint, steady, size; the
 * places follow from the sizes. false at the end. An empty key becomes the
 * fingerprint's, in `key` (ENTRY_KEY bytes). */
void entry_pack(struct buf *out, const struct canon_record *r, size_t size,
                bool steady);
#define ENTRY_KEY (1 + HASH_FINGERPRINT)
bool entry_unpack(struct str entries, size_t *pos, bool steady, char key[ENTRY_KEY],
                  struct entry *out);

#endif
