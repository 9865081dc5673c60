#include "demo/leaf.h"

#include "demo/cast.h"
#include "demo/plant.h"

void leaf_lower(struct leaf *t, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        leaf_char(t, c);
    }
}

void leaf_uint(struct leaf *t, uint64_t v, unsigned width)
{
    char digits[20];
    unsigned n = 0;

    do
        digits[n++] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    for (; width > n; width--)
        leaf_char(t, '0');
    while (n > 0)
        leaf_char(t, digits[--n]);
}

void leaf_decimal(struct leaf *t, int64_t v, unsigned places)
{
    uint64_t scale = 1, u = v < 0 ? -(uint64_t)v : (uint64_t)v;

    for (unsigned i = 0; i < places; i++)
        scale *= 10;
    if (v < 0)
        leaf_char(t, '-');
    leaf_uint(t, u / scale, 0);
    if (places > 0) {
        leaf_char(t, '.');
        leaf_uint(t, u % scale, places);
    }
}

void leaf_mark(struct leaf *t, size_t at, enum leaf_class class)
{
    assert(t->n_marks < LEAF_MARKS && at < t->n);
    t->marks[t->n_marks++] =
        (struct mark){.at = (uint32_t)at, .n = (uint32_t)(t->n - at), .class = class};
}

void leaf_mark_nested(struct leaf *t, struct str value, enum leaf_class class)
{
    assert(t->n_marks < LEAF_MARKS && value.n <= LEAF_SIDE - t->side_n);
    memcpy(t->side + t->side_n, value.p, value.n);
    t->marks[t->n_marks++] =
        (struct mark){.class = class, .inner = str_n(t->side + t->side_n, value.n)};
    t->side_n += value.n;
}

/* A serial or lot number of some piece; one in a few has neither, so look around. */
static void fill_inventory(struct leaf *t, const struct census *p, bool lot,
                           uint64_t *state)
{
    for (unsigned tries = 0; tries < 24 && p->n[CENSUS_PartInventory]; tries++) {
        uint64_t id = census_any(p, CENSUS_PartInventory, dice_next(state));
        enum cast_tracking tracking = cast_part_tracking(p, cast_inventory_part(p, id));
        if (tracking != (lot ? CAST_LOT : CAST_SERIAL))
            continue;
        size_t at = t->n;
        if (lot)
            cast_lot(p, id, t);
        else
            cast_serial(p, id, t);
        leaf_mark(t, at, lot ? LEAF_LOT : LEAF_SERIAL);
        return;
    }
    leaf_add(t, STR("the unit"));
}

static void fill_who(struct leaf *t, const struct census *p, char slot, uint64_t *state)
{
    uint64_t value = dice_next(state);
    size_t at = t->n;

    switch (slot) {
    case 'P':
        if (!p->n[CENSUS_User])
            break;
        cast_person(p, census_any(p, CENSUS_User, value), t);
        leaf_mark(t, at, LEAF_NAME);
        return;
    case 'N':
        if (!p->n[CENSUS_Part])
            break;
        cast_part_number(p, census_any(p, CENSUS_Part, value), t);
        leaf_mark(t, at, LEAF_PART_NUMBER);
        return;
    default:
        if (!p->n[CENSUS_Supplier])
            break;
        cast_supplier(p, census_any(p, CENSUS_Supplier, value), t);
        leaf_mark(t, at, LEAF_COMPANY);
        return;
    }
    leaf_add(t, STR("somebody"));
}

static void fill_measure(struct leaf *t, char slot, uint64_t *state)
{
    uint64_t value = dice_next(state);

    switch (slot) {
    case 'q': leaf_uint(t, 2 + dice_below(value, 18), 0); break;
    case 't':
        leaf_decimal(t, 24 + (int64_t)dice_below(value, 400), 1);
        leaf_add(t, STR(" N\xC2\xB7m"));
        break;
    case 'd':
        leaf_decimal(t, 5 + (int64_t)dice_below(value, 190), 3);
        leaf_add(t, STR(" mm"));
        break;
    default:
        leaf_uint(t, 120 + 10 * dice_below(value, 400), 0);
        leaf_add(t, STR(" kPa"));
    }
}

static void fill_slot(struct leaf *t, const struct census *p, char slot,
                      uint64_t *state)
{
    switch (slot) {
    case 'P':
    case 'N':
    case 'C': fill_who(t, p, slot, state); break;
    case 'S':
    case 'L': fill_inventory(t, p, slot == 'L', state); break;
    case 'q':
    case 't':
    case 'd':
    case 'v': fill_measure(t, slot, state); break;
    case 'B':
    case 'b':
        leaf_lower(t, word_part(word(&p->words, WORDS_subtype, dice_next(state)), 0));
        break;
    case 'D': leaf_add(t, word(&p->words, WORDS_adjective, dice_next(state))); break;
    case 'M': leaf_add(t, word(&p->words, WORDS_material, dice_next(state))); break;
    default: plant_slot(t, p, slot, state);
    }
}

void leaf_fill(struct leaf *t, const struct census *p, struct str sentence,
               uint64_t *state)
{
    for (;;) {
        const char *open = memchr(sentence.p, '{', sentence.n);
        if (!open) {
            leaf_add(t, sentence);
            return;
        }
        size_t before = (size_t)(open - sentence.p);
        assert(sentence.n >= before + 3 && open[2] == '}');
        leaf_add(t, str_n(sentence.p, before));
        fill_slot(t, p, open[1], state);
        sentence = str_from(sentence, before + 3);
    }
}

static void space(struct leaf *t)
{
    if (t->n > 0)
        leaf_char(t, ' ');
}

void leaf_prose(struct leaf *t, const struct census *p, enum words_list list,
                uint64_t value, unsigned least, unsigned most)
{
    uint64_t state = value, odds = dice_next(&state);
    unsigned n = least + (unsigned)(odds >> 40) % (most - least + 1);
    bool plant = (odds & 0xfff) < 0x1000 / 12;
    bool marking = p->marked && (odds >> 12 & 0xfff) < 0x1000 / 40;

    const struct bank *b = &p->words.list[list];
    uint64_t last = b->n;
    for (unsigned i = 0; i < n; i++) {
        uint64_t pick = dice_next_below(&state, b->n);
        last = pick == last ? (pick + 1) % b->n : pick;
        space(t);
        leaf_fill(t, p, b->items[last], &state);
    }
    if (plant) {
        space(t);
        leaf_fill(t, p, word(&p->words, WORDS_plant, dice_next(&state)), &state);
    }
    if (marking) {
        space(t);
        size_t at = t->n;
        leaf_fill(t, p, word(&p->words, WORDS_marking, dice_next(&state)), &state);
        leaf_mark(t, at, LEAF_MARKING);
    }
}
