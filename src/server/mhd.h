/*
 * mhd: libmicrohttpd, loaded by the command that serves. Private to server/.
 *
 * It brings GnuTLS and what that needs, which made each start of the program 11 ms
 * longer; of all commands one listens. Calls go through the table:
 *
 *     TRY(mhd_load(&mhd, e)); mhd->MHD_start_daemon(…) …
 *
 * Where it cannot be found at run time by its name (HAVE_MICROHTTPD_LATE is 0) it is
 * linked as other libraries are, behind the same table. Any thread; stays loaded.
 */
#ifndef SERVER_MHD_H
#define SERVER_MHD_H

#include <microhttpd.h>

#include "base/err.h"

#define MHD_CALLS(X)                   \
    X(MHD_add_response_header)         \
    X(MHD_create_response_from_buffer) \
    X(MHD_destroy_response)            \
    X(MHD_get_connection_info)         \
    X(MHD_get_connection_values_n)     \
    X(MHD_queue_response)              \
    X(MHD_quiesce_daemon)              \
    X(MHD_resume_connection)           \
    X(MHD_start_daemon)                \
    X(MHD_stop_daemon)                 \
    X(MHD_suspend_connection)

#define MHD_MEMBER(name) __typeof__(&(name)) name;
struct mhd {
    MHD_CALLS(MHD_MEMBER)
};

/* ERR_SOFTWARE when the library is not installed or cannot be loaded: the message has
 * the loader's text. */
enum err mhd_load(const struct mhd **out, struct error *e) MUST_CHECK;

#endif
