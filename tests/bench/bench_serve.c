/*
 * What HTTP costs: the same 31 bytes answered by libmicrohttpd alone ("T") and by the
 * server with a handler that does nothing else.
 *
 *     bench_serve bare|server JOBS      one line: PORT TOKEN; ends with standard input
 *
 * tests/bench/serve.sh measures both, and the program itself, in one run.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/server.h"

#define ANSWER "{\"data\":{\"__typename\":\"Query\"}}"
_Static_assert(sizeof ANSWER - 1 == 31, "as the goals say");

static struct MHD_Response *response;

static enum MHD_Result bare(void *ctx, struct MHD_Connection *c, const char *url,
                            const char *method, const char *version, const char *data,
                            size_t *size, void **state)
{
    static int begun;
    if (!*state) {
        *state = &begun;
        return MHD_YES;
    }
    if (*size) {
        *size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(c, 200, response);
}

static void wait_for_end(void)
{
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
}

static int run_bare(unsigned jobs)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    response = MHD_create_response_from_buffer(sizeof ANSWER - 1, (void *)ANSWER,
                                               MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    struct MHD_Daemon *d = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, bare, NULL, MHD_OPTION_SOCK_ADDR,
        &a, MHD_OPTION_THREAD_POOL_SIZE, jobs, MHD_OPTION_END);
    if (!d)
        return 1;
    const union MHD_DaemonInfo *port =
        MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT);
    printf("%u -\n", port->port);
    fflush(stdout);
    wait_for_end();
    MHD_stop_daemon(d);
    MHD_destroy_response(response);
    return 0;
}

static enum server_answer answer(void *ctx, const struct server_request *r,
                                 struct buf *out)
{
    buf_add(out, ANSWER, sizeof ANSWER - 1);
    return ANSWER_EXECUTED;
}

static int run_server(unsigned jobs)
{
    const struct server_config config = {.handler = {.answer = answer},
                                         .jobs = jobs,
                                         .environment = "bench",
                                         .tenant = "bench",
                                         .role = ROLE_ADMIN};
    CLEANUP(server_closep) struct server *s = NULL;
    BUF_SCOPED token = BUF_INIT;
    struct error e = ERROR_INIT;
    struct server_facts facts;
    if (server_open(&config, &s, &e) != ERR_OK ||
        server_token(s, &token, &e) != ERR_OK) {
        fprintf(stderr, "%s\n", e.line);
        return 1;
    }
    server_facts(s, &facts);
    printf("%u %s\n", facts.port, buf_cstr(&token));
    fflush(stdout);
    wait_for_end();
    return 0;
}

int main(int argc, char **argv)
{
    unsigned jobs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    if (jobs < 2 || jobs > SERVER_JOBS) {
        fprintf(stderr, "usage: bench_serve bare|server JOBS (2 to %u)\n", SERVER_JOBS);
        return 2;
    }
    return strcmp(argv[1], "bare") == 0 ? run_bare(jobs) : run_server(jobs);
}
