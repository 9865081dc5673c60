#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "cli/command.h"
#include "cli/setup.h"
#include "match/check.h"
#include "match/pattern.h"
#include "scrub/tree.h"

static struct setup setup;
static const char *at;
static bool actions, checks;

static const struct opt options[] = {
    {OPT_LIST, 'r', "rules", "FILE|PACK", "the packs (default: all shipped)",
     &setup.rules_files},
    {OPT_TEXT, 's', "schema", "FILE", "the tenant's schema as SDL (default: ION's)",
     &setup.schema_file},
    {OPT_TEXT, 0, "at", "PATH", "explain: a path such as Run.steps[3].notes", &at},
    {OPT_FLAG, 0, "actions", NULL, "list: the actions that rules may take", &actions},
    {OPT_FLAG, 0, "checks", NULL, "list: the checks that rules may name", &checks},
    {OPT_END},
};

static void list_known(struct buf *out)
{
    for (size_t i = 0; actions && act_at(i); i++) {
        buf_printf(out, "%-14s %s", act_at(i)->name, act_at(i)->summary);
        for (size_t k = 0; act_at(i)->params && act_at(i)->params[k]; k++)
            buf_printf(out, "%s%s", k ? ", " : " (with: ", act_at(i)->params[k]);
        buf_printf(out, "%s\n", act_at(i)->params && act_at(i)->params[0] ? ")" : "");
    }
    for (size_t i = 0; checks && check_at(i); i++)
        buf_printf(out, "%-14s %s\n", check_at(i)->name, check_at(i)->summary);
}

static const char *kind(const struct rule *r)
{
    if (r->n_at)
        return "path";
    return r->n_key ? "key" : "detector";
}

static enum err run_list(struct error *e)
{
    BUF_SCOPED out = BUF_INIT;
    if (actions || checks) {
        list_known(&out);
        return command_print(buf_str(&out), e);
    }
    for (size_t i = 0; i < setup.rules->n_rules; i++) {
        const struct rule *r = setup.rules->rules[i];
        buf_printf(&out, "%-15.*s %-9s %-32.*s %-11s %.*s\n", STR_ARG(r->pack), kind(r),
                   STR_ARG(r->id), r->action->name, STR_ARG(r->because));
    }
    return command_print(buf_str(&out), e);
}

/* Runs every rule's examples; says all failures, not only the first. */
static enum err run_test(const struct common *common, struct error *e)
{
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    size_t examples = 0, failed = 0;
    for (size_t i = 0; i < setup.rules->n_rules; i++) {
        const struct rule *r = setup.rules->rules[i];
        struct error one = ERROR_INIT;
        examples += r->n_match + r->n_keep;
        if (rule_test(r, m, &one) == ERR_OK)
            continue;
        failed++;
        command_say(common, "%s", one.line);
    }
    BUF_SCOPED out = BUF_INIT;
    buf_printf(&out, "%zu rules, %zu examples, %zu rules failed\n",
               setup.rules->n_rules, examples, failed);
    TRY(command_print(buf_str(&out), e));
    return failed ? ERR_FOUND : ERR_OK;
}

/* Walks Run.steps[3].notes, Run:steps[*].notes through a tree as data would. */
static enum err find_node(struct tree *t, const char *path, const struct node **out,
                          struct error *e)
{
    size_t n = strcspn(path, ".:[");
    const struct entity *entity = schema_lookup(setup.schema, str_n(path, n));
    if (!entity)
        TRY(schema_entity(setup.schema, str_n(path, n), &entity, e));
    struct node *node = tree_record(t, entity, false);
    for (const char *p = path + n; *p && node;) {
        if (*p == '[') {
            p += strcspn(p, "]");
            p += *p == ']';
            node = tree_element(t, node, e);
            continue;
        }
        p++;
        n = strcspn(p, ".:[");
        if (!n)
            return err_set(e, ERR_USAGE, "--at: a name is missing in the path");
        node = tree_member(t, node, str_n(p, n), false, e);
        p += n;
    }
    *out = node;
    return node ? ERR_OK : e->code;
}

static void add_conditions(const struct rule *r, struct buf *out)
{
    if (rule_is_unconditional(r))
        buf_printf(out, " always");
    if (r->value)
        buf_printf(out, " value matches its pattern");
    for (size_t i = 0; i < r->n_checks; i++)
        buf_printf(out, " check %s", r->checks[i].check->name);
    for (size_t i = 0; i < r->n_when; i++)
        buf_printf(out, " when sibling %.*s", STR_ARG(r->when[i].name));
    if (r->types != RULE_ALL)
        buf_printf(out, " by its type");
}

static void add_rule(const struct rule *r, size_t place, struct buf *out)
{
    buf_printf(out, "  %zu. %.*s: %s%s (%.*s line %u):", place, STR_ARG(r->id),
               r->action->name, r->free_text ? ", searched inside" : "",
               STR_ARG(r->file), r->line);
    add_conditions(r, out);
    if (r->because.n)
        buf_printf(out, "\n     because: %.*s", STR_ARG(r->because));
    buf_add_char(out, '\n');
}

static enum err run_explain(struct error *e)
{
    struct tree t;
    const struct node *n = NULL;
    BUF_SCOPED out = BUF_INIT;
    if (!at)
        return err_set(e, ERR_USAGE, "usage: sandcast rules explain --at PATH");
    tree_init(&t, setup.rules, setup.schema);
    enum err code = find_node(&t, at, &n, e);
    if (code == ERR_OK) {
        assert(n);
        node_path(n, &out);
        if (n->type)
            buf_printf(&out, " is of type %.*s", STR_ARG(n->type->name));
        buf_printf(&out, "%s\n", n->n_candidates ? "; strongest first:" : "");
        bool sure = false;
        for (size_t i = 0; i < n->n_candidates && !sure; i++) {
            add_rule(n->candidates[i].rule, i + 1, &out);
            sure = rule_is_unconditional(n->candidates[i].rule);
        }
        if (!sure)
            buf_printf(&out, "  otherwise: undecided\n");
        buf_printf(&out, "%s",
                   n->n_names ? "The name is data; strongest first:\n" : "");
        for (size_t i = 0; i < n->n_names; i++)
            add_rule(n->names[i].rule, i + 1, &out);
        code = command_print(buf_str(&out), e);
    }
    tree_done(&t);
    return code;
}

static const char skeleton[] =
    "# A pack of your own: its rules win over those of the packs it extends.\n"
    "# The format is in sandcast-rules(5); `sandcast inspect --suggest EXPORT` finds\n"
    "# what is still undecided.\n"
    "pack: mine\n"
    "about: What this tenant decides for itself\n"
    "extends: [ion, pii, secrets, export-control]\n"
    "# disable: [rule-id]\n"
    "rules:\n"
    "  - id: part-description\n"
    "    at: Part.description\n"
    "    action: redact\n"
    "    because: \"descriptions name programmes here\"\n";

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    const char *verb = operands->n ? operands->items[0] : "";
    if (strcmp(verb, "init") == 0)
        return command_print(STR(skeleton), e);
    /* `rules test FILE…` as well as -r FILE */
    for (size_t i = 1; i < operands->n; i++)
        VEC_PUSH(setup.rules_files.items, setup.rules_files.n, setup.rules_files.cap) =
            operands->items[i];
    setup.examples = strcmp(verb, "test") == 0;
    enum err code = setup_schema(&setup, e);
    if (code == ERR_OK)
        code = setup_rules(&setup, e);
    if (code != ERR_OK)
        ;
    else if (strcmp(verb, "list") == 0)
        code = run_list(e);
    else if (strcmp(verb, "test") == 0)
        code = run_test(common, e);
    else if (strcmp(verb, "explain") == 0)
        code = run_explain(e);
    else
        code = err_set(e, ERR_USAGE, "rules list, test, explain or init");
    setup_done(&setup);
    return code;
}

const struct command cmd_rules = {
    .name = "rules",
    .synopsis = "list | test [PACK...] | explain --at PATH | init",
    .summary = "list, test and explain rules",
    .about =
        "list     every rule of the packs; --actions and --checks what rules can use\n"
        "test     run the examples of every rule; exit status 1 when one fails\n"
        "explain  which rules can decide at a path, strongest first\n"
        "init     print a pack of your own to start from",
    .examples = "  sandcast rules list | grep secrets\n"
                "  sandcast rules test mine.yaml\n"
                "  sandcast rules explain --at 'Run.steps[3].notes'\n"
                "  sandcast rules init > mine.yaml\n",
    .options = options,
    .run = run,
};
