#include "scrub/draw.h"

#include <endian.h>

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

/* The next 8 or 4 bytes as a little-endian number. */
static uint64_t take8(struct draw *d)
{
    uint64_t v;
    if (d->used + sizeof v > sizeof d->block)
        refill(d);
    memcpy(&v, d->block + d->used, sizeof v);
    d->used += sizeof v;
    return le64toh(v);
}

static uint32_t take4(struct draw *d)
{
    uint32_t v;
    if (d->used + sizeof v > sizeof d->block)
        refill(d);
    memcpy(&v, d->block + d->used, sizeof v);
    d->used += sizeof v;
    return le32toh(v);
}

uint64_t draw_below(struct draw *d, uint64_t n)
{
    return take8(d) % n;
}

void draw_base32(struct draw *d, size_t n, struct buf *out)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    char *to = buf_room(out, n);
    for (size_t i = 0; i < n; i++)
        to[i] = alphabet[take4(d) % 32];
    out->n += n;
}

void draw_chars(struct draw *d, struct str alphabet, size_t n, struct buf *out)
{
    char *to = buf_room(out, n);
    /* 32 bits for at most 64 characters: what the remainder prefers is under 2^-26. */
    for (size_t i = 0; i < n; i++)
        to[i] = alphabet.p[take4(d) % (uint32_t)alphabet.n];
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
