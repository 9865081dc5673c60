#include "scrub/words.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/shipped.h"

static const struct {
    const char *title;
    enum words_section section;
} titles[] = {
    {"[given]", WORDS_GIVEN},
    {"[family]", WORDS_FAMILY},
    {"[company]", WORDS_COMPANY},
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct str trim(struct str line)
{
    const char *hash = line.n ? memchr(line.p, '#', line.n) : NULL;
    if (hash)
        line.n = (size_t)(hash - line.p);
    while (line.n && is_space(line.p[line.n - 1]))
        line.n--;
    while (line.n && is_space(line.p[0]))
        line = str_from(line, 1);
    return line;
}

static bool is_word(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 'a' || s.p[i] > 'z')
            return false;
    return s.n > 0 && s.n <= WORD_LENGTH;
}

static enum err read_line(struct words *w, struct str line, unsigned number,
                          enum words_section *section, struct error *e)
{
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        if (!str_eq(line, str_of(titles[i].title)))
            continue;
        *section = titles[i].section;
        return ERR_OK;
    }
    if (*section == WORDS_SECTIONS || !is_word(line))
        return err_set(e, ERR_DATA,
                       "names: line %u: not a section and not a word of a to z",
                       number);
    if (w->of[*section].n == WORDS)
        return err_set(e, ERR_LIMIT, "names: line %u: more than %u words", number,
                       WORDS);
    VEC_PUSH(w->of[*section].words, w->of[*section].n, w->of[*section].cap) = line;
    return ERR_OK;
}

enum err words_read(struct str text, struct words **out, struct error *e)
{
    CLEANUP(words_freep) struct words *w = NEW(struct words);
    w->text = alloc_str(text);
    enum words_section section = WORDS_SECTIONS;
    unsigned number = 0;
    for (struct str rest = str_n(w->text, text.n); rest.n;) {
        const char *end = memchr(rest.p, '\n', rest.n);
        size_t n = end ? (size_t)(end - rest.p) : rest.n;
        struct str line = trim(str_n(rest.p, n));
        number++;
        if (line.n)
            TRY(read_line(w, line, number, &section, e));
        rest = str_from(rest, n + 1);
    }
    for (size_t i = 0; i < WORDS_SECTIONS; i++)
        if (w->of[i].n < WORDS_FEW)
            return err_set(e, ERR_DATA, "names: %s has fewer than %u words",
                           titles[i].title, WORDS_FEW);
    *out = w;
    w = NULL;
    return ERR_OK;
}

enum err words_new(struct words **out, struct error *e)
{
    struct str text = shipped_get(STR("names.txt"));
    if (!text.p)
        return err_set(e, ERR_SOFTWARE, "names.txt is not built in");
    return words_read(text, out, e);
}

void words_free(struct words *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < WORDS_SECTIONS; i++)
        free(w->of[i].words);
    free(w->text);
    free(w);
}
