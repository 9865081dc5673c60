#include "demo/text.h"

#include "demo/cast.h"
#include "demo/plant.h"

void text_lower(struct text *t, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        text_char(t, c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c);
    }
}

void text_uint(struct text *t, uint64_t v, unsigned width)
{
    char digits[20];
    unsigned n = 0;

    do
        digits[n++] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    for (; width > n; width--)
        text_char(t, '0');
    while (n > 0)
        text_char(t, digits[--n]);
}

void text_decimal(struct text *t, int64_t v, unsigned places)
{
    uint64_t scale = 1, u = v < 0 ? -(uint64_t)v : (uint64_t)v;

    for (unsigned i = 0; i < places; i++)
        scale *= 10;
    if (v < 0)
        text_char(t, '-');
    text_uint(t, u / scale, 0);
    if (places > 0) {
        text_char(t, '.');
        text_uint(t, u % scale, places);
    }
}

void text_mark(struct text *t, size_t at, enum text_class class)
{
    assert(t->n_marks < TEXT_MARKS && at < t->n);
    t->marks[t->n_marks++] =
        (struct mark){.at = (uint32_t)at, .n = (uint32_t)(t->n - at), .class = class};
}

void text_mark_nested(struct text *t, struct str value, enum text_class class)
{
    assert(t->n_marks < TEXT_MARKS && value.n <= TEXT_SIDE - t->side_n);
    memcpy(t->side + t->side_n, value.p, value.n);
    t->marks[t->n_marks++] =
        (struct mark){.class = class, .inner = str_n(t->side + t->side_n, value.n)};
    t->side_n += value.n;
}

/* A serial or lot number of some piece; one in a few has neither, so look around. */
static void fill_inventory(struct text *t, const struct plan *p, bool lot,
                           uint64_t *state)
{
    for (unsigned tries = 0; tries < 6 && p->n[PLAN_PartInventory]; tries++) {
        uint64_t id = plan_any(p, PLAN_PartInventory, dice_next(state));
        enum cast_tracking tracking = cast_part_tracking(p, cast_inventory_part(p, id));
        if (tracking != (lot ? CAST_LOT : CAST_SERIAL))
            continue;
        size_t at = t->n;
        if (lot)
            cast_lot(p, id, t);
        else
            cast_serial(p, id, t);
        text_mark(t, at, lot ? TEXT_LOT : TEXT_SERIAL);
        return;
    }
    text_add(t, STR("the unit"));
}

static void fill_who(struct text *t, const struct plan *p, char slot, uint64_t *state)
{
    uint64_t value = dice_next(state);
    size_t at = t->n;

    switch (slot) {
    case 'P':
        if (!p->n[PLAN_User])
            break;
        cast_person(p, plan_any(p, PLAN_User, value), t);
        text_mark(t, at, TEXT_NAME);
        return;
    case 'N':
        if (!p->n[PLAN_Part])
            break;
        cast_part_number(p, plan_any(p, PLAN_Part, value), t);
        text_mark(t, at, TEXT_PART_NUMBER);
        return;
    default:
        if (!p->n[PLAN_Supplier])
            break;
        cast_supplier(p, plan_any(p, PLAN_Supplier, value), t);
        text_mark(t, at, TEXT_COMPANY);
        return;
    }
    text_add(t, STR("somebody"));
}

static void fill_measure(struct text *t, char slot, uint64_t *state)
{
    uint64_t value = dice_next(state);

    switch (slot) {
    case 'q': text_uint(t, 2 + dice_below(value, 18), 0); break;
    case 't':
        text_decimal(t, 24 + (int64_t)dice_below(value, 400), 1);
        text_add(t, STR(" N\xC2\xB7m"));
        break;
    case 'd':
        text_decimal(t, 5 + (int64_t)dice_below(value, 190), 3);
        text_add(t, STR(" mm"));
        break;
    default:
        text_uint(t, 120 + 10 * dice_below(value, 400), 0);
        text_add(t, STR(" kPa"));
    }
}

static void fill_slot(struct text *t, const struct plan *p, char slot, uint64_t *state)
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
        text_lower(t, word_part(word(&p->words, WORDS_subtype, dice_next(state)), 0));
        break;
    case 'D': text_add(t, word(&p->words, WORDS_adjective, dice_next(state))); break;
    case 'M': text_add(t, word(&p->words, WORDS_material, dice_next(state))); break;
    default: plant_slot(t, p, slot, state);
    }
}

void text_fill(struct text *t, const struct plan *p, struct str sentence,
               uint64_t *state)
{
    for (;;) {
        const char *open = memchr(sentence.p, '{', sentence.n);
        if (!open) {
            text_add(t, sentence);
            return;
        }
        size_t before = (size_t)(open - sentence.p);
        assert(sentence.n >= before + 3 && open[2] == '}');
        text_add(t, str_n(sentence.p, before));
        fill_slot(t, p, open[1], state);
        sentence = str_from(sentence, before + 3);
    }
}

void text_say(struct text *t, const struct plan *p, enum words_list list,
              uint64_t *state)
{
    const struct bank *b = &p->words.list[list];

    if (t->n > 0)
        text_char(t, ' ');
    text_fill(t, p, b->items[dice_next_below(state, b->n)], state);
}

void text_prose(struct text *t, const struct plan *p, enum words_list list,
                uint64_t value, unsigned least, unsigned most)
{
    uint64_t state = value, odds = dice_next(&state);
    unsigned n = least + (unsigned)(odds >> 40) % (most - least + 1);
    bool plant = (odds & 0xfff) < 0x1000 / 12;
    bool marking = p->marked && (odds >> 12 & 0xfff) < 0x1000 / 40;

    for (unsigned i = 0; i < n; i++)
        text_say(t, p, list, &state);
    if (plant)
        text_say(t, p, WORDS_plant, &state);
    if (marking) {
        if (t->n > 0)
            text_char(t, ' ');
        size_t at = t->n;
        text_fill(t, p, word(&p->words, WORDS_marking, dice_next(&state)), &state);
        text_mark(t, at, TEXT_MARKING);
    }
}
