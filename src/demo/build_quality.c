/* What went wrong and what was said about it: issues, redlines, comments, files. */
#include <stdio.h>

#include "demo/build.h"
#include "demo/plant.h"

void build_IssueDispositionType(struct scribe *r, const struct census *p, uint64_t id)
{
    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_word(r, "title", word(&p->words, WORDS_disposition, id - 1));
    scribe_bool(r, "active", true);
    build_prose(r, "description", WORDS_remedy,
                dice_roll(census_record(p, CENSUS_IssueDispositionType, id), ROLL_TEXT),
                1, 1);
    build_std(r, p, CENSUS_IssueDispositionType, id);
    build_by(r, p, CENSUS_IssueDispositionType, id);
    scribe_end(r);
}

void build_Issue(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const states[] = {"PENDING",  "IN_PROGRESS", "IN_REVIEW",
                                         "RESOLVED", "RESOLVED",    "RESOLVED"};
    uint64_t record = census_record(p, CENSUS_Issue, id);
    uint64_t state = dice_pick(record, ROLL_STATE, BUILD_COUNT(states));
    uint64_t step = census_any(p, CENSUS_RunStep, dice_roll(record, ROLL_TARGET));

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    build_slate(r, p, "causeCondition", WORDS_cause, dice_roll(record, ROLL_TEXT), 2);
    if (state >= 2) /* said before it is resolved */
        build_slate(r, p, "disposition", WORDS_remedy, dice_roll(record, ROLL_TEXT_2),
                    2);
    else
        scribe_null(r, "disposition");
    build_prose(r, "title", WORDS_trouble, dice_roll(record, ROLL_TEXT_3), 1, 1);
    scribe_ref(r, "issueDispositionTypeId",
               state >= 2 ? census_any(p, CENSUS_IssueDispositionType,
                                       dice_roll(record, ROLL_KIND_OF))
                          : 0);
    scribe_ref(r, "runStepId", step);
    build_slate(r, p, "expectedCondition", WORDS_expectation,
                dice_roll(record, ROLL_TEXT_4), 1);
    build_maybe_ref(r, p, "purchaseOrderLineId", CENSUS_PurchaseOrderLine,
                    dice_roll(record, ROLL_SUPPLIER), 10);
    scribe_null(r, "mustCloseByRunStepId");
    scribe_word(r, "status", str_of(states[state]));
    scribe_null(r, "fixPartInventoryId");
    scribe_ref(r, "assignedToId",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_PERSON)));
    build_maybe_ref(r, p, "assignedTeamId", CENSUS_Team, dice_roll(record, ROLL_TEAM),
                    40);
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_Issue, id));
    scribe_ref(r, "partInventoryId",
               census_any(p, CENSUS_PartInventory, dice_roll(record, ROLL_PART_OF)));
    build_std(r, p, CENSUS_Issue, id);
    build_by(r, p, CENSUS_Issue, id);
    scribe_end(r);
}

/* A step's state as JSON inside a string. */
static void redline_state(struct scribe *r, const struct census *p, const char *name,
                          uint64_t value, uint64_t seconds)
{
    struct leaf *t = &r->text;
    uint64_t state = value;
    struct str title = word(&p->words, WORDS_step, dice_next(&state));
    uint64_t user = census_any(p, CENSUS_User, dice_next(&state));

    leaf_add(t, STR("{\"title\":\""));
    leaf_add(t, title);
    leaf_add(t, STR("\",\"leadTime\":"));
    leaf_uint(t, seconds, 0);
    leaf_add(t, STR(",\"editor\":{\"name\":\""));
    size_t from = t->n;
    cast_person(p, user, t);
    leaf_mark_nested(t, str_n(t->p + from, t->n - from), LEAF_NAME);
    leaf_add(t, STR("\",\"email\":\""));
    from = t->n;
    cast_email(p, user, t);
    leaf_mark_nested(t, str_n(t->p + from, t->n - from), LEAF_EMAIL);
    leaf_add(t, STR("\"},\"fields\":[{\"name\":\"Torque\",\"required\":true}]}"));
    scribe_text(r, name);
}

void build_Redline(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Redline, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "stepId",
                census_any(p, CENSUS_RunStep, dice_roll(record, ROLL_TARGET)));
    redline_state(r, p, "initialState", dice_roll(record, ROLL_TEXT), 1200);
    redline_state(r, p, "finalState", dice_roll(record, ROLL_TEXT_2), 1800);
    build_maybe_ref(r, p, "issueId", CENSUS_Issue, dice_roll(record, ROLL_KIND_OF), 50);
    build_std(r, p, CENSUS_Redline, id);
    build_by(r, p, CENSUS_Redline, id);
    scribe_end(r);
}

/* Most comments are on run steps, some on issues or parts; a fifth are replies. */
static uint64_t comment_parent(const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Comment, id);

    return id > 1 && dice_pick(record, ROLL_FLAG, 5) == 0 &&
                   dice_pick(census_record(p, CENSUS_Comment, id - 1), ROLL_FLAG, 5) > 0
               ? id - 1
               : 0;
}

static void comment_place(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Comment, id);
    uint64_t roll = dice_pick(record, ROLL_PLACE, 10),
             value = dice_roll(record, ROLL_TARGET);
    uint64_t step = census_any(p, CENSUS_RunStep, value);
    uint64_t entity = census_entity_id(p, CENSUS_RunStep, step);

    if (roll >= 8 && p->n[CENSUS_Issue])
        entity = census_entity_id(p, CENSUS_Issue, census_any(p, CENSUS_Issue, value));
    else if (roll == 7)
        entity = census_entity_id(p, CENSUS_Part, census_any(p, CENSUS_Part, value));
    scribe_uint(r, "entityId", entity);
    scribe_bool(r, "procedureFeedback", roll == 6);
    scribe_bool(r, "resolved", dice_pick(record, ROLL_FLAG_2, 3) == 0);
    scribe_ref(r, "runId",
               roll < 7 ? census_parent(p, CENSUS_RunStep, CENSUS_Run, step) : 0);
    scribe_ref(r, "runStepId", roll < 7 ? step : 0);
}

void build_Comment(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Comment, id);
    uint64_t parent = comment_parent(p, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "depth", parent ? 1 : 0);
    build_prose(r, "content", WORDS_remark, dice_roll(record, ROLL_TEXT), 1, 3);
    build_slate(r, p, "slateContent", WORDS_remark, dice_roll(record, ROLL_TEXT_2), 2);
    comment_place(r, p, parent ? parent : id);
    scribe_ref(r, "parentId", parent);
    build_std(r, p, CENSUS_Comment, id);
    build_by(r, p, CENSUS_Comment, id);
    scribe_end(r);
}

static void file_name(struct scribe *r, const struct census *p, uint64_t id,
                      uint64_t value)
{
    static const char *const endings[] = {".pdf", ".pdf",  ".jpg", ".png",
                                          ".csv", ".step", ".xlsx"};
    struct leaf *t = &r->text;

    leaf_add(t, word(&p->words, WORDS_document, value));
    leaf_char(t, '-');
    if (value >> 32 & 1) {
        cast_part_number(p, census_any(p, CENSUS_Part, dice_mix(value)), t);
    } else {
        leaf_uint(t, 2023 + value % 3, 4);
        leaf_char(t, '-');
        leaf_uint(t, id, 5);
    }
    leaf_add(t, str_of(endings[dice_below(dice_mix(value + 1), 7)]));
}

void build_FileAttachment(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_FileAttachment, id);
    uint64_t name = dice_roll(record, ROLL_VALUE), state = dice_roll(record, ROLL_FILE);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    cast_domain(p, t);
    leaf_add(t, STR("-attachments"));
    scribe_secret(r, "s3Bucket", LEAF_FILE);
    leaf_add(t, STR("org-1/"));
    plant_chars(t, plant_hex, 32, &state);
    leaf_char(t, '/');
    file_name(r, p, id, name);
    scribe_secret(r, "s3Key", LEAF_FILE);
    file_name(r, p, id, name);
    scribe_secret(r, "filename", LEAF_FILE);
    scribe_null(r, "integrationId");
    if (id % 16 == 0) {
        plant_presigned(t, p, STR("integration/export.zip"), &state);
        scribe_secret(r, "integrationFetchUrl", LEAF_URL);
    } else {
        scribe_null(r, "integrationFetchUrl");
    }
    scribe_uint(r, "entityId",
                census_any(p, CENSUS_Entity, dice_roll(record, ROLL_TARGET)));
    build_std(r, p, CENSUS_FileAttachment, id);
    build_by(r, p, CENSUS_FileAttachment, id);
    scribe_end(r);
}

/* Key entityId, labelId; one label on an entity. */
void build_EntityLabel(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_EntityLabel, id);
    uint64_t entity = census_parent(p, CENSUS_EntityLabel, CENSUS_Entity, id);
    uint64_t label = census_any(p, CENSUS_Label, dice_roll(record, ROLL_KIND_OF));
    char key[64];

    scribe_begin(r, id);
    snprintf(key, sizeof key, "[%llu,%llu]", (unsigned long long)entity,
             (unsigned long long)label);
    scribe_key(r, key);
    scribe_uint(r, "entityId", entity);
    scribe_uint(r, "labelId", label);
    build_std(r, p, CENSUS_EntityLabel, id);
    build_by(r, p, CENSUS_EntityLabel, id);
    scribe_end(r);
}

void build_Entity(struct scribe *r, const struct census *p, uint64_t id)
{
    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_word(r, "type", str_of(census_owner(census_entity_type(p, id))));
    scribe_end(r);
}
