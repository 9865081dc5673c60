/* Parts, what they consist of, and the pieces in stock. */
#include "demo/build.h"

#include <stdio.h>

#include "demo/plant.h"

void build_Label(struct row *r, const struct plan *p, uint64_t id)
{
    const struct bank *areas = &p->words.list[WORDS_label_area];
    const struct bank *labels = &p->words.list[WORDS_label];
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    text_add(t, areas->items[(id - 1) % areas->n]);
    text_add(t, STR(": "));
    text_add(t, labels->items[(id - 1) / areas->n % labels->n]);
    row_text(r, "value");
    build_std(r, p, PLAN_Label, id);
    build_by(r, p, PLAN_Label, id);
    row_end(r);
}

void build_UnitOfMeasurement(struct row *r, const struct plan *p, uint64_t id)
{
    row_begin(r, id);
    row_uint(r, "id", id);
    row_word(r, "type", word(&p->words, WORDS_unit, id - 1));
    build_std(r, p, PLAN_UnitOfMeasurement, id);
    build_by(r, p, PLAN_UnitOfMeasurement, id);
    row_end(r);
}

void build_PartSubtype(struct row *r, const struct plan *p, uint64_t id)
{
    row_begin(r, id);
    row_uint(r, "id", id);
    row_word(r, "name", word_part(word(&p->words, WORDS_subtype, id - 1), 0));
    row_null(r, "description");
    build_std(r, p, PLAN_PartSubtype, id);
    build_by(r, p, PLAN_PartSubtype, id);
    row_end(r);
}

/* "upper bracket, 6061-T6 aluminum": {b} is the kind that the number says. */
static void part_description(struct row *r, const struct plan *p, uint64_t id,
                             uint64_t value)
{
    uint64_t state = value;
    struct str item = word(&p->words, WORDS_about_part, dice_next(&state));
    struct str kind = word_part(cast_part_kind(p, id), 0);
    const char *slot = memmem(item.p, item.n, "{b}", 3);
    size_t before = slot ? (size_t)(slot - item.p) : item.n;

    text_fill(&r->text, p, str_n(item.p, before), &state);
    if (slot) {
        text_lower(&r->text, kind);
        text_fill(&r->text, p, str_from(item, before + 3), &state);
    }
    if (dice_next_below(&state, 3) == 0) {
        text_add(&r->text, STR(". "));
        text_prose(&r->text, p, WORDS_help, dice_next(&state), 0, 2);
    }
    row_text(r, "description");
}

static int64_t part_cost(const struct plan *p, uint64_t part)
{
    uint64_t roll = dice_roll(plan_record(p, PLAN_Part, part), ROLL_MONEY);

    /* Cents: a few dollars to some ten thousand, most of them small */
    return 150 + (int64_t)(dice_below(roll, 3000) * dice_below(dice_mix(roll), 1200));
}

void build_Part(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const sourcing[] = {"MAKE", "BUY", "BUY", "DUAL_SOURCE"};
    uint64_t record = plan_record(p, PLAN_Part, id);
    uint64_t base = cast_part_base(p, id);
    uint64_t origin = plan_record(p, PLAN_Part, base);
    enum cast_tracking tracking = cast_part_tracking(p, id);
    struct text *t = &r->text;
    uint64_t state = dice_roll(record, ROLL_VALUE);
    char revision = cast_part_revision(p, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_secret_decimal(r, "cost", TEXT_COST, part_cost(p, id), 2);
    part_description(r, p, id, dice_roll(origin, ROLL_TEXT));
    row_uint(r, "leadTime", (5 + dice_pick(record, ROLL_TIME, 80)) * 86400);
    row_null(r, "maintenanceIntervalSeconds");
    cast_part_number(p, id, t);
    row_secret(r, "partNumber", TEXT_PART_NUMBER);
    row_word(r, "partType",
             dice_pick(origin, ROLL_STATE, 20) ? STR("PART") : STR("TOOL"));
    row_ref(r, "revisedFromId", id > base ? id - 1 : 0);
    row_word(r, "revision", str_n(&revision, 1));
    row_word(r, "revisionScheme", STR("ALPHA"));
    build_choice(r, "sourcingStrategy", sourcing, BUILD_COUNT(sourcing),
                 dice_roll(origin, ROLL_SUPPLIER));
    if (dice_pick(record, ROLL_FLAG, 2)) {
        plant_chars(t, plant_base32, 3, &state);
        text_uint(t, dice_next_below(&state, 10000000), 7);
        row_secret(r, "supplierPartNumber", TEXT_PART_NUMBER);
    } else {
        row_null(r, "supplierPartNumber");
    }
    if (tracking == CAST_UNTRACKED)
        row_null(r, "trackingType");
    else
        row_word(r, "trackingType", tracking == CAST_LOT ? STR("LOT") : STR("SERIAL"));
    build_maybe_ref(r, p, "thumbnailId", PLAN_FileAttachment,
                    dice_roll(record, ROLL_FILE), 20);
    row_ref(r, "unitOfMeasureId",
            plan_any(p, PLAN_UnitOfMeasurement, dice_roll(origin, ROLL_KIND_OF)));
    row_uint(r, "entityId", plan_entity_id(p, PLAN_Part, id));
    row_bool(r, "exportControlled",
             p->marked && dice_pick(origin, ROLL_FLAG_2, 30) == 0);
    build_std(r, p, PLAN_Part, id);
    build_by(r, p, PLAN_Part, id);
    row_end(r);
}

/* Each fifth bill is the second version of the one before. */
static uint64_t mbom_version(uint64_t mbom)
{
    return mbom % 5 == 0;
}

static uint64_t mbom_part(const struct plan *p, uint64_t mbom)
{
    return plan_parent(p, PLAN_MBom, PLAN_Part, mbom - mbom_version(mbom));
}

void build_MBom(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const states[] = {"RELEASED", "RELEASED", "DRAFT", "IN_REVIEW"};
    uint64_t record = plan_record(p, PLAN_MBom, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "version", 1 + mbom_version(id));
    row_uint(r, "partId", mbom_part(p, id));
    if (id < p->n[PLAN_MBom] && mbom_part(p, id + 1) == mbom_part(p, id))
        row_word(r, "status", STR("ARCHIVED"));
    else
        build_choice(r, "status", states, BUILD_COUNT(states),
                     dice_roll(record, ROLL_STATE));
    row_uint(r, "entityId", plan_entity_id(p, PLAN_MBom, id));
    build_std(r, p, PLAN_MBom, id);
    build_by(r, p, PLAN_MBom, id);
    row_end(r);
}

void build_MBomItem(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_MBomItem, id);
    uint64_t mbom = plan_parent(p, PLAN_MBomItem, PLAN_MBom, id);
    uint64_t parent = mbom_part(p, mbom);
    /* Parts are made of newer parts, so that no bill contains itself */
    uint64_t below = p->n[PLAN_Part] - parent;
    uint64_t part = parent + (below ? 1 + dice_pick(record, ROLL_PART_OF, below) : 0);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_bool(r, "_deleted", false);
    row_bool(r, "madeOnAssembly", dice_pick(record, ROLL_FLAG, 10) == 0);
    row_uint(r, "mbomId", mbom);
    row_uint(r, "partId", part);
    row_uint(r, "quantity", 1 + dice_pick(record, ROLL_QUANTITY, 12));
    build_std(r, p, PLAN_MBomItem, id);
    build_by(r, p, PLAN_MBomItem, id);
    row_end(r);
}

void build_MBomItemReferenceDesignator(struct row *r, const struct plan *p, uint64_t id)
{
    static const char letters[] = "RCULJQDW";
    uint64_t record = plan_record(p, PLAN_MBomItemReferenceDesignator, id);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "mbomItemId",
             plan_parent(p, PLAN_MBomItemReferenceDesignator, PLAN_MBomItem, id));
    text_char(t, letters[dice_pick(record, ROLL_KIND_OF, 8)]);
    text_uint(t, 1 + dice_pick(record, ROLL_QUANTITY, 240), 0);
    row_text(r, "value");
    build_std(r, p, PLAN_MBomItemReferenceDesignator, id);
    build_by(r, p, PLAN_MBomItemReferenceDesignator, id);
    row_end(r);
}

static void inventory_number(struct row *r, const struct plan *p, uint64_t id, bool lot,
                             bool has)
{
    const char *name = lot ? "lotNumber" : "serialNumber";

    if (!has) {
        row_null(r, name);
        return;
    }
    if (lot)
        cast_lot(p, id, &r->text);
    else
        cast_serial(p, id, &r->text);
    row_secret(r, name, lot ? TEXT_LOT : TEXT_SERIAL);
}

static void inventory_uri(struct row *r, const struct plan *p, uint64_t id,
                          uint64_t value)
{
    struct text *t = &r->text;

    if (value % 8) {
        row_null(r, "uri");
        return;
    }
    text_add(t, STR("https://id."));
    cast_domain(p, t);
    text_add(t, STR("/unit/"));
    text_uint(t, dice_shuffle(id, p->seed, p->inventory_bits), 7);
    row_secret(r, "uri", TEXT_IDENT);
}

void build_PartInventory(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_PartInventory, id);
    uint64_t part = cast_inventory_part(p, id);
    enum cast_tracking tracking = cast_part_tracking(p, part);
    uint64_t made = build_created(p, PLAN_PartInventory, id);
    uint64_t quantity =
        tracking == CAST_SERIAL ? 1 : 1 + dice_pick(record, ROLL_QUANTITY, 500);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_time(r, "estimatedArrival",
             dice_pick(record, ROLL_TIME, 4) ? 0 : made + UINT64_C(20) * 86400000000);
    row_null(r, "lastMaintainedDate");
    row_ref(r, "locationId", plan_any(p, PLAN_Location, dice_roll(record, ROLL_PLACE)));
    inventory_number(r, p, id, true, tracking == CAST_LOT);
    row_time(r, "needDate",
             dice_pick(record, ROLL_TIME_2, 3) ? 0 : made + UINT64_C(45) * 86400000000);
    row_ref(r, "originPartInventoryId",
            id > 1 && dice_pick(record, ROLL_FLAG, 25) == 0
                ? 1 + dice_pick(record, ROLL_TARGET, id - 1)
                : 0);
    row_uint(r, "partId", part);
    row_uint(r, "quantity", quantity);
    row_uint(r, "quantityScrapped",
             tracking != CAST_SERIAL && dice_pick(record, ROLL_FLAG_2, 30) == 0 ? 1
                                                                                : 0);
    inventory_number(r, p, id, false, tracking == CAST_SERIAL);
    build_maybe_ref(r, p, "supplierId", PLAN_Supplier, dice_roll(record, ROLL_SUPPLIER),
                    60);
    row_ref(r, "unitOfMeasureId",
            plan_any(p, PLAN_UnitOfMeasurement,
                     dice_roll(plan_record(p, PLAN_Part, cast_part_base(p, part)),
                               ROLL_KIND_OF)));
    inventory_uri(r, p, id, dice_roll(record, ROLL_VALUE));
    row_uint(r, "entityId", plan_entity_id(p, PLAN_PartInventory, id));
    row_secret_decimal(r, "cost", TEXT_COST,
                       part_cost(p, part) + (int64_t)dice_pick(record, ROLL_MONEY, 900),
                       2);
    build_std(r, p, PLAN_PartInventory, id);
    build_by(r, p, PLAN_PartInventory, id);
    row_end(r);
}

static void attribute_value(struct row *r, const struct plan *p, struct str spec,
                            uint64_t value)
{
    static const char *const colors[] = {"black", "white", "red", "natural", "blue"};
    struct str type = word_part(spec, 1);
    struct buf *b;

    if (str_eq(type, STR("NUMBER"))) {
        row_decimal(r, "value", 10 + (int64_t)dice_below(value, 90000), 2);
        return;
    }
    if (str_eq(type, STR("BOOLEAN"))) {
        b = row_json(r, "value");
        buf_add_str(b, value & 1 ? STR("true") : STR("false"));
        row_json_end(r);
        return;
    }
    if (str_starts(spec, STR("cure")))
        text_add(&r->text, STR("2025-03-14"));
    else if (str_starts(spec, STR("color")))
        text_add(&r->text, str_of(colors[dice_below(value, 5)]));
    else if (str_starts(spec, STR("source")))
        text_prose(&r->text, p, WORDS_about_supplier, value, 1, 1);
    else
        text_add(&r->text, word(&p->words, WORDS_material, value));
    row_scalar_text(r, "value");
}

/* Key partInventoryId, key. */
void build_PartInventoryAttribute(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_PartInventoryAttribute, id);
    uint64_t owner =
        plan_parent(p, PLAN_PartInventoryAttribute, PLAN_PartInventory, id);
    struct str spec = word(&p->words, WORDS_attribute, dice_roll(record, ROLL_KIND_OF));
    struct str name = word_part(spec, 0);
    uint64_t made = build_created(p, PLAN_PartInventoryAttribute, id);
    char key[64];

    row_begin(r, id);
    snprintf(key, sizeof key, "[%llu,\"%.*s\"]", (unsigned long long)owner,
             STR_ARG(name));
    row_key(r, key);
    text_uint(&r->text, owner, 0);
    text_char(&r->text, ':');
    text_add(&r->text, name);
    row_text(r, "id");
    row_word(r, "key", name);
    row_word(r, "type", word_part(spec, 1));
    attribute_value(r, p, spec, dice_roll(record, ROLL_VALUE));
    row_null(r, "options");
    row_null(r, "allowedIonType");
    row_uint(r, "partInventoryId", owner);
    row_uint(r, "entityId", plan_entity_id(p, PLAN_PartInventory, owner));
    row_null(r, "fileAttachmentId");
    row_ref(r, "createdById", plan_any(p, PLAN_User, dice_roll(record, ROLL_AUTHOR)));
    row_ref(r, "updatedById", plan_any(p, PLAN_User, dice_roll(record, ROLL_EDITOR)));
    row_time(r, "Created", made);
    row_time(r, "Updated", made + UINT64_C(3600000000));
    row_hex(r, "Etag", dice_roll(record, ROLL_ETAG), dice_roll(record, ROLL_ETAG_LOW));
    row_null(r, "LastSessionId");
    row_end(r);
}
