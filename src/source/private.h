/*
 * private: what the files of this room share; tests of the room may look too.
 */
#ifndef SOURCE_PRIVATE_H
#define SOURCE_PRIVATE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "source/container.h"
#include "source/source.h"
#include "source/text.h"

#define SOURCE_SNIFF      (64u << 10) /* decoded bytes by which a format is told */
#define SOURCE_NESTING    4u /* containers in containers: a folder's zip of tars is 2 */
#define SOURCE_LAYERS     4u /* compressions of one member; exports have 1 */
#define SOURCE_FOLDERS    64u   /* folders in folders */
#define SOURCE_LISTS      4096u /* distinct list names in pages; ION has about 100 */
#define SOURCE_COLUMNS    4096u /* of a CSV table; the widest of ION has about 80 */
#define SOURCE_TOKEN      (64u << 10) /* a key, cursor or message outside of records */
#define SOURCE_RECORD_MAX (1u << 30)  /* record_limit ends here: places are 32 bits */

enum framing {
    FRAMING_LINES = 1,   /* the refs are lines, whose record is still to be found */
    FRAMING_AIRBYTE = 2, /* as are messages */
    FRAMING_FINAL = 4,   /* the refs' entity stands, whatever __typename says */
};

/* One leaf: a file or member with records. */
struct member {
    struct source_origin origin; /* first, so that a chunk's origin leads here */
    size_t input;
    struct str base;             /* base name without extensions */
    const struct entity *entity; /* by override or base name; may be NULL */
    bool final;                  /* by override */
    uint64_t records;
};

/* Fills the chunk with records; n_records 0 at the end of the member. What it sets:
 * data, records, offset, bytes, framing. */
struct cutter {
    enum err (*next)(struct cutter *c, struct text *t, struct chunk *out,
                     struct error *e);
    void (*close)(struct cutter *c); /* frees */
};

/* What a member looks like from its first SOURCE_SNIFF bytes. */
enum format {
    FORMAT_NONE, /* nothing that is read */
    FORMAT_EMPTY,
    FORMAT_LINES,
    FORMAT_AIRBYTE,
    FORMAT_RECORDS, /* JSON values that are records, alone or in an array */
    FORMAT_LISTS,   /* one document or several with lists */
    FORMAT_PAGES,   /* GraphQL responses */
    FORMAT_CSV,
};

const char *format_name(enum format f);
enum err sniff(const struct member *m, struct str name, struct str text, bool whole,
               enum format *out, struct error *e) MUST_CHECK;

struct cutter *cut_lines_new(struct source *s, const struct member *m, bool airbyte);
struct cutter *cut_document_new(struct source *s, const struct member *m, bool lists);
struct cutter *cut_csv_new(struct source *s, const struct member *m);

/* names.c */
struct str name_last(struct str path); /* behind the last slash */
struct str name_base(struct str path); /* that, without the extensions we know */
bool name_is_table(
    struct str path); /* ends in .json .jsonl .ndjson .csv, compressed or not */
bool name_is_csv(struct str path);
bool name_is_compressed(struct str path); /* .gz .zst .bz2 .xz */
bool name_is_word(struct str name);       /* an identifier of at most 64 bytes */
bool name_matches(const char *glob, struct str name);
/* The override for a file's, list's or stream's name, or NULL. */
const struct entity *name_override(const struct source *s, struct str name);
/* By the schema, a list's name also in snake_case (part_inventories). */
const struct entity *name_lookup(struct schema *schema, struct str name);
/* The same without "_part2", "-page-3", dates; NULL when unknown. */
const struct entity *name_entity(struct schema *schema, struct str base);

/* complete.c */
struct list {
    struct str name;
    uint64_t counted; /* records and nulls */
    uint64_t nulls;
    uint64_t expected; /* totalCount of the pages that were a last one, added */
    uint64_t latest;   /* totalCount last seen */
    bool has_total, last_has_total, has_more, has_last;
};

/* What pageInfo said; -1: nothing. */
struct page {
    int has_next;
    int64_t total;
};

/* Adds a finding when incomplete exports are allowed, else ERR_DATA. `where` is the
 * input's own name, or empty: it is told, but does not travel. */
enum err incomplete(struct source *s, struct str where, struct error *e,
                    const char *format, ...) MUST_CHECK PRINTF(4, 5);
void finding(struct source *s, struct str where, const char *format, ...) PRINTF(3, 4);
enum err complete_list(struct source *s, struct str name, struct list **out,
                       struct error *e) MUST_CHECK;
void complete_page(struct list *l, const struct page *p);
void complete_part(struct source *s, struct str file); /* snapshot_tables_part2_… */
enum err complete_check(struct source *s, struct error *e) MUST_CHECK;

struct part {
    struct str prefix, suffix;
    unsigned long number;
};

struct input {
    struct source_input about;
    const struct source_feed *feed; /* or NULL */
    bool container, folder;
    uint64_t dropped, dropped_bytes; /* files of a folder that are no data */
    uint64_t links;                  /* and what is no file */
    _Atomic uint64_t nothing;        /* messages without a record */
};

struct place {
    char *path;
    size_t input;
    bool named; /* by the user, not met in a folder */
    uint64_t size;
};

struct level {
    struct container *container;
    struct str name;
    size_t input;
    bool attachments; /* the vendor's tar of uploaded files */
    uint64_t dropped, dropped_bytes, links;
};

struct source {
    struct schema *schema;
    struct source_override *overrides;
    const struct entity **override_entities;
    size_t n_overrides, record_limit, chunk;
    bool allow_partial;
    enum { ATTACH_DROP, ATTACH_FAIL, ATTACH_KEEP } attach;
    char *keep;
    struct arena arena; /* names and members, as long as the source */

    struct input *inputs;
    size_t n_inputs, cap_inputs;
    struct place *places;
    size_t n_places, cap_places, next_place;
    uint64_t total;
    bool total_unknown;
    _Atomic uint64_t done;

    size_t next_feed; /* input to look at for a feed */
    struct level levels[SOURCE_NESTING];
    size_t n_levels, n_members;
    struct text text;
    struct member *member; /* being cut, or NULL */
    struct cutter *cutter;
    uint64_t sequence;
    bool checked;

    struct part *parts;
    size_t n_parts, cap_parts;
    struct list **lists;
    size_t n_lists, cap_lists;
    struct finding {
        char *line;
        size_t bare; /* where it begins without the input's name */
    } * findings;
    size_t n_findings, cap_findings;
    _Atomic bool trouble; /* an Airbyte trace told of an error */
};

/* open.c: the next member to cut is in s->member and s->cutter; NULL at the end. */
enum err open_next(struct source *s, struct error *e) MUST_CHECK;
void open_close(struct source *s);

/* For tests: another size of chunks. */
void source_set_chunk(struct source *s, size_t size);

/* A record for a chunk: `raw` is where it began in the decoded member. */
void chunk_add(struct chunk *c, size_t at, size_t size, uint64_t raw,
               const struct entity *entity);
enum err record_too_large(const struct source *s, uint64_t offset, struct error *e);

#endif
