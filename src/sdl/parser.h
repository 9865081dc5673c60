/*
 * parser: what the files of sdl/ that parse have in common; private to the room.
 *
 * One recursive descent for schemas and requests, which differ in what they may hold
 * and in the voice in which a fault is told: "LINE:COLUMN: constant line" through
 * struct error, or graphql-js's words, which quote the text, through struct sdl_fault.
 * So every place that refuses says both.
 */
#ifndef SDL_PARSER_H
#define SDL_PARSER_H

#include "sdl/request.h"

struct parser {
    struct lex lex;
    struct arena *arena;
    const char *name;
    struct error *e;
    unsigned depth, max_depth;
    bool extended; /* a schema that may hold extensions */

    /* Requests */
    struct sdl_fault *fault; /* NULL: a schema */
    struct sdl_limits limits;
    uint32_t tokens, aliases, directives, selections;
};

/* The current token is not `wanted`, a name of a kind or a quoted punctuator. */
enum err parser_expected(struct parser *p, const char *wanted, const char *line);

/* The current token may not stand here. */
enum err parser_unexpected(struct parser *p, const char *line);

/* Another fault at a place; both texts constant but for one slice for a %.*s of `said`.
 */
enum err parser_refuse(struct parser *p, struct lex_place place, const char *line,
                       const char *said, struct str slice);

/* A limit is passed: the code is ERR_LIMIT. */
enum err parser_limit(struct parser *p, const char *line, const char *what,
                      uint32_t limit);

enum err parser_advance(struct parser *p);

static inline bool is_punct(const struct parser *p, char c)
{
    return p->lex.token.punct == c;
}

static inline bool is_word(const struct parser *p, struct str word)
{
    return p->lex.token.kind == LEX_NAME && str_eq(p->lex.token.text, word);
}

/* Takes the punctuator if it is there. */
static inline enum err maybe(struct parser *p, char c, bool *out)
{
    *out = is_punct(p, c);
    return *out ? parser_advance(p) : ERR_OK;
}

enum err parser_expect(struct parser *p, char c, const char *otherwise);
enum err parser_name(struct parser *p, struct str *out);
enum err parser_word(struct parser *p, struct str word, const char *otherwise);
enum err parser_deeper(struct parser *p);

/* Value (section 2.9), constant or not; Arguments behind the opening parenthesis;
 * Directives; Type. */
enum err parser_value(struct parser *p, bool fixed, struct sdl_value **out);
enum err parser_arguments(struct parser *p, bool fixed, struct sdl_argument **tail);
enum err parser_directives(struct parser *p, bool fixed, struct sdl_directive **tail);
enum err parser_type(struct parser *p, const struct sdl_type **out);

/* A definition or extension of the type system, from its keyword on. */
enum err parser_definition(struct parser *p, struct sdl_def *d);
bool parser_is_definition(const struct parser *p);
enum err parser_description(struct parser *p, struct str *out);

#endif
