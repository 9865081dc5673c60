#include "server/core.h"

/* Requests that wait for a thread. More would wait longer than their clients do. */
#define QUEUE 256u

static struct conn *take(struct server *s)
{
    pthread_mutex_lock(&s->heavy.lock);
    while (!s->heavy.first && !s->heavy.end)
        pthread_cond_wait(&s->heavy.more, &s->heavy.lock);
    struct conn *c = s->heavy.first;
    if (c) {
        s->heavy.first = c->job;
        if (!s->heavy.first)
            s->heavy.last = NULL;
        s->heavy.n--;
    }
    pthread_mutex_unlock(&s->heavy.lock);
    return c;
}

static void *work(void *p)
{
    struct server *s = p;
    for (struct conn *c; (c = take(s));) {
        (void)request_run(c, true);
        c->request.answered = true;
        /* From here on it belongs to its thread of libmicrohttpd again. */
        s->mhd->MHD_resume_connection(c->handle);
    }
    return NULL;
}

enum err heavy_start(struct server *s, struct error *e)
{
    pthread_mutex_init(&s->heavy.lock, NULL);
    pthread_cond_init(&s->heavy.more, NULL);
    for (unsigned i = 0; i < SERVER_HEAVY; i++) {
        int sys = pthread_create(&s->heavy.threads[i], NULL, work, s);
        if (sys)
            return err_sys(e, ERR_SOFTWARE, sys, "no thread can be made");
        s->heavy.n_threads++;
    }
    return ERR_OK;
}

bool heavy_add(struct conn *c)
{
    struct server *s = c->front->server;
    c->job = NULL;
    pthread_mutex_lock(&s->heavy.lock);
    bool room = s->heavy.n < QUEUE && !s->heavy.end;
    if (room) {
        if (s->heavy.last)
            s->heavy.last->job = c;
        else
            s->heavy.first = c;
        s->heavy.last = c;
        s->heavy.n++;
        pthread_cond_signal(&s->heavy.more);
    }
    pthread_mutex_unlock(&s->heavy.lock);
    return room;
}

void heavy_stop(struct server *s)
{
    pthread_mutex_lock(&s->heavy.lock);
    s->heavy.end = true; /* what waits is run first, and finds that time is up */
    pthread_cond_broadcast(&s->heavy.more);
    pthread_mutex_unlock(&s->heavy.lock);
    for (unsigned i = 0; i < s->heavy.n_threads; i++)
        pthread_join(s->heavy.threads[i], NULL);
    s->heavy.n_threads = 0;
}
