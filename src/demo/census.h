/*
 * census: how many records of each entity a tenant of N records has, and who belongs to
 * whom.
 *
 * Ids of an entity are 1 … count. Children are dealt to their parents in order, as
 * evenly as integers go: nothing is stored, and both directions are one division. Every
 * record of an owning entity has a row in `entities`; their ids follow each other,
 * entity by entity. A census is constant after census_init(); any thread.
 */
#ifndef DEMO_CENSUS_H
#define DEMO_CENSUS_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "demo/dice.h"
#include "demo/words.h"

/* Ids are GraphQL Ints, 32 bits signed; so are those of `entities`. */
#define CENSUS_RECORDS_MAX UINT64_C(2147483647)

/* In an order in which everything that a record must point to comes before it.
 * Weights are shares of 10,000 records; an owner's row in `entities` counts too, and
 * what is left goes to RunStepField. `least` is given first, to the smallest tenant
 * that has room; `most` (0: no end) is where the words run out. */
/*  type, weight, least, most, Entitytypeenum of an owner */
#define CENSUS_ENTITIES(X)                                  \
    X(Organization, 0, 1, 1, "")                            \
    X(Label, 10, 1, 240, "")                                \
    X(UnitOfMeasurement, 4, 1, 16, "")                      \
    X(User, 40, 1, 0, "USERS")                              \
    X(Role, 3, 1, 16, "")                                   \
    X(Team, 5, 1, 40, "")                                   \
    X(TeamUser, 30, 1, 0, "")                               \
    X(PartSubtype, 5, 1, 40, "")                            \
    X(Location, 25, 1, 0, "LOCATIONS")                      \
    X(Supplier, 30, 1, 0, "SUPPLIERS")                      \
    X(Part, 250, 1, 0, "PARTS")                             \
    X(PartInventory, 620, 1, 0, "PARTS_INVENTORY")          \
    X(Procedure, 40, 1, 0, "PROCEDURES")                    \
    X(Step, 200, 1, 0, "STEPS")                             \
    X(StepField, 420, 1, 0, "")                             \
    X(Run, 120, 1, 0, "RUNS")                               \
    X(RunStep, 1100, 1, 0, "RUN_STEPS")                     \
    X(RunStepField, 0, 1, 0, "")                            \
    X(Issue, 120, 1, 0, "ISSUES")                           \
    X(Comment, 800, 1, 0, "")                               \
    X(FileAttachment, 180, 1, 0, "")                        \
    X(PurchaseOrder, 50, 1, 0, "PURCHASE_ORDERS")           \
    X(PurchaseOrderLine, 150, 1, 0, "PURCHASE_ORDER_LINES") \
    X(PurchaseOrderFee, 30, 1, 0, "")                       \
    X(Receipt, 60, 1, 0, "RECEIPTS")                        \
    X(ReceiptItem, 140, 1, 0, "")                           \
    X(MBom, 60, 1, 0, "MBOMS")                              \
    X(MBomItem, 280, 1, 0, "")                              \
    X(MBomItemReferenceDesignator, 90, 1, 0, "")            \
    X(Contact, 25, 1, 0, "")                                \
    X(Currency, 1, 1, 6, "")                                \
    X(LocationSubtype, 2, 1, 8, "")                         \
    X(IssueDispositionType, 1, 1, 8, "")                    \
    X(PartInventoryAttribute, 120, 1, 0, "")                \
    X(EntityLabel, 90, 1, 0, "")                            \
    X(RunBatch, 5, 1, 0, "")                                \
    X(Redline, 20, 1, 0, "")                                \
    X(UserNotification, 60, 1, 0, "")                       \
    X(WebhookReceiver, 2, 1, 40, "")                        \
    X(WebhookSubscription, 4, 1, 400, "")                   \
    X(WebhookEvent, 30, 1, 0, "")                           \
    X(APIKeyObject, 2, 1, 400, "")                          \
    X(AnalyticsCredential, 1, 1, 60, "")                    \
    X(Invite, 5, 1, 0, "")                                  \
    X(Entity, 0, 0, 0, "")

enum census_entity {
#define X(type, weight, least, most, owner) CENSUS_##type,
    CENSUS_ENTITIES(X)
#undef X
        CENSUS_N
};

struct census {
    uint64_t seed, records;
    bool marked; /* export-control markings too */
    uint64_t n[CENSUS_N];
    uint64_t entity_base[CENSUS_N]; /* entityId = base + id; owners only */
    unsigned part_bits, inventory_bits;
    struct words words;
};

/* ERR_USAGE outside 1 … CENSUS_RECORDS_MAX. */
enum err census_init(struct census *p, uint64_t records, uint64_t seed, struct error *e)
    MUST_CHECK;

/* "Part" */
const char *census_name(enum census_entity of);

/* "PARTS" for an owner, else "". */
const char *census_owner(enum census_entity of);

/* Whose row in `entities` an entity id is. */
enum census_entity census_entity_type(const struct census *p, uint64_t entity_id);

static inline uint64_t census_record(const struct census *p, enum census_entity of,
                                     uint64_t id)
{
    return dice_record(p->seed, of, id);
}

static inline uint64_t census_entity_id(const struct census *p, enum census_entity of,
                                        uint64_t id)
{
    return p->entity_base[of] + id;
}

/* The parent of child `id`. */
static inline uint64_t census_parent(const struct census *p, enum census_entity child,
                                     enum census_entity parent, uint64_t id)
{
    assert(p->n[parent] > 0);
    return (id - 1) * p->n[parent] / p->n[child] + 1;
}

/* The first child of `parent_id`; its children end before the first of parent_id + 1.
 */
static inline uint64_t census_first(const struct census *p, enum census_entity child,
                                    enum census_entity parent, uint64_t parent_id)
{
    uint64_t of = p->n[parent];

    return ((parent_id - 1) * p->n[child] + of - 1) / of + 1;
}

/* Any record of an entity, or 0 when there is none. */
static inline uint64_t census_any(const struct census *p, enum census_entity of,
                                  uint64_t value)
{
    return p->n[of] ? dice_below(value, p->n[of]) + 1 : 0;
}

#endif
