/* Preloaded: whoever connects to a network ends at once, and says so. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Under the library's name, whose own declaration takes no other of that name. */
int checked_connect(int fd, const struct sockaddr *address,
                    socklen_t size) __asm__("connect");

int checked_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    if (address->sa_family == AF_INET || address->sa_family == AF_INET6) {
        fputs("AN OUTGOING CONNECTION\n", stderr);
        abort();
    }
    return (int)syscall(SYS_connect, fd, address, size);
}
