/*
 * writer_private: what only tests of the writer may turn.
 */
#ifndef ARCHIVE_WRITER_PRIVATE_H
#define ARCHIVE_WRITER_PRIVATE_H

#include "archive/writer.h"
#include "archive/zip_format.h"

/* Before the first member: ZIP64 from smaller values on. */
void writer_limits(struct writer *w, struct zip_limits limits);

/* Runs of index entries that had to be sorted by comparing, so far. */
uint64_t writer_n_sorts(const struct writer *w);

#endif
