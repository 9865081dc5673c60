#include "source/private.h"
#include "source/skim.h"
#include "json/number.h"

/* What a record of a chunk is, found by the worker that will read it. */
struct find {
    struct source *s;
    const struct chunk *chunk;
    size_t i;
    struct str text;
    uint64_t offset; /* of text.p[0] */
    struct error *e;
};

static enum source_outcome failed(const struct find *f, const char *at,
                                  const char *what)
{
    err_set(f->e, ERR_DATA, "%s", what);
    if (f->e)
        f->e->record = f->chunk->first_record + f->i;
    err_at(f->e, f->offset + (uint64_t)(at - f->text.p));
    err_in(f->e, f->chunk->origin->name.p);
    return SOURCE_FAILED;
}

static enum source_outcome no_entity(const struct find *f)
{
    return failed(f, f->text.p,
                  "nothing says of which entity this record is "
                  "(say --entity NAME=Entity)");
}

static enum source_outcome entity_named(const struct find *f, struct str name,
                                        const struct entity **out)
{
    struct error why = ERROR_INIT;
    if (schema_entity(f->s->schema, name, out, &why) == ERR_OK)
        return SOURCE_RECORD;
    failed(f, f->text.p, why.line);
    if (f->e)
        f->e->code = why.code;
    return SOURCE_FAILED;
}

/* Looks for __typename among the record's own members; *out stays when there is none.
 */
static enum source_outcome typed(const struct find *f, struct str record,
                                 const struct entity **out)
{
    static const char name[] = "__typename";
    /* Nearly every record without one is told from the rest here. */
    if (*out && !memmem(record.p, record.n, name, sizeof name - 1))
        return SOURCE_RECORD;
    struct skim k = skim_of(record);
    struct skim_member m;
    enum skim_event ev;
    while ((ev = skim_next(&k, &m)) == SKIM_MEMBER) {
        struct str value;
        if (!skim_is(&m, name))
            continue;
        if (!skim_plain(m.value, &value))
            return failed(f, m.value.p, "__typename is no plain string");
        return entity_named(f, value, out);
    }
    if (ev == SKIM_BAD)
        return failed(f, record.p + k.at, "not valid JSON");
    return SOURCE_RECORD;
}

static enum source_outcome finish(const struct find *f, struct str record,
                                  const struct entity *entity, bool final,
                                  struct source_body *out)
{
    if (!final) {
        enum source_outcome o = typed(f, record, &entity);
        if (o != SOURCE_RECORD)
            return o;
    }
    if (!entity)
        return no_entity(f);
    *out = (struct source_body){
        .json = record,
        .entity = entity,
        .offset = f->offset + (uint64_t)(record.p - f->text.p),
    };
    return SOURCE_RECORD;
}

static bool is_scalar(struct str v)
{
    return v.p[0] == '"' || str_eq(v, STR("null")) || str_eq(v, STR("true")) ||
           str_eq(v, STR("false")) || number_is(v);
}

/* The members of a message, or of what it carries; false when it is no JSON object. */
struct parts {
    struct str type, stream, data, record, trace;
};

static bool split(const struct find *f, struct str object, struct parts *out,
                  const char **out_at)
{
    (void)f;
    struct skim k = skim_of(object);
    struct skim_member m;
    enum skim_event ev;
    const struct {
        const char *name;
        struct str *to;
    } known[] = {{"type", &out->type},
                 {"stream", &out->stream},
                 {"data", &out->data},
                 {"record", &out->record},
                 {"trace", &out->trace}};
    while ((ev = skim_next(&k, &m)) == SKIM_MEMBER) {
        char c = m.value.p[0];
        *out_at = m.value.p;
        if (c != '{' && c != '[' && !is_scalar(m.value))
            return false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (skim_is(&m, known[i].name))
                *known[i].to = m.value;
    }
    *out_at = object.p + k.at;
    return ev == SKIM_END && k.at == object.n;
}

static enum source_outcome no_record(const struct find *f, const struct parts *m)
{
    static const char *const others[] = {
        "STATE", "LOG", "TRACE", "CATALOG", "SPEC", "CONTROL", "CONNECTION_STATUS"};
    struct str type, trace_type;
    bool known = false;
    if (!skim_plain(m->type, &type))
        return failed(f, f->text.p, "a message without a type");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        known |= str_eq(type, str_of(others[i]));
    if (!known)
        return failed(f, m->type.p, "a message of a type that Airbyte does not have");
    if (m->trace.n && m->trace.p[0] == '{') {
        struct parts trace = {0};
        const char *at;
        if (!split(f, m->trace, &trace, &at))
            return failed(f, at, "not valid JSON");
        if (skim_plain(trace.type, &trace_type) && str_eq(trace_type, STR("ERROR")))
            atomic_store(&f->s->trouble, true);
    }
    struct member *member = (struct member *)f->chunk->origin;
    atomic_fetch_add(&f->s->inputs[member->input].nothing, 1);
    return SOURCE_NOTHING;
}

static enum source_outcome message(const struct find *f, bool final,
                                   const struct entity *entity, struct source_body *out)
{
    struct parts m = {0}, r = {0};
    struct str type, stream;
    const char *at = f->text.p;
    if (!split(f, f->text, &m, &at))
        return failed(f, at, "not valid JSON");
    if (!skim_plain(m.type, &type) || !str_eq(type, STR("RECORD")))
        return no_record(f, &m);
    if (!m.record.n || m.record.p[0] != '{')
        return failed(f, f->text.p, "a RECORD message without a record");
    if (!split(f, m.record, &r, &at))
        return failed(f, at, "not valid JSON");
    if (!r.data.n || r.data.p[0] != '{')
        return failed(f, m.record.p, "a RECORD message without data");
    if (!skim_plain(r.stream, &stream))
        return failed(f, m.record.p, "a RECORD message without a stream");
    const struct entity *by_override = name_override(f->s, stream);
    if (by_override)
        return finish(f, r.data, by_override, true, out);
    if (!final) {
        const struct entity *by_stream = name_lookup(f->s->schema, stream);
        /* Streams have names of their own; the file's is none of theirs. */
        entity = by_stream;
    }
    return finish(f, r.data, entity, final, out);
}

enum source_outcome source_record(struct source *s, const struct chunk *c, size_t i,
                                  struct source_body *out, struct error *e)
{
    const struct source_ref *ref = &c->records[i];
    struct find f = {
        s, c, i, str_n(c->data.p + ref->at, ref->size), c->offset + ref->raw, e};
    bool final = c->framing & FRAMING_FINAL;
    if (c->framing & FRAMING_LINES && f.text.p[0] != '{')
        return failed(&f, f.text.p, "a line that is no JSON object");
    if (c->framing & FRAMING_AIRBYTE)
        return message(&f, final, ref->entity, out);
    return finish(&f, f.text, ref->entity, final, out);
}
