#include "cli/load.h"

#include <stdlib.h>

#include "base/alloc.h"

#define SHELF   64           /* free members that are kept, with their storage */
#define SHELVED (256u << 10) /* bytes of a member that is kept */

void load_append(struct load_list *l, struct load *m)
{
    m->next = NULL;
    if (l->last)
        l->last->next = m;
    else
        l->first = m;
    l->last = m;
    l->n++;
}

struct load *load_shift(struct load_list *l)
{
    struct load *m = l->first;
    if (!m)
        return NULL;
    l->first = m->next;
    if (!l->first)
        l->last = NULL;
    l->n--;
    return m;
}

static void free_load(struct load *m)
{
    member_done(&m->member);
    free(m);
}

void load_free_all(struct load_list *l)
{
    for (struct load *m; (m = load_shift(l)) != NULL;)
        free_load(m);
}

void load_wait_all(struct pool *p, const struct load_list *l)
{
    for (struct load *m = l->first; m; m = m->next)
        pool_wait(p, &m->job);
}

void shelf_init(struct shelf *s)
{
    *s = (struct shelf){0};
    pthread_mutex_init(&s->lock, NULL);
}

void shelf_done(struct shelf *s)
{
    load_free_all(&s->list);
    pthread_mutex_destroy(&s->lock);
}

void shelf_clear(struct shelf *s)
{
    pthread_mutex_lock(&s->lock);
    load_free_all(&s->list);
    pthread_mutex_unlock(&s->lock);
}

struct load *shelf_take(struct shelf *s, const struct entity *entity, int kind)
{
    pthread_mutex_lock(&s->lock);
    struct load *m = load_shift(&s->list);
    pthread_mutex_unlock(&s->lock);
    if (!m) {
        m = NEW(struct load);
        member_init(&m->member, entity);
    }
    m->member.entity = entity;
    m->code = ERR_OK;
    m->error = (struct error)ERROR_INIT;
    m->job = (struct pool_job){.done = true, .kind = kind};
    return m;
}

void shelf_give_back(struct shelf *s, struct load *m)
{
    member_clear(&m->member);
    size_t size = m->member.text.cap + m->member.entries.cap + m->member.packed.cap;
    pthread_mutex_lock(&s->lock);
    bool room = s->list.n < SHELF && size < SHELVED;
    if (room)
        load_append(&s->list, m);
    pthread_mutex_unlock(&s->lock);
    if (!room)
        free_load(m);
}
