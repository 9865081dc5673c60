/* The progress line: what it says, and that it fits. */
#include "cli/progress.h"

#include "test.h"

#define MB 1000000ull

static const struct {
    const char *name;
    struct progress_state state;
    const char *line;
} lines[] = {
    {"begin", {.verb = "scrubbing"}, "scrubbing  0.0 B  0 records/s  0 MB/s"},
    {"plain",
     {.verb = "scrubbing", .bytes = 20 * MB, .records = 5000, .seconds = 2},
     "scrubbing  20.0 MB  2500 records/s  10 MB/s"},
    {"below a unit",
     {.verb = "reading", .bytes = 999, .records = 1, .seconds = 1},
     "reading  999.0 B  1 records/s  0 MB/s"},
    {"at a unit",
     {.verb = "reading", .bytes = 1000, .records = 1, .seconds = 1},
     "reading  1.0 kB  1 records/s  0 MB/s"},
    {"largest unit",
     {.verb = "reading", .bytes = 12345678 * MB, .seconds = 1e6},
     "reading  12.3 TB  0 records/s  12 MB/s"},
    {"half way",
     {.verb = "reading",
      .bytes = MB,
      .records = 1,
      .done = 50,
      .total = 100,
      .seconds = 90},
     "reading  1.0 MB  0 records/s  0 MB/s   50 %  1:30 left"},
    {"done",
     {.verb = "reading",
      .bytes = MB,
      .records = 2,
      .done = 9,
      .total = 9,
      .seconds = 1},
     "reading  1.0 MB  2 records/s  1 MB/s  100 %  0:00 left"},
    {"more than there was: a growing file, an unknown total",
     {.verb = "reading",
      .bytes = MB,
      .records = 2,
      .done = 10,
      .total = 9,
      .seconds = 1},
     "reading  1.0 MB  2 records/s  1 MB/s"},
    {"just begun: nobody knows",
     {.verb = "reading", .bytes = MB, .done = 1, .total = UINT64_MAX, .seconds = 1},
     "reading  1.0 MB  0 records/s  1 MB/s    0 %"},
};

START_TEST(line)
{
    char out[256];
    unsigned n = progress_line(&lines[_i].state, 200, out, sizeof out);
    ck_assert_uint_eq(n, strlen(out));
    assert_str_eq(lines[_i].name, str_of(out), str_of(lines[_i].line));
}
END_TEST

/* Whatever the numbers, width and room: it is cut, and ends. */
START_TEST(fits)
{
    const struct progress_state s = {.verb = "scrubbing",
                                     .bytes = UINT64_MAX,
                                     .records = UINT64_MAX,
                                     .done = UINT64_MAX / 2,
                                     .total = UINT64_MAX,
                                     .seconds = 1e-9};
    char out[260];
    for (unsigned width = 0; width < 120; width++)
        for (unsigned size = 1; size < 120; size++) {
            memset(out, 'x', sizeof out);
            unsigned n = progress_line(&s, width, out, size);
            ck_assert_uint_le(n, width);
            ck_assert_uint_lt(n, size);
            ck_assert_int_eq(out[n], 0);
            ck_assert_int_eq(out[size], 'x');
        }
}
END_TEST

START_TEST(off_and_on)
{
    struct progress p;
    const struct common quiet = {.quiet = true, .progress = COLOR_ALWAYS};
    const struct common never = {.progress = COLOR_NEVER},
                        always = {.progress = COLOR_ALWAYS};
    progress_begin(&p, &quiet, "x");
    ck_assert(!p.on);
    progress_begin(&p, &never, "x");
    ck_assert(!p.on);
    progress_tick(&p);
    ck_assert(p.drawn == 0);
    progress_begin(&p, &always, "x");
    ck_assert(p.on);
    progress_end(&p);
    ck_assert(!p.on);
    double now = progress_clock();
    ck_assert(progress_clock() >= now);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, line, 0, sizeof lines / sizeof *lines);
    tcase_add_test(t, fits);
    tcase_add_test(t, off_and_on);
}

TEST_MAIN("progress")
