/*
 * print_api SCHEMA: the API of a schema as SDL text, for the comparison with the
 * recorded one (tests/rules/compare_schema.py).
 */
#include <stdio.h>

#include "base/file.h"
#include "graphql/api.h"

int main(int argc, char **argv)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    CLEANUP(schema_freep) struct schema *s = NULL;
    enum err r = argc == 2 ? file_read(argv[1], &text, &e) : ERR_USAGE;
    if (r == ERR_OK)
        r = schema_load(buf_str(&text), argv[1], &s, &e);
    if (r == ERR_OK)
        r = api_write(s, &out, &e);
    if (r != ERR_OK) {
        char line[800];
        err_text(&e, line, sizeof line);
        fprintf(stderr, "print_api: %s\n", line);
        return err_status(r);
    }
    return fwrite(out.p, 1, out.n, stdout) == out.n ? 0 : 1;
}
