#include "demo/census.h"

#include <inttypes.h>

struct share {
    const char *name, *owner;
    uint64_t weight, least, most;
};

static const struct share shares[CENSUS_N] = {
#define X(type, w, l, m, o) \
    {.name = #type, .owner = o, .weight = w, .least = l, .most = m},
    CENSUS_ENTITIES(X)
#undef X
};

const char *census_name(enum census_entity of)
{
    return shares[of].name;
}

const char *census_owner(enum census_entity of)
{
    return shares[of].owner;
}

static uint64_t cost_of(unsigned of)
{
    return *shares[of].owner ? 2 : 1;
}

/* Where a key made of two ids would come twice. */
static uint64_t most_of(const struct census *p, unsigned of)
{
    switch ((int)of) {
    case CENSUS_TeamUser: return p->n[CENSUS_User];
    case CENSUS_EntityLabel: return p->n[CENSUS_RunStep];
    case CENSUS_PartInventoryAttribute: return p->n[CENSUS_PartInventory];
    default: return shares[of].most ? shares[of].most : CENSUS_RECORDS_MAX;
    }
}

/* One of everything, as far as the tenant reaches. */
static uint64_t deal_least(struct census *p, uint64_t left)
{
    for (unsigned i = 0; i < CENSUS_N; i++) {
        uint64_t cost = shares[i].least * cost_of(i);
        if (cost > left) {
            p->n[CENSUS_Label] += left;
            return 0;
        }
        p->n[i] = shares[i].least;
        left -= cost;
    }
    return left;
}

static uint64_t deal_shares(struct census *p, uint64_t left)
{
    for (unsigned i = 0; i < CENSUS_N; i++) {
        uint64_t want = p->records * shares[i].weight / 10000, most = most_of(p, i);
        if (want > most)
            want = most;
        if (want <= p->n[i])
            continue;
        uint64_t more = want - p->n[i];
        if (more > left / cost_of(i))
            more = left / cost_of(i);
        p->n[i] += more;
        left -= more * cost_of(i);
    }
    return left;
}

static unsigned bits_for(uint64_t n, unsigned at_least)
{
    unsigned bits = at_least;

    while ((UINT64_C(1) << bits) <= n)
        bits++;
    return bits;
}

enum err census_init(struct census *p, uint64_t records, uint64_t seed, struct error *e)
{
    if (records < 1 || records > CENSUS_RECORDS_MAX)
        return err_set(e, ERR_USAGE, "a tenant has 1 to %" PRIu64 " records",
                       CENSUS_RECORDS_MAX);
    *p = (struct census){.seed = seed, .records = records};
    uint64_t left = deal_least(p, records);
    if (left > 0)
        p->n[CENSUS_RunStepField] += deal_shares(p, left);

    uint64_t base = 0;
    for (unsigned i = 0; i < CENSUS_N; i++) {
        if (!*shares[i].owner)
            continue;
        p->entity_base[i] = base;
        base += p->n[i];
    }
    p->n[CENSUS_Entity] = base;
    p->part_bits = bits_for(p->n[CENSUS_Part], 19);
    p->inventory_bits = bits_for(p->n[CENSUS_PartInventory], 21);
    words_init(&p->words);
    return ERR_OK;
}

enum census_entity census_entity_type(const struct census *p, uint64_t entity_id)
{
    unsigned found = CENSUS_Organization;

    for (unsigned i = 0; i < CENSUS_N; i++)
        if (*shares[i].owner && p->n[i] && entity_id > p->entity_base[i])
            found = i;
    return (enum census_entity)found;
}
