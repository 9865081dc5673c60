/*
 * scan_state: what scan.c, the loop of the kernels and scan_part.c share. Private to
 * json/.
 *
 * The loop (scan_loop.inc) handles tokens that are whole and valid in the window.
 * Whatever is cut or wrong it hands to scan_part(), from the token's first byte on:
 * every error has one origin, which is why cuts and kernels cannot disagree on it.
 */
#ifndef JSON_SCAN_STATE_H
#define JSON_SCAN_STATE_H

#include "json/scan.h"

/* scan.state */
enum {
    STATE_FIRST,        /* the first value */
    STATE_VALUE,        /* behind a colon, or a comma of an array */
    STATE_ITEM,         /* behind [ */
    STATE_NAME,         /* behind { */
    STATE_KEY,          /* behind a comma of an object */
    STATE_COLON,        /* behind a key */
    STATE_AFTER_MEMBER, /* behind a value of an object */
    STATE_AFTER_ITEM,   /* behind a value of an array */
    STATE_DONE,         /* behind a whole document */
};

/* scan.part */
enum {
    PART_NONE,
    PART_BOM,   /* `count` bytes of it seen */
    PART_APART, /* right behind a number or literal that is a whole document */
    PART_BAD,
    PART_STRING,
    PART_BACKSLASH,
    PART_HEX,  /* `count` digits to come */
    PART_UTF8, /* `count` bytes to come, the next one low..high; `seen` seen */
    PART_TRUE, /* `count` bytes seen */
    PART_FALSE,
    PART_NULL,
    PART_MINUS, /* numbers: what was last read */
    PART_ZERO,
    PART_INT,
    PART_POINT,
    PART_FRACTION,
    PART_E,
    PART_E_SIGN,
    PART_EXPONENT,
};

/* Begins a token at `p` (its first byte) that the loop cannot finish; gives its event.
 */
enum scan_event scan_part(struct scan *s, const char *p);

/* Goes on inside a token; false when there was none and the loop is to run. */
bool scan_resume(struct scan *s, enum scan_event *out);

/* The window is used up between tokens. */
enum scan_event scan_used_up(struct scan *s);

/* The byte at `p` is none that the state allows. */
enum scan_event scan_unexpected(struct scan *s, const char *p);

/* Nesting would pass SCAN_DEPTH at `p`. */
enum scan_event scan_too_deep(struct scan *s, const char *p);

#endif
