/* Parts, what they consist of, and the pieces in stock. */
#include "demo/build.h"

#include <stdio.h>

#include "demo/plant.h"

void build_Label(struct scribe *r, const struct census *p, uint64_t id)
{
    const struct bank *areas = &p->words.list[WORDS_label_area];
    const struct bank *labels = &p->words.list[WORDS_label];
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    leaf_add(t, areas->items[(id - 1) % areas->n]);
    leaf_add(t, STR(": "));
    leaf_add(t, labels->items[(id - 1) / areas->n % labels->n]);
    scribe_text(r, "value");
    build_std(r, p, CENSUS_Label, id);
    build_by(r, p, CENSUS_Label, id);
    scribe_end(r);
}

void build_UnitOfMeasurement(struct scribe *r, const struct census *p, uint64_t id)
{
    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_word(r, "type", word(&p->words, WORDS_unit, id - 1));
    build_std(r, p, CENSUS_UnitOfMeasurement, id);
    build_by(r, p, CENSUS_UnitOfMeasurement, id);
    scribe_end(r);
}

void build_PartSubtype(struct scribe *r, const struct census *p, uint64_t id)
{
    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_word(r, "name", word_part(word(&p->words, WORDS_subtype, id - 1), 0));
    scribe_null(r, "description");
    build_std(r, p, CENSUS_PartSubtype, id);
    build_by(r, p, CENSUS_PartSubtype, id);
    scribe_end(r);
}

/* "upper bracket, 6061-T6 aluminum": {b} is the kind that the number says. */
static void part_description(struct scribe *r, const struct census *p, uint64_t id,
                             uint64_t value)
{
    uint64_t state = value;
    struct str item = word(&p->words, WORDS_about_part, dice_next(&state));
    struct str kind = word_part(cast_part_kind(p, id), 0);
    const char *slot = memmem(item.p, item.n, "{b}", 3);
    size_t before = slot ? (size_t)(slot - item.p) : item.n;

    leaf_fill(&r->text, p, str_n(item.p, before), &state);
    if (slot) {
        leaf_lower(&r->text, kind);
        leaf_fill(&r->text, p, str_from(item, before + 3), &state);
    }
    if (dice_next_below(&state, 3) == 0) {
        leaf_char(&r->text, '.');
        leaf_prose(&r->text, p, WORDS_help, dice_next(&state), 0, 2);
    }
    scribe_text(r, "description");
}

static int64_t part_cost(const struct census *p, uint64_t part)
{
    uint64_t roll = dice_roll(census_record(p, CENSUS_Part, part), ROLL_MONEY);

    /* Cents: a few dollars to some ten thousand, most of them small */
    return 150 + (int64_t)(dice_below(roll, 3000) * dice_below(dice_mix(roll), 1200));
}

void build_Part(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const sourcing[] = {"MAKE", "BUY", "BUY", "DUAL_SOURCE"};
    uint64_t record = census_record(p, CENSUS_Part, id);
    uint64_t base = cast_part_base(p, id);
    uint64_t origin = census_record(p, CENSUS_Part, base);
    enum cast_tracking tracking = cast_part_tracking(p, id);
    struct leaf *t = &r->text;
    uint64_t state = dice_roll(record, ROLL_VALUE);
    char revision = cast_part_revision(p, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_secret_decimal(r, "cost", LEAF_COST, part_cost(p, id), 2);
    part_description(r, p, id, dice_roll(origin, ROLL_TEXT));
    scribe_uint(r, "leadTime", (5 + dice_pick(record, ROLL_TIME, 80)) * 86400);
    scribe_null(r, "maintenanceIntervalSeconds");
    cast_part_number(p, id, t);
    scribe_secret(r, "partNumber", LEAF_PART_NUMBER);
    scribe_word(r, "partType",
                dice_pick(origin, ROLL_STATE, 20) ? STR("PART") : STR("TOOL"));
    scribe_ref(r, "revisedFromId", id > base ? id - 1 : 0);
    scribe_word(r, "revision", str_n(&revision, 1));
    scribe_word(r, "revisionScheme", STR("ALPHA"));
    build_choice(r, "sourcingStrategy", sourcing, BUILD_COUNT(sourcing),
                 dice_roll(origin, ROLL_SUPPLIER));
    if (dice_pick(record, ROLL_FLAG, 2)) {
        plant_chars(t, plant_base32, 3, &state);
        leaf_uint(t, dice_next_below(&state, 10000000), 7);
        scribe_secret(r, "supplierPartNumber", LEAF_PART_NUMBER);
    } else {
        scribe_null(r, "supplierPartNumber");
    }
    if (tracking == CAST_UNTRACKED)
        scribe_null(r, "trackingType");
    else
        scribe_word(r, "trackingType",
                    tracking == CAST_LOT ? STR("LOT") : STR("SERIAL"));
    build_maybe_ref(r, p, "thumbnailId", CENSUS_FileAttachment,
                    dice_roll(record, ROLL_FILE), 20);
    scribe_ref(
        r, "unitOfMeasureId",
        census_any(p, CENSUS_UnitOfMeasurement, dice_roll(origin, ROLL_KIND_OF)));
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_Part, id));
    scribe_bool(r, "exportControlled",
                p->marked && dice_pick(origin, ROLL_FLAG_2, 30) == 0);
    build_std(r, p, CENSUS_Part, id);
    build_by(r, p, CENSUS_Part, id);
    scribe_end(r);
}

/* Each fifth bill is the second version of the one before. */
static uint64_t mbom_version(uint64_t mbom)
{
    return mbom % 5 == 0;
}

static uint64_t mbom_part(const struct census *p, uint64_t mbom)
{
    return census_parent(p, CENSUS_MBom, CENSUS_Part, mbom - mbom_version(mbom));
}

void build_MBom(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const states[] = {"RELEASED", "RELEASED", "DRAFT", "IN_REVIEW"};
    uint64_t record = census_record(p, CENSUS_MBom, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "version", 1 + mbom_version(id));
    scribe_uint(r, "partId", mbom_part(p, id));
    if (id < p->n[CENSUS_MBom] && mbom_part(p, id + 1) == mbom_part(p, id))
        scribe_word(r, "status", STR("ARCHIVED"));
    else
        build_choice(r, "status", states, BUILD_COUNT(states),
                     dice_roll(record, ROLL_STATE));
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_MBom, id));
    build_std(r, p, CENSUS_MBom, id);
    build_by(r, p, CENSUS_MBom, id);
    scribe_end(r);
}

void build_MBomItem(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_MBomItem, id);
    uint64_t mbom = census_parent(p, CENSUS_MBomItem, CENSUS_MBom, id);
    uint64_t parent = mbom_part(p, mbom);
    /* Parts are made of newer parts, so that no bill contains itself */
    uint64_t below = p->n[CENSUS_Part] - parent;
    uint64_t part = parent + (below ? 1 + dice_pick(record, ROLL_PART_OF, below) : 0);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_bool(r, "_deleted", false);
    scribe_bool(r, "madeOnAssembly", dice_pick(record, ROLL_FLAG, 10) == 0);
    scribe_uint(r, "mbomId", mbom);
    scribe_uint(r, "partId", part);
    scribe_uint(r, "quantity", 1 + dice_pick(record, ROLL_QUANTITY, 12));
    build_std(r, p, CENSUS_MBomItem, id);
    build_by(r, p, CENSUS_MBomItem, id);
    scribe_end(r);
}

void build_MBomItemReferenceDesignator(struct scribe *r, const struct census *p,
                                       uint64_t id)
{
    static const char letters[] = "RCULJQDW";
    uint64_t record = census_record(p, CENSUS_MBomItemReferenceDesignator, id);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(
        r, "mbomItemId",
        census_parent(p, CENSUS_MBomItemReferenceDesignator, CENSUS_MBomItem, id));
    leaf_char(t, letters[dice_pick(record, ROLL_KIND_OF, 8)]);
    leaf_uint(t, 1 + dice_pick(record, ROLL_QUANTITY, 240), 0);
    scribe_text(r, "value");
    build_std(r, p, CENSUS_MBomItemReferenceDesignator, id);
    build_by(r, p, CENSUS_MBomItemReferenceDesignator, id);
    scribe_end(r);
}

static void inventory_number(struct scribe *r, const struct census *p, uint64_t id,
                             bool lot, bool has)
{
    const char *name = lot ? "lotNumber" : "serialNumber";

    if (!has) {
        scribe_null(r, name);
        return;
    }
    if (lot)
        cast_lot(p, id, &r->text);
    else
        cast_serial(p, id, &r->text);
    scribe_secret(r, name, lot ? LEAF_LOT : LEAF_SERIAL);
}

static void inventory_uri(struct scribe *r, const struct census *p, uint64_t id,
                          uint64_t value)
{
    struct leaf *t = &r->text;

    if (value % 8) {
        scribe_null(r, "uri");
        return;
    }
    leaf_add(t, STR("https://id."));
    cast_domain(p, t);
    leaf_add(t, STR("/unit/"));
    leaf_uint(t, dice_shuffle(id, p->seed, p->inventory_bits), 7);
    scribe_secret(r, "uri", LEAF_IDENT);
}

void build_PartInventory(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_PartInventory, id);
    uint64_t part = cast_inventory_part(p, id);
    enum cast_tracking tracking = cast_part_tracking(p, part);
    uint64_t made = build_created(p, CENSUS_PartInventory, id);
    uint64_t quantity =
        tracking == CAST_SERIAL ? 1 : 1 + dice_pick(record, ROLL_QUANTITY, 500);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_time(r, "estimatedArrival",
                dice_pick(record, ROLL_TIME, 4) ? 0
                                                : made + UINT64_C(20) * 86400000000);
    scribe_null(r, "lastMaintainedDate");
    scribe_ref(r, "locationId",
               census_any(p, CENSUS_Location, dice_roll(record, ROLL_PLACE)));
    inventory_number(r, p, id, true, tracking == CAST_LOT);
    scribe_time(r, "needDate",
                dice_pick(record, ROLL_TIME_2, 3) ? 0
                                                  : made + UINT64_C(45) * 86400000000);
    scribe_ref(r, "originPartInventoryId",
               id > 1 && dice_pick(record, ROLL_FLAG, 25) == 0
                   ? 1 + dice_pick(record, ROLL_TARGET, id - 1)
                   : 0);
    scribe_uint(r, "partId", part);
    scribe_uint(r, "quantity", quantity);
    scribe_uint(r, "quantityScrapped",
                tracking != CAST_SERIAL && dice_pick(record, ROLL_FLAG_2, 30) == 0 ? 1
                                                                                   : 0);
    inventory_number(r, p, id, false, tracking == CAST_SERIAL);
    build_maybe_ref(r, p, "supplierId", CENSUS_Supplier,
                    dice_roll(record, ROLL_SUPPLIER), 60);
    scribe_ref(
        r, "unitOfMeasureId",
        census_any(p, CENSUS_UnitOfMeasurement,
                   dice_roll(census_record(p, CENSUS_Part, cast_part_base(p, part)),
                             ROLL_KIND_OF)));
    inventory_uri(r, p, id, dice_roll(record, ROLL_VALUE));
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_PartInventory, id));
    scribe_secret_decimal(
        r, "cost", LEAF_COST,
        part_cost(p, part) + (int64_t)dice_pick(record, ROLL_MONEY, 900), 2);
    build_std(r, p, CENSUS_PartInventory, id);
    build_by(r, p, CENSUS_PartInventory, id);
    scribe_end(r);
}

static void attribute_value(struct scribe *r, const struct census *p, struct str spec,
                            uint64_t value)
{
    static const char *const colors[] = {"black", "white", "red", "natural", "blue"};
    struct str type = word_part(spec, 1);
    struct buf *b;

    if (str_eq(type, STR("NUMBER"))) {
        scribe_decimal(r, "value", 10 + (int64_t)dice_below(value, 90000), 2);
        return;
    }
    if (str_eq(type, STR("BOOLEAN"))) {
        b = scribe_json(r, "value");
        buf_add_str(b, value & 1 ? STR("true") : STR("false"));
        scribe_json_end(r);
        return;
    }
    if (str_starts(spec, STR("cure")))
        leaf_add(&r->text, STR("2025-03-14"));
    else if (str_starts(spec, STR("color")))
        leaf_add(&r->text, str_of(colors[dice_below(value, 5)]));
    else if (str_starts(spec, STR("source")))
        leaf_prose(&r->text, p, WORDS_about_supplier, value, 1, 1);
    else
        leaf_add(&r->text, word(&p->words, WORDS_material, value));
    scribe_scalar_text(r, "value");
}

/* Key partInventoryId, key. */
void build_PartInventoryAttribute(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_PartInventoryAttribute, id);
    uint64_t owner =
        census_parent(p, CENSUS_PartInventoryAttribute, CENSUS_PartInventory, id);
    struct str spec = word(&p->words, WORDS_attribute, dice_roll(record, ROLL_KIND_OF));
    struct str name = word_part(spec, 0);
    uint64_t made = build_created(p, CENSUS_PartInventoryAttribute, id);
    char key[64];

    scribe_begin(r, id);
    snprintf(key, sizeof key, "[%llu,\"%.*s\"]", (unsigned long long)owner,
             STR_ARG(name));
    scribe_key(r, key);
    leaf_uint(&r->text, owner, 0);
    leaf_char(&r->text, ':');
    leaf_add(&r->text, name);
    scribe_text(r, "id");
    scribe_word(r, "key", name);
    scribe_word(r, "type", word_part(spec, 1));
    attribute_value(r, p, spec, dice_roll(record, ROLL_VALUE));
    scribe_null(r, "options");
    scribe_null(r, "allowedIonType");
    scribe_uint(r, "partInventoryId", owner);
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_PartInventory, owner));
    scribe_null(r, "fileAttachmentId");
    scribe_ref(r, "createdById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_AUTHOR)));
    scribe_ref(r, "updatedById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_EDITOR)));
    scribe_time(r, "Created", made);
    scribe_time(r, "Updated", made + UINT64_C(3600000000));
    scribe_hex(r, "Etag", dice_roll(record, ROLL_ETAG),
               dice_roll(record, ROLL_ETAG_LOW));
    scribe_null(r, "LastSessionId");
    scribe_end(r);
}
