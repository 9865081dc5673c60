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

void build_procedure_title(const struct census *p, uint64_t procedure, struct leaf *t)
{
    uint64_t family = census_record(p, CENSUS_Procedure, family_of(procedure));
    uint64_t state = dice_roll(family, ROLL_TEXT);

    leaf_fill(t, p, word(&p->words, WORDS_procedure, dice_next(&state)), &state);
}

void build_Procedure(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const types[] = {"BUILD", "BUILD", "BUILD", "INSPECTION",
                                        "MAINTENANCE"};
    static const char *const states[] = {"RELEASED", "RELEASED", "RELEASED",
                                         "IN_REVIEW", "DRAFT"};
    uint64_t record = census_record(p, CENSUS_Procedure, id);
    uint64_t family = census_record(p, CENSUS_Procedure, family_of(id));
    bool newest = version_of(id) == 4 || id == p->n[CENSUS_Procedure];

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "version", version_of(id));
    build_procedure_title(p, id, &r->text);
    scribe_text(r, "title");
    build_prose(r, "description", WORDS_instruction, dice_roll(record, ROLL_TEXT_2), 1,
                3);
    if (newest)
        build_choice(r, "status", states, BUILD_COUNT(states),
                     dice_roll(record, ROLL_STATE));
    else
        scribe_word(r, "status", STR("ARCHIVED"));
    build_prose(r, "commitMessage", WORDS_remark, dice_roll(record, ROLL_TEXT_3), 1, 1);
    build_choice(r, "type", types, BUILD_COUNT(types), dice_roll(family, ROLL_KIND_OF));
    scribe_uint(r, "familyId", family_of(id));
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_Procedure, id));
    scribe_bool(r, "exportControlled",
                p->marked && dice_pick(family, ROLL_FLAG, 30) == 0);
    build_std(r, p, CENSUS_Procedure, id);
    build_by(r, p, CENSUS_Procedure, id);
    scribe_end(r);
}

void build_Step(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Step, id);
    uint64_t procedure = census_parent(p, CENSUS_Step, CENSUS_Procedure, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "version", 1);
    build_prose(r, "content", WORDS_instruction, dice_roll(record, ROLL_TEXT), 1, 2);
    scribe_bool(r, "displayPdf", dice_pick(record, ROLL_FLAG, 30) == 0);
    scribe_uint(r, "leadTime", 600 + 300 * dice_pick(record, ROLL_TIME, 40));
    scribe_null(r, "pages");
    build_slate(r, p, "slateContent", WORDS_instruction, dice_roll(record, ROLL_TEXT_2),
                3);
    scribe_word(r, "title", build_step_title(p, id));
    scribe_word(r, "type", STR("CONTENT"));
    scribe_ref(r, "locationSubtypeId",
               census_any(p, CENSUS_LocationSubtype, dice_roll(record, ROLL_KIND_OF)));
    scribe_uint(r, "position",
                id - census_first(p, CENSUS_Step, CENSUS_Procedure, procedure));
    scribe_uint(r, "procedureId", procedure);
    scribe_null(r, "standardStepFamilyId");
    scribe_null(r, "standardStepStatus");
    build_maybe_ref(r, p, "pdfAssetId", CENSUS_FileAttachment,
                    dice_roll(record, ROLL_FILE), 4);
    build_maybe_ref(r, p, "locationId", CENSUS_Location, dice_roll(record, ROLL_PLACE),
                    50);
    scribe_null(r, "parentId");
    scribe_null(r, "originStepId");
    scribe_uint(r, "familyId", id);
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_Step, id));
    scribe_ref(r, "createdById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_AUTHOR)));
    scribe_ref(r, "updatedById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_EDITOR)));
    build_std(r, p, CENSUS_Step, id);
    scribe_end(r);
}

struct str build_option(const struct census *p, uint64_t value, unsigned i)
{
    return word(&p->words, WORDS_option, dice_below(value, 16) + i);
}

/* ["Pass","Fail",…]: choices of a field, or null. */
void build_options(struct scribe *r, const struct census *p, struct str spec,
                   uint64_t value)
{
    struct str type = word_part(spec, 1);
    unsigned n = 2 + (unsigned)(value >> 60) % 3;
    struct buf *b;

    if (!str_ends(type, STR("SELECT"))) {
        scribe_null(r, "options");
        return;
    }
    b = scribe_json(r, "options");
    for (unsigned i = 0; i < n; i++) {
        buf_add_char(b, i ? ',' : '[');
        buf_add_char(b, '"');
        buf_add_str(b, build_option(p, value, i));
        buf_add_char(b, '"');
    }
    buf_add_char(b, ']');
    scribe_json_end(r);
}

/* The fields that StepField and RunStepField have in common, display to unit. */
void build_field_form(struct scribe *r, const struct census *p, uint64_t step_field)
{
    uint64_t record = census_record(p, CENSUS_StepField, step_field);
    uint64_t step = census_parent(p, CENSUS_StepField, CENSUS_Step, step_field);
    struct str spec = build_field_spec(p, step_field), unit = word_part(spec, 2);

    scribe_bool(r, "allowNotApplicable", dice_pick(record, ROLL_FLAG, 5) == 0);
    if (str_eq(word_part(spec, 1), STR("ION")))
        scribe_word(r, "allowedIonType", STR("USERS"));
    else
        scribe_null(r, "allowedIonType");
    scribe_null(r, "display");
    build_prose(r, "helpText", WORDS_help, dice_roll(record, ROLL_TEXT), 1, 2);
    scribe_word(r, "name", word_part(spec, 0));
    build_options(r, p, spec, dice_roll(record, ROLL_OPTIONS));
    scribe_bool(r, "peerReviewRequired", dice_pick(record, ROLL_FLAG_2, 20) == 0);
    scribe_uint(r, "position",
                step_field - census_first(p, CENSUS_StepField, CENSUS_Step, step));
    scribe_bool(r, "required", record & 1);
    scribe_word(r, "type", word_part(spec, 1));
    if (unit.n)
        scribe_word(r, "unit", unit);
    else
        scribe_null(r, "unit");
}

void build_StepField(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_StepField, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    build_field_form(r, p, id);
    scribe_uint(r, "stepId", census_parent(p, CENSUS_StepField, CENSUS_Step, id));
    scribe_null(r, "partSubtypeId");
    scribe_null(r, "partId");
    scribe_ref(r, "signoffRoleId",
               str_eq(word_part(build_field_spec(p, id), 1), STR("SIGNOFF"))
                   ? census_any(p, CENSUS_Role, dice_roll(record, ROLL_PERSON))
                   : 0);
    build_std(r, p, CENSUS_StepField, id);
    build_by(r, p, CENSUS_StepField, id);
    scribe_end(r);
}
