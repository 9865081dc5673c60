#include "server/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct sockaddr_un path;
};

static int take(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

static socklen_t read_address(const char *text, uint16_t port, union address *out)
{
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &out->four.sin_addr) == 1) {
        out->four.sin_family = AF_INET;
        out->four.sin_port = htons(port);
        return sizeof out->four;
    }
    if (inet_pton(AF_INET6, text, &out->six.sin6_addr) == 1) {
        out->six.sin6_family = AF_INET6;
        out->six.sin6_port = htons(port);
        return sizeof out->six;
    }
    return 0;
}

enum err listen_port(const char *address, uint16_t *port, int *out, struct error *e)
{
    union address a;
    socklen_t size = read_address(address, *port, &a);
    if (!size)
        return err_set(e, ERR_USAGE, "--listen takes an IPv4 or IPv6 address");
    CLEANUP(file_closep)
    int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (fd < 0)
        return err_sys(e, ERR_IO, errno, "cannot make a socket");
    /* Connections of an earlier process that are still ending are no hindrance; one
     * that listens is. */
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &a.any, size) < 0 || listen(fd, LISTEN_BACKLOG) < 0)
        return err_sys(e, ERR_IO, errno, "cannot listen at port %u of %s", *port,
                       address);
    socklen_t n = sizeof a;
    if (getsockname(fd, &a.any, &n) < 0)
        return err_sys(e, ERR_IO, errno, "cannot listen at port %u", *port);
    *port = ntohs(a.any.sa_family == AF_INET ? a.four.sin_port : a.six.sin6_port);
    *out = take(&fd);
    return ERR_OK;
}

/* Is somebody there? */
static bool is_answered(const union address *a)
{
    CLEANUP(file_closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, &a->any, sizeof a->path) == 0;
}

enum err listen_path(const char *path, int *out, struct error *e)
{
    union address a = {.path.sun_family = AF_UNIX};
    struct stat st;
    if (strlen(path) >= sizeof a.path.sun_path)
        return err_set(e, ERR_USAGE, "the path of --socket is too long");
    memcpy(a.path.sun_path, path, strlen(path) + 1);
    if (lstat(path, &st) == 0) {
        if (!S_ISSOCK(st.st_mode))
            return err_set(e, ERR_CANTCREATE, "%s exists and is no socket", path);
        if (is_answered(&a))
            return err_set(e, ERR_IO, "the socket %s is in use", path);
        unlink(path);
    }
    CLEANUP(file_closep)
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0177);
    bool bound = fd >= 0 && bind(fd, &a.any, sizeof a.path) == 0;
    int sys = errno;
    umask(mask);
    if (!bound || listen(fd, LISTEN_BACKLOG) < 0)
        return err_sys(e, ERR_IO, bound ? errno : sys, "cannot listen at %s", path);
    *out = take(&fd);
    return ERR_OK;
}
