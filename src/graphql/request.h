/*
 * request: the body of a GraphQL request into the body of its answer.
 *
 *     service_new(schema, layout, &options, &s, e)
 *     service_answer(s, &call, &out)          any number of threads
 *     service_free(s)
 *
 * A body is a JSON object {query, variables, operationName} or an array of such, whose
 * answers are an array in the same order; `variables` may be absent, null or, in ION's
 * mode, "". What is wrong with a request is said in the answer, as GraphQL does; the
 * status says what HTTP makes of it.
 *
 * Documents that were valid are kept with their plans: SERVICE_DOCUMENTS of them and
 * SERVICE_BYTES in all; what is over goes. The connection is the call's own for its
 * time (store/tenant.h, generation_take) and must have where_functions(); the caller
 * sets its deadline.
 */
#ifndef GRAPHQL_REQUEST_H
#define GRAPHQL_REQUEST_H

#include "base/buf.h"
#include "graphql/coerce.h"
#include "schema/schema.h"
#include "store/layout.h"
#include "store/sql.h"

#define SERVICE_BATCH     500         /* requests of one array */
#define SERVICE_BODY      (8u << 20)  /* bytes of a body */
#define SERVICE_DOCUMENTS 1024        /* kept with their plans */
#define SERVICE_BYTES     (32u << 20) /* of memory for these */
#define SERVICE_KEPT      (64u << 10) /* bytes of a document that is kept */

struct service_options {
    enum coerce_mode mode;
};

enum service_status {
    SERVICE_DONE,      /* executed; there may be errors: 200 */
    SERVICE_REFUSED,   /* syntax, validation, variables: 200, or 400 by the book */
    SERVICE_MALFORMED, /* no JSON, no query: 400 */
    SERVICE_METHOD,    /* a mutation by GET: 405 */
    SERVICE_TOO_MUCH,  /* too many objects or bytes, or the deadline: 502 */
    SERVICE_FAULT,     /* the database failed: 500 */
};

struct service_call {
    struct sql *db;
    int64_t user; /* id of the user that the key acts as; 0: none */
    bool get;     /* query, variables, operation hold decoded parameters; no body */
    struct str body;
    struct str query, variables, operation; /* p NULL: not given */
};

struct service;

/* Borrows schema and layout. Gives. */
enum err service_new(struct schema *schema, const struct layout *layout,
                     const struct service_options *o, struct service **out,
                     struct error *e) MUST_CHECK;
void service_free(struct service *s);
DEFINE_CLEANUP(struct service, service_free);

/* The API as SDL; borrowed. */
struct str service_sdl(const struct service *s);

/* The id of the user that a key acts as: `who` is an id or an e-mail address, empty is
 * the first user. 0: there is none. */
enum err service_user(const struct service *s, struct sql *db, struct str who,
                      int64_t *out, struct error *e) MUST_CHECK;

/* Adds the answer, always one JSON value, to `out`. *e: what failed, for the log, with
 * SERVICE_TOO_MUCH and SERVICE_FAULT; may be NULL. */
enum service_status service_answer(struct service *s, const struct service_call *call,
                                   struct buf *out, struct error *e);

#endif
