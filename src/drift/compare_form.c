/* Values in a normal form of Unicode. */
#include "drift/compare_private.h"

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

enum err compare_form(struct compare *c, struct str text, struct str *out,
                      struct error *e)
{
    *out = text;
    /* What is ASCII has one form; a canonical text writes nothing else as an escape. */
    if (!c->options.settings->normal || is_ascii(text))
        return ERR_OK;
    BUF_SCOPED made = BUF_INIT;
    TRY(normal_add(c->options.settings->normal, text, &made, e));
    *out = arena_str(&c->arena, buf_str(&made));
    return ERR_OK;
}

enum err compare_is_one(struct compare *c, const struct value *a, const struct value *b,
                        bool *out, struct error *e)
{
    struct str x, y;
    *out = false;
    if (!c->options.settings->normal || a->kind != VALUE_STRING ||
        b->kind != VALUE_STRING)
        return ERR_OK;
    TRY(compare_form(c, a->text, &x, e));
    TRY(compare_form(c, b->text, &y, e));
    *out = str_eq(x, y);
    return ERR_OK;
}
