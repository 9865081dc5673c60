/*
 * execute: runs a planned query over one connection (October 2021, section 6).
 *
 * All of it sees one state: several statements share a read transaction. What is wrong
 * with the request is in run->errors and the answer is whole; an error returned means
 * that there is no answer: ERR_LIMIT (RUN_OBJECTS, RUN_BYTES, the connection's
 * deadline), or the database's own. One thread at a time.
 */
#ifndef GRAPHQL_EXECUTE_H
#define GRAPHQL_EXECUTE_H

#include "graphql/rows.h"

/* Adds the value of "data" to run->out. */
enum err execute_query(struct run *r, const struct plan_set *root, struct error *e)
    MUST_CHECK;

#endif
