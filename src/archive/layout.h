/*
 * layout: the names of a snapshot's members.
 *
 * A name that layout_of() does not know belongs to no snapshot. Any thread.
 */
#ifndef ARCHIVE_LAYOUT_H
#define ARCHIVE_LAYOUT_H

#include "base/buf.h"
#include "base/str.h"

enum layout_kind {
    LAYOUT_NONE,
    LAYOUT_DATA,   /* data/<Entity>/<nnnnnn>.ndjson, ordinals from 0 without gaps */
    LAYOUT_PAGES,  /* index/<Entity>/<nnnn>.idx, the same */
    LAYOUT_TOP,    /* index/<Entity>/top */
    LAYOUT_SHADOW, /* index/<Entity>/shadow */
    LAYOUT_FILE,   /* meta/…, evidence/…, bagit.txt, bag-info.txt */
    LAYOUT_PAYLOAD,
    LAYOUT_TAGS,
    LAYOUT_SIGNATURE,
    LAYOUT_MANIFEST,
};

#define NAME_BAGIT     "bagit.txt"
#define NAME_BAG_INFO  "bag-info.txt"
#define NAME_PAYLOAD   "manifest-sha256.txt"
#define NAME_TAGS      "tagmanifest-sha256.txt"
#define NAME_SIGNATURE "signature.minisig"
#define NAME_MANIFEST  "manifest.json"
/* manifest.json without the tag manifest's digest: listed there, so that what
 * manifest.json says cannot be changed under a signature of the tag manifest. */
#define NAME_IDENTITY "meta/manifest.json"

struct layout {
    enum layout_kind kind;
    struct str entity; /* DATA … SHADOW; borrowed from the name */
    uint32_t ordinal;  /* DATA, PAGES */
};

struct layout layout_of(struct str name);

/* Letters first: [A-Za-z][A-Za-z0-9_]{0,63} */
bool layout_is_entity(struct str name);

/* Sets `out` to the name. */
void layout_data(struct buf *out, struct str entity, uint32_t ordinal);
void layout_pages(struct buf *out, struct str entity, uint32_t ordinal);
void layout_index(struct buf *out, struct str entity,
                  const char *what); /* top, shadow */

#endif
