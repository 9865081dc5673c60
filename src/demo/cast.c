#include "demo/cast.h"

/* Fields of dice that only this file rolls. */
enum { ROLL_KIND = 900, ROLL_TRACKING, ROLL_FORM, ROLL_PART, ROLL_LOT, ROLL_ORG };

/* Multipliers have no factor in common with the number of combinations, so that each
 * comes once before any comes again. */
enum { PERSON_STEP = 23459, COMPANY_STEP = 4337 };

static uint64_t org_value(const struct census *p)
{
    return dice_roll(census_record(p, CENSUS_Organization, 1), ROLL_ORG);
}

void cast_organization(const struct census *p, struct leaf *t)
{
    leaf_add(t, word(&p->words, WORDS_company, org_value(p) >> 8));
    leaf_add(t, STR(" Aerospace"));
}

void cast_domain(const struct census *p, struct leaf *t)
{
    leaf_lower(t, word(&p->words, WORDS_company, org_value(p) >> 8));
    leaf_add(t, STR("-aerospace.example"));
}

/* First and last name of the k-th combination. */
static void person_words(const struct census *p, uint64_t k, struct str *first,
                         struct str *last)
{
    uint64_t n_first = p->words.list[WORDS_first].n;

    *first = word(&p->words, WORDS_first, k % n_first);
    *last = word(&p->words, WORDS_last, k / n_first);
}

static uint64_t person_combinations(const struct census *p)
{
    return p->words.list[WORDS_first].n * p->words.list[WORDS_last].n;
}

static uint64_t user_combination(const struct census *p, uint64_t user)
{
    uint64_t n = person_combinations(p);

    return (user % n * PERSON_STEP + dice_mix(p->seed) % n) % n;
}

static void add_person(struct leaf *t, struct str first, struct str last)
{
    leaf_add(t, first);
    leaf_char(t, ' ');
    leaf_add(t, last);
}

void cast_person(const struct census *p, uint64_t user, struct leaf *t)
{
    struct str first, last;

    person_words(p, user_combination(p, user), &first, &last);
    add_person(t, first, last);
}

void cast_email(const struct census *p, uint64_t user, struct leaf *t)
{
    struct str first, last;
    uint64_t round = user / person_combinations(p);

    person_words(p, user_combination(p, user), &first, &last);
    leaf_lower(t, first);
    leaf_char(t, '.');
    leaf_lower(t, last);
    if (round > 0)
        leaf_uint(t, round + 1, 0);
    leaf_char(t, '@');
    cast_domain(p, t);
}

void cast_stranger(const struct census *p, uint64_t value, struct leaf *t)
{
    struct str first, last;

    person_words(p, dice_below(value, person_combinations(p)), &first, &last);
    add_person(t, first, last);
}

void cast_stranger_email(const struct census *p, uint64_t value, struct leaf *t)
{
    static const char *const hosts[] = {"example.com", "example.net", "example.org"};
    struct str first, last;
    uint64_t more = dice_mix(value);

    person_words(p, dice_below(value, person_combinations(p)), &first, &last);
    if (more & 1) {
        leaf_lower(t, first);
        leaf_char(t, '.');
    } else {
        leaf_lower(t, str_n(first.p, 1));
    }
    leaf_lower(t, last);
    leaf_char(t, '@');
    if (more & 6) {
        leaf_lower(t, word(&p->words, WORDS_company, more >> 8));
        leaf_add(t, STR(".example"));
    } else {
        leaf_add(t, str_of(hosts[(more >> 8) % 3]));
    }
}

void cast_supplier(const struct census *p, uint64_t supplier, struct leaf *t)
{
    const struct words *w = &p->words;
    uint64_t n_company = w->list[WORDS_company].n, n_trade = w->list[WORDS_trade].n;
    uint64_t n = n_company * n_trade * w->list[WORDS_legal].n;
    uint64_t k = (supplier % n * COMPANY_STEP + dice_mix(p->seed + 1) % n) % n;

    leaf_add(t, word(w, WORDS_company, k % n_company));
    leaf_char(t, ' ');
    leaf_add(t, word(w, WORDS_trade, k / n_company % n_trade));
    if (supplier >= n) {
        leaf_char(t, ' ');
        leaf_uint(t, supplier / n + 1, 0);
    }
    leaf_char(t, ' ');
    leaf_add(t, word(w, WORDS_legal, k / n_company / n_trade));
}

void cast_phone(const struct census *p, uint64_t value, struct leaf *t)
{
    static const char *const forms[][3] = {{"+1-", "-", "-"},
                                           {"(", ") ", "-"},
                                           {"", "-", "-"},
                                           {"+1 ", " ", " "},
                                           {"", ".", "."}};
    const char *const *form = forms[dice_below(dice_mix(value), 5)];

    leaf_add(t, str_of(form[0]));
    leaf_add(t, word(&p->words, WORDS_area, value >> 32));
    leaf_add(t, str_of(form[1]));
    leaf_add(t, STR("555"));
    leaf_add(t, str_of(form[2]));
    leaf_uint(t, 100 + value % 100, 4);
}

void cast_address(const struct census *p, uint64_t value, struct leaf *t)
{
    uint64_t more = dice_mix(value);

    leaf_uint(t, 100 + value % 8900, 0);
    leaf_char(t, ' ');
    leaf_add(t, word(&p->words, WORDS_street, value >> 20));
    if (more & 1) {
        leaf_add(t, STR(", Suite "));
        leaf_uint(t, 100 + (more >> 1) % 400, 0);
    }
    leaf_add(t, STR(", "));
    leaf_add(t, word(&p->words, WORDS_city, value >> 40));
    leaf_uint(t, (more >> 16) % 100, 2);
}

uint64_t cast_part_base(const struct census *p, uint64_t part)
{
    (void)p;
    switch (part % 8) {
    case 3:
    case 6: return part - 1;
    case 7: return part - 2;
    default: return part;
    }
}

char cast_part_revision(const struct census *p, uint64_t part)
{
    return (char)('A' + (part - cast_part_base(p, part)));
}

uint64_t cast_part_kind_index(const struct census *p, uint64_t part)
{
    uint64_t base = cast_part_base(p, part);

    return dice_pick(census_record(p, CENSUS_Part, base), ROLL_KIND,
                     p->words.list[WORDS_subtype].n);
}

struct str cast_part_kind(const struct census *p, uint64_t part)
{
    return word(&p->words, WORDS_subtype, cast_part_kind_index(p, part));
}

void cast_part_number(const struct census *p, uint64_t part, struct leaf *t)
{
    uint64_t base = cast_part_base(p, part);
    uint64_t record = census_record(p, CENSUS_Part, base);
    uint64_t form = dice_pick(record, ROLL_FORM, 4);

    leaf_add(t, word_part(cast_part_kind(p, part), 1));
    leaf_char(t, '-');
    leaf_uint(t, 100000 + dice_shuffle(base, p->seed, p->part_bits), 6);
    if (form == 0) {
        leaf_char(t, '-');
        leaf_uint(t, 1 + (record >> 8) % 20, 2);
    } else if (form == 1) {
        leaf_char(t, (char)('A' + (record >> 8) % 6));
    }
}

enum cast_tracking cast_part_tracking(const struct census *p, uint64_t part)
{
    uint64_t base = cast_part_base(p, part);
    uint64_t roll = dice_pick(census_record(p, CENSUS_Part, base), ROLL_TRACKING, 100);

    return roll < 55 ? CAST_SERIAL : roll < 85 ? CAST_LOT : CAST_UNTRACKED;
}

uint64_t cast_inventory_part(const struct census *p, uint64_t inventory)
{
    return census_any(
        p, CENSUS_Part,
        dice_roll(census_record(p, CENSUS_PartInventory, inventory), ROLL_PART));
}

void cast_serial(const struct census *p, uint64_t inventory, struct leaf *t)
{
    leaf_add(t, STR("SN"));
    leaf_uint(t, 23 + (inventory - 1) * 3 / p->n[CENSUS_PartInventory], 2);
    leaf_char(t, '-');
    leaf_uint(t, dice_shuffle(inventory, p->seed, p->inventory_bits), 7);
}

void cast_lot(const struct census *p, uint64_t inventory, struct leaf *t)
{
    uint64_t value =
        dice_roll(census_record(p, CENSUS_PartInventory, inventory), ROLL_LOT);

    leaf_char(t, 'L');
    leaf_uint(t, 23 + (inventory - 1) * 3 / p->n[CENSUS_PartInventory], 2);
    leaf_uint(t, 1 + value % 52, 2);
    leaf_char(t, '-');
    leaf_uint(t, (value >> 16) % 100000, 5);
}
