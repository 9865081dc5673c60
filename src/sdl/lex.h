/*
 * lex: GraphQL's lexical tokens (October 2021, section 2.1), for type-system and
 * executable documents alike.
 *
 *     lex_init(&l, text);
 *     while (lex_next(&l) && l.token.kind != LEX_END) …
 *
 * Allocates nothing: tokens are slices of the text. Nothing below U+0020 but tab and
 * line ends is accepted, and only valid UTF-8. Lines end in \n, \r\n or \r; columns
 * count UTF-16 units from 1, as JavaScript's strings do and so every client of GraphQL.
 * A text has at most LEX_SIZE bytes. One thread at a time.
 */
#ifndef SDL_LEX_H
#define SDL_LEX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum lex_kind {
    LEX_END,
    LEX_PUNCT, /* `punct` says which; '.' is the spread ... */
    LEX_NAME,
    LEX_INT,
    LEX_FLOAT,
    LEX_STRING,
    LEX_BLOCK,
};

#define LEX_SIZE UINT32_MAX /* places hold 32 bits */

struct lex_place {
    uint32_t line, column; /* from 1 */
    uint32_t offset;
};

/* What is wrong, for those who say it in words of their own. */
enum lex_fault {
    LEX_FINE,
    LEX_NO_TOKEN,     /* a character that begins no token */
    LEX_NO_CHARACTER, /* inside a string or comment: a control character, no UTF-8 */
    LEX_UNTERMINATED, /* a string */
    LEX_NO_ESCAPE,    /* behind a backslash */
    LEX_ZERO,         /* a digit behind a leading 0 */
    LEX_NO_DIGIT,     /* where a number needs one */
};

struct lex_token {
    enum lex_kind kind;
    char punct;
    bool escaped;    /* the string holds a backslash */
    struct str text; /* as written; of strings what stands between the quotes */
    struct lex_place place;
};

struct lex {
    struct lex_token token;
    const char *problem; /* why lex_next() returned false; a constant line */
    enum lex_fault fault;

    /* Private part */
    struct str text;
    size_t pos, line_start;
    uint32_t line;
    bool in_string; /* the fault is in one */
};

void lex_init(struct lex *l, struct str text);

/* Moves to the next token. False: `problem` says why, token.place where; it stays so.
 */
bool lex_next(struct lex *l);

/* The value of a LEX_STRING or LEX_BLOCK token: escapes decoded, a block string without
 * its common indentation (section 2.9.4). A slice of the text when nothing had to be
 * changed, else from the arena. */
struct str lex_string(const struct lex_token *token, struct arena *arena);

#endif
