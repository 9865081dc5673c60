#include "demo/words.h"

#include <assert.h>

#include "demo/words_text.h"

static void bank_split(struct bank *b, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        assert(n > 0 && b->n < WORDS_MAX);
        b->items[b->n++] = str_n(text, n);
        text += n + (text[n] == '\n');
    }
    assert(b->n > 0);
}

void words_init(struct words *w)
{
    *w = (struct words){0};
#define X(name) bank_split(&w->list[WORDS_##name], words_##name);
    WORDS_LISTS(X)
#undef X
}

struct str word_part(struct str item, unsigned i)
{
    for (;;) {
        const char *sign = memchr(item.p, '=', item.n);
        size_t n = sign ? (size_t)(sign - item.p) : item.n;
        if (i == 0)
            return str_n(item.p, n);
        if (!sign)
            return str_n(item.p + item.n, 0);
        item = str_from(item, n + 1);
        i--;
    }
}
