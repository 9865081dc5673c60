/* Work done: runs, their steps, and the values that were recorded. */
#include "demo/build.h"
#include "demo/plant.h"

static const char *const state_names[] = {"TODO",     "IN_PROGRESS",     "FAILED",
                                          "COMPLETE", "REDLINE",         "CANCELED",
                                          "HOLD",     "PARTIAL_COMPLETE"};

#define DAY UINT64_C(86400000000)

void build_RunBatch(struct scribe *r, const struct census *p, uint64_t id)
{
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    leaf_add(t, STR("Batch "));
    leaf_uint(t, id, 4);
    scribe_text(r, "title");
    build_std(r, p, CENSUS_RunBatch, id);
    build_by(r, p, CENSUS_RunBatch, id);
    scribe_end(r);
}

static uint64_t run_procedure(const struct census *p, uint64_t run)
{
    return census_any(p, CENSUS_Procedure,
                      dice_roll(census_record(p, CENSUS_Run, run), ROLL_KIND_OF));
}

static uint64_t run_inventory(const struct census *p, uint64_t run)
{
    return census_any(p, CENSUS_PartInventory,
                      dice_roll(census_record(p, CENSUS_Run, run), ROLL_PART_OF));
}

static void run_title(struct scribe *r, const struct census *p, uint64_t id)
{
    struct leaf *t = &r->text;

    build_procedure_title(p, run_procedure(p, id), t);
    leaf_add(t, STR(", "));
    size_t at = t->n;
    cast_part_number(p, cast_inventory_part(p, run_inventory(p, id)), t);
    leaf_mark(t, at, LEAF_PART_NUMBER);
    scribe_text(r, "title");
}

void build_Run(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Run, id);
    uint64_t inventory = run_inventory(p, id);
    uint64_t made = build_created(p, CENSUS_Run, id);
    enum run_state state = build_run_state(p, id);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_bool(r, "archived", state == RUN_CANCELED && record & 1);
    build_prose(r, "description", WORDS_remark, dice_roll(record, ROLL_TEXT), 0, 2);
    scribe_time(r, "dueDate", made + (10 + dice_pick(record, ROLL_TIME, 60)) * DAY);
    if (dice_pick(record, ROLL_FLAG, 4) == 0) {
        leaf_add(t, STR("MFG-"));
        leaf_uint(t, 1000 + dice_pick(record, ROLL_VALUE, 89000), 0);
        scribe_secret(r, "jiraIssueKey", LEAF_IDENT);
    } else {
        scribe_null(r, "jiraIssueKey");
    }
    scribe_uint(r, "partId", cast_inventory_part(p, inventory));
    scribe_uint(r, "partInventoryId", inventory);
    scribe_uint(r, "procedureId", run_procedure(p, id));
    scribe_uint(r, "quantity", 1);
    scribe_null(r, "resultsLink");
    scribe_ref(r, "runBatchId",
               state == RUN_PARTIAL_COMPLETE || dice_pick(record, ROLL_FLAG_2, 12) == 0
                   ? census_any(p, CENSUS_RunBatch, dice_roll(record, ROLL_TARGET))
                   : 0);
    run_title(r, p, id);
    build_maybe_ref(r, p, "assignedToId", CENSUS_User, dice_roll(record, ROLL_PERSON),
                    60);
    build_maybe_ref(r, p, "assignedTeamId", CENSUS_Team, dice_roll(record, ROLL_TEAM),
                    40);
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_Run, id));
    scribe_word(r, "status", str_of(state_names[state]));
    scribe_time(r, "scheduledStart", made + DAY);
    scribe_time(r, "scheduledEnd",
                made + (8 + dice_pick(record, ROLL_TIME_2, 20)) * DAY);
    scribe_bool(r, "exportControlled", false);
    build_std(r, p, CENSUS_Run, id);
    build_by(r, p, CENSUS_Run, id);
    scribe_end(r);
}

/* The step of the run's procedure that a run step was made from; round and round where
 * the run has more steps. */
static uint64_t origin_step(const struct census *p, uint64_t run_step)
{
    uint64_t run = census_parent(p, CENSUS_RunStep, CENSUS_Run, run_step);
    uint64_t procedure = run_procedure(p, run);
    uint64_t first = census_first(p, CENSUS_Step, CENSUS_Procedure, procedure);
    uint64_t n = census_first(p, CENSUS_Step, CENSUS_Procedure, procedure + 1) - first;
    uint64_t position = run_step - census_first(p, CENSUS_RunStep, CENSUS_Run, run);

    return n ? first + position % n : 0;
}

static void step_results(struct scribe *r, const struct census *p, uint64_t record,
                         bool has)
{
    struct leaf *t = &r->text;
    uint64_t state = record;

    if (!has) {
        scribe_null(r, "resultsS3Bucket");
        scribe_null(r, "resultsS3Key");
        return;
    }
    cast_domain(p, t);
    leaf_add(t, STR("-results"));
    scribe_secret(r, "resultsS3Bucket", LEAF_FILE);
    leaf_add(t, STR("run-steps/"));
    plant_chars(t, plant_hex, 32, &state);
    leaf_add(t, STR("/results.csv"));
    scribe_secret(r, "resultsS3Key", LEAF_FILE);
}

static void step_people(struct scribe *r, const struct census *p, uint64_t record,
                        enum run_state state)
{
    uint64_t worker = census_any(p, CENSUS_User, dice_roll(record, ROLL_PERSON));

    scribe_ref(r, "startedById",
               state == RUN_TODO || state == RUN_CANCELED ? 0 : worker);
    scribe_ref(r, "completedById", state == RUN_COMPLETE ? worker : 0);
}

void build_RunStep(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_RunStep, id);
    uint64_t run = census_parent(p, CENSUS_RunStep, CENSUS_Run, id);
    uint64_t origin = origin_step(p, id);
    uint64_t made = build_created(p, CENSUS_RunStep, id);
    uint64_t start = made + dice_pick(record, ROLL_TIME, 5 * DAY);
    enum run_state state = build_step_state(p, id);
    bool begun = state != RUN_TODO && state != RUN_CANCELED;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    build_prose(r, "content", WORDS_instruction, dice_roll(record, ROLL_TEXT), 0, 1);
    scribe_bool(r, "displayPdf", false);
    scribe_uint(r, "leadTime", 600 + 300 * dice_pick(record, ROLL_TIME_2, 40));
    scribe_null(r, "pages");
    build_slate(r, p, "slateContent", WORDS_instruction, dice_roll(record, ROLL_TEXT_2),
                2);
    scribe_word(r, "title", origin ? build_step_title(p, origin) : STR("Ad hoc step"));
    scribe_word(r, "type", STR("CONTENT"));
    scribe_uint(r, "runId", run);
    scribe_word(r, "status", str_of(state_names[state]));
    scribe_time(r, "scheduledStart", made + DAY);
    scribe_time(r, "scheduledEnd", made + 3 * DAY);
    step_results(r, p, dice_roll(record, ROLL_FILE), id % 25 == 0);
    scribe_uint(r, "position", id - census_first(p, CENSUS_RunStep, CENSUS_Run, run));
    scribe_time(r, "startTime", begun ? start : 0);
    scribe_time(r, "endTime",
                state == RUN_COMPLETE || state == RUN_FAILED
                    ? start + dice_pick(record, ROLL_QUANTITY, DAY / 6)
                    : 0);
    step_people(r, p, record, state);
    scribe_bool(r, "isStandardStep", false);
    scribe_null(r, "standardStepVersion");
    uint64_t hash = dice_roll(record, ROLL_VALUE);
    plant_chars(&r->text, plant_hex, 40, &hash);
    scribe_secret(r, "hashCode", LEAF_HASH);
    build_maybe_ref(r, p, "assignedToId", CENSUS_User, dice_roll(record, ROLL_PERSON_2),
                    30);
    build_maybe_ref(r, p, "assignedTeamId", CENSUS_Team, dice_roll(record, ROLL_TEAM),
                    30);
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_RunStep, id));
    scribe_null(r, "pdfAssetId");
    build_maybe_ref(r, p, "locationId", CENSUS_Location, dice_roll(record, ROLL_PLACE),
                    70);
    scribe_null(r, "parentId");
    scribe_ref(r, "originStepId", origin);
    scribe_ref(r, "createdById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_AUTHOR)));
    scribe_ref(r, "updatedById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_EDITOR)));
    build_std(r, p, CENSUS_RunStep, id);
    scribe_end(r);
}

/* The field of the origin step that a run step's field copies; any other field where
 * the step has none, so that each has a form. */
static uint64_t origin_field(const struct census *p, uint64_t id, uint64_t *wrap_form)
{
    uint64_t run_step = census_parent(p, CENSUS_RunStepField, CENSUS_RunStep, id);
    uint64_t step = origin_step(p, run_step);
    uint64_t position =
        id - census_first(p, CENSUS_RunStepField, CENSUS_RunStep, run_step);
    uint64_t first = step ? census_first(p, CENSUS_StepField, CENSUS_Step, step) : 0;
    uint64_t n =
        step ? census_first(p, CENSUS_StepField, CENSUS_Step, step + 1) - first : 0;

    if (n > 0)
        return *wrap_form = first + position % n;
    *wrap_form =
        census_any(p, CENSUS_StepField,
                   dice_roll(census_record(p, CENSUS_RunStepField, id), ROLL_KIND_OF));
    return 0;
}

#define FIELD_TYPES(X) \
    X(STRING)          \
    X(NUMBER)          \
    X(BOOLEAN)         \
    X(SELECT)          \
    X(MULTISELECT)     \
    X(DATETIME)        \
    X(FILE_ATTACHMENT) \
    X(ION)             \
    X(SIGNOFF)         \
    X(TOOL)

enum field_type {
#define X(name) FIELD_##name,
    FIELD_TYPES(X)
#undef X
};

static enum field_type field_type(struct str name)
{
#define X(type)                   \
    if (str_eq(name, STR(#type))) \
        return FIELD_##type;
    FIELD_TYPES(X)
#undef X
    assert(!"a type of words.h that is none of Fieldtypes");
    return FIELD_STRING;
}

/* true, or ["Pass","Rework"]: a value that is no text. */
static void plain_value(struct scribe *r, const struct census *p, bool list,
                        uint64_t options, uint64_t value)
{
    struct buf *b = scribe_json(r, "value");

    if (list) {
        buf_add(b, "[\"", 2);
        buf_add_str(b, build_option(p, options, 0));
        if (value & 1) {
            buf_add(b, "\",\"", 3);
            buf_add_str(b, build_option(p, options, 1));
        }
        buf_add(b, "\"]", 2);
    } else {
        buf_add_str(b, value & 7 ? STR("true") : STR("false"));
    }
    scribe_json_end(r);
}

static void date_value(struct leaf *t, uint64_t value)
{
    leaf_add(t, STR("2025-0"));
    leaf_uint(t, 1 + value % 9, 0);
    leaf_char(t, '-');
    leaf_uint(t, 1 + (value >> 8) % 28, 2);
    leaf_add(t, STR("T09:30:00+00:00"));
}

/* What was measured, chosen, written or signed. */
static void field_value(struct scribe *r, const struct census *p, enum field_type type,
                        uint64_t options, uint64_t value)
{
    struct leaf *t = &r->text;
    uint64_t state = value;

    switch (type) {
    case FIELD_NUMBER:
        scribe_decimal(r, "value", 100 + (int64_t)dice_below(value, 900000), 3);
        return;
    case FIELD_BOOLEAN:
    case FIELD_MULTISELECT:
        plain_value(r, p, type == FIELD_MULTISELECT, options, value);
        return;
    case FIELD_SELECT:
        leaf_add(t, build_option(p, options, (unsigned)(value & 1)));
        break;
    case FIELD_STRING: leaf_prose(t, p, WORDS_note, value, 1, 3); break;
    case FIELD_TOOL:
        leaf_add(t, STR("TW-"));
        leaf_uint(t, 100 + dice_below(value, 900), 0);
        break;
    case FIELD_DATETIME: date_value(t, value); break;
    case FIELD_FILE_ATTACHMENT:
        plant_presigned(t, p, STR("field-report.pdf"), &state);
        scribe_scalar_secret(r, "value", LEAF_URL);
        return;
    case FIELD_SIGNOFF:
    case FIELD_ION:
        cast_person(p, census_any(p, CENSUS_User, value), t);
        scribe_scalar_secret(r, "value", LEAF_NAME);
        return;
    }
    scribe_scalar_text(r, "value");
}

void build_RunStepField(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_RunStepField, id), form = 0;
    uint64_t origin = origin_field(p, id, &form);
    uint64_t run_step = census_parent(p, CENSUS_RunStepField, CENSUS_RunStep, id);
    enum field_type type = field_type(word_part(build_field_spec(p, form), 1));
    bool done = build_step_state(p, run_step) == RUN_COMPLETE;
    bool skipped = done && dice_pick(record, ROLL_FLAG, 40) == 0;
    uint64_t options =
        dice_roll(census_record(p, CENSUS_StepField, form), ROLL_OPTIONS);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_bool(r, "notApplicable", skipped);
    build_field_form(r, p, form);
    scribe_ref(r, "originFieldId", origin);
    scribe_uint(r, "runStepId", run_step);
    build_maybe_ref(r, p, "assignedToId", CENSUS_User, dice_roll(record, ROLL_PERSON),
                    10);
    build_maybe_ref(r, p, "assignedTeamId", CENSUS_Team, dice_roll(record, ROLL_TEAM),
                    10);
    scribe_null(r, "partSubtypeId");
    scribe_null(r, "partId");
    scribe_ref(r, "signoffRoleId",
               type == FIELD_SIGNOFF
                   ? census_any(p, CENSUS_Role, dice_roll(record, ROLL_PERSON_2))
                   : 0);
    scribe_null(r, "partInventoryId");
    scribe_null(r, "entityId");
    scribe_ref(r, "fileAttachmentId",
               type == FIELD_FILE_ATTACHMENT && done
                   ? census_any(p, CENSUS_FileAttachment, dice_roll(record, ROLL_FILE))
                   : 0);
    if (done && !skipped)
        field_value(r, p, type, options, dice_roll(record, ROLL_VALUE));
    else
        scribe_null(r, "value");
    build_std(r, p, CENSUS_RunStepField, id);
    build_by(r, p, CENSUS_RunStepField, id);
    scribe_end(r);
}
