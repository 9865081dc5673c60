/* Buying: purchase orders, their lines and fees, and what was received. */
#include "demo/build.h"

#define DAY UINT64_C(86400000000)

void build_Currency(struct scribe *r, const struct census *p, uint64_t id)
{
    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_word(r, "type", word(&p->words, WORDS_currency, id - 1));
    build_std(r, p, CENSUS_Currency, id);
    build_by(r, p, CENSUS_Currency, id);
    scribe_end(r);
}

static const char *const order_states[] = {"DRAFT",    "REQUESTED", "APPROVED",
                                           "ORDERED",  "ORDERED",   "RECEIVED",
                                           "RECEIVED", "RECEIVED",  "CANCELED"};

static unsigned order_state(const struct census *p, uint64_t order)
{
    return (unsigned)dice_pick(census_record(p, CENSUS_PurchaseOrder, order),
                               ROLL_STATE, BUILD_COUNT(order_states));
}

static bool is_ordered(unsigned state)
{
    return state >= 3 && state < 8;
}

void build_PurchaseOrder(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_PurchaseOrder, id);
    uint64_t made = build_created(p, CENSUS_PurchaseOrder, id);
    unsigned state = order_state(p, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_secret_decimal(r, "cost", LEAF_COST,
                          20000 + (int64_t)dice_pick(record, ROLL_MONEY, 9000000), 2);
    build_prose(r, "description", WORDS_purchase, dice_roll(record, ROLL_TEXT), 1, 2);
    scribe_uint(r, "supplierId",
                census_any(p, CENSUS_Supplier, dice_roll(record, ROLL_SUPPLIER)));
    scribe_time(r, "orderedAt", is_ordered(state) ? made + DAY : 0);
    scribe_ref(r, "currencyId", p->n[CENSUS_Currency] ? 1 : 0);
    scribe_ref(r, "assignedToId",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_PERSON)));
    scribe_ref(r, "shipToLocationId",
               census_any(p, CENSUS_Location, dice_roll(record, ROLL_PLACE)));
    scribe_ref(r, "billToLocationId",
               census_any(p, CENSUS_Location, dice_roll(record, ROLL_PLACE_2)));
    build_slate(r, p, "supplierInstructions", WORDS_purchase,
                dice_roll(record, ROLL_TEXT_2), 2);
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_PurchaseOrder, id));
    scribe_word(r, "status", str_of(order_states[state]));
    scribe_bool(r, "paid", is_ordered(state) && record & 1);
    build_std(r, p, CENSUS_PurchaseOrder, id);
    build_by(r, p, CENSUS_PurchaseOrder, id);
    scribe_end(r);
}

void build_PurchaseOrderLine(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_PurchaseOrderLine, id);
    uint64_t order =
        census_parent(p, CENSUS_PurchaseOrderLine, CENSUS_PurchaseOrder, id);
    uint64_t made = build_created(p, CENSUS_PurchaseOrderLine, id);
    unsigned state = order_state(p, order);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "purchaseOrderId", order);
    scribe_uint(r, "partId",
                census_any(p, CENSUS_Part, dice_roll(record, ROLL_PART_OF)));
    scribe_word(r, "status", str_of(order_states[state]));
    build_prose(r, "description", WORDS_purchase, dice_roll(record, ROLL_TEXT), 0, 2);
    scribe_uint(
        r, "position",
        id - census_first(p, CENSUS_PurchaseOrderLine, CENSUS_PurchaseOrder, order));
    scribe_secret_decimal(r, "cost", LEAF_COST,
                          900 + (int64_t)dice_pick(record, ROLL_MONEY, 900000), 2);
    scribe_uint(r, "quantity", 1 + dice_pick(record, ROLL_QUANTITY, 250));
    scribe_time(r, "needDate", made + 30 * DAY);
    scribe_time(r, "estimatedArrivalDate",
                made + (20 + dice_pick(record, ROLL_TIME, 30)) * DAY);
    scribe_bool(r, "paid", is_ordered(state) && record & 1);
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_PurchaseOrderLine, id));
    build_std(r, p, CENSUS_PurchaseOrderLine, id);
    build_by(r, p, CENSUS_PurchaseOrderLine, id);
    scribe_end(r);
}

void build_PurchaseOrderFee(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const names[] = {"Shipping", "Expedite", "Tariff", "Tooling",
                                        "Certificate"};
    uint64_t record = census_record(p, CENSUS_PurchaseOrderFee, id);
    bool percent = dice_pick(record, ROLL_FLAG, 4) == 0;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "purchaseOrderId",
                census_parent(p, CENSUS_PurchaseOrderFee, CENSUS_PurchaseOrder, id));
    build_choice(r, "name", names, BUILD_COUNT(names), dice_roll(record, ROLL_KIND_OF));
    scribe_secret_decimal(
        r, "value", LEAF_COST,
        (int64_t)dice_pick(record, ROLL_MONEY, percent ? 2000 : 90000) + 100, 2);
    scribe_word(r, "type", percent ? STR("PERCENTAGE") : STR("CURRENCY"));
    build_std(r, p, CENSUS_PurchaseOrderFee, id);
    build_by(r, p, CENSUS_PurchaseOrderFee, id);
    scribe_end(r);
}

void build_Receipt(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Receipt, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_time(r, "receivedAt", build_created(p, CENSUS_Receipt, id));
    scribe_ref(r, "receivedById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_PERSON)));
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_Receipt, id));
    build_std(r, p, CENSUS_Receipt, id);
    build_by(r, p, CENSUS_Receipt, id);
    scribe_end(r);
}

void build_ReceiptItem(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_ReceiptItem, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "receiptId",
                census_parent(p, CENSUS_ReceiptItem, CENSUS_Receipt, id));
    scribe_ref(r, "partInventoryId",
               census_any(p, CENSUS_PartInventory, dice_roll(record, ROLL_PART_OF)));
    scribe_ref(r, "purchaseOrderLineId",
               census_parent(p, CENSUS_ReceiptItem, CENSUS_PurchaseOrderLine, id));
    scribe_uint(r, "quantity", 1 + dice_pick(record, ROLL_QUANTITY, 100));
    build_std(r, p, CENSUS_ReceiptItem, id);
    build_by(r, p, CENSUS_ReceiptItem, id);
    scribe_end(r);
}
