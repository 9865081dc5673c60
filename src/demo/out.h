/*
 * out: puts records into the wrapping of a format and writes them to a descriptor.
 *
 * What the formats differ in is a struct out_form, called in this order: open; per
 * entity entity, then per record before, (the record is built into buf), after, and
 * piece once buf holds OUT_PIECE bytes, then entity_end; finish. close comes last,
 * whatever happened. Written in pieces of OUT_PIECE bytes at record ends, so that the
 * bytes of compressed pieces depend on the records only. One thread at a time.
 */
#ifndef DEMO_OUT_H
#define DEMO_OUT_H

#include "base/buf.h"
#include "demo/demo.h"
#include "demo/row.h"
#include "schema/schema.h"

#define OUT_PIECE (1u << 20)
#define OUT_PAGE  100 /* records of a GraphQL page: the size that clients use */

struct out_tables; /* out_tables.c: spool and tar */
struct out_form;

struct out {
    const struct out_form *form;
    const struct demo_options *options; /* borrowed */
    int fd;
    const char *what;
    struct buf buf;
    uint64_t bytes;
    const struct type *type;
    struct str list; /* the name of the entity's list in this format */
    uint64_t n, i;   /* records of the entity, and which is next, from 0 */
    bool any;        /* an entity was written before */
    struct out_tables *tables;
};

struct out_form {
    enum row_dialect dialect, csv_dialect;
    bool typename;
    enum err (*open)(struct out *o, struct error *e);
    enum err (*entity)(struct out *o, struct error *e);
    void (*before)(struct out *o);
    void (*after)(struct out *o);
    enum err (*piece)(struct out *o, struct error *e); /* buf is full */
    enum err (*entity_end)(struct out *o, struct error *e);
    enum err (*finish)(struct out *o, struct error *e);
    void (*close)(struct out *o);
};

extern const struct out_form out_ndjson, out_json, out_airbyte, out_pages, out_tar;

/* The default of `piece`: writes buf to the descriptor. */
enum err out_write(struct out *o, struct error *e) MUST_CHECK;

#endif
