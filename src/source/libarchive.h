/*
 * libarchive: the library, loaded when the first container is opened.
 *
 * It brings a dozen other libraries (XML, Unicode tables, C++, compressors), which took
 * half of the time that the program needs to start; most runs read plain files or
 * snapshots and need none of them. Calls go through the table:
 *
 *     TRY(libarchive_load(&lib, e)); lib->archive_read_new() …
 *
 * Where it cannot be found at run time by its name (HAVE_LIBARCHIVE_LATE is 0) it is
 * linked as other libraries are, behind the same table. Any thread; stays loaded.
 */
#ifndef SOURCE_LIBARCHIVE_H
#define SOURCE_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#include "base/err.h"

#define LIBARCHIVE(X)                             \
    X(archive_errno)                              \
    X(archive_entry_filetype)                     \
    X(archive_entry_free)                         \
    X(archive_entry_hardlink)                     \
    X(archive_entry_is_encrypted)                 \
    X(archive_entry_new2)                         \
    X(archive_entry_pathname)                     \
    X(archive_entry_pathname_utf8)                \
    X(archive_entry_set_filetype)                 \
    X(archive_entry_set_mtime)                    \
    X(archive_entry_set_pathname)                 \
    X(archive_entry_set_perm)                     \
    X(archive_entry_set_size)                     \
    X(archive_entry_size)                         \
    X(archive_entry_size_is_set)                  \
    X(archive_entry_update_pathname_utf8)         \
    X(archive_filter_bytes)                       \
    X(archive_filter_code)                        \
    X(archive_read_data)                          \
    X(archive_read_free)                          \
    X(archive_read_new)                           \
    X(archive_read_next_header)                   \
    X(archive_read_open)                          \
    X(archive_read_set_format_option)             \
    X(archive_read_support_filter_bzip2)          \
    X(archive_read_support_filter_xz)             \
    X(archive_read_support_filter_zstd)           \
    X(archive_read_support_format_empty)          \
    X(archive_read_support_format_raw)            \
    X(archive_read_support_format_tar)            \
    X(archive_read_support_format_zip_streamable) \
    X(archive_set_error)                          \
    X(archive_write_close)                        \
    X(archive_write_data)                         \
    X(archive_write_fail)                         \
    X(archive_write_finish_entry)                 \
    X(archive_write_free)                         \
    X(archive_write_header)                       \
    X(archive_write_new)                          \
    X(archive_write_open)                         \
    X(archive_write_set_bytes_in_last_block)      \
    X(archive_write_set_format_pax_restricted)

#define LIBARCHIVE_MEMBER(name) __typeof__(&(name)) name;
struct libarchive {
    LIBARCHIVE(LIBARCHIVE_MEMBER)
};

/* ERR_SOFTWARE when the library is not installed or cannot be loaded: the message has
 * the loader's text. */
enum err libarchive_load(const struct libarchive **out, struct error *e) MUST_CHECK;

#endif
