/*
 * errors: what a GraphQL response says went wrong.
 *
 * A list in an arena, in the order of adding, capped at `limit`. Messages are worded as
 * graphql-js 16 does and may quote the request: they go to the client who sent it,
 * never into a log or a struct error. One thread at a time.
 */
#ifndef GRAPHQL_ERRORS_H
#define GRAPHQL_ERRORS_H

#include "base/arena.h"
#include "base/buf.h"
#include "sdl/lex.h"
#include "json/emit.h"

#define ERRORS_LIMIT 100 /* as graphql-js; the one that says so comes on top */
#define ERRORS_SHOWN 80  /* bytes of a name or value that a message quotes */

/* Bytes of the first whole characters, at most `most` of them. */
int errors_cut(struct str s, size_t most);

/* As much of the text as a message shows, whole characters: printf("%.*s", SHOW(s)) */
int errors_shown(struct str s);
#define SHOW(s) errors_shown(s), (s).p

/* A place in a response, from the inside out; links live as long as the error. */
struct gql_path {
    const struct gql_path *parent;
    struct str key; /* p NULL: an index */
    uint32_t index;
};

struct gql_place {
    uint32_t line, column;
    struct gql_place *next;
};

struct gql_error {
    struct str message;
    struct gql_place *places;
    const struct gql_path *path;
    struct str extensions; /* a JSON object, or empty */
    struct gql_error *next;
};

struct errors {
    struct arena *arena;
    struct gql_error *first, **tail;
    uint32_t n, limit;
    bool full; /* `limit` was reached; everything after it is dropped */
};

void errors_init(struct errors *list, struct arena *arena, uint32_t limit);

/* Adds an error; NULL when the list is full. The first over the limit is replaced by
 * `Too many validation errors, error limit reached. Validation aborted.` */
struct gql_error *errors_add(struct errors *list, const char *format, ...) PRINTF(2, 3);

/* Ends the list with that line: something else was too much. */
void errors_abort(struct errors *list);

/* Adds a place behind those it has; `error` may be NULL. */
void errors_place(struct errors *list, struct gql_error *error, struct lex_place place);

/* Both: a message and one place. */
struct gql_error *errors_at(struct errors *list, struct lex_place place,
                            const char *format, ...) PRINTF(3, 4);

/* [{"message":…,"locations":[…],"path":[…],"extensions":{…}},…] */
void errors_emit(const struct errors *list, struct emit *out);

#endif
