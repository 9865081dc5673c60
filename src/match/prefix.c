#include "match/prefix.h"

#define ALL_LENGTHS ((2u << PREFIX_BYTES) - 1)

#define ALL4                                           \
    {                                                  \
        UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX \
    }

const struct prefix prefix_nothing = {.before = {ALL4}, .lengths = 1, .exact = true};

const struct prefix prefix_anything = {
    .before = {ALL4},
    .at = {{ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4},
           {ALL4}},
    .lengths = ALL_LENGTHS,
};

struct prefix prefix_of(struct byteset set, bool wide)
{
    struct prefix p = {
        .before = BYTESET_ALL, .lengths = 2, .exact = true, .single = true};
    p.at[0] = set;
    if (wide) {
        p.at[0] = byteset_or(set, byteset_high);
        p.at[1] = p.at[2] = p.at[3] = byteset_high;
        p.lengths = 2 | 4 | 8 | 16;
    }
    return p;
}

struct prefix prefix_of_text(const char *bytes)
{
    struct prefix p = {.before = BYTESET_ALL, .exact = true, .single = true};
    unsigned n = 0;
    for (; bytes[n] && n < PREFIX_BYTES; n++)
        byteset_add(&p.at[n], (uint8_t)bytes[n]);
    p.lengths = 1u << n;
    return p;
}

/* The lengths of a, each with each of b's behind it. */
static uint32_t sums(uint32_t a, uint32_t b)
{
    uint32_t sum = 0;
    for (unsigned n = 0; n <= PREFIX_BYTES; n++) {
        if (!(a >> n & 1))
            continue;
        uint64_t moved = (uint64_t)b << n;
        sum |= (uint32_t)moved & ALL_LENGTHS;
        if (moved >> PREFIX_BYTES)
            sum |= 1u << PREFIX_BYTES;
    }
    return sum;
}

/* What \b in front of `b` says of the byte before. */
static struct byteset beside(const struct prefix *b)
{
    if (byteset_within(b->at[0], byteset_words))
        return byteset_not(byteset_words);
    if (byteset_within(b->at[0], byteset_not(byteset_words)))
        return byteset_words;
    return BYTESET_ALL;
}

struct prefix prefix_then(const struct prefix *a, const struct prefix *b)
{
    struct prefix p = *a;
    bool empty = a->lengths == 1;
    if (!a->lengths)
        return p;
    for (unsigned n = 0; n < PREFIX_BYTES; n++)
        if (a->lengths >> n & 1)
            for (unsigned i = n; i < PREFIX_BYTES; i++)
                p.at[i] = byteset_or(p.at[i], b->at[i - n]);
    p.lengths = sums(a->lengths, b->lengths);
    p.exact = a->exact && b->exact;
    if (empty)
        p.before = byteset_and(a->before, b->before);
    if (empty && a->edge && !(b->lengths & 1))
        p.before = byteset_and(p.before, beside(b));
    p.edge = empty && b->lengths == 1 && (a->edge || b->edge);
    p.single = (empty && b->single) || (a->single && b->lengths == 1);
    return p;
}

struct prefix prefix_either(const struct prefix *a, const struct prefix *b)
{
    struct prefix p = *a;
    if (!a->lengths)
        return p;
    p.before = byteset_or(a->before, b->before);
    for (unsigned i = 0; i < PREFIX_BYTES; i++)
        p.at[i] = byteset_or(a->at[i], b->at[i]);
    p.lengths = a->lengths | b->lengths;
    p.exact = a->exact && b->exact;
    p.edge = a->edge && b->edge;
    p.single = a->single && b->single;
    return p;
}

struct prefix prefix_times(const struct prefix *a, unsigned least, unsigned most)
{
    struct prefix one = prefix_nothing, all = prefix_nothing;
    if ((least == 1 && most == 1) || !a->lengths)
        return *a;
    /* Beyond PREFIX_BYTES repetitions nothing new can come: those with bytes fill the
     * places, those without add nothing. */
    for (unsigned i = 1; i <= most && i <= PREFIX_BYTES; i++) {
        one = prefix_then(&one, a);
        if (i <= least || i == 1)
            all = i == 1 && least == 0 ? prefix_either(&all, &one) : one;
        else
            all = prefix_either(&all, &one);
    }
    all.exact = all.single = false;
    return all;
}

struct prefix prefix_behind(const struct prefix *a, bool negative)
{
    struct prefix p = prefix_nothing;
    p.exact = false;
    if (!a->lengths)
        return *a;
    if (a->lengths == 2 && !negative)
        p.before = a->at[0];
    /* Bytes beyond ASCII tell nothing: there may be other characters of them. */
    if (a->single && negative && a->exact)
        p.before = byteset_or(byteset_high, byteset_not(a->at[0]));
    return p;
}
