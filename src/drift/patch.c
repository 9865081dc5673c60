#include "drift/patch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive/entry.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/table.h"
#include "crypt/spool.h"
#include "schema/canon.h"

#define STEP_COST 160u /* bytes of a step, its key and its place in the table */
#define WINDOW    (1u << 20)

struct patch {
    struct spool *spool;
    struct arena arena; /* steps, keys */
    struct patch_step **steps;
    size_t n, cap;
    size_t bytes, most;    /* of steps and their keys; --memory's part */
    struct table by_key;   /* entity, a zero byte, key */
    struct table entities; /* those that are touched */
    char *name;
    bool reverse;
};

void patch_free(struct patch *p)
{
    if (!p)
        return;
    table_done(&p->by_key);
    table_done(&p->entities);
    arena_done(&p->arena);
    spool_free(p->spool);
    free(p->steps);
    free(p->name);
    free(p);
}

/* ---- one line */

static bool text_is(const struct value *v, const char *quoted)
{
    return v && str_eq(v->text, str_of(quoted));
}

static enum err refuse(struct error *e, const char *line)
{
    return err_set(e, ERR_DATA, "%s", line);
}

static enum err read_op(const struct value *root, bool reverse, enum patch_op *out,
                        struct error *e)
{
    static const char *const names[] = {"\"create\"", "\"update\"", "\"delete\""};
    const struct value *op = value_member(root, STR("op"));
    for (unsigned i = 0; i < 3; i++)
        if (text_is(op, names[i])) {
            *out = (enum patch_op)(reverse ? 2 - i : i);
            return ERR_OK;
        }
    return refuse(e, "\"op\" is not create, update or delete");
}

/* A string without escapes, as names of entities are. */
static bool plain_string(const struct value *v, struct str *out)
{
    if (!v || v->kind != VALUE_STRING || memchr(v->text.p, '\\', v->text.n))
        return false;
    *out = str_n(v->text.p + 1, v->text.n - 2);
    return true;
}

static bool hex_digit(char c, unsigned *out)
{
    if (c >= '0' && c <= '9')
        *out = (unsigned)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *out = (unsigned)(c - 'a') + 10;
    else
        return false;
    return true;
}

static enum err read_fingerprint(const struct value *v, struct buf *out,
                                 struct error *e)
{
    struct str hex;
    if (!plain_string(v, &hex) || hex.n != (size_t)2 * HASH_FINGERPRINT)
        return refuse(e, "\"fingerprint\" is not 24 hex digits");
    buf_add_char(out, ENTRY_TAG_FINGERPRINT);
    for (size_t i = 0; i < hex.n; i += 2) {
        unsigned high, low;
        if (!hex_digit(hex.p[i], &high) || !hex_digit(hex.p[i + 1], &low))
            return refuse(e, "\"fingerprint\" is not 24 hex digits");
        buf_add_char(out, (char)(high << 4 | low));
    }
    return ERR_OK;
}

static bool is_integer(struct str text)
{
    for (size_t i = text.p[0] == '-'; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return true;
}

static enum err read_key(const struct value *root, struct buf *out, struct error *e)
{
    const struct value *key = value_member(root, STR("key"));
    const struct value *fingerprint = value_member(root, STR("fingerprint"));
    BUF_SCOPED text = BUF_INIT;
    if (fingerprint && !key)
        return read_fingerprint(fingerprint, out, e);
    if (!key || key->kind != VALUE_LIST || !key->n_items ||
        key->n_items > SCHEMA_KEY_PARTS)
        return refuse(e, "\"key\" is not a list of one to four values");
    for (size_t i = 0; i < key->n_items; i++) {
        struct str part = key->items[i].text;
        buf_clear(&text);
        if (part.n > CANON_KEY)
            return err_set(e, ERR_LIMIT, "a key of more than 65536 bytes");
        if (key->items[i].kind == VALUE_NUMBER && is_integer(part)) {
            key_add_integer(out, part);
        } else if (key->items[i].kind == VALUE_STRING) {
            TRY(scan_unescape(str_n(part.p + 1, part.n - 2), &text, e));
            key_add_string(out, buf_str(&text));
        } else {
            return refuse(e, "a part of a key is neither an integer nor a string");
        }
    }
    return ERR_OK;
}

static enum err read_count(const struct value *root, uint64_t *out, struct error *e)
{
    const struct value *count = value_member(root, STR("count"));
    *out = 1;
    if (!count)
        return ERR_OK;
    *out = 0;
    if (count->kind == VALUE_NUMBER && is_integer(count->text) && count->text.n < 16)
        for (size_t i = 0; i < count->text.n; i++)
            *out = *out * 10 + (uint64_t)(count->text.p[i] - '0');
    if (*out > PATCH_COUNT)
        return err_set(e, ERR_LIMIT, "\"count\" is more than %u", PATCH_COUNT);
    return *out ? ERR_OK : refuse(e, "\"count\" is not a positive number");
}

static enum err check_body(const struct value *root, struct error *e)
{
    bool create = text_is(value_member(root, STR("op")), "\"create\"");
    bool update = text_is(value_member(root, STR("op")), "\"update\"");
    const struct value *body = value_member(root, update   ? STR("changes")
                                                  : create ? STR("value")
                                                           : STR("old"));
    if (body && body->kind == (update ? VALUE_LIST : VALUE_OBJECT))
        return ERR_OK;
    return refuse(e, update   ? "an update has no list of \"changes\""
                     : create ? "a create has no \"value\" that is an object"
                              : "a delete has no \"old\" that is an object");
}

/* ---- the file */

static struct str place_name(struct str entity, struct str key, struct buf *out)
{
    buf_clear(out);
    buf_add_str(out, entity);
    buf_add_char(out, 0);
    buf_add_str(out, key);
    return buf_str(out);
}

static enum err add_step(struct patch *p, const struct value *root,
                         struct patch_step *s, struct error *e)
{
    BUF_SCOPED key = BUF_INIT;
    BUF_SCOPED name = BUF_INIT;
    TRY(read_op(root, p->reverse, &s->op, e));
    if (!plain_string(value_member(root, STR("entity")), &s->entity))
        return refuse(e, "\"entity\" is not a name");
    TRY(read_key(root, &key, e));
    TRY(read_count(root, &s->count, e));
    TRY(check_body(root, e));
    p->bytes += STEP_COST + 2 * key.n + s->entity.n;
    if (p->bytes > p->most)
        return err_set(e, ERR_LIMIT,
                       "more operations than --memory has room for: raise it");
    struct patch_step *kept = ARENA_NEW(&p->arena, struct patch_step);
    *kept = *s;
    kept->entity = arena_str(&p->arena, s->entity);
    struct str place =
        arena_str(&p->arena, place_name(s->entity, buf_str(&key), &name));
    kept->key = str_from(place, s->entity.n + 1);
    if (table_put(&p->by_key, place, kept))
        return refuse(e, "a second operation on one record");
    table_put(&p->entities, kept->entity, kept);
    VEC_PUSH(p->steps, p->n, p->cap) = kept;
    return ERR_OK;
}

static enum err read_head(const struct value *root, struct error *e)
{
    if (!text_is(value_member(root, STR("format")), "\"sandcast-patch 1\""))
        return refuse(e, "no patch: the first line is not "
                         "{\"format\":\"sandcast-patch 1\",...}");
    return ERR_OK;
}

static enum err read_line(struct patch *p, struct value_reader *reader, struct str line,
                          uint64_t number, struct error *e)
{
    struct arena arena = ARENA_INIT;
    struct value root;
    struct patch_step s = {.patch = p, .line = number, .size = (uint32_t)line.n};
    enum err code = value_read(reader, line, &arena, &root, e);
    if (code == ERR_OK && number == 1)
        code = read_head(&root, e);
    else if (code == ERR_OK && line.n)
        code = spool_add(p->spool, line, &s.at, e);
    if (code == ERR_OK && number > 1)
        code = add_step(p, &root, &s, e);
    arena_done(&arena);
    if (code == ERR_OK)
        return ERR_OK;
    if (e && code != ERR_IO)
        e->record = number;
    return code;
}

/* Reads more behind what `text` holds from `*at` on. */
static enum err refill(int fd, struct buf *text, size_t *at, bool *more,
                       struct error *e)
{
    buf_cut(text, *at);
    *at = 0;
    ssize_t got = read(fd, buf_room(text, WINDOW), WINDOW);
    if (got < 0 && errno != EINTR)
        return err_sys(e, ERR_IO, errno, "cannot read the patch");
    *more = got != 0;
    text->n += got > 0 ? (size_t)got : 0;
    if (text->n > PATCH_LINE)
        return err_set(e, ERR_LIMIT, "a line of more than 64 MiB");
    return ERR_OK;
}

static enum err read_lines(struct patch *p, int fd, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    struct value_reader reader;
    uint64_t number = 0;
    size_t at = 0;
    enum err code = ERR_OK;
    value_reader_init(&reader);
    for (bool more = true; code == ERR_OK && (more || at < text.n);) {
        struct str rest = str_from(buf_str(&text), at);
        const char *end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
        if (!end && more) {
            code = refill(fd, &text, &at, &more, e);
            continue;
        }
        size_t n = end ? (size_t)(end - rest.p) : rest.n;
        number++;
        if (n || number == 1)
            code = read_line(p, &reader, str_n(rest.p, n), number, e);
        at += end ? n + 1 : n;
    }
    value_reader_done(&reader);
    if (code == ERR_OK && !number)
        code = refuse(e, "the patch is empty");
    return code;
}

enum err patch_read(const char *file, const char *temp, size_t memory, bool reverse,
                    struct patch **out, struct error *e)
{
    CLEANUP(patch_freep) struct patch *p = NEW(struct patch);
    bool input = strcmp(file, "-") == 0;
    p->spool = spool_new(temp);
    p->name = alloc_str(str_of(input ? "standard input" : file));
    p->reverse = reverse;
    p->most = memory;
    CLEANUP(file_closep)
    int fd = input ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open %s", file);
    enum err code = read_lines(p, fd, e);
    if (code != ERR_OK) {
        err_in(e, p->name);
        return code;
    }
    *out = p;
    p = NULL;
    return ERR_OK;
}

struct patch_step *patch_find(const struct patch *p, struct str entity, struct str key)
{
    BUF_SCOPED name = BUF_INIT;
    return table_get(&p->by_key, place_name(entity, key, &name));
}

bool patch_is_reversed(const struct patch *p)
{
    return p->reverse;
}

bool patch_touches(const struct patch *p, struct str entity)
{
    return table_get(&p->entities, entity) != NULL;
}

struct patch_step *patch_step_at(const struct patch *p, size_t i)
{
    return i < p->n ? p->steps[i] : NULL;
}

enum err patch_body(const struct patch_step *s, struct value_reader *reader,
                    struct arena *a, struct buf *line, struct patch_body *out,
                    struct error *e)
{
    const struct patch *p = s->patch;
    buf_clear(line);
    TRY(spool_read(p->spool, s->at, buf_room(line, s->size), s->size, e));
    line->n = s->size;
    TRY(value_read(reader, buf_str(line), a, &out->root, e));
    const struct value *old = value_member(&out->root, STR("old"));
    const struct value *value = value_member(&out->root, STR("value"));
    out->old = p->reverse ? value : old;
    out->value = p->reverse ? old : value;
    out->changes = value_member(&out->root, STR("changes"));
    return ERR_OK;
}

enum err patch_at(const struct patch *p, const struct patch_step *s, struct error *e)
{
    if (e) {
        e->record = s->line;
        snprintf(e->where, sizeof e->where, "%s", p->name);
    }
    return e ? e->code : ERR_DATA;
}
