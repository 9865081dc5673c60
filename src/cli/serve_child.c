#include "cli/serve_child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

static void *wait_for(void *p)
{
    struct serve_child *c = p;
    siginfo_t info = {.si_pid = 0};
    /* Left as it is until finish(), so that its number is nobody else's. */
    while (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        ;
    c->ended(c->ctx);
    return NULL;
}

/* What this program ignores or catches is as usual in the command. */
static int spawn(pid_t *pid, char *const *argv, char *const *environment)
{
    posix_spawnattr_t attributes;
    sigset_t usual, none;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setsigmask(&attributes, &none);
    int sys = posix_spawnp(pid, argv[0], NULL, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    return sys;
}

enum err serve_child_start(struct serve_child *c, char *const *argv,
                           char *const *environment, struct error *e)
{
    int sys = spawn(&c->pid, argv, environment);
    if (sys) {
        c->pid = 0;
        return err_sys(e, ERR_NOINPUT, sys, "cannot run %s", argv[0]);
    }
    sys = pthread_create(&c->waiter, NULL, wait_for, c);
    if (sys == 0)
        return ERR_OK;
    kill(c->pid, SIGTERM);
    c->pid = 0;
    return err_sys(e, ERR_SOFTWARE, sys, "no thread can be made");
}

int serve_child_finish(struct serve_child *c)
{
    if (!c->pid)
        return 0;
    int status = 0;
    kill(c->pid, SIGTERM); /* one that has ended takes no harm */
    pthread_join(c->waiter, NULL);
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    c->pid = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
