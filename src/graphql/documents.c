#include "graphql/documents.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

static uint64_t hash_of(struct str text, struct str operation)
{
    return hash64(text) ^ (hash64(operation) * 3);
}

void documents_init(struct documents *d, uint32_t slots, size_t bytes)
{
    *d = (struct documents){.n_slots = slots, .most = bytes};
    d->slots = alloc_zero(slots, sizeof *d->slots);
    pthread_mutex_init(&d->lock, NULL);
}

static void end(struct document *doc)
{
    arena_done(&doc->arena);
    free(doc);
}

/* Under the lock. */
static void drop(struct documents *d, uint32_t slot)
{
    struct document *doc = d->slots[slot];
    if (!doc)
        return;
    d->slots[slot] = NULL;
    d->bytes -= doc->arena.bytes;
    if (--doc->users == 0)
        end(doc);
}

void documents_done(struct documents *d)
{
    for (uint32_t i = 0; i < d->n_slots; i++)
        drop(d, i);
    free(d->slots);
    pthread_mutex_destroy(&d->lock);
}

struct document *documents_find(struct documents *d, struct str text,
                                struct str operation)
{
    uint64_t hash = hash_of(text, operation);
    pthread_mutex_lock(&d->lock);
    struct document *doc = d->slots[hash % d->n_slots];
    if (doc && (doc->hash != hash || !str_eq(doc->text, text) ||
                !str_eq(doc->operation_name, operation)))
        doc = NULL;
    if (doc)
        doc->users++;
    pthread_mutex_unlock(&d->lock);
    return doc;
}

struct document *documents_new(struct str text, struct str operation)
{
    struct document *doc = NEW(struct document);
    doc->text = arena_str(&doc->arena, text);
    doc->operation_name = arena_str(&doc->arena, operation);
    doc->hash = hash_of(text, operation);
    doc->users = 1;
    return doc;
}

void documents_keep(struct documents *d, struct document *doc)
{
    uint32_t slot = (uint32_t)(doc->hash % d->n_slots);
    pthread_mutex_lock(&d->lock);
    drop(d, slot);
    for (uint32_t i = 0; i < d->n_slots && d->bytes + doc->arena.bytes > d->most; i++)
        drop(d, d->hand = (d->hand + 1) % d->n_slots);
    d->slots[slot] = doc;
    d->bytes += doc->arena.bytes;
    doc->users++;
    pthread_mutex_unlock(&d->lock);
}

void documents_give(struct documents *d, struct document *doc)
{
    pthread_mutex_lock(&d->lock);
    bool last = --doc->users == 0;
    pthread_mutex_unlock(&d->lock);
    if (last)
        end(doc);
}
