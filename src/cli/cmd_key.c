#include <stdio.h>

#include "cli/command.h"
#include "crypt/key.h"

static const char *output;
static bool force;

static const struct opt options[] = {
    {OPT_TEXT, 'o', "output", "FILE", "the key file to write (mode 0600)", &output},
    {OPT_FLAG, 'f', "force", NULL, "replace an existing file", &force},
    {OPT_END},
};

static enum err run_new(const struct operands *o, const struct common *common,
                        struct error *e)
{
    CLEANUP(key_freep) struct key *k = NULL;
    if (!output || o->n != 1)
        return err_set(e, ERR_USAGE, "usage: sandcast key new -o FILE");
    TRY(key_random(&k, e));
    TRY(key_write(k, output, force, e));
    command_say(common,
                "key %s in %s: keep it secret and keep it safe, pseudonyms can "
                "only be made again with it",
                key_id(k), output);
    return ERR_OK;
}

static enum err run_id(const struct operands *o, struct error *e)
{
    CLEANUP(key_freep) struct key *k = NULL;
    BUF_SCOPED out = BUF_INIT;
    if (o->n != 2)
        return err_set(e, ERR_USAGE, "usage: sandcast key id FILE");
    TRY(key_read(o->items[1], &k, e));
    buf_printf(&out, "%s epoch %u\n", key_id(k), key_epoch(k));
    return command_print(buf_str(&out), e);
}

static enum err run_rotate(const struct operands *o, const struct common *common,
                           struct error *e)
{
    CLEANUP(key_freep) struct key *k = NULL;
    if (o->n != 2)
        return err_set(e, ERR_USAGE, "usage: sandcast key rotate FILE [-o FILE]");
    TRY(key_read(o->items[1], &k, e));
    if (key_epoch(k) >= KEY_LAST_EPOCH)
        return err_set(e, ERR_LIMIT, "%s has had its last epoch: make a new key",
                       o->items[1]);
    key_rotate(k);
    TRY(key_write(k, output ? output : o->items[1], !output || force, e));
    command_say(common,
                "key %s is at epoch %u now: new pseudonyms differ from old ones",
                key_id(k), key_epoch(k));
    return ERR_OK;
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    const char *verb = operands->n ? operands->items[0] : "";
    if (strcmp(verb, "new") == 0)
        return run_new(operands, common, e);
    if (strcmp(verb, "id") == 0)
        return run_id(operands, e);
    if (strcmp(verb, "rotate") == 0)
        return run_rotate(operands, common, e);
    return err_set(e, ERR_USAGE, "key new, key id or key rotate");
}

const struct command cmd_key = {
    .name = "key",
    .synopsis = "new -o FILE | id FILE | rotate FILE [-o FILE]",
    .summary = "make and look after pseudonym keys",
    .about =
        "A key makes pseudonyms repeatable: the same value gives the same pseudonym in\n"
        "every snapshot made with it. Whoever has it can link pseudonyms to values\n"
        "that they guess: it stays with production. `rotate` begins a new epoch of\n"
        "the same key.",
    .examples = "  sandcast key new -o tenant.key\n"
                "  sandcast key id tenant.key\n",
    .options = options,
    .run = run,
};
