#include "schema/key_spec.h"

#include "schema/canon.h"
#include "schema/types.h"
#include "schema/value.h"
#include "json/escape.h"

static enum err refuse(struct error *e)
{
    return err_set(e, ERR_USAGE,
                   "--key takes Entity=member,member (at most %d, each a path like "
                   "part.partNumber, with /i where case does not count)",
                   SCHEMA_KEY_PARTS);
}

static struct str step_name(struct schema *s, struct str step)
{
    BUF_SCOPED text = BUF_INIT;
    escape_add(&text, step);
    return arena_str(&s->arena, buf_str(&text));
}

static enum err read_part(struct schema *s, const struct type *type, struct str text,
                          struct key_path *out, struct error *e)
{
    out->fold = str_ends(text, STR("/i"));
    text.n -= out->fold ? 2 : 0;
    while (text.n) {
        const char *dot = memchr(text.p, '.', text.n);
        size_t n = dot ? (size_t)(dot - text.p) : text.n;
        if (!n || out->n == KEY_STEPS || (dot && n + 1 == text.n))
            return refuse(e);
        const struct field *f = type ? schema_field(type, str_n(text.p, n)) : NULL;
        out->steps[out->n++] = step_name(s, f ? f->name : str_n(text.p, n));
        type = f ? f->type : NULL;
        text = str_from(text, n + (dot != NULL));
    }
    return out->n ? ERR_OK : refuse(e);
}

static void set(struct schema *s, const struct entity *entity,
                const struct key_spec *spec)
{
    s->entities[entity->index]->spec = spec;
}

enum err schema_set_key(struct schema *s, const char *text, struct error *e)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return refuse(e);
    struct str name = str_n(text, (size_t)(equals - text));
    const struct entity *entity = schema_lookup(s, name);
    if (!entity && schema_entity(s, name, &entity, e) != ERR_OK)
        return refuse(e);
    struct key_spec *spec = ARENA_NEW(&s->arena, struct key_spec);
    for (const char *p = equals + 1;; p++) {
        size_t n = strcspn(p, ",");
        if (spec->n == SCHEMA_KEY_PARTS)
            return refuse(e);
        TRY(read_part(s, entity->type, str_n(p, n), &spec->parts[spec->n++], e));
        p += n;
        if (!*p)
            break;
    }
    set(s, entity, spec);
    return ERR_OK;
}

void schema_set_key_fields(struct schema *s, const struct entity *entity,
                           const struct field *const *fields, size_t n)
{
    struct key_spec *spec = ARENA_NEW(&s->arena, struct key_spec);
    for (; spec->n < n; spec->n++) {
        spec->parts[spec->n].steps[0] = fields[spec->n]->name;
        spec->parts[spec->n].n = 1;
    }
    set(s, entity, spec);
}

/* ---- making */

/* Where the value that begins at `at` ends, in valid JSON without white space. */
static size_t value_end(struct str s, size_t at)
{
    unsigned depth = 0;
    do {
        char c = s.p[at++];
        if (c == '"') {
            while (s.p[at++] != '"')
                at += s.p[at - 1] == '\\';
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        } else {
            while (at < s.n && s.p[at] != ',' && s.p[at] != '}' && s.p[at] != ']' &&
                   s.p[at] != '"' && s.p[at] != '{' && s.p[at] != '[' && s.p[at] != ':')
                at++;
            if (depth && at < s.n && (s.p[at] == ',' || s.p[at] == ':'))
                at++;
        }
        while (depth && at < s.n && (s.p[at] == ',' || s.p[at] == ':'))
            at++;
    } while (depth);
    return at;
}

/* The member's value in a canonical object, or an empty slice. */
static struct str member(struct str object, struct str name)
{
    if (object.n < 2 || object.p[0] != '{')
        return STR("");
    for (size_t at = 1; object.p[at] == '"';) {
        size_t end = value_end(object, at);
        struct str here = str_n(object.p + at + 1, end - at - 2);
        size_t next = value_end(object, end + 1);
        if (str_eq(here, name))
            return str_n(object.p + end + 1, next - end - 1);
        if (object.p[next] != ',')
            break;
        at = next + 1;
    }
    return STR("");
}

static void fold(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] + 'a' - 'A');
}

/* False: it is null or no scalar. */
static bool add_part(struct str v, bool folded, struct buf *key)
{
    BUF_SCOPED text = BUF_INIT;
    if (!v.n || v.p[0] == '{' || v.p[0] == '[' || v.p[0] == 'n')
        return false;
    if (v.p[0] == '"') {
        if (scan_unescape(str_n(v.p + 1, v.n - 2), &text, NULL) != ERR_OK)
            return false;
    } else if (v.p[0] == 't' || v.p[0] == 'f') {
        buf_add_str(&text, v);
    } else if (value_id(&text, v, NULL) != ERR_OK) {
        return false;
    }
    if (folded)
        fold(text.p, text.n);
    key_add(key, NULL, buf_str(&text));
    return true;
}

enum err key_spec_make(const struct key_spec *spec, struct str record, struct buf *key,
                       struct error *e)
{
    size_t before = key->n;
    for (size_t i = 0; i < spec->n; i++) {
        const struct key_path *p = &spec->parts[i];
        struct str v = record;
        for (size_t k = 0; k < p->n && v.n; k++)
            v = member(v, p->steps[k]);
        if (v.n > CANON_KEY)
            return err_set(e, ERR_LIMIT, "a key of more than 65536 bytes");
        if (!add_part(v, p->fold, key)) {
            key->n = before;
            return ERR_OK;
        }
    }
    if (key->n - before > CANON_KEY)
        return err_set(e, ERR_LIMIT, "a key of more than 65536 bytes");
    return ERR_OK;
}
