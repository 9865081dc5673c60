/*
 * words_text: the lists of words.h, one item a line.
 */
#ifndef DEMO_WORDS_TEXT_H
#define DEMO_WORDS_TEXT_H

#include "demo/words.h"

#define X(name) extern const char words_##name[];
WORDS_LISTS(X)
#undef X

#endif
