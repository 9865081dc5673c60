/*
 * request: GraphQL documents as clients send them (October 2021, section 2).
 *
 *     sdl_request(text, &SDL_REQUEST_LIMITS, &arena, &request, &fault)
 *
 * Every document is taken: operations and fragments, and also definitions and
 * extensions of types, which are for validation to refuse. All of it is in one list of
 * `struct sdl_def`, in the order of the text; of operations and fragments the fields of
 * sdl.h that begin with `selections`. Names and strings are slices of the text or of
 * the arena; both must live as long as the tree.
 *
 * Messages are worded and placed as graphql-js 16 does. They quote the request, so they
 * go to the client who sent it and nowhere else.
 *
 * Nothing recurses deeper than limits.depth, however deep the text is. Linear in the
 * text. One thread at a time; the finished tree has any number of readers.
 */
#ifndef SDL_REQUEST_H
#define SDL_REQUEST_H

#include "sdl/sdl.h"

/* What a request may hold; 0: no limit, but depth always has one. */
struct sdl_limits {
    uint32_t tokens, depth, aliases, directives, fragments;
    size_t bytes;
};

/* Ten times what the largest documents of known clients hold. */
#define SDL_REQUEST_LIMITS                         \
    ((const struct sdl_limits){.tokens = 20000,    \
                               .depth = SDL_DEPTH, \
                               .aliases = 1000,    \
                               .directives = 200,  \
                               .fragments = 500,   \
                               .bytes = 8u << 20})

enum sdl_selection_kind {
    SDL_SELECT_FIELD,
    SDL_SELECT_SPREAD, /* ...name */
    SDL_SELECT_INLINE, /* ... on name { }; name.p is NULL without a type condition */
};

struct sdl_selection {
    enum sdl_selection_kind kind;
    bool aliased;
    struct str name; /* of the field, of the fragment, of the type condition */
    struct str key;  /* a field's response key: its alias or else its name */
    struct sdl_argument *arguments;
    struct sdl_directive *directives;
    struct sdl_selection *selections; /* NULL: no braces */
    struct sdl_selection *next;
    struct lex_place place;      /* of the alias, the name or the dots */
    struct lex_place name_place; /* of `name` */
    struct lex_place brace;      /* where the selections begin */

    /* Left here by whoever validates: a field's definition (struct gql_field), the type
     * of an inline fragment's condition (struct gql_type). NULL before, and for
     * documents that are not valid. */
    const void *bound;
    struct sdl_def *fragment; /* of a spread, when the document has it */
};

struct sdl_variable {
    struct str name; /* without the dollar */
    const struct sdl_type *type;
    struct sdl_value *value; /* the default, or NULL */
    struct sdl_directive *directives;
    struct sdl_variable *next;
    struct lex_place place;      /* of the dollar */
    struct lex_place name_place; /* of the name */
};

struct sdl_request {
    struct sdl_def *first; /* every definition; never NULL after success */
    uint32_t operations, fragments, tokens, selections;
};

/* A syntax error: one line, in the arena, and where. */
struct sdl_fault {
    struct str message; /* "Syntax Error: …" */
    struct lex_place place;
};

/* Parses a document. ERR_DATA, ERR_LIMIT: *fault says why. *out is untouched then. */
enum err sdl_request(struct str text, const struct sdl_limits *limits,
                     struct arena *arena, struct sdl_request *out,
                     struct sdl_fault *fault) MUST_CHECK;

#endif
