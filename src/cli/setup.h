/*
 * setup: what several commands load first: schema, rules, key, inputs.
 */
#ifndef CLI_SETUP_H
#define CLI_SETUP_H

#include "base/err.h"
#include "cli/opt.h"
#include "crypt/key.h"
#include "schema/schema.h"
#include "scrub/ledger.h"
#include "scrub/rule.h"
#include "source/source.h"

struct feed;   /* cli/feed.h */
struct tables; /* cli/tables.h */

/* The options of every command that reads exports through rules. */
struct setup {
    /* From the command line */
    const char *schema_file;
    struct opt_list rules_files, entities;
    const char *key_file, *temp, *attachments;
    uint64_t jobs, memory;
    bool allow_partial;
    bool examples; /* the rules' examples are wanted, too */

    /* Loaded */
    struct schema *schema;
    struct ruleset *rules;
    struct key *key;
    bool ephemeral; /* no key file: the key is random and of this run only */
    struct source *source;
    struct feed **feeds; /* snapshots among the inputs */
    size_t n_feeds, cap_feeds;
    struct tables **tables; /* databases among the inputs */
    size_t n_tables, cap_tables;
    struct ledger_past *past; /* of a snapshot among the inputs; NULL: none */
};

enum err setup_schema(struct setup *s, struct error *e) MUST_CHECK;
enum err setup_rules(struct setup *s, struct error *e) MUST_CHECK;

/* Both of them, side by side where there are two CPUs. */
enum err setup_program(struct setup *s, struct error *e) MUST_CHECK;

enum err setup_key(struct setup *s, struct error *e) MUST_CHECK;

/* Opens the inputs; the schema must be loaded. */
enum err setup_source(struct setup *s, const struct operands *inputs, struct error *e)
    MUST_CHECK;

/* ERR_USAGE when an output that `option` names is a file that the run reads. */
enum err setup_spares(const struct setup *s, const struct operands *inputs,
                      const char *file, const char *option, struct error *e) MUST_CHECK;

void setup_done(struct setup *s);

#endif
