/* Throughput of canon_record() over records as exports have them.
 *
 *     bench_canon rules/ion.graphql Entity < records.ndjson
 *
 * Every record is made canonical until about a second of processor time is used; "scan"
 * is the same scan without canon, which canon_record() has to do as well. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "schema/canon.h"
#include "json/scan.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const struct error *e)
{
    char line[1024];
    err_text(e, line, sizeof line);
    fprintf(stderr, "%s\n", line);
    exit(1);
}

static bool next_line(struct str *rest, struct str *line)
{
    const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
    if (!end)
        return false;
    *line = str_n(rest->p, (size_t)(end - rest->p));
    *rest = str_from(*rest, line->n + 1);
    return true;
}

static void scan_all(struct scan *s, struct str line)
{
    scan_reset(s, 0);
    scan_feed(s, line);
    scan_finish(s);
    while (scan_next(s) > SCAN_MORE)
        ;
}

static void report(const char *what, double seconds, size_t bytes, size_t records)
{
    printf("%-6s %7.0f MB/s  %6.3f ns/byte  %6.0f ns/record\n", what,
           (double)bytes / seconds / 1e6, seconds * 1e9 / (double)bytes,
           seconds * 1e9 / (double)records);
}

int main(int argc, char **argv)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED sdl = BUF_INIT;
    BUF_SCOPED input = BUF_INIT;
    CLEANUP(schema_freep) struct schema *schema = NULL;
    CLEANUP(canon_freep) struct canon *c = canon_new();
    const struct entity *entity = NULL;
    struct canon_record r;
    struct scan s;
    if (argc != 3 || file_read(argv[1], &sdl, &e) || file_read("-", &input, &e) ||
        schema_load(buf_str(&sdl), argv[1], &schema, &e) ||
        schema_entity(schema, str_of(argv[2]), &entity, &e))
        fail(&e);
    scan_init(&s);
    for (int way = 0; way < 2; way++) {
        size_t bytes = 0, records = 0;
        double start = now(), seconds;
        do {
            struct str rest = buf_str(&input), line;
            for (; next_line(&rest, &line); records++, bytes += line.n)
                if (way == 0)
                    scan_all(&s, line);
                else if (canon_record(c, entity, line, &r, &e))
                    fail(&e);
            seconds = now() - start;
        } while (seconds < 1 && records);
        report(way ? "canon" : "scan", seconds, bytes, records);
    }
    scan_done(&s);
    return 0;
}
