/*
 * verify: is a snapshot what it says it is?
 *
 * Reads every byte once: sizes, CRCs, both manifests, each record's canonical form
 * against its index entry, pages against their digests, pages against the root, no
 * member that no manifest names. Findings are collected (at most VERIFY_FINDINGS, then
 * counted).
 */
#ifndef ARCHIVE_VERIFY_H
#define ARCHIVE_VERIFY_H

#include "archive/reader.h"
#include "base/err.h"
#include "schema/schema.h"

#define VERIFY_FINDINGS 100

enum verify_state { VERIFY_UNSIGNED, VERIFY_MODIFIED, VERIFY_DAMAGED };

struct verify_result {
    enum verify_state state;
    char *findings[VERIFY_FINDINGS]; /* lines, no data in them */
    size_t n_findings, n_more;
    uint64_t records, members, bytes; /* decoded content */
};

/* `schema` is the one loaded from meta/schema.graphql of this archive; `jobs` threads.
 * Without a schema (NULL) the records are not looked into: sizes, CRCs, both manifests,
 * lines counted, index pages against their digests, these against the root, places
 * within their members. That proves the bytes to be those that were written, not that
 * the writer's index is that of its records; only with the schema that is known.
 * MODIFIED: everything reads, digests disagree; DAMAGED: something does not read.
 * Errors are faults of the machine only. */
enum err verify_run(const struct reader *r, struct schema *schema, unsigned jobs,
                    struct verify_result *out, struct error *e) MUST_CHECK;
void verify_done(struct verify_result *v);

/* "unsigned", "modified", "damaged" */
const char *verify_state_name(enum verify_state s);

#endif
