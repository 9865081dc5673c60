#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "server/core.h"
#include "server/listen.h"
#include "server/tls.h"

#define KEEP_MS 250 /* how exactly the limits of phases are kept */

#define LAST_MS 500 /* to send what was said at the end */

/* Of the threads that run requests: nothing recurses by input past a limit. */
#define STACK (512u << 10)

static _Thread_local struct {
    const struct server *of;
    unsigned number;
} mine;

unsigned server_worker(struct server *s)
{
    if (mine.of != s) {
        mine.of = s;
        mine.number = atomic_fetch_add(&s->n_workers, 1);
    }
    return mine.number;
}

void server_count(struct server *s, enum count what, uint64_t n)
{
    _Atomic(uint64_t) *to = &s->workers[server_worker(s)].counts[what];
    /* Only this thread writes it. */
    atomic_store_explicit(to, atomic_load_explicit(to, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

int64_t server_now(const struct server *s)
{
    if (s->config->now)
        return s->config->now(s->config->now_ctx);
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void server_origin(const struct conn *c, struct buf *out)
{
    buf_printf(out, "%s://%.*s", c->front->tls ? "https" : "http",
               STR_ARG(c->request.headers.host));
}

static void *keep(void *p)
{
    struct server *s = p;
    const struct timespec pause = {0, KEEP_MS * 1000000L};
    while (!atomic_load(&s->closing)) {
        nanosleep(&pause, NULL);
        conn_keep(s);
    }
    return NULL;
}

/* Each connection is a descriptor, and the soft limit is often 1,024. */
static void raise_descriptors(void)
{
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
        l.rlim_cur = l.rlim_max < 65536 ? l.rlim_max : 65536;
        (void)setrlimit(RLIMIT_NOFILE, &l);
    }
}

/* What libmicrohttpd says of broken requests: nothing that anybody could act upon. */
static void be_quiet(void *ctx, const char *format, va_list args) {}

static enum err start(struct server *s, struct front *f, const struct cert_set *cert,
                      struct error *e)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (f->tls ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, f->tls ? cert->certificate.p : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, f->tls ? cert->key.p : NULL},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, s->config->jobs, NULL},
        {MHD_OPTION_END, 0, NULL}};
    f->server = s;
    f->daemon = s->mhd->MHD_start_daemon(
        flags, 0, conn_accept, f, request_turn, f, MHD_OPTION_EXTERNAL_LOGGER, be_quiet,
        NULL, MHD_OPTION_LISTEN_SOCKET, f->socket, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONN_MEMORY, MHD_OPTION_CONNECTION_LIMIT, 2 * CONN_TOTAL,
        MHD_OPTION_CONNECTION_TIMEOUT, 2u * (unsigned)CONN_IDLE,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK, MHD_OPTION_NOTIFY_COMPLETED,
        request_end, f, MHD_OPTION_NOTIFY_CONNECTION, conn_notify, f,
        MHD_OPTION_URI_LOG_CALLBACK, request_begin, f, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_ARRAY,
        s->config->jobs > 1 ? pool : none, MHD_OPTION_ARRAY, f->tls ? tls : none,
        MHD_OPTION_END);
    if (!f->daemon)
        return err_sys(e, ERR_IO, errno, "libmicrohttpd does not start%s",
                       f->tls ? " (is it built with TLS?)" : "");
    return ERR_OK;
}

static const char *address_of(const struct server_config *c)
{
    return c->address ? c->address : "127.0.0.1";
}

/* Where clients on this machine find what listens everywhere. */
static const char *local_name(const struct server_config *c)
{
    const char *a = address_of(c);
    if (strcmp(a, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(a, "::") == 0 ? "::1" : a;
}

static void add_authority(const struct server_config *c, uint16_t port, struct buf *out)
{
    const char *name = local_name(c);
    bool six = strchr(name, ':') != NULL;
    buf_printf(out, "%s%s%s:%u", six ? "[" : "", name, six ? "]" : "", port);
}

static enum err listen_all(struct server *s, struct error *e)
{
    const struct server_config *c = s->config;
    s->port = c->port;
    s->tls_port = c->tls_port;
    TRY(listen_port(address_of(c), &s->port, &s->fronts[0].socket, e));
    s->n_fronts = 1;
    if (c->tls) {
        struct front *f = &s->fronts[s->n_fronts];
        f->tls = true;
        TRY(listen_port(address_of(c), &s->tls_port, &f->socket, e));
        s->n_fronts++;
    }
    if (c->socket) {
        struct front *f = &s->fronts[s->n_fronts];
        f->unix_socket = true;
        TRY(listen_path(c->socket, &f->socket, e));
        s->n_fronts++;
    }
    return ERR_OK;
}

static void name_all(struct server *s)
{
    buf_printf(&s->base_url, "http://");
    add_authority(s->config, s->port, &s->base_url);
    if (s->config->tls) {
        buf_printf(&s->tls_url, "https://");
        add_authority(s->config, s->tls_port, &s->tls_url);
    }
    add_authority(s->config, s->config->tls ? s->tls_port : s->port, &s->authority);
    buf_printf(&s->issuer, "%s/realms/api-keys", buf_cstr(&s->base_url));
}

static enum err open_log(struct server *s, struct error *e)
{
    const char *log = s->config->log;
    s->log = -1;
    if (!log)
        return ERR_OK;
    s->log = strcmp(log, "-") == 0
                 ? STDERR_FILENO
                 : open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return s->log < 0 ? err_sys(e, ERR_CANTCREATE, errno, "cannot open %s", log)
                      : ERR_OK;
}

/* localhost, loopback and what --allow-host names, for the certificate. */
static void add_names(const struct server_config *c, struct buf *out)
{
    buf_printf(out, "DNS:localhost,IP:127.0.0.1,IP:::1");
    for (size_t i = 0; i < c->hosts.n; i++)
        buf_printf(out, ",DNS:%s", c->hosts.items[i]);
}

static void certificate_done(struct cert_set *c)
{
    cert_done(c);
}

static enum err start_all(struct server *s, struct error *e)
{
    CLEANUP(certificate_done) struct cert_set cert = {.ca = BUF_INIT};
    BUF_SCOPED names = BUF_INIT;
    add_names(s->config, &names);
    if (s->config->tls) {
        TRY(tls_certificate(s->config->tls_dir, buf_cstr(&names), &cert, &s->ca_folder,
                            &s->ca_file, e));
        (void)buf_cstr(&cert.certificate);
        (void)buf_cstr(&cert.key);
    }
    for (unsigned i = 0; i < s->n_fronts; i++)
        TRY(start(s, &s->fronts[i], &cert, e));
    return ERR_OK;
}

enum err server_open(const struct server_config *c, struct server **out,
                     struct error *e)
{
    CLEANUP(server_closep) struct server *s = NEW(struct server);
    s->config = c;
    s->log = s->wake[0] = s->wake[1] = -1;
    for (unsigned i = 0; i < 3; i++)
        s->fronts[i].socket = -1;
    pthread_mutex_init(&s->lock, NULL);
    s->body_limit = c->body_limit ? c->body_limit : SERVER_BODY;
    s->started = conn_microseconds();
    TRY(mhd_load(&s->mhd, e));
    TRY(open_log(s, e));
    if (pipe2(s->wake, O_CLOEXEC) < 0)
        return err_sys(e, ERR_SOFTWARE, errno, "no pipe");
    raise_descriptors();
    TRY(auth_new(c, &s->auth, e));
    TRY(listen_all(s, e));
    name_all(s);
    TRY(heavy_start(s, e));
    TRY(auth_ready(s->auth, e));
    TRY(start_all(s, e));
    int sys = pthread_create(&s->keeper, NULL, keep, s);
    if (sys)
        return err_sys(e, ERR_SOFTWARE, sys, "no thread can be made");
    s->keeping = true;
    *out = s;
    s = NULL;
    return ERR_OK;
}

void server_facts(const struct server *s, struct server_facts *out)
{
    struct server *texts = (struct server *)s; /* only a NUL is put behind each */
    *out = (struct server_facts){
        .base_url = buf_cstr(&texts->base_url),
        .issuer = buf_cstr(&texts->issuer),
        .auth_server = buf_cstr(&texts->authority),
        .client_id = auth_client_id(s->auth),
        .client_secret = auth_client_secret(s->auth),
        .ca_file = buf_cstr(&texts->ca_file),
        .tls_url = buf_cstr(&texts->tls_url),
        .port = s->port,
        .tls_port = s->config->tls ? s->tls_port : 0,
    };
}

enum err server_token(struct server *s, struct buf *out, struct error *e)
{
    return auth_token(s->auth, buf_str(&s->issuer), server_now(s) / 1000000, out, e);
}

void server_stop(struct server *s)
{
    (void)!write(s->wake[1], "", 1);
}

void server_wait(struct server *s)
{
    struct pollfd p = {s->wake[0], POLLIN, 0};
    while (poll(&p, 1, -1) < 0 && errno == EINTR)
        ;
}

/* Until no request runs or is being answered, for at most so long. */
static void drain(struct server *s, int64_t ms)
{
    const struct timespec pause = {0, 2000000};
    int64_t end = conn_milliseconds() + ms;
    while (atomic_load(&s->running) && conn_milliseconds() < end)
        nanosleep(&pause, NULL);
}

static void stop_fronts(struct server *s)
{
    for (unsigned i = 0; i < s->n_fronts; i++) {
        struct front *f = &s->fronts[i];
        if (f->daemon) /* whose socket stays ours */
            (void)s->mhd->MHD_quiesce_daemon(f->daemon);
        file_closep(&f->socket);
    }
    /* Those that run get their time; then they are told to end, and to say so. */
    drain(s, INT64_C(1000) * SERVER_STOP);
    atomic_store(&s->stopping, true);
    if (s->config->handler.stop)
        s->config->handler.stop(s->config->handler.ctx);
    heavy_stop(s);
    drain(s, LAST_MS);
    for (unsigned i = 0; i < s->n_fronts; i++)
        if (s->fronts[i].daemon)
            s->mhd->MHD_stop_daemon(s->fronts[i].daemon);
}

void server_close(struct server *s)
{
    if (!s)
        return;
    atomic_store(&s->closing, true);
    stop_fronts(s);
    if (s->keeping)
        pthread_join(s->keeper, NULL);
    if (s->config->socket && s->fronts[s->n_fronts ? s->n_fronts - 1 : 0].unix_socket)
        unlink(s->config->socket);
    if (s->ca_folder.n)
        tls_forget(buf_cstr(&s->ca_folder));
    if (s->log > STDERR_FILENO)
        close(s->log);
    file_closep(&s->wake[0]);
    file_closep(&s->wake[1]);
    auth_free(s->auth);
    buf_done(&s->base_url);
    buf_done(&s->tls_url);
    buf_done(&s->issuer);
    buf_done(&s->authority);
    buf_done(&s->ca_file);
    buf_done(&s->ca_folder);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
