/* Buying: purchase orders, their lines and fees, and what was received. */
#include "demo/build.h"

#define DAY UINT64_C(86400000000)

void build_Currency(struct row *r, const struct plan *p, uint64_t id)
{
    row_begin(r, id);
    row_uint(r, "id", id);
    row_word(r, "type", word(&p->words, WORDS_currency, id - 1));
    build_std(r, p, PLAN_Currency, id);
    build_by(r, p, PLAN_Currency, id);
    row_end(r);
}

static const char *const order_states[] = {"DRAFT",    "REQUESTED", "APPROVED",
                                           "ORDERED",  "ORDERED",   "RECEIVED",
                                           "RECEIVED", "RECEIVED",  "CANCELED"};

static unsigned order_state(const struct plan *p, uint64_t order)
{
    return (unsigned)dice_pick(plan_record(p, PLAN_PurchaseOrder, order), ROLL_STATE,
                               BUILD_COUNT(order_states));
}

static bool is_ordered(unsigned state)
{
    return state >= 3 && state < 8;
}

void build_PurchaseOrder(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_PurchaseOrder, id);
    uint64_t made = build_created(p, PLAN_PurchaseOrder, id);
    unsigned state = order_state(p, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_secret_decimal(r, "cost", TEXT_COST,
                       20000 + (int64_t)dice_pick(record, ROLL_MONEY, 9000000), 2);
    build_prose(r, p, "description", WORDS_purchase, dice_roll(record, ROLL_TEXT), 1,
                2);
    row_uint(r, "supplierId",
             plan_any(p, PLAN_Supplier, dice_roll(record, ROLL_SUPPLIER)));
    row_time(r, "orderedAt", is_ordered(state) ? made + DAY : 0);
    row_ref(r, "currencyId", p->n[PLAN_Currency] ? 1 : 0);
    row_ref(r, "assignedToId", plan_any(p, PLAN_User, dice_roll(record, ROLL_PERSON)));
    row_ref(r, "shipToLocationId",
            plan_any(p, PLAN_Location, dice_roll(record, ROLL_PLACE)));
    row_ref(r, "billToLocationId",
            plan_any(p, PLAN_Location, dice_roll(record, ROLL_PLACE_2)));
    build_slate(r, p, "supplierInstructions", WORDS_purchase,
                dice_roll(record, ROLL_TEXT_2), 2);
    row_uint(r, "entityId", plan_entity_id(p, PLAN_PurchaseOrder, id));
    row_word(r, "status", str_of(order_states[state]));
    row_bool(r, "paid", is_ordered(state) && record & 1);
    build_std(r, p, PLAN_PurchaseOrder, id);
    build_by(r, p, PLAN_PurchaseOrder, id);
    row_end(r);
}

void build_PurchaseOrderLine(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_PurchaseOrderLine, id);
    uint64_t order = plan_parent(p, PLAN_PurchaseOrderLine, PLAN_PurchaseOrder, id);
    uint64_t made = build_created(p, PLAN_PurchaseOrderLine, id);
    unsigned state = order_state(p, order);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "purchaseOrderId", order);
    row_uint(r, "partId", plan_any(p, PLAN_Part, dice_roll(record, ROLL_PART_OF)));
    row_word(r, "status", str_of(order_states[state]));
    build_prose(r, p, "description", WORDS_purchase, dice_roll(record, ROLL_TEXT), 0,
                2);
    row_uint(r, "position",
             id - plan_first(p, PLAN_PurchaseOrderLine, PLAN_PurchaseOrder, order));
    row_secret_decimal(r, "cost", TEXT_COST,
                       900 + (int64_t)dice_pick(record, ROLL_MONEY, 900000), 2);
    row_uint(r, "quantity", 1 + dice_pick(record, ROLL_QUANTITY, 250));
    row_time(r, "needDate", made + 30 * DAY);
    row_time(r, "estimatedArrivalDate",
             made + (20 + dice_pick(record, ROLL_TIME, 30)) * DAY);
    row_bool(r, "paid", is_ordered(state) && record & 1);
    row_uint(r, "entityId", plan_entity_id(p, PLAN_PurchaseOrderLine, id));
    build_std(r, p, PLAN_PurchaseOrderLine, id);
    build_by(r, p, PLAN_PurchaseOrderLine, id);
    row_end(r);
}

void build_PurchaseOrderFee(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const names[] = {"Shipping", "Expedite", "Tariff", "Tooling",
                                        "Certificate"};
    uint64_t record = plan_record(p, PLAN_PurchaseOrderFee, id);
    bool percent = dice_pick(record, ROLL_FLAG, 4) == 0;

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "purchaseOrderId",
             plan_parent(p, PLAN_PurchaseOrderFee, PLAN_PurchaseOrder, id));
    build_choice(r, "name", names, BUILD_COUNT(names), dice_roll(record, ROLL_KIND_OF));
    row_secret_decimal(
        r, "value", TEXT_COST,
        (int64_t)dice_pick(record, ROLL_MONEY, percent ? 2000 : 90000) + 100, 2);
    row_word(r, "type", percent ? STR("PERCENTAGE") : STR("CURRENCY"));
    build_std(r, p, PLAN_PurchaseOrderFee, id);
    build_by(r, p, PLAN_PurchaseOrderFee, id);
    row_end(r);
}

void build_Receipt(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Receipt, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_time(r, "receivedAt", build_created(p, PLAN_Receipt, id));
    row_ref(r, "receivedById", plan_any(p, PLAN_User, dice_roll(record, ROLL_PERSON)));
    row_uint(r, "entityId", plan_entity_id(p, PLAN_Receipt, id));
    build_std(r, p, PLAN_Receipt, id);
    build_by(r, p, PLAN_Receipt, id);
    row_end(r);
}

void build_ReceiptItem(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_ReceiptItem, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "receiptId", plan_parent(p, PLAN_ReceiptItem, PLAN_Receipt, id));
    row_ref(r, "partInventoryId",
            plan_any(p, PLAN_PartInventory, dice_roll(record, ROLL_PART_OF)));
    row_ref(r, "purchaseOrderLineId",
            plan_parent(p, PLAN_ReceiptItem, PLAN_PurchaseOrderLine, id));
    row_uint(r, "quantity", 1 + dice_pick(record, ROLL_QUANTITY, 100));
    build_std(r, p, PLAN_ReceiptItem, id);
    build_by(r, p, PLAN_ReceiptItem, id);
    row_end(r);
}
