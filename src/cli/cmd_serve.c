#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/pool.h"
#include "cli/command.h"
#include "cli/pipeline.h"
#include "cli/serve_child.h"
#include "cli/serve_ready.h"
#include "cli/serve_tenant.h"

static uint64_t port = 4000, tls_port = 4443, jobs;
static const char *listen_at, *tls_dir, *socket_path, *environment = "sandbox";
static const char *user, *api_key_file, *token_file, *admin_token_file, *log_file;
static int mode, role; /* role: from the most powerful down */
static bool tls, blank, demo, raw, print_schema, json;
static int coercion;
static const char *database;
static uint64_t records = 5000;
static struct setup setup = {.memory = PIPELINE_MEMORY, .attachments = "drop"};
static struct opt_list hosts, origins;

static const struct opt options[] = {
    {OPT_FLAG, 0, "blank", NULL, "an empty tenant instead of a snapshot", &blank},
    {OPT_FLAG, 0, "demo", NULL, "an invented tenant instead (see sandcast demo)",
     &demo},
    {OPT_COUNT, 0, "records", "N", "records of --demo (default: 5000)", &records},
    {OPT_TEXT, 0, "db", "FILE",
     "serve this database (see sandcast load) where it lies, and keep it", &database},
    {OPT_FLAG, 0, "raw", NULL, "take an export or a database that nobody scrubbed",
     &raw},
    {OPT_TEXT, 's', "schema", "FILE",
     "the schema as SDL, of an export, --blank or --print-schema (default: ION's)",
     &setup.schema_file},
    {OPT_LIST, 0, "entity", "NAME=Entity",
     "what the records of an export's file, member or list are; repeatable",
     &setup.entities},
    {OPT_FLAG, 0, "print-schema", NULL, "print the API's schema and end",
     &print_schema},
    {OPT_FLAG, 0, "json", NULL, "with --print-schema: as an introspection result",
     &json},
    {OPT_CHOICE, 0, "coercion", "ion|strict",
     "how values of requests become values of types: as leniently as ION, or by the "
     "GraphQL specification (default: ion)",
     &coercion},
    {OPT_COUNT, 'p', "port", "N", "for http (default: 4000; 0: any that is free)",
     &port},
    {OPT_FLAG, 0, "tls", NULL, "https as well, with an authority made for it", &tls},
    {OPT_COUNT, 0, "tls-port", "N", "for https (default: 4443; 0: any)", &tls_port},
    {OPT_TEXT, 0, "tls-dir", "DIR",
     "keep authority and certificate here, so that clients trust the next run, too",
     &tls_dir},
    {OPT_TEXT, 0, "listen", "ADDRESS",
     "the address to listen at (default: 127.0.0.1, this machine only)", &listen_at},
    {OPT_TEXT, 0, "socket", "PATH", "listen at a local socket (0600), too",
     &socket_path},
    {OPT_LIST, 0, "allow-host", "NAME",
     "a name by which clients may call the server, besides localhost and loopback "
     "addresses; repeatable",
     &hosts},
    {OPT_LIST, 0, "cors-origin", "ORIGIN",
     "web pages of this origin may call /graphql and the token endpoints; repeatable",
     &origins},
    {OPT_CHOICE, 0, "http", "ion|spec",
     "statuses and types as ION's or as GraphQL over HTTP says (default: ion)", &mode},
    {OPT_TEXT, 0, "environment", "NAME",
     "name of this sandbox in its tokens and refusals (default: sandbox)",
     &environment},
    {OPT_TEXT, 0, "as", "USER",
     "the user that the API key acts as: id or e-mail address (default: the first)",
     &user},
    {OPT_CHOICE, 0, "role", "admin|member|read-only",
     "what the API key may do (default: admin)", &role},
    {OPT_TEXT, 0, "api-key-file", "FILE",
     "client id and secret, read from there or made and written there (0600)",
     &api_key_file},
    {OPT_TEXT, 0, "token-file", "FILE",
     "a fixed bearer token, for clients that know one", &token_file},
    {OPT_TEXT, 0, "admin-token-file", "FILE",
     "a bearer token without which /_sandcast/ refuses", &admin_token_file},
    {OPT_TEXT, 0, "log", "FILE",
     "a line for each request, without values; - is standard error", &log_file},
    {OPT_COUNT, 'j', "jobs", "N",
     "threads that answer (default: the usable CPUs, at most 64)", &jobs},
    {OPT_SIZE, 0, "memory", "SIZE",
     "how much memory reading an export may use (default: 96M)", &setup.memory},
    {OPT_TEXT, 0, "temp", "DIR",
     "where encrypted temporary files go (default: $TMPDIR or /tmp)", &setup.temp},
    {OPT_END},
};

static struct server *volatile serving;
static volatile sig_atomic_t signalled;

/* The first signal lets running requests end, the second one nothing. */
static void stop_by_signal(int number)
{
    int sys = errno;
    if (signalled || !serving) {
        file_abandon_all();
        _exit(128 + number);
    }
    signalled = number;
    server_stop(serving);
    errno = sys;
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction ignored, action = {.sa_handler = stop_by_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &ignored) == 0 && ignored.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

static enum err check_options(const struct operands *o, struct error *e)
{
    size_t given = (size_t)blank + demo + (database != NULL) + print_schema;
    if (json && !print_schema)
        return err_set(e, ERR_USAGE, "--json goes with --print-schema");
    if (given > 1 || o->before != (given ? 0 : 1))
        return err_set(
            e, ERR_USAGE,
            "serve takes one SNAPSHOT, or --demo, --blank or --db FILE; then "
            "perhaps -- COMMAND");
    if (setup.memory < PIPELINE_MEMORY_MIN)
        return err_set(e, ERR_USAGE, "--memory: at least 48M");
    if (port > UINT16_MAX || tls_port > UINT16_MAX)
        return err_set(e, ERR_USAGE, "a port is at most %d", UINT16_MAX);
    if (jobs > SERVER_JOBS)
        return err_set(e, ERR_USAGE, "--jobs is at most %u", SERVER_JOBS);
    if (!*environment || strlen(environment) > 64)
        return err_set(e, ERR_USAGE, "--environment takes a name of 1 to 64 bytes");
    if (tls_dir && !tls)
        return err_set(e, ERR_USAGE, "--tls-dir is of --tls");
    return ERR_OK;
}

static unsigned threads(void)
{
    unsigned n = jobs ? (unsigned)jobs : pool_cpus();
    return n < SERVER_JOBS ? n : SERVER_JOBS;
}

static struct server_config configure(const struct serve_tenant *tenant)
{
    static const enum server_role roles[] = {ROLE_ADMIN, ROLE_MEMBER, ROLE_READ_ONLY};
    return (struct server_config){
        .handler = tenant->handler,
        .mode = mode == 0 ? SERVER_ION : SERVER_SPEC,
        .jobs = threads(),
        .address = listen_at,
        .port = (uint16_t)port,
        .tls = tls,
        .tls_port = (uint16_t)tls_port,
        .tls_dir = tls_dir,
        .socket = socket_path,
        .hosts = {hosts.items, hosts.n},
        .origins = {origins.items, origins.n},
        .environment = environment,
        .tenant = tenant->name.p,
        .user = user,
        .role = roles[role],
        .api_key_file = api_key_file,
        .token_file = token_file,
        .admin_token_file = admin_token_file,
        .log = log_file,
    };
}

static void child_ended(void *server)
{
    server_stop(server);
}

/* Gives what a shell would say of the command. */
static enum err run_child(struct server *s, const struct serve_ready *ready,
                          const struct operands *o, int *out_status, struct error *e)
{
    BUF_SCOPED token = BUF_INIT;
    struct serve_child child = {.ended = child_ended, .ctx = s};
    TRY(server_token(s, &token, e));
    char **argv = alloc_zero(o->n - o->before + 1, sizeof *argv);
    for (size_t i = o->before; i < o->n; i++)
        argv[i - o->before] = (char *)o->items[i];
    char **variables = serve_environment(ready, buf_cstr(&token));
    enum err code = serve_child_start(&child, argv, variables, e);
    if (code == ERR_OK)
        server_wait(s);
    *out_status = serve_child_finish(&child);
    serve_environment_free(variables);
    free(argv);
    return code;
}

static enum err wait_for_end(struct server *s, const struct serve_ready *ready,
                             struct error *e)
{
    BUF_SCOPED line = BUF_INIT;
    BUF_SCOPED token = BUF_INIT;
    TRY(server_token(s, &token, e));
    serve_ready_line(ready, buf_str(&token), &line);
    TRY(command_print(buf_str(&line), e));
    server_wait(s);
    return ERR_OK;
}

static enum err serve(const struct serve_tenant *tenant, const struct operands *o,
                      const struct common *common, int *out_status, struct error *e)
{
    const struct server_config config = configure(tenant);
    struct server *s = NULL;
    TRY(server_open(&config, &s, e));
    struct server_facts facts;
    server_facts(s, &facts);
    serving = s;
    catch_signals();
    const struct serve_ready ready = {s, tenant, environment};
    command_say(common, "serving %s at %s", tenant->name.p, facts.base_url);
    enum err code = o->n > o->before ? run_child(s, &ready, o, out_status, e)
                                     : wait_for_end(s, &ready, e);
    server_close(s);
    return code;
}

static enum err run(const struct operands *o, const struct common *common,
                    struct error *e)
{
    struct serve_tenant tenant;
    int status = 0;
    TRY(check_options(o, e));
    const struct serve_tenant_options wanted = {.setup = &setup,
                                                .path = o->before ? o->items[0] : NULL,
                                                .db = database,
                                                .demo = demo,
                                                .records = records,
                                                .raw = raw,
                                                .strict = coercion == 1,
                                                .user = user};
    if (print_schema) {
        enum err code = serve_print_schema(&setup, json, e);
        setup_done(&setup);
        return code;
    }
    enum err code = serve_tenant_open(&wanted, common, &tenant, e);
    if (code == ERR_OK) {
        code = serve(&tenant, o, common, &status, e);
        serve_tenant_close(&tenant);
    }
    setup_done(&setup);
    TRY(code);
    if (status == 0)
        return ERR_OK;
    e->sys = status - err_status(ERR_SIGNAL); /* so that it becomes ours */
    e->code = ERR_SIGNAL;
    return ERR_SIGNAL;
}

const struct command cmd_serve = {
    .name = "serve",
    .synopsis = "SNAPSHOT [-- COMMAND [ARGUMENT...]]",
    .summary = "a tenant on this machine that speaks ION's API",
    .about =
        "Answers GraphQL at /graphql and gives tokens as ION does, to this machine only.\n"
        "One line of JSON on standard output says where and with which credentials, once\n"
        "it is ready. With a COMMAND: runs that instead, with ION_BASE_URL, ION_API_URI,\n"
        "ION_TOKEN, ION_CLIENT_ID, ION_CLIENT_SECRET and ION_AUTH_SERVER set, and ends\n"
        "with its status. /_sandcast/ has health, reset and metrics.",
    .examples = "  sandcast serve sandbox.zip\n"
                "  sandcast serve sandbox.zip --tls --api-key-file key.json\n"
                "  # the one line of CI\n"
                "  sandcast serve sandbox.zip --port 0 -- pytest\n",
    .options = options,
    .run = run,
};
