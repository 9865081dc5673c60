/*
 * wrap: puts records into the wrapping of a format and writes them to a descriptor.
 *
 * What the formats differ in is a struct wrap_form, called in this order: open; per
 * entity entity, then per record before, (the record is built into buf), after, and
 * piece once buf holds WRAP_PIECE bytes, then entity_end; finish. close comes last,
 * whatever happened. Written in pieces of WRAP_PIECE bytes at record ends, so that the
 * bytes of compressed pieces depend on the records only. One thread at a time.
 */
#ifndef DEMO_WRAP_H
#define DEMO_WRAP_H

#include "base/buf.h"
#include "demo/demo.h"
#include "demo/scribe.h"
#include "schema/schema.h"

#define WRAP_PIECE (1u << 20)
#define WRAP_PAGE  100 /* records of a GraphQL page: the size that clients use */

struct wrap_tables; /* wrap_tables.c: spool and tar */
struct wrap_form;

struct wrap {
    const struct wrap_form *form;
    const struct demo_options *options; /* borrowed */
    int fd;
    const char *what;
    struct buf buf;
    uint64_t bytes;
    const struct type *type;
    struct str list; /* the name of the entity's list in this format */
    uint64_t n, i;   /* records of the entity, and which is next, from 0 */
    bool any;        /* an entity was written before */
    struct wrap_tables *tables;
};

struct wrap_form {
    enum scribe_dialect dialect, csv_dialect;
    bool typename;
    enum err (*open)(struct wrap *o, struct error *e);
    enum err (*entity)(struct wrap *o, struct error *e);
    void (*before)(struct wrap *o);
    void (*after)(struct wrap *o);
    enum err (*piece)(struct wrap *o, struct error *e); /* buf is full */
    enum err (*entity_end)(struct wrap *o, struct error *e);
    enum err (*finish)(struct wrap *o, struct error *e);
    void (*close)(struct wrap *o);
};

extern const struct wrap_form wrap_ndjson, wrap_json, wrap_airbyte, wrap_pages,
    wrap_tar;

/* The default of `piece`: writes buf to the descriptor. */
enum err wrap_write(struct wrap *o, struct error *e) MUST_CHECK;

#endif
