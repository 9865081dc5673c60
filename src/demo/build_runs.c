/* Work done: runs, their steps, and the values that were recorded. */
#include "demo/build.h"
#include "demo/plant.h"

static const char *const state_names[] = {"TODO",     "IN_PROGRESS",     "FAILED",
                                          "COMPLETE", "REDLINE",         "CANCELED",
                                          "HOLD",     "PARTIAL_COMPLETE"};

#define DAY UINT64_C(86400000000)

void build_RunBatch(struct row *r, const struct plan *p, uint64_t id)
{
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    text_add(t, STR("Batch "));
    text_uint(t, id, 4);
    row_text(r, "title");
    build_std(r, p, PLAN_RunBatch, id);
    build_by(r, p, PLAN_RunBatch, id);
    row_end(r);
}

static uint64_t run_procedure(const struct plan *p, uint64_t run)
{
    return plan_any(p, PLAN_Procedure,
                    dice_roll(plan_record(p, PLAN_Run, run), ROLL_KIND_OF));
}

static uint64_t run_inventory(const struct plan *p, uint64_t run)
{
    return plan_any(p, PLAN_PartInventory,
                    dice_roll(plan_record(p, PLAN_Run, run), ROLL_PART_OF));
}

static void run_title(struct row *r, const struct plan *p, uint64_t id)
{
    struct text *t = &r->text;

    build_procedure_title(p, run_procedure(p, id), t);
    text_add(t, STR(", "));
    size_t at = t->n;
    cast_part_number(p, cast_inventory_part(p, run_inventory(p, id)), t);
    text_mark(t, at, TEXT_PART_NUMBER);
    row_text(r, "title");
}

void build_Run(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Run, id);
    uint64_t inventory = run_inventory(p, id);
    uint64_t made = build_created(p, PLAN_Run, id);
    enum run_state state = build_run_state(p, id);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    row_bool(r, "archived", state == RUN_CANCELED && record & 1);
    build_prose(r, p, "description", WORDS_remark, dice_roll(record, ROLL_TEXT), 0, 2);
    row_time(r, "dueDate", made + (10 + dice_pick(record, ROLL_TIME, 60)) * DAY);
    if (dice_pick(record, ROLL_FLAG, 4) == 0) {
        text_add(t, STR("MFG-"));
        text_uint(t, 1000 + dice_pick(record, ROLL_VALUE, 89000), 0);
        row_secret(r, "jiraIssueKey", TEXT_IDENT);
    } else {
        row_null(r, "jiraIssueKey");
    }
    row_uint(r, "partId", cast_inventory_part(p, inventory));
    row_uint(r, "partInventoryId", inventory);
    row_uint(r, "procedureId", run_procedure(p, id));
    row_uint(r, "quantity", 1);
    row_null(r, "resultsLink");
    row_ref(r, "runBatchId",
            state == RUN_PARTIAL_COMPLETE || dice_pick(record, ROLL_FLAG_2, 12) == 0
                ? plan_any(p, PLAN_RunBatch, dice_roll(record, ROLL_TARGET))
                : 0);
    run_title(r, p, id);
    build_maybe_ref(r, p, "assignedToId", PLAN_User, dice_roll(record, ROLL_PERSON),
                    60);
    build_maybe_ref(r, p, "assignedTeamId", PLAN_Team, dice_roll(record, ROLL_TEAM),
                    40);
    row_uint(r, "entityId", plan_entity_id(p, PLAN_Run, id));
    row_word(r, "status", str_of(state_names[state]));
    row_time(r, "scheduledStart", made + DAY);
    row_time(r, "scheduledEnd", made + (8 + dice_pick(record, ROLL_TIME_2, 20)) * DAY);
    row_bool(r, "exportControlled", false);
    build_std(r, p, PLAN_Run, id);
    build_by(r, p, PLAN_Run, id);
    row_end(r);
}

/* The step of the run's procedure that a run step was made from; round and round where
 * the run has more steps. */
static uint64_t origin_step(const struct plan *p, uint64_t run_step)
{
    uint64_t run = plan_parent(p, PLAN_RunStep, PLAN_Run, run_step);
    uint64_t procedure = run_procedure(p, run);
    uint64_t first = plan_first(p, PLAN_Step, PLAN_Procedure, procedure);
    uint64_t n = plan_first(p, PLAN_Step, PLAN_Procedure, procedure + 1) - first;
    uint64_t position = run_step - plan_first(p, PLAN_RunStep, PLAN_Run, run);

    return n ? first + position % n : 0;
}

static void step_results(struct row *r, const struct plan *p, uint64_t record, bool has)
{
    struct text *t = &r->text;
    uint64_t state = record;

    if (!has) {
        row_null(r, "resultsS3Bucket");
        row_null(r, "resultsS3Key");
        return;
    }
    cast_domain(p, t);
    text_add(t, STR("-results"));
    row_secret(r, "resultsS3Bucket", TEXT_FILE);
    text_add(t, STR("run-steps/"));
    plant_chars(t, plant_hex, 32, &state);
    text_add(t, STR("/results.csv"));
    row_secret(r, "resultsS3Key", TEXT_FILE);
}

static void step_people(struct row *r, const struct plan *p, uint64_t record,
                        enum run_state state)
{
    uint64_t worker = plan_any(p, PLAN_User, dice_roll(record, ROLL_PERSON));

    row_ref(r, "startedById", state == RUN_TODO || state == RUN_CANCELED ? 0 : worker);
    row_ref(r, "completedById", state == RUN_COMPLETE ? worker : 0);
}

void build_RunStep(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_RunStep, id);
    uint64_t run = plan_parent(p, PLAN_RunStep, PLAN_Run, id);
    uint64_t origin = origin_step(p, id);
    uint64_t made = build_created(p, PLAN_RunStep, id);
    uint64_t start = made + dice_pick(record, ROLL_TIME, 5 * DAY);
    enum run_state state = build_step_state(p, id);
    bool begun = state != RUN_TODO && state != RUN_CANCELED;

    row_begin(r, id);
    row_uint(r, "id", id);
    build_prose(r, p, "content", WORDS_instruction, dice_roll(record, ROLL_TEXT), 0, 1);
    row_bool(r, "displayPdf", false);
    row_uint(r, "leadTime", 600 + 300 * dice_pick(record, ROLL_TIME_2, 40));
    row_null(r, "pages");
    build_slate(r, p, "slateContent", WORDS_instruction, dice_roll(record, ROLL_TEXT_2),
                2);
    row_word(r, "title", origin ? build_step_title(p, origin) : STR("Ad hoc step"));
    row_word(r, "type", STR("CONTENT"));
    row_uint(r, "runId", run);
    row_word(r, "status", str_of(state_names[state]));
    row_time(r, "scheduledStart", made + DAY);
    row_time(r, "scheduledEnd", made + 3 * DAY);
    step_results(r, p, dice_roll(record, ROLL_FILE), id % 25 == 0);
    row_uint(r, "position", id - plan_first(p, PLAN_RunStep, PLAN_Run, run));
    row_time(r, "startTime", begun ? start : 0);
    row_time(r, "endTime",
             state == RUN_COMPLETE || state == RUN_FAILED
                 ? start + dice_pick(record, ROLL_QUANTITY, DAY / 6)
                 : 0);
    step_people(r, p, record, state);
    row_bool(r, "isStandardStep", false);
    row_null(r, "standardStepVersion");
    uint64_t hash = dice_roll(record, ROLL_VALUE);
    plant_chars(&r->text, plant_hex, 40, &hash);
    row_secret(r, "hashCode", TEXT_HASH);
    build_maybe_ref(r, p, "assignedToId", PLAN_User, dice_roll(record, ROLL_PERSON_2),
                    30);
    build_maybe_ref(r, p, "assignedTeamId", PLAN_Team, dice_roll(record, ROLL_TEAM),
                    30);
    row_uint(r, "entityId", plan_entity_id(p, PLAN_RunStep, id));
    row_null(r, "pdfAssetId");
    build_maybe_ref(r, p, "locationId", PLAN_Location, dice_roll(record, ROLL_PLACE),
                    70);
    row_null(r, "parentId");
    row_ref(r, "originStepId", origin);
    row_ref(r, "createdById", plan_any(p, PLAN_User, dice_roll(record, ROLL_AUTHOR)));
    row_ref(r, "updatedById", plan_any(p, PLAN_User, dice_roll(record, ROLL_EDITOR)));
    build_std(r, p, PLAN_RunStep, id);
    row_end(r);
}

/* The field of the origin step that a run step's field copies; any other field where
 * the step has none, so that each has a form. */
static uint64_t origin_field(const struct plan *p, uint64_t id, uint64_t *out_form)
{
    uint64_t run_step = plan_parent(p, PLAN_RunStepField, PLAN_RunStep, id);
    uint64_t step = origin_step(p, run_step);
    uint64_t position = id - plan_first(p, PLAN_RunStepField, PLAN_RunStep, run_step);
    uint64_t first = step ? plan_first(p, PLAN_StepField, PLAN_Step, step) : 0;
    uint64_t n = step ? plan_first(p, PLAN_StepField, PLAN_Step, step + 1) - first : 0;

    if (n > 0)
        return *out_form = first + position % n;
    *out_form =
        plan_any(p, PLAN_StepField,
                 dice_roll(plan_record(p, PLAN_RunStepField, id), ROLL_KIND_OF));
    return 0;
}

/* What was measured, chosen, written or signed; `type` is that of the field. */
static void field_value(struct row *r, const struct plan *p, struct str type,
                        uint64_t options, uint64_t value)
{
    struct text *t = &r->text;
    uint64_t state = value;
    struct buf *b;

    switch (type.p[0] == 'S' ? type.p[1] : type.p[0]) {
    case 'N': /* NUMBER */
        row_decimal(r, "value", 100 + (int64_t)dice_below(value, 900000), 3);
        return;
    case 'B': /* BOOLEAN */
        b = row_json(r, "value");
        buf_add_str(b, value & 7 ? STR("true") : STR("false"));
        row_json_end(r);
        return;
    case 'E':
    case 'M': /* SELECT, MULTISELECT */
        text_add(t, build_option(p, options, (unsigned)(value & 1)));
        break;
    case 'T': /* STRING, TOOL */
        if (type.p[0] == 'S') {
            text_prose(t, p, WORDS_note, value, 1, 3);
            break;
        }
        text_add(t, STR("TW-"));
        text_uint(t, 100 + dice_below(value, 900), 0);
        break;
    case 'D': /* DATETIME */
        text_add(t, STR("2025-0"));
        text_uint(t, 1 + value % 9, 0);
        text_char(t, '-');
        text_uint(t, 1 + (value >> 8) % 28, 2);
        text_add(t, STR("T09:30:00+00:00"));
        break;
    case 'F': /* FILE_ATTACHMENT */
        plant_presigned(t, p, STR("field-report.pdf"), &state);
        row_scalar_secret(r, "value", TEXT_URL);
        return;
    default: /* SIGNOFF, ION */
        if (p->n[PLAN_User])
            cast_person(p, plan_any(p, PLAN_User, value), t);
        else
            text_add(t, STR("somebody"));
        row_scalar_secret(r, "value", TEXT_NAME);
        return;
    }
    row_scalar_text(r, "value");
}

void build_RunStepField(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_RunStepField, id), form = 0;
    uint64_t origin = origin_field(p, id, &form);
    uint64_t run_step = plan_parent(p, PLAN_RunStepField, PLAN_RunStep, id);
    struct str type = word_part(build_field_spec(p, form), 1);
    bool done = build_step_state(p, run_step) == RUN_COMPLETE;
    bool skipped = done && dice_pick(record, ROLL_FLAG, 40) == 0;
    uint64_t options = dice_roll(plan_record(p, PLAN_StepField, form), ROLL_OPTIONS);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_bool(r, "notApplicable", skipped);
    build_field_form(r, p, form);
    row_ref(r, "originFieldId", origin);
    row_uint(r, "runStepId", run_step);
    build_maybe_ref(r, p, "assignedToId", PLAN_User, dice_roll(record, ROLL_PERSON),
                    10);
    build_maybe_ref(r, p, "assignedTeamId", PLAN_Team, dice_roll(record, ROLL_TEAM),
                    10);
    row_null(r, "partSubtypeId");
    row_null(r, "partId");
    row_ref(r, "signoffRoleId",
            str_eq(type, STR("SIGNOFF"))
                ? plan_any(p, PLAN_Role, dice_roll(record, ROLL_PERSON_2))
                : 0);
    row_null(r, "partInventoryId");
    row_null(r, "entityId");
    row_ref(r, "fileAttachmentId",
            str_eq(type, STR("FILE_ATTACHMENT")) && done
                ? plan_any(p, PLAN_FileAttachment, dice_roll(record, ROLL_FILE))
                : 0);
    if (done && !skipped)
        field_value(r, p, type, options, dice_roll(record, ROLL_VALUE));
    else
        row_null(r, "value");
    build_std(r, p, PLAN_RunStepField, id);
    build_by(r, p, PLAN_RunStepField, id);
    row_end(r);
}
