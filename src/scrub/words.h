/*
 * words: the invented words that pseudonyms are made of (rules/names.txt, built in).
 *
 * The file has sections, [given], [family] and [company], of one word a line,
 * lower-case ASCII letters; # begins a comment. Immutable after words_new(); any
 * thread.
 */
#ifndef SCRUB_WORDS_H
#define SCRUB_WORDS_H

#include "base/err.h"
#include "base/str.h"

#define WORDS       65536u /* words of one section; draws are unbiased far beyond that */
#define WORDS_FEW   64u    /* a section with fewer would give everybody the same name */
#define WORD_LENGTH 32u    /* bytes of a word */

enum words_section { WORDS_GIVEN, WORDS_FAMILY, WORDS_COMPANY, WORDS_SECTIONS };

struct words {
    struct {
        struct str *words;
        size_t n, cap;
    } of[WORDS_SECTIONS];
    char *text;
};

/* The shipped list. Gives. */
enum err words_new(struct words **out, struct error *e) MUST_CHECK;
/* From a text of that format; it is copied. Errors name the line. Gives. */
enum err words_read(struct str text, struct words **out, struct error *e) MUST_CHECK;
void words_free(struct words *w);
DEFINE_CLEANUP(struct words, words_free);

#endif
