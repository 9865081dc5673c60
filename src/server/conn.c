#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "server/core.h"

/* Milliseconds a phase may last; 0: as long as it takes. A request that runs too long
 * is answered by its handler; when that does not look at the time, the connection ends.
 */
static const int64_t limits[] = {
    [PHASE_HEADER] = 1000 * CONN_HEADER,      [PHASE_BODY] = 1000 * CONN_BODY,
    [PHASE_RUN] = INT64_C(4000) * SERVER_RUN, [PHASE_SEND] = 1000 * CONN_SEND,
    [PHASE_IDLE] = 1000 * CONN_IDLE,          [PHASE_GONE] = INT64_MAX,
};

int64_t conn_microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t conn_milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void conn_phase(struct conn *c, enum phase phase)
{
    int64_t now = conn_milliseconds();
    atomic_store_explicit(&c->since, now, memory_order_relaxed);
    atomic_store_explicit(&c->fed, now, memory_order_relaxed);
    atomic_store_explicit(&c->phase, phase, memory_order_release);
}

static enum phase phase_of(const struct conn *c)
{
    return atomic_load_explicit(&c->phase, memory_order_acquire);
}

static int64_t since(const struct conn *c)
{
    return atomic_load_explicit(&c->since, memory_order_relaxed);
}

static uint64_t address_hash(const struct sockaddr *a)
{
    if (a && a->sa_family == AF_INET)
        return hash64(str_n(
            (const char *)&((const struct sockaddr_in *)(const void *)a)->sin_addr, 4));
    /* A network has 2^64 addresses: it counts as one. */
    if (a && a->sa_family == AF_INET6)
        return hash64(str_n(
            (const char *)&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr,
            8));
    return 0;
}

static void shut(struct conn *c)
{
    if (!c->gone)
        shutdown(c->fd, SHUT_RDWR);
    c->gone = true;
}

static bool is_waiting(const struct conn *c)
{
    enum phase p = phase_of(c);
    return p == PHASE_HEADER || p == PHASE_IDLE || p == PHASE_BODY;
}

/* Is there room for one more? Else the one that waits longest makes room: who opens
 * hundreds of connections and says nothing keeps nobody out. */
static bool make_room(struct server *s, uint64_t address)
{
    unsigned same = 0, all = 0;
    struct conn *oldest = NULL, *oldest_same = NULL;
    for (struct conn *c = s->conns; c; c = c->next) {
        if (c->gone)
            continue;
        all++;
        same += c->address == address;
        if (!is_waiting(c))
            continue;
        if (!oldest || since(c) < since(oldest))
            oldest = c;
        if (c->address == address && (!oldest_same || since(c) < since(oldest_same)))
            oldest_same = c;
    }
    if (same < CONN_ADDRESS && all < CONN_TOTAL)
        return true;
    struct conn *victim = same >= CONN_ADDRESS ? oldest_same : oldest;
    if (victim)
        shut(victim);
    return victim != NULL;
}

enum MHD_Result conn_accept(void *front, const struct sockaddr *address, socklen_t size)
{
    struct server *s = ((struct front *)front)->server;
    pthread_mutex_lock(&s->lock);
    bool room = make_room(s, address_hash(size ? address : NULL));
    pthread_mutex_unlock(&s->lock);
    return room ? MHD_YES : MHD_NO;
}

static void begin(struct front *f, struct MHD_Connection *handle, void **context)
{
    struct server *s = f->server;
    const union MHD_ConnectionInfo *fd =
        s->mhd->MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *address =
        s->mhd->MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct conn *c = NEW(struct conn);
    c->front = f;
    c->handle = handle;
    c->fd = fd ? fd->connect_fd : -1;
    c->address = address_hash(address ? address->client_addr : NULL);
    c->in.limit = (size_t)s->body_limit;
    conn_phase(c, PHASE_HEADER);
    *context = c;
    pthread_mutex_lock(&s->lock);
    c->next = s->conns;
    if (c->next)
        c->next->prev = c;
    s->conns = c;
    atomic_fetch_add_explicit(&s->n_conns, 1, memory_order_relaxed);
    pthread_mutex_unlock(&s->lock);
}

static void end(struct front *f, struct conn *c)
{
    struct server *s = f->server;
    pthread_mutex_lock(&s->lock);
    if (c->next)
        c->next->prev = c->prev;
    if (c->prev)
        c->prev->next = c->next;
    else
        s->conns = c->next;
    atomic_fetch_sub_explicit(&s->n_conns, 1, memory_order_relaxed);
    pthread_mutex_unlock(&s->lock);
    auth_forget(&c->memory);
    buf_done(&c->in);
    buf_done(&c->out);
    free(c);
}

void conn_notify(void *front, struct MHD_Connection *handle, void **context,
                 enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        begin(front, handle, context);
    else if (*context)
        end(front, *context);
}

static bool is_late(const struct conn *c, int64_t now)
{
    enum phase p = phase_of(c);
    if (now - since(c) > limits[p])
        return true;
    return p == PHASE_BODY &&
           now - atomic_load_explicit(&c->fed, memory_order_relaxed) >
               1000 * CONN_BODY_IDLE;
}

void conn_keep(struct server *s)
{
    int64_t now = conn_milliseconds();
    pthread_mutex_lock(&s->lock);
    for (struct conn *c = s->conns; c; c = c->next)
        if (!c->gone && is_late(c, now))
            shut(c);
    pthread_mutex_unlock(&s->lock);
}
