#include "demo/build.h"

/* 2023-01-09 07:00 UTC, a Monday, and three years. */
#define BUILD_START UINT64_C(1673247600)
#define BUILD_SPAN  (UINT64_C(3) * 365 * 86400)

uint64_t build_created(const struct census *p, enum census_entity of, uint64_t id)
{
    uint64_t step = BUILD_SPAN * 1000000 / p->n[of];

    return BUILD_START * 1000000 + (id - 1) * step +
           dice_pick(census_record(p, of, id), ROLL_CREATED, step);
}

void build_std(struct scribe *r, const struct census *p, enum census_entity of,
               uint64_t id)
{
    uint64_t record = census_record(p, of, id), created = build_created(p, of, id);

    scribe_time(r, "_created", created);
    scribe_time(r, "_updated",
                created +
                    dice_pick(record, ROLL_UPDATED, UINT64_C(40) * 86400 * 1000000));
    scribe_hex(r, "_etag", dice_roll(record, ROLL_ETAG),
               dice_roll(record, ROLL_ETAG_LOW));
}

void build_by(struct scribe *r, const struct census *p, enum census_entity of,
              uint64_t id)
{
    uint64_t record = census_record(p, of, id);
    uint64_t author = census_any(p, CENSUS_User, dice_roll(record, ROLL_AUTHOR));
    uint64_t editor = census_any(p, CENSUS_User, dice_roll(record, ROLL_EDITOR));

    /* One session in use for many records: a number of 10 digits */
    leaf_uint(&r->text, 1000000000 + dice_pick(record, ROLL_SESSION, 8999999999), 0);
    scribe_secret(r, "LastSessionId", LEAF_ORG);
    scribe_ref(r, "createdById", author);
    scribe_ref(r, "updatedById", record & 1 ? author : editor);
}

void build_slate(struct scribe *r, const struct census *p, const char *name,
                 enum words_list list, uint64_t value, unsigned most)
{
    uint64_t state = value, odds = dice_next(&state);
    unsigned n = 1 + (unsigned)(odds >> 48) % most;

    scribe_slate(r, name);
    for (unsigned i = 0; i < n; i++) {
        leaf_prose(&r->text, p, list, dice_next(&state), 1, 3);
        scribe_slate_text(r, (odds >> i & 7) == 0);
    }
    if ((odds >> 16 & 15) == 0 && p->n[CENSUS_FileAttachment])
        scribe_slate_image(r, census_any(p, CENSUS_FileAttachment, dice_next(&state)));
    if ((odds >> 20 & 15) == 0 && p->n[CENSUS_User])
        scribe_slate_mention(r, census_any(p, CENSUS_User, dice_next(&state)));
    scribe_slate_end(r);
}

void build_prose(struct scribe *r, const char *name, enum words_list list,
                 uint64_t value, unsigned least, unsigned most)
{
    leaf_prose(&r->text, r->census, list, value, least, most);
    scribe_text(r, name);
}

void build_maybe_ref(struct scribe *r, const struct census *p, const char *name,
                     enum census_entity of, uint64_t value, unsigned percent)
{
    uint64_t id = census_any(p, of, dice_mix(value));

    scribe_ref(r, name, value % 100 < percent ? id : 0);
}

void build_choice(struct scribe *r, const char *name, const char *const *words,
                  unsigned n, uint64_t value)
{
    scribe_word(r, name, str_of(words[dice_below(value, n)]));
}

/* Shares of 100 in the order of enum run_state. */
static const unsigned run_shares[] = {15, 20, 4, 45, 4, 5, 4, 3};

enum run_state build_run_state(const struct census *p, uint64_t run)
{
    uint64_t roll = dice_pick(census_record(p, CENSUS_Run, run), ROLL_STATE, 100);
    unsigned state = 0;

    while (roll >= run_shares[state])
        roll -= run_shares[state++];
    return (enum run_state)state;
}

enum run_state build_step_state(const struct census *p, uint64_t run_step)
{
    uint64_t run = census_parent(p, CENSUS_RunStep, CENSUS_Run, run_step);
    uint64_t first = census_first(p, CENSUS_RunStep, CENSUS_Run, run);
    uint64_t n = census_first(p, CENSUS_RunStep, CENSUS_Run, run + 1) - first;
    uint64_t at = dice_pick(census_record(p, CENSUS_Run, run), ROLL_PROGRESS, n);
    uint64_t i = run_step - first;
    enum run_state state = build_run_state(p, run);

    switch (state) {
    case RUN_TODO:
    case RUN_COMPLETE: return state;
    case RUN_CANCELED: return i < at ? RUN_COMPLETE : RUN_CANCELED;
    case RUN_PARTIAL_COMPLETE: return i <= at ? RUN_COMPLETE : RUN_TODO;
    case RUN_IN_PROGRESS:
    case RUN_FAILED:
    case RUN_REDLINE:
    case RUN_HOLD: break;
    }
    return i < at ? RUN_COMPLETE : i == at ? state : RUN_TODO;
}

struct str build_field_spec(const struct census *p, uint64_t step_field)
{
    uint64_t record = census_record(p, CENSUS_StepField, step_field);

    return word(&p->words, WORDS_field, dice_roll(record, ROLL_KIND_OF));
}

struct str build_step_title(const struct census *p, uint64_t step)
{
    uint64_t record = census_record(p, CENSUS_Step, step);

    return word(&p->words, WORDS_step, dice_roll(record, ROLL_KIND_OF));
}
