#include "scrub/draw.h"

#include "crypt/key.h"
#include "scrub/act_with.h"

void draw_start(struct draw *d, struct act_thread *t, struct str space,
                struct str value)
{
    *d = (struct draw){.t = t, .space = space};
    mac_value(t->mac, space, value, d->first);
    memcpy(d->block, d->first, sizeof d->block);
}

static void refill(struct draw *d)
{
    struct space more;
    uint8_t value[36];
    d->ordinal++;
    space_sub(d->space, "more", &more);
    memcpy(value, d->first, 32);
    for (unsigned i = 0; i < 4; i++)
        value[32 + i] = (uint8_t)(d->ordinal >> (8 * i));
    mac_value(d->t->mac, space_str(&more), str_n((const char *)value, sizeof value),
              d->block);
    d->used = 0;
}

/* The next n <= 8 bytes as a little-endian number. */
static uint64_t take(struct draw *d, unsigned n)
{
    uint64_t v = 0;
    if (d->used + n > sizeof d->block)
        refill(d);
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)d->block[d->used + i] << (8 * i);
    d->used += n;
    return v;
}

uint64_t draw_below(struct draw *d, uint64_t n)
{
    return take(d, 8) % n;
}

void draw_base32(struct draw *d, size_t n, struct buf *out)
{
    draw_chars(d, STR("abcdefghijklmnopqrstuvwxyz234567"), n, out);
}

void draw_chars(struct draw *d, struct str alphabet, size_t n, struct buf *out)
{
    char *to = buf_room(out, n);
    /* 32 bits for at most 64 characters: what the remainder prefers is under 2^-26. */
    for (size_t i = 0; i < n; i++)
        to[i] = alphabet.p[take(d, 4) % alphabet.n];
    out->n += n;
}

void draw_word(struct draw *d, enum words_section section, bool capital,
               struct buf *out)
{
    const struct words *w = d->t->words;
    struct str word = w->of[section].words[draw_below(d, w->of[section].n)];
    size_t at = out->n;
    buf_add_str(out, word);
    if (capital)
        out->p[at] = (char)(out->p[at] - 'a' + 'A');
}
