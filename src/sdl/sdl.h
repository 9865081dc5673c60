/*
 * sdl: GraphQL type-system documents as a syntax tree (October 2021, section 3).
 *
 * Definitions in the order of the text, lists linked by `next`. Names and strings are
 * slices of the text or of the arena; both must live as long as the tree. What the
 * grammar says is checked and nothing else: types may be missing or defined twice.
 * `extend` is refused: a tenant's schema comes whole.
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
    SDL_LIST,   /* items */
    SDL_OBJECT, /* items, each with its name */
};

struct sdl_value {
    enum sdl_value_kind kind;
    struct str name; /* in an object: this field's */
    struct str text;
    struct sdl_value *items, *next;
    struct lex_place place;
};

struct sdl_argument {
    struct str name;
    struct sdl_value *value;
    struct sdl_argument *next;
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
};

struct sdl_def {
    enum sdl_kind kind;
    struct str name, description; /* no name: the schema definition */
    struct sdl_name *interfaces, *names;
    struct sdl_field *fields;
    struct sdl_input *inputs;
    struct sdl_directive *directives;
    bool repeatable;
    struct sdl_def *next;
    struct lex_place place;
};

/* Parses a document into the arena. `name` is for errors. *out is the first definition,
 * NULL for an empty text. */
enum err sdl_parse(struct str text, const char *name, struct arena *arena,
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
