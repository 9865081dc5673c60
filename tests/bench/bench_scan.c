/* bench_scan FILE [rounds]: MB/s of the scanner and of skipping over a file of records,
 * a line each, per kernel; the best of the rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "json/kernel.h"
#include "json/skip.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Each line a window of its own, as the worker has it. */
static uint64_t scan_lines(const struct scan_kernel *kernel, struct str text)
{
    struct scan s;
    uint64_t events = 0;
    scan_init(&s);
    s.kernel = kernel;
    for (size_t at = 0; at < text.n;) {
        const char *line = text.p + at;
        const char *newline = memchr(line, '\n', text.n - at);
        size_t n = newline ? (size_t)(newline - line) + 1 : text.n - at;
        scan_reset(&s, at);
        scan_feed(&s, str_n(line, n));
        scan_finish(&s);
        enum scan_event event;
        while ((event = scan_next(&s)) > SCAN_MORE)
            events++;
        if (event == SCAN_BAD) {
            fprintf(stderr, "byte %ju: %s\n", (uintmax_t)s.error.offset, s.error.line);
            exit(1);
        }
        at += n;
    }
    scan_done(&s);
    return events;
}

static uint64_t skip_values(const struct scan_kernel *kernel, struct str text)
{
    uint64_t values = 0;
    const char *p = text.p, *end = text.p + text.n;
    while ((p = kernel->space_end(p, end)) < end) {
        struct skip k = SKIP_INIT;
        p = kernel->structural(p, end, &k.depth, &k.in_string, &k.escape);
        if (!p)
            break;
        values++;
    }
    return values;
}

static void measure(const char *what, const struct scan_kernel *kernel, struct str text,
                    int rounds,
                    uint64_t (*work)(const struct scan_kernel *kernel, struct str text))
{
    double best = 1e9;
    uint64_t n = 0;
    for (int i = 0; i < rounds; i++) {
        double start = now();
        n = work(kernel, text);
        double took = now() - start;
        best = took < best ? took : best;
    }
    printf("%-5s %-7s %8.0f MB/s  %ju, %.1f ns each\n", what, kernel->name,
           (double)text.n / best / 1e6, (uintmax_t)n, best * 1e9 / (double)n);
}

int main(int argc, char **argv)
{
    BUF_SCOPED file = BUF_INIT;
    struct error e = ERROR_INIT;
    if (argc < 2 || file_read(argv[1], &file, &e) != ERR_OK) {
        fprintf(stderr, "usage: bench_scan FILE [rounds]\n%s\n", e.line);
        return 2;
    }
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    const struct scan_kernel *kernels[] = {kernel_scalar(), kernel_avx2()};
    for (int i = 0; i < 2 && kernels[i]; i++) {
        measure("scan", kernels[i], buf_str(&file), rounds, scan_lines);
        measure("skip", kernels[i], buf_str(&file), rounds, skip_values);
    }
    return 0;
}
