/* What went wrong and what was said about it: issues, redlines, comments, files. */
#include <stdio.h>

#include "demo/build.h"
#include "demo/plant.h"

void build_IssueDispositionType(struct row *r, const struct plan *p, uint64_t id)
{
    row_begin(r, id);
    row_uint(r, "id", id);
    row_word(r, "title", word(&p->words, WORDS_disposition, id - 1));
    row_bool(r, "active", true);
    build_prose(r, p, "description", WORDS_remedy,
                dice_roll(plan_record(p, PLAN_IssueDispositionType, id), ROLL_TEXT), 1,
                1);
    build_std(r, p, PLAN_IssueDispositionType, id);
    build_by(r, p, PLAN_IssueDispositionType, id);
    row_end(r);
}

void build_Issue(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const states[] = {"PENDING",  "IN_PROGRESS", "IN_REVIEW",
                                         "RESOLVED", "RESOLVED",    "RESOLVED"};
    uint64_t record = plan_record(p, PLAN_Issue, id);
    uint64_t state = dice_pick(record, ROLL_STATE, BUILD_COUNT(states));
    uint64_t step = plan_any(p, PLAN_RunStep, dice_roll(record, ROLL_TARGET));

    row_begin(r, id);
    row_uint(r, "id", id);
    build_slate(r, p, "causeCondition", WORDS_cause, dice_roll(record, ROLL_TEXT), 2);
    if (state >= 2) /* said before it is resolved */
        build_slate(r, p, "disposition", WORDS_remedy, dice_roll(record, ROLL_TEXT_2),
                    2);
    else
        row_null(r, "disposition");
    build_prose(r, p, "title", WORDS_trouble, dice_roll(record, ROLL_TEXT_3), 1, 1);
    row_ref(r, "issueDispositionTypeId",
            state >= 2 ? plan_any(p, PLAN_IssueDispositionType,
                                  dice_roll(record, ROLL_KIND_OF))
                       : 0);
    row_ref(r, "runStepId", step);
    build_slate(r, p, "expectedCondition", WORDS_expectation,
                dice_roll(record, ROLL_TEXT_4), 1);
    build_maybe_ref(r, p, "purchaseOrderLineId", PLAN_PurchaseOrderLine,
                    dice_roll(record, ROLL_SUPPLIER), 10);
    row_null(r, "mustCloseByRunStepId");
    row_word(r, "status", str_of(states[state]));
    row_null(r, "fixPartInventoryId");
    row_ref(r, "assignedToId", plan_any(p, PLAN_User, dice_roll(record, ROLL_PERSON)));
    build_maybe_ref(r, p, "assignedTeamId", PLAN_Team, dice_roll(record, ROLL_TEAM),
                    40);
    row_uint(r, "entityId", plan_entity_id(p, PLAN_Issue, id));
    row_ref(r, "partInventoryId",
            plan_any(p, PLAN_PartInventory, dice_roll(record, ROLL_PART_OF)));
    build_std(r, p, PLAN_Issue, id);
    build_by(r, p, PLAN_Issue, id);
    row_end(r);
}

/* A step's state as JSON inside a string. */
static void redline_state(struct row *r, const struct plan *p, const char *name,
                          uint64_t value, uint64_t seconds)
{
    struct text *t = &r->text;
    uint64_t state = value;
    struct str title = word(&p->words, WORDS_step, dice_next(&state));
    uint64_t user = plan_any(p, PLAN_User, dice_next(&state));

    text_add(t, STR("{\"title\":\""));
    text_add(t, title);
    text_add(t, STR("\",\"leadTime\":"));
    text_uint(t, seconds, 0);
    text_add(t, STR(",\"editor\":{\"name\":\""));
    size_t from = t->n;
    cast_person(p, user, t);
    text_mark_nested(t, str_n(t->p + from, t->n - from), TEXT_NAME);
    text_add(t, STR("\",\"email\":\""));
    from = t->n;
    cast_email(p, user, t);
    text_mark_nested(t, str_n(t->p + from, t->n - from), TEXT_EMAIL);
    text_add(t, STR("\"},\"fields\":[{\"name\":\"Torque\",\"required\":true}]}"));
    row_text(r, name);
}

void build_Redline(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Redline, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "stepId", plan_any(p, PLAN_RunStep, dice_roll(record, ROLL_TARGET)));
    redline_state(r, p, "initialState", dice_roll(record, ROLL_TEXT), 1200);
    redline_state(r, p, "finalState", dice_roll(record, ROLL_TEXT_2), 1800);
    build_maybe_ref(r, p, "issueId", PLAN_Issue, dice_roll(record, ROLL_KIND_OF), 50);
    build_std(r, p, PLAN_Redline, id);
    build_by(r, p, PLAN_Redline, id);
    row_end(r);
}

/* Most comments are on run steps, some on issues or parts; a fifth are replies. */
static uint64_t comment_parent(const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Comment, id);

    return id > 1 && dice_pick(record, ROLL_FLAG, 5) == 0 &&
                   dice_pick(plan_record(p, PLAN_Comment, id - 1), ROLL_FLAG, 5) > 0
               ? id - 1
               : 0;
}

static void comment_place(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Comment, id);
    uint64_t roll = dice_pick(record, ROLL_PLACE, 10),
             value = dice_roll(record, ROLL_TARGET);
    uint64_t step = plan_any(p, PLAN_RunStep, value);
    uint64_t entity = plan_entity_id(p, PLAN_RunStep, step);

    if (roll >= 8 && p->n[PLAN_Issue])
        entity = plan_entity_id(p, PLAN_Issue, plan_any(p, PLAN_Issue, value));
    else if (roll == 7)
        entity = plan_entity_id(p, PLAN_Part, plan_any(p, PLAN_Part, value));
    row_uint(r, "entityId", entity);
    row_bool(r, "procedureFeedback", roll == 6);
    row_bool(r, "resolved", dice_pick(record, ROLL_FLAG_2, 3) == 0);
    row_ref(r, "runId", roll < 7 ? plan_parent(p, PLAN_RunStep, PLAN_Run, step) : 0);
    row_ref(r, "runStepId", roll < 7 ? step : 0);
}

void build_Comment(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Comment, id);
    uint64_t parent = comment_parent(p, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "depth", parent ? 1 : 0);
    build_prose(r, p, "content", WORDS_remark, dice_roll(record, ROLL_TEXT), 1, 3);
    build_slate(r, p, "slateContent", WORDS_remark, dice_roll(record, ROLL_TEXT_2), 2);
    comment_place(r, p, parent ? parent : id);
    row_ref(r, "parentId", parent);
    build_std(r, p, PLAN_Comment, id);
    build_by(r, p, PLAN_Comment, id);
    row_end(r);
}

static void file_name(struct row *r, const struct plan *p, uint64_t id, uint64_t value)
{
    static const char *const endings[] = {".pdf", ".pdf",  ".jpg", ".png",
                                          ".csv", ".step", ".xlsx"};
    struct text *t = &r->text;

    text_add(t, word(&p->words, WORDS_document, value));
    text_char(t, '-');
    if (value >> 32 & 1) {
        cast_part_number(p, plan_any(p, PLAN_Part, dice_mix(value)), t);
    } else {
        text_uint(t, 2023 + value % 3, 4);
        text_char(t, '-');
        text_uint(t, id, 5);
    }
    text_add(t, str_of(endings[dice_below(dice_mix(value + 1), 7)]));
}

void build_FileAttachment(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_FileAttachment, id);
    uint64_t name = dice_roll(record, ROLL_VALUE), state = dice_roll(record, ROLL_FILE);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    cast_domain(p, t);
    text_add(t, STR("-attachments"));
    row_secret(r, "s3Bucket", TEXT_FILE);
    text_add(t, STR("org-1/"));
    plant_chars(t, plant_hex, 32, &state);
    text_char(t, '/');
    file_name(r, p, id, name);
    row_secret(r, "s3Key", TEXT_FILE);
    file_name(r, p, id, name);
    row_secret(r, "filename", TEXT_FILE);
    row_null(r, "integrationId");
    if (id % 16 == 0) {
        plant_presigned(t, p, STR("integration/export.zip"), &state);
        row_secret(r, "integrationFetchUrl", TEXT_URL);
    } else {
        row_null(r, "integrationFetchUrl");
    }
    row_uint(r, "entityId", plan_any(p, PLAN_Entity, dice_roll(record, ROLL_TARGET)));
    build_std(r, p, PLAN_FileAttachment, id);
    build_by(r, p, PLAN_FileAttachment, id);
    row_end(r);
}

/* Key entityId, labelId; one label on an entity. */
void build_EntityLabel(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_EntityLabel, id);
    uint64_t entity = plan_parent(p, PLAN_EntityLabel, PLAN_Entity, id);
    uint64_t label = plan_any(p, PLAN_Label, dice_roll(record, ROLL_KIND_OF));
    char key[64];

    row_begin(r, id);
    snprintf(key, sizeof key, "[%llu,%llu]", (unsigned long long)entity,
             (unsigned long long)label);
    row_key(r, key);
    row_uint(r, "entityId", entity);
    row_uint(r, "labelId", label);
    build_std(r, p, PLAN_EntityLabel, id);
    build_by(r, p, PLAN_EntityLabel, id);
    row_end(r);
}

void build_Entity(struct row *r, const struct plan *p, uint64_t id)
{
    row_begin(r, id);
    row_uint(r, "id", id);
    row_word(r, "type", str_of(plan_owner(plan_entity_type(p, id))));
    row_end(r);
}
