/*
 * canon: the canonical record, its key and its fingerprints.
 *
 * Fed with the events of one record as it will be stored; the seven rules of
 * sandcast-snapshot(5), "The canonical record", stand in canon.c, each beside its code.
 *
 *     canon_begin(c, entity);
 *     canon_object(c); canon_key(c, field, name); canon_string(c, token, escaped); …
 *     canon_object_end(c); canon_end(c, &out, e);
 *
 * Nothing is allocated after it has warmed up. Errors (numbers past their limits, lone
 * surrogates, members twice in one object, nesting) are kept and returned by
 * canon_end(). One thread per object.
 */
#ifndef SCHEMA_CANON_H
#define SCHEMA_CANON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "schema/schema.h"
#include "json/scan.h"

#define CANON_KEY 65536 /* bytes of an encoded key (architecture: keys 64 KiB) */

struct canon;

struct canon_record { /* slices are borrowed until the next canon_begin */
    struct str text;  /* the canonical record */
    struct str key;   /* as key_add_* below; empty: no key, the fingerprint is it */
    uint8_t fingerprint[HASH_FINGERPRINT];
    uint64_t steady; /* XXH3-64 without volatile members; 0 when the type has none */
};

struct canon *canon_new(void);
void canon_free(struct canon *c);

/* How many members may be open in a record (ERR_LIMIT); each takes 40 bytes. */
void canon_limit(struct canon *c, size_t members);

/* Gives back what a large record took; what canon_end() lent is gone. */
void canon_trim(struct canon *c);
DEFINE_CLEANUP(struct canon, canon_free);

void canon_begin(struct canon *c, const struct entity *entity);
void canon_object(struct canon *c);
void canon_object_end(struct canon *c);
void canon_array(struct canon *c);
void canon_array_end(struct canon *c);
/* `field` is what the schema knows of the member, or NULL; then `name` is its text
 * (decoded). A field saves a look-up; one that does not belong to the type that this
 * walk is in is looked up by its name, so that the result depends on the record only.
 */
void canon_key(struct canon *c, const struct field *field, struct str name);
void canon_string(struct canon *c, struct str token, bool escaped);
void canon_number(struct canon *c, struct str token);
void canon_bool(struct canon *c, bool v);
void canon_null(struct canon *c);
enum err canon_end(struct canon *c, struct canon_record *out, struct error *e)
    MUST_CHECK;

/* The whole of it for a record's text: scan, names by the schema, envelope members left
 * out. For verify, which reads what is stored. */
enum err canon_record(struct canon *c, const struct entity *entity, struct str record,
                      struct canon_record *out, struct error *e) MUST_CHECK;

/* Key bytes, ordered as their values: per part a tag (1 integer, 2 string). Strings
 * with 00 as 00 FF, ended 00 00. Integers: 0x80 + length (above 0x70 bytes: FF and the
 * length in 4 bytes, big-endian), then the magnitude big-endian without leading zeros;
 * for a negative one all these bytes turned. 0 is 80, 258 is 82 01 02, -258 is 7D FE
 * FD. */
void key_add_integer(struct buf *out, struct str decimal); /* -?[0-9]+, any length */
void key_add_string(struct buf *out, struct str text);
/* A scalar as given on a command line or in a record of a field: integer if the field
 * is an ID or Int (or NULL: the `id` of an entity without a key in the schema) and the
 * text is a decimal integer without leading zeros of at most NUMBER_DIGITS digits. */
void key_add(struct buf *out, const struct field *field, struct str text);

/* Adds the parts of a key as a JSON list of integers and strings: what was added above.
 */
void key_json(struct buf *out, struct str key);

#endif
