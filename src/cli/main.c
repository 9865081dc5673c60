/* Dispatch: finds the command, parses its options, tells its error. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "cli/command.h"
#include "config.h"
#include "json/visible.h"

static const struct command *const commands[] = {
#define X(name) &cmd_##name,
    COMMAND_LIST(X)
#undef X
};

static struct common common;

static const struct opt common_options[] = {
    {OPT_FLAG, 'q', "quiet", NULL, "say nothing but errors", &common.quiet},
    {OPT_CHOICE, 0, "progress", "auto|always|never",
     "a progress line on standard error (auto: on a terminal)", &common.progress},
    {OPT_CHOICE, 0, "color", "auto|always|never",
     "colours (auto: on a terminal, unless NO_COLOR is set)", &common.color},
    {OPT_FLAG, 'h', "help", NULL, "show this help", &(bool){false}},
    {OPT_END},
};

const struct command *command_at(size_t i)
{
    return i < sizeof commands / sizeof *commands ? commands[i] : NULL;
}

enum err command_operands(const struct operands *o, size_t min, size_t max,
                          const struct command *c, struct error *e)
{
    if (o->n >= min && o->n <= max)
        return ERR_OK;
    return err_set(e, ERR_USAGE, "%s operands; usage: sandcast %s %s",
                   o->n < min ? "too few" : "too many", c->name, c->synopsis);
}

enum err command_print(struct str text, struct error *e)
{
    return file_write_all(STDOUT_FILENO, text.p, text.n, "standard output", e);
}

void command_tell(struct str text)
{
    BUF_SCOPED out = BUF_INIT;
    visible_add(&out, text, true);
    if (out.n)
        fwrite(out.p, 1, out.n, stderr);
}

enum err command_result(struct str text, const char *file, struct error *e)
{
    if (!*file)
        return command_print(text, e);
    CLEANUP(file_out_freep) struct file_out *f = NULL;
    TRY(file_out_open(file, true, &f, e));
    TRY(file_write_all(file_out_fd(f), text.p, text.n, file, e));
    struct file_out *whole = f;
    f = NULL;
    return file_out_commit(whole, e);
}

bool command_colors(const struct common *c, int fd)
{
    const char *none = getenv("NO_COLOR");
    if (c->color != COLOR_AUTO)
        return c->color == COLOR_ALWAYS;
    return isatty(fd) && !(none && *none);
}

void command_say(const struct common *c, const char *format, ...)
{
    if (c->quiet)
        return;
    BUF_SCOPED text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_printf(&text, "sandcast: ");
    buf_vprintf(&text, format, args);
    va_end(args);
    BUF_SCOPED line = BUF_INIT;
    visible_add(&line, buf_str(&text), false);
    buf_add_char(&line, '\n');
    fwrite(line.p, 1, line.n, stderr);
}

/* No core dump and no debugger: values of the data would be in it. Sanitizers need
 * both. */
static void keep_secrets(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* Removes unfinished outputs, then ends as the signal would have ended us. */
static void interrupted(int number)
{
    file_abandon_all();
    signal(number, SIG_DFL);
    raise(number);
}

/* Memory comes in few arenas and large blocks go back at once: what the limits promise
 * is what the process has resident. Nothing is allocated where speed counts. */
static void tune_memory(void)
{
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction ignored, action = {.sa_handler = interrupted};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &ignored) == 0 &&
            ignored.sa_handler != SIG_IGN) /* as under nohup */
            sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* file_write_all() says EPIPE */
    signal(SIGXFSZ, SIG_IGN); /* and EFBIG */
}

/* A standard descriptor that is closed would be given to the next file that is opened,
 * and what is meant for people would be written into it. */
static void hold_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            errno == EBADF) /* the other way round: it fails */
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; command_at(i); i++)
        if (strcmp(command_at(i)->name, name) == 0)
            return command_at(i);
    return NULL;
}

static enum err unknown(const char *name, struct error *e)
{
    const char *near = NULL;
    unsigned best = OPT_NEAR;
    for (size_t i = 0; command_at(i); i++) {
        unsigned d = opt_distance(str_of(name), str_of(command_at(i)->name));
        /* Half of a name of three letters is another name. */
        if (d < best && d <= strlen(name) / 2) {
            best = d;
            near = command_at(i)->name;
        }
    }
    if (near)
        return err_set(e, ERR_USAGE, "no command %s (did you mean %s?)", name, near);
    return err_set(e, ERR_USAGE, "no command %s (see sandcast --help)", name);
}

static void overview(struct buf *out)
{
    buf_printf(out,
               "sandcast casts a sandbox from production: it scrubs an exported ION "
               "tenant\ninto a verifiable snapshot.\n\n"
               "usage: sandcast COMMAND [OPTION...] [OPERAND...]\n\ncommands:\n");
    for (size_t i = 0; command_at(i); i++)
        buf_printf(out, "  %-9s %s\n", command_at(i)->name, command_at(i)->summary);
    buf_printf(out,
               "\nsandcast COMMAND --help says more of each; sandcast --version the "
               "version.\nThe manual: man sandcast. A first look:\n"
               "  sandcast demo -o tenant.ndjson --records 10000\n"
               "  sandcast scrub tenant.ndjson -o tenant.zip\n"
               "  sandcast verify tenant.zip\n");
}

static void help(const struct command *c, struct buf *out)
{
    buf_printf(out, "usage: sandcast %s %s\n\n%s\n\noptions:\n", c->name, c->synopsis,
               c->about);
    opt_help(c->options, out);
    opt_help(common_options, out);
    buf_printf(out, "\nexamples:\n%s", c->examples);
}

/* Words for completion and for the test against the manual page. */
static enum err complete(const char *name, struct error *e)
{
    BUF_SCOPED out = BUF_INIT;
    const struct command *c = name ? find(name) : NULL;
    if (c) {
        opt_names(c->options, &out);
        opt_names(common_options, &out);
    }
    for (size_t i = 0; !name && command_at(i); i++)
        buf_printf(&out, "%s\n", command_at(i)->name);
    return command_print(buf_str(&out), e);
}

static enum err print_help(const struct command *c, struct error *e)
{
    BUF_SCOPED out = BUF_INIT;
    if (c)
        help(c, &out);
    else
        overview(&out);
    return command_print(buf_str(&out), e);
}

static enum err run_help(int argc, char **argv, struct error *e)
{
    if (argc > 2 && strcmp(argv[2], "--complete") == 0)
        return complete(argc > 3 ? argv[3] : NULL, e);
    const struct command *c = argc > 2 ? find(argv[2]) : NULL;
    if (argc > 2 && !c)
        return unknown(argv[2], e);
    return print_help(c, e);
}

static enum err run(int argc, char **argv, struct error *e)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h"))
        return run_help(argc, argv, e);
    if (!strcmp(name, "--version") || !strcmp(name, "-V"))
        return command_print(STR("sandcast " SANDCAST_VERSION "\n"), e);
    if (!*name)
        return err_set(e, ERR_USAGE, "a command is missing (see sandcast --help)");
    const struct command *c = find(name);
    if (!c && *name == '-')
        return err_set(e, ERR_USAGE, "the command comes first (see sandcast --help)");
    if (!c)
        return unknown(name, e);
    const struct opt *const tables[] = {c->options, common_options, NULL};
    CLEANUP(operands_done) struct operands operands = {0};
    bool want_help = false;
    TRY(opt_parse(tables, argc - 1, argv + 1, &operands, &want_help, e));
    if (want_help)
        return print_help(c, e);
    return c->run(&operands, &common, e);
}

static bool returning; /* from main() */

/* libarchive ends the process by itself where it has no memory for a name, with a
 * status that says here that something was found. */
static void ended_by_library(void)
{
    if (!returning)
        alloc_end("sandcast: a library gave up: out of memory\n");
}

static int finish(int status)
{
    returning = true;
    return status;
}

int main(int argc, char **argv)
{
    hold_standard();
    keep_secrets();
    tune_memory();
    catch_signals();
    if (atexit(ended_by_library))
        alloc_fail();
    struct error e = ERROR_INIT;
    enum err code = run(argc, argv, &e);
    if (code == ERR_OK)
        return finish(0);
    bool closed_pipe = code == ERR_SIGNAL && e.sys == SIGPIPE; /* ends without a word */
    if (e.line[0] && !closed_pipe) {
        char line[1024];
        err_text(&e, line, sizeof line);
        command_say(&(struct common){0}, "%s", line); /* errors even with --quiet */
    }
    if (code == ERR_SIGNAL)
        return finish(err_status(code) + e.sys);
    return finish(err_status(code));
}
