#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define INTERVAL 0.1 /* seconds between two drawings */
#define WIDTH    80
#define FAR      360000 /* seconds; who waits longer is not told for how long */

double progress_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_begin(struct progress *p, const struct common *c, const char *verb)
{
    *p = (struct progress){.state.verb = verb, .started = progress_clock()};
    p->on = !c->quiet && (c->progress == COLOR_ALWAYS ||
                          (c->progress == COLOR_AUTO && isatty(STDERR_FILENO)));
}

static const char *scaled(double *v)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    int i = 0;
    for (; *v >= 1000 && i < 4; i++)
        *v /= 1000;
    return units[i];
}

unsigned progress_line(const struct progress_state *s, unsigned width, char *out,
                       unsigned size)
{
    double seconds = s->seconds > 0.001 ? s->seconds : 0.001;
    double bytes = (double)s->bytes;
    double rate = bytes / seconds / 1e6;
    const char *unit = scaled(&bytes);
    char left[32] = "";
    if (s->total && s->done > 0 && s->done <= s->total) {
        double rest = seconds / (double)s->done * (double)(s->total - s->done);
        int n = snprintf(left, sizeof left, "  %3.0f %%",
                         100.0 * (double)s->done / (double)s->total);
        if (rest < FAR) /* else: too early to say */
            snprintf(left + n, sizeof left - (size_t)n, "  %d:%02d left",
                     (int)rest / 60, (int)rest % 60);
    }
    char line[256];
    int n = snprintf(line, sizeof line, "%s  %.1f %s  %.0f records/s  %.0f MB/s%s",
                     s->verb, bytes, unit, (double)s->records / seconds, rate, left);
    if (n < 0)
        n = 0;
    if ((unsigned)n > width)
        n = (int)width;
    if ((unsigned)n >= size)
        n = size ? (int)size - 1 : 0;
    memcpy(out, line, (size_t)n);
    if (size)
        out[n] = 0;
    return (unsigned)n;
}

static unsigned columns(void)
{
    struct winsize w;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 10)
        return w.ws_col - 1u;
    return WIDTH - 1;
}

void progress_tick(struct progress *p)
{
    double now = progress_clock();
    if (!p->on || now - p->drawn < INTERVAL)
        return;
    char line[256];
    p->drawn = now;
    p->state.seconds = now - p->started;
    progress_line(&p->state, columns(), line, sizeof line);
    fprintf(stderr, "\r\033[K%s", line);
}

void progress_end(struct progress *p)
{
    if (p->on && p->drawn > 0)
        fputs("\r\033[K", stderr);
    p->on = false;
}
