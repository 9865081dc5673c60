/* Work instructions: procedures, their steps, and what a step asks to be recorded. */
#include "demo/build.h"

/* Procedures come in families of four versions at most: 1 2 3 4, one after the other.
 */
static uint64_t version_of(uint64_t procedure)
{
    return 1 + (procedure - 1) % 4;
}

static uint64_t family_of(uint64_t procedure)
{
    return 1 + (procedure - 1) / 4;
}

void build_procedure_title(const struct plan *p, uint64_t procedure, struct text *t)
{
    uint64_t family = plan_record(p, PLAN_Procedure, family_of(procedure));
    uint64_t state = dice_roll(family, ROLL_TEXT);

    text_fill(t, p, word(&p->words, WORDS_procedure, dice_next(&state)), &state);
}

void build_Procedure(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const types[] = {"BUILD", "BUILD", "BUILD", "INSPECTION",
                                        "MAINTENANCE"};
    static const char *const states[] = {"RELEASED", "RELEASED", "RELEASED",
                                         "IN_REVIEW", "DRAFT"};
    uint64_t record = plan_record(p, PLAN_Procedure, id);
    uint64_t family = plan_record(p, PLAN_Procedure, family_of(id));
    bool newest = version_of(id) == 4 || id == p->n[PLAN_Procedure];

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "version", version_of(id));
    build_procedure_title(p, id, &r->text);
    row_text(r, "title");
    build_prose(r, p, "description", WORDS_instruction, dice_roll(record, ROLL_TEXT_2),
                1, 3);
    if (newest)
        build_choice(r, "status", states, BUILD_COUNT(states),
                     dice_roll(record, ROLL_STATE));
    else
        row_word(r, "status", STR("ARCHIVED"));
    build_prose(r, p, "commitMessage", WORDS_remark, dice_roll(record, ROLL_TEXT_3), 1,
                1);
    build_choice(r, "type", types, BUILD_COUNT(types), dice_roll(family, ROLL_KIND_OF));
    row_uint(r, "familyId", family_of(id));
    row_uint(r, "entityId", plan_entity_id(p, PLAN_Procedure, id));
    row_bool(r, "exportControlled", p->marked && dice_pick(family, ROLL_FLAG, 30) == 0);
    build_std(r, p, PLAN_Procedure, id);
    build_by(r, p, PLAN_Procedure, id);
    row_end(r);
}

void build_Step(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Step, id);
    uint64_t procedure = plan_parent(p, PLAN_Step, PLAN_Procedure, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "version", 1);
    build_prose(r, p, "content", WORDS_instruction, dice_roll(record, ROLL_TEXT), 1, 2);
    row_bool(r, "displayPdf", dice_pick(record, ROLL_FLAG, 30) == 0);
    row_uint(r, "leadTime", 600 + 300 * dice_pick(record, ROLL_TIME, 40));
    row_null(r, "pages");
    build_slate(r, p, "slateContent", WORDS_instruction, dice_roll(record, ROLL_TEXT_2),
                3);
    row_word(r, "title", build_step_title(p, id));
    row_word(r, "type", STR("CONTENT"));
    row_ref(r, "locationSubtypeId",
            plan_any(p, PLAN_LocationSubtype, dice_roll(record, ROLL_KIND_OF)));
    row_uint(r, "position", id - plan_first(p, PLAN_Step, PLAN_Procedure, procedure));
    row_uint(r, "procedureId", procedure);
    row_null(r, "standardStepFamilyId");
    row_null(r, "standardStepStatus");
    build_maybe_ref(r, p, "pdfAssetId", PLAN_FileAttachment,
                    dice_roll(record, ROLL_FILE), 4);
    build_maybe_ref(r, p, "locationId", PLAN_Location, dice_roll(record, ROLL_PLACE),
                    50);
    row_null(r, "parentId");
    row_null(r, "originStepId");
    row_uint(r, "familyId", id);
    row_uint(r, "entityId", plan_entity_id(p, PLAN_Step, id));
    row_ref(r, "createdById", plan_any(p, PLAN_User, dice_roll(record, ROLL_AUTHOR)));
    row_ref(r, "updatedById", plan_any(p, PLAN_User, dice_roll(record, ROLL_EDITOR)));
    build_std(r, p, PLAN_Step, id);
    row_end(r);
}

struct str build_option(const struct plan *p, uint64_t value, unsigned i)
{
    return word(&p->words, WORDS_option, dice_below(value, 16) + i);
}

/* ["Pass","Fail",…]: choices of a field, or null. */
void build_options(struct row *r, const struct plan *p, struct str spec, uint64_t value)
{
    struct str type = word_part(spec, 1);
    unsigned n = 2 + (unsigned)(value >> 60) % 3;
    struct buf *b;

    if (!str_ends(type, STR("SELECT"))) {
        row_null(r, "options");
        return;
    }
    b = row_json(r, "options");
    for (unsigned i = 0; i < n; i++) {
        buf_add_char(b, i ? ',' : '[');
        buf_add_char(b, '"');
        buf_add_str(b, build_option(p, value, i));
        buf_add_char(b, '"');
    }
    buf_add_char(b, ']');
    row_json_end(r);
}

/* The fields that StepField and RunStepField have in common, display to unit. */
void build_field_form(struct row *r, const struct plan *p, uint64_t step_field)
{
    uint64_t record = plan_record(p, PLAN_StepField, step_field);
    uint64_t step = plan_parent(p, PLAN_StepField, PLAN_Step, step_field);
    struct str spec = build_field_spec(p, step_field), unit = word_part(spec, 2);

    row_bool(r, "allowNotApplicable", dice_pick(record, ROLL_FLAG, 5) == 0);
    if (str_eq(word_part(spec, 1), STR("ION")))
        row_word(r, "allowedIonType", STR("USERS"));
    else
        row_null(r, "allowedIonType");
    row_null(r, "display");
    build_prose(r, p, "helpText", WORDS_help, dice_roll(record, ROLL_TEXT), 1, 2);
    row_word(r, "name", word_part(spec, 0));
    build_options(r, p, spec, dice_roll(record, ROLL_OPTIONS));
    row_bool(r, "peerReviewRequired", dice_pick(record, ROLL_FLAG_2, 20) == 0);
    row_uint(r, "position",
             step_field - plan_first(p, PLAN_StepField, PLAN_Step, step));
    row_bool(r, "required", record & 1);
    row_word(r, "type", word_part(spec, 1));
    if (unit.n)
        row_word(r, "unit", unit);
    else
        row_null(r, "unit");
}

void build_StepField(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_StepField, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    build_field_form(r, p, id);
    row_uint(r, "stepId", plan_parent(p, PLAN_StepField, PLAN_Step, id));
    row_null(r, "partSubtypeId");
    row_null(r, "partId");
    row_ref(r, "signoffRoleId",
            str_eq(word_part(build_field_spec(p, id), 1), STR("SIGNOFF"))
                ? plan_any(p, PLAN_Role, dice_roll(record, ROLL_PERSON))
                : 0);
    build_std(r, p, PLAN_StepField, id);
    build_by(r, p, PLAN_StepField, id);
    row_end(r);
}
