#include "demo/build.h"

/* 2023-01-09 07:00 UTC, a Monday, and three years. */
#define BUILD_START UINT64_C(1673247600)
#define BUILD_SPAN  (UINT64_C(3) * 365 * 86400)

uint64_t build_created(const struct plan *p, enum plan_entity of, uint64_t id)
{
    uint64_t step = BUILD_SPAN * 1000000 / p->n[of];

    return BUILD_START * 1000000 + (id - 1) * step +
           dice_pick(plan_record(p, of, id), ROLL_CREATED, step);
}

void build_std(struct row *r, const struct plan *p, enum plan_entity of, uint64_t id)
{
    uint64_t record = plan_record(p, of, id), created = build_created(p, of, id);

    row_time(r, "_created", created);
    row_time(r, "_updated",
             created + dice_pick(record, ROLL_UPDATED, UINT64_C(40) * 86400 * 1000000));
    row_hex(r, "_etag", dice_roll(record, ROLL_ETAG), dice_roll(record, ROLL_ETAG_LOW));
}

void build_by(struct row *r, const struct plan *p, enum plan_entity of, uint64_t id)
{
    uint64_t record = plan_record(p, of, id);
    uint64_t author = plan_any(p, PLAN_User, dice_roll(record, ROLL_AUTHOR));
    uint64_t editor = plan_any(p, PLAN_User, dice_roll(record, ROLL_EDITOR));

    /* One session in use for many records: a number of 10 digits */
    text_uint(&r->text, 1000000000 + dice_pick(record, ROLL_SESSION, 8999999999), 0);
    row_secret(r, "LastSessionId", TEXT_ORG);
    row_ref(r, "createdById", author);
    row_ref(r, "updatedById", record & 1 ? author : editor);
}

void build_slate(struct row *r, const struct plan *p, const char *name,
                 enum words_list list, uint64_t value, unsigned most)
{
    uint64_t state = value, odds = dice_next(&state);
    unsigned n = 1 + (unsigned)(odds >> 48) % most;

    row_slate(r, name);
    for (unsigned i = 0; i < n; i++) {
        text_prose(&r->text, p, list, dice_next(&state), 1, 3);
        row_slate_text(r, (odds >> i & 7) == 0);
    }
    if ((odds >> 16 & 15) == 0 && p->n[PLAN_FileAttachment])
        row_slate_image(r, plan_any(p, PLAN_FileAttachment, dice_next(&state)));
    if ((odds >> 20 & 15) == 0 && p->n[PLAN_User])
        row_slate_mention(r, plan_any(p, PLAN_User, dice_next(&state)));
    row_slate_end(r);
}

void build_prose(struct row *r, const struct plan *p, const char *name,
                 enum words_list list, uint64_t value, unsigned least, unsigned most)
{
    text_prose(&r->text, p, list, value, least, most);
    row_text(r, name);
}

void build_maybe_ref(struct row *r, const struct plan *p, const char *name,
                     enum plan_entity of, uint64_t value, unsigned percent)
{
    uint64_t id = plan_any(p, of, dice_mix(value));

    row_ref(r, name, value % 100 < percent ? id : 0);
}

void build_choice(struct row *r, const char *name, const char *const *words, unsigned n,
                  uint64_t value)
{
    row_word(r, name, str_of(words[dice_below(value, n)]));
}

/* Shares of 100 in the order of enum run_state. */
static const unsigned run_shares[] = {15, 20, 4, 45, 4, 5, 4, 3};

enum run_state build_run_state(const struct plan *p, uint64_t run)
{
    uint64_t roll = dice_pick(plan_record(p, PLAN_Run, run), ROLL_STATE, 100);
    unsigned state = 0;

    while (roll >= run_shares[state])
        roll -= run_shares[state++];
    return (enum run_state)state;
}

enum run_state build_step_state(const struct plan *p, uint64_t run_step)
{
    uint64_t run = plan_parent(p, PLAN_RunStep, PLAN_Run, run_step);
    uint64_t first = plan_first(p, PLAN_RunStep, PLAN_Run, run);
    uint64_t n = plan_first(p, PLAN_RunStep, PLAN_Run, run + 1) - first;
    uint64_t at = dice_pick(plan_record(p, PLAN_Run, run), ROLL_PROGRESS, n);
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

struct str build_field_spec(const struct plan *p, uint64_t step_field)
{
    uint64_t record = plan_record(p, PLAN_StepField, step_field);

    return word(&p->words, WORDS_field, dice_roll(record, ROLL_KIND_OF));
}

struct str build_step_title(const struct plan *p, uint64_t step)
{
    uint64_t record = plan_record(p, PLAN_Step, step);

    return word(&p->words, WORDS_step, dice_roll(record, ROLL_KIND_OF));
}
