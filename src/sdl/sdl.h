/*
 * sdl: GraphQL documents as a syntax tree (October 2021, sections 2 and 3).
 *
 * Definitions in the order of the text, lists linked by `next`. Names and strings are
 * slices of the text or of the arena; both must live as long as the tree. What the
 * grammar says is checked and nothing else: types may be missing or defined twice.
 * sdl_parse() is for schemas and takes type-system definitions only: `extend` is
 * refused, a tenant's schema comes whole. Documents of every kind: request.h.
 *
 * Limits: SDL_SIZE, SDL_DEPTH. Errors are "LINE:COLUMN: what", with the offset set.
 * One thread at a time; the finished tree has any number of readers.
 */
#ifndef SDL_SDL_H
#define SDL_SDL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "sdl/lex.h"

#define SDL_SIZE \
    (16u << 20)      /* bytes of a document; ION's whole schema has under 1 MiB */
#define SDL_DEPTH 64 /* of list types and of constant values; real ones have 4 */

enum sdl_value_kind {
    SDL_NULL,
    SDL_BOOL, /* text: true or false */
    SDL_INT,
    SDL_FLOAT,
    SDL_STRING, /* text: decoded */
    SDL_ENUM,
    SDL_LIST,     /* items */
    SDL_OBJECT,   /* items, each with its name */
    SDL_VARIABLE, /* text: its name; only in requests */
};

struct sdl_value {
    enum sdl_value_kind kind;
    bool block;      /* a string that was written with three quotes */
    struct str name; /* in an object: this field's */
    struct str text;
    struct sdl_value *items, *next;
    struct lex_place place;
    struct lex_place name_place; /* of `name` */
};

struct sdl_argument {
    struct str name;
    struct sdl_value *value;
    struct sdl_argument *next;
    struct lex_place place;
};

struct sdl_directive {
    struct str name;
    struct sdl_argument *arguments;
    struct sdl_directive *next;
    struct lex_place place;
};

struct sdl_type {
    struct str name;           /* of the innermost type, at every level */
    const struct sdl_type *of; /* a list of this; NULL: the named type itself */
    bool required;
    struct lex_place place;
};

/* Input value: an argument or a field of an input object. */
struct sdl_input {
    struct str name, description;
    const struct sdl_type *type;
    struct sdl_value *value; /* the default, or NULL */
    struct sdl_directive *directives;
    struct sdl_input *next;
    struct lex_place place;
};

struct sdl_field {
    struct str name, description;
    struct sdl_input *arguments;
    const struct sdl_type *type;
    struct sdl_directive *directives;
    struct sdl_field *next;
    struct lex_place place;
};

/* A name in a list: interfaces, union members, directive locations, enum values. */
struct sdl_name {
    struct str name, description;
    struct sdl_directive *directives;
    struct sdl_name *next;
    struct lex_place place;
};

enum sdl_kind {
    SDL_DEF_SCHEMA, /* fields: query, mutation, subscription with their types */
    SDL_DEF_SCALAR,
    SDL_DEF_TYPE,
    SDL_DEF_INTERFACE,
    SDL_DEF_UNION, /* names: the members */
    SDL_DEF_ENUM,  /* names: the values */
    SDL_DEF_INPUT,
    SDL_DEF_DIRECTIVE, /* inputs: the arguments; names: the locations */
    SDL_DEF_OPERATION, /* only in requests, as the next */
    SDL_DEF_FRAGMENT,
};

enum sdl_operation {
    SDL_QUERY,
    SDL_MUTATION,
    SDL_SUBSCRIPTION,
};

struct sdl_selection; /* request.h, as the next */
struct sdl_variable;

struct sdl_def {
    enum sdl_kind kind;
    struct str name, description; /* no name: the schema definition */
    struct sdl_name *interfaces, *names;
    struct sdl_field *fields;
    struct sdl_input *inputs;
    struct sdl_directive *directives;
    bool repeatable;
    bool extension; /* extend … */
    struct sdl_def *next;
    struct lex_place place;      /* of the keyword, behind the description */
    struct lex_place start;      /* of the description or else as `place` */
    struct lex_place name_place; /* of `name` */

    /* Operations and fragments */
    struct sdl_selection *selections;
    struct sdl_variable *variables;
    enum sdl_operation operation;
    struct str on; /* a fragment's type condition */
    struct lex_place on_place;
    const void *bound; /* left here by whoever validates: a struct gql_type, the root of
                          an operation, the type of a fragment's condition */
};

/* Parses a document into the arena. `name` is for errors. *out is the first definition,
 * NULL for an empty text. */
enum err sdl_parse(struct str text, const char *name, struct arena *arena,
                   struct sdl_def **out, struct error *e) MUST_CHECK;

/* The same, and `extend` is taken, too. */
enum err sdl_parse_extended(struct str text, const char *name, struct arena *arena,
                            struct sdl_def **out, struct error *e) MUST_CHECK;

/* The directive of this name in a list, or NULL. */
const struct sdl_directive *sdl_directive(const struct sdl_directive *list,
                                          const char *name);

/* The value of a directive's argument, or NULL (also when `d` is NULL). */
const struct sdl_value *sdl_argument(const struct sdl_directive *d, const char *name);

/* Sets an error at a place of the document: "LINE:COLUMN: line". */
enum err sdl_error(struct lex_place place, const char *name, const char *line,
                   struct error *e);

#endif
