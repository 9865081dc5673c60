/* The server with a handler that takes its time: long requests, deadlines, the end. */
#include "server/server.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "test.h"

#define CLIENTS  8
#define REQUESTS 200

struct bench {
    atomic_uint asked, later, ended, stopped, generation;
    atomic_uint worst; /* the greatest number of a thread */
    atomic_bool wrong; /* two threads of one number at a time */
    atomic_bool busy[SERVER_WORKERS(4)];
};

static void pause_ms(long ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static enum server_answer run(struct bench *b, const struct server_request *r,
                              struct buf *out)
{
    if (str_starts(r->body, STR("later"))) {
        if (!r->may_block) {
            atomic_fetch_add(&b->later, 1);
            return ANSWER_LATER;
        }
        pause_ms(100);
    }
    while (str_starts(r->body, STR("forever"))) {
        if (!r->may_block)
            return ANSWER_LATER;
        if (server_request_ended(r)) {
            atomic_fetch_add(&b->ended, 1);
            return ANSWER_OVERRUN;
        }
        pause_ms(5);
    }
    buf_printf(out, "{\"n\":%zu}", r->body.n);
    return ANSWER_EXECUTED;
}

static enum server_answer answer(void *ctx, const struct server_request *r,
                                 struct buf *out)
{
    struct bench *b = ctx;
    atomic_fetch_add(&b->asked, 1);
    if (r->worker >= SERVER_WORKERS(4) || atomic_exchange(&b->busy[r->worker], true))
        atomic_store(&b->wrong, true);
    enum server_answer a = run(b, r, out);
    atomic_store(&b->busy[r->worker], false);
    return a;
}

static enum err reset(void *ctx, bool all, uint64_t *out, struct error *e)
{
    struct bench *b = ctx;
    *out = atomic_fetch_add(&b->generation, 1) + 1;
    return ERR_OK;
}

static void stop(void *ctx)
{
    struct bench *b = ctx;
    atomic_fetch_add(&b->stopped, 1);
}

static void health(void *ctx, struct emit *j)
{
    struct bench *b = ctx;
    emit_key_uint(j, "generation", atomic_load(&b->generation));
}

static void metrics(void *ctx, struct buf *out)
{
    buf_printf(out, "sandcast_of_the_handler 1\n");
}

struct kit {
    struct bench bench;
    struct server_config config;
    struct server *server;
    struct server_facts facts;
    struct buf token;
};

static void open_kit(struct kit *k)
{
    struct error e = ERROR_INIT;
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    *k = (struct kit){.token = BUF_INIT};
    k->config = (struct server_config){
        .handler = {.ctx = &k->bench,
                    .answer = answer,
                    .reset = reset,
                    .stop = stop,
                    .health = health,
                    .metrics = metrics},
        .jobs = 4,
        .environment = "a",
        .tenant = "t",
        .role = ROLE_ADMIN,
        .body_limit = 1 << 20,
    };
    assert_ok(server_open(&k->config, &k->server, &e), &e);
    server_facts(k->server, &k->facts);
    assert_ok(server_token(k->server, &k->token, &e), &e);
}

static void close_kit(struct kit *k)
{
    server_close(k->server);
    buf_done(&k->token);
    ck_assert(!atomic_load(&k->bench.wrong));
}

static int dial(const struct kit *k)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons(k->facts.port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval limit = {50, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static void send_to(const struct kit *k, int fd, const char *path, struct str body)
{
    BUF_SCOPED text = BUF_INIT;
    buf_printf(
        &text,
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Authorization: %.*s\r\nContent-Length: %zu\r\n\r\n",
        path, STR_ARG(buf_str(&k->token)), body.n);
    buf_add_str(&text, body);
    /* Who is refused early need not take it all. */
    (void)!file_write_all(fd, text.p, text.n, "socket", NULL);
}

/* A response whose body is not longer than what is read: its status, 0 at the end. */
static unsigned receive(int fd, struct buf *out)
{
    buf_clear(out);
    for (;;) {
        ssize_t n = recv(fd, buf_room(out, 4096), 4096, 0);
        if (n <= 0)
            return 0;
        out->n += (size_t)n;
        const char *text = buf_cstr(out), *end = strstr(text, "\r\n\r\n");
        const char *length = strstr(text, "Content-Length: ");
        if (end && length && length < end &&
            out->n >= (size_t)(end + 4 - text) + strtoul(length + 16, NULL, 10))
            return (unsigned)strtoul(text + 9, NULL, 10);
    }
}

static unsigned ask(const struct kit *k, int fd, const char *path, struct str body,
                    struct buf *out)
{
    send_to(k, fd, path, body);
    return receive(fd, out);
}

struct client {
    const struct kit *k;
    unsigned n_good;
};

static void *be_client(void *p)
{
    struct client *c = p;
    BUF_SCOPED out = BUF_INIT;
    BUF_SCOPED large = BUF_INIT;
    memset(buf_room(&large, SERVER_HEAVY_BODY), 'x', SERVER_HEAVY_BODY);
    large.n = SERVER_HEAVY_BODY;
    int fd = dial(c->k);
    for (unsigned i = 0; i < REQUESTS; i++) {
        struct str body = i % 50 == 7    ? STR("later")
                          : i % 50 == 21 ? buf_str(&large)
                                         : STR("now");
        const char *path = i % 40 == 3 ? "/_sandcast/reset" : "/graphql";
        if (i % 40 == 3)
            body = STR("{\"all\":true}");
        if (i % 60 == 11) {
            close(fd);
            fd = dial(c->k);
        }
        char want[32];
        snprintf(want, sizeof want, "{\"n\":%zu}", body.n);
        bool good = ask(c->k, fd, path, body, &out) == 200 &&
                    strstr(out.p, i % 40 == 3 ? "\"generation\":" : want);
        c->n_good += good;
    }
    close(fd);
    return NULL;
}

START_TEST(many_clients)
{
    struct kit k;
    struct client clients[CLIENTS];
    pthread_t threads[CLIENTS];
    open_kit(&k);
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){&k, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, be_client, &clients[i]), 0);
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_uint_eq(clients[i].n_good, REQUESTS);
    }
    ck_assert_uint_eq(atomic_load(&k.bench.later), CLIENTS * REQUESTS / 50);
    ck_assert_uint_eq(atomic_load(&k.bench.generation), CLIENTS * REQUESTS / 40);
    close_kit(&k);
}
END_TEST

/* Long requests in all threads that take such stop nobody else; the end tells them. */
START_TEST(long_requests)
{
    struct kit k;
    BUF_SCOPED out = BUF_INIT;
    int fds[SERVER_HEAVY + 2];
    open_kit(&k);
    for (unsigned i = 0; i < SERVER_HEAVY + 2; i++) {
        fds[i] = dial(&k);
        send_to(&k, fds[i], "/graphql", STR("forever"));
    }
    pause_ms(200);
    int fd = dial(&k);
    for (int i = 0; i < 100; i++)
        ck_assert_uint_eq(ask(&k, fd, "/graphql", STR("now"), &out), 200);
    close(fds[0]); /* a client that goes */
    close(fd);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    server_stop(k.server);
    server_wait(k.server);
    server_close(k.server);
    k.server = NULL;
    clock_gettime(CLOCK_MONOTONIC, &end);
    ck_assert_int_ge(end.tv_sec - begin.tv_sec, SERVER_STOP - 1);
    ck_assert_int_le(end.tv_sec - begin.tv_sec, SERVER_STOP + 5);
    for (unsigned i = 1; i < SERVER_HEAVY + 2; i++) {
        ck_assert_uint_eq(receive(fds[i], &out), 503);
        close(fds[i]);
    }
    ck_assert_uint_eq(atomic_load(&k.bench.ended), SERVER_HEAVY);
    ck_assert_uint_eq(atomic_load(&k.bench.stopped), 1);
    close_kit(&k);
}
END_TEST

START_TEST(limits)
{
    struct kit k;
    BUF_SCOPED out = BUF_INIT, large = BUF_INIT;
    open_kit(&k);
    size_t limit = (size_t)k.config.body_limit;
    memset(buf_room(&large, limit + 1), ' ', limit + 1);
    int fd = dial(&k);
    ck_assert_uint_eq(ask(&k, fd, "/graphql", str_n(large.p, limit), &out), 200);
    ck_assert_uint_eq(ask(&k, fd, "/_sandcast/reset", str_n(large.p, 9), &out), 400);
    send_to(&k, fd, "/graphql", str_n(large.p, limit + 1));
    ck_assert_uint_eq(receive(fd, &out), 413);
    close(fd);
    fd = dial(&k);
    ck_assert_uint_eq(ask(&k, fd, "/_sandcast/health", STR("{}"), &out), 405);
    ck_assert(strstr(buf_cstr(&out), "Allow: GET") != NULL);
    close(fd);
    close_kit(&k);
}
END_TEST

START_TEST(no_request_at_all)
{
    struct kit k;
    open_kit(&k);
    close(dial(&k));
    close_kit(&k);
    server_close(NULL);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, many_clients);
    tcase_add_test(t, long_requests);
    tcase_add_test(t, limits);
    tcase_add_test(t, no_request_at_all);
}

TEST_MAIN("serve")
