#include "scrub/pseudo.h"

static const struct pseudo_kind *const kinds[] = {
#define X(name) &pseudo_##name,
    PSEUDO_LIST(X)
#undef X
};

const struct pseudo_kind *pseudo_at(size_t i)
{
    return i < sizeof kinds / sizeof *kinds ? kinds[i] : NULL;
}

static bool is_blank(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr(" \t\r\n", s.p[i]) || !s.p[i])
            return false;
    return true;
}

enum err pseudo_make(const struct pseudo_kind *k, const struct pseudo *p, struct str in,
                     struct buf *out, struct error *e)
{
    if (is_blank(in)) {
        buf_add_str(out, in);
        return ERR_OK;
    }
    return k->make(p, in, out, e);
}

void pseudo_fold(struct str s, struct buf *out)
{
    char *to = buf_room(out, s.n);
    for (size_t i = 0; i < s.n; i++)
        to[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
    out->n += s.n;
}
