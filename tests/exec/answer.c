/*
 * answer [--strict] [--user ID] [--status] DATABASE: reads GraphQL request bodies, one
 * a line, from standard input and writes their answers, one a line; with --status the
 * status before each, and a tab. For tests that compare answers, and for measuring.
 */
#include <stdio.h>
#include <stdlib.h>

#include "graphql/request.h"
#include "graphql/where.h"
#include "store/dump.h"

struct setup {
    const char *path;
    struct service_options options;
    int64_t user;
    bool status;
};

static enum err answer_all(const struct setup *u, struct error *e)
{
    CLEANUP(dump_freep) struct dump *d = NULL;
    CLEANUP(sql_freep) struct sql *db = NULL;
    CLEANUP(service_freep) struct service *s = NULL;
    TRY(dump_open(u->path, &d, e));
    TRY(sql_open(u->path, &(struct sql_options){.map_size = 1 << 30}, &db, e));
    TRY(where_functions(NULL, db, e));
    TRY(service_new(dump_schema(d), dump_layout(d), &u->options, &s, e));
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    BUF_SCOPED out = BUF_INIT;
    while ((n = getline(&line, &cap, stdin)) > 0) {
        struct service_call call = {
            .db = db, .user = u->user, .body = str_n(line, (size_t)n)};
        buf_clear(&out);
        enum service_status a = service_answer(s, &call, &out, e);
        if (u->status)
            printf("%d\t", (int)a);
        fwrite(out.p, 1, out.n, stdout);
        putchar('\n');
    }
    free(line);
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct setup u = {.options = {COERCE_ION}};
    struct error e = ERROR_INIT;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--strict") == 0)
            u.options.mode = COERCE_STRICT;
        else if (strcmp(argv[i], "--status") == 0)
            u.status = true;
        else if (strcmp(argv[i], "--user") == 0 && i + 1 < argc)
            u.user = strtoll(argv[++i], NULL, 10);
        else
            u.path = argv[i];
    }
    enum err r = u.path ? answer_all(&u, &e) : ERR_USAGE;
    if (r != ERR_OK) {
        char line[800];
        err_text(&e, line, sizeof line);
        fprintf(stderr, "answer: %s\n", line);
    }
    return err_status(r);
}
