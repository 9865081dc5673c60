#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "source/private.h"

/* Something that may turn out to be records, a container, or neither. */
struct item {
    struct stream *in; /* owned */
    struct str name;   /* "a.zip: b.tar: parts.jsonl.gz" */
    struct str path;   /* the innermost name */
    size_t input;
    bool named;      /* by the user */
    bool compressed; /* a decoder is on top of it */
    uint64_t size;   /* 0: unknown */
};

static void item_done(struct item *it)
{
    stream_free(it->in);
}

enum magic { MAGIC_NONE, MAGIC_GZIP, MAGIC_FILTER, MAGIC_TAR, MAGIC_ZIP, MAGIC_OTHER };

/* A tar header's checksum: the sum of its bytes with the field itself as spaces. */
static bool is_tar(struct str head)
{
    if (head.n < 512)
        return false;
    unsigned long sum = 0, said = 0;
    for (unsigned i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? ' ' : (uint8_t)head.p[i];
    unsigned i = 148;
    while (i < 156 && head.p[i] == ' ')
        i++;
    unsigned digits = i;
    while (i < 156 && head.p[i] >= '0' && head.p[i] <= '7')
        said = said * 8 + (unsigned long)(head.p[i++] - '0');
    return i > digits && said == sum && head.p[0];
}

static enum magic magic_of(struct str head)
{
    static const struct {
        struct str bytes;
        enum magic magic;
    } table[] = {
        {{"\x1f\x8b", 2}, MAGIC_GZIP},
        {{"\x28\xb5\x2f\xfd", 4}, MAGIC_FILTER},
        {{"\xfd"
          "7zXZ\0",
          6},
         MAGIC_FILTER},
        {{"PK\3\4", 4}, MAGIC_ZIP},
        {{"PK\5\6", 4}, MAGIC_ZIP},
        {{"7z\xbc\xaf\x27\x1c", 6}, MAGIC_OTHER},
        {{"Rar!\x1a\x07", 6}, MAGIC_OTHER},
        {{"SQLite format 3\0", 16}, MAGIC_OTHER},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_starts(head, table[i].bytes))
            return table[i].magic;
    if (str_starts(head, STR("BZh")) && head.n > 3 && head.p[3] >= '1' &&
        head.p[3] <= '9')
        return MAGIC_FILTER;
    /* A zstd stream may begin with a frame to be skipped. */
    if (head.n >= 4 && (head.p[0] & 0xf0) == 0x50 &&
        memcmp(head.p + 1, "\x2a\x4d\x18", 3) == 0)
        return MAGIC_FILTER;
    return is_tar(head) ? MAGIC_TAR : MAGIC_NONE;
}

static struct level *top(struct source *s)
{
    return s->n_levels ? &s->levels[s->n_levels - 1] : NULL;
}

static void count_dropped(struct source *s, const struct item *it)
{
    struct level *l = top(s);
    struct input *in = &s->inputs[it->input];
    uint64_t *n = l ? &l->dropped : &in->dropped;
    uint64_t *bytes = l ? &l->dropped_bytes : &in->dropped_bytes;
    ++*n;
    *bytes += it->size;
}

static enum err drop(struct source *s, const struct item *it, struct error *e)
{
    if (s->attach == ATTACH_FAIL) {
        err_set(e, ERR_DATA, "an attachment (--attachments drop leaves it out)");
        return err_in(e, it->name.p);
    }
    count_dropped(s, it);
    return ERR_OK;
}

static bool is_kept(const struct source *s, const struct item *it)
{
    return s->attach == ATTACH_KEEP && (name_matches(s->keep, it->path) ||
                                        name_matches(s->keep, name_last(it->path)));
}

static enum err push_level(struct source *s, struct item *it, enum magic magic,
                           struct error *e)
{
    if (s->n_levels == SOURCE_NESTING)
        return err_set(e, ERR_LIMIT, "archives nest more than %u deep", SOURCE_NESTING);
    struct container *c;
    struct stream *in = it->in;
    it->in = NULL;
    TRY(container_open(in, magic == MAGIC_TAR ? CONTAINER_TAR : CONTAINER_ZIP, &c, e));
    struct str file = name_last(it->path);
    bool inherited = top(s) && top(s)->attachments;
    s->inputs[it->input].container = true;
    if (s->n_levels) /* else open_place() has */
        complete_part(s, file);
    s->levels[s->n_levels++] = (struct level){
        .container = c,
        .name = it->name,
        .input = it->input,
        .attachments = inherited || str_starts(file, STR("snapshot_attachments")),
    };
    return ERR_OK;
}

static struct member *member_new(struct source *s, const struct item *it)
{
    struct member *m = ARENA_NEW(&s->arena, struct member);
    m->origin.name = it->name;
    m->input = it->input;
    m->base = name_base(it->path);
    m->entity = name_override(s, m->base);
    if (!m->entity)
        m->entity = name_override(s, name_last(it->path));
    m->final = m->entity;
    if (!m->entity)
        m->entity = name_entity(s->schema, m->base);
    return m;
}

static void note_format(struct source *s, struct member *m, enum format f)
{
    struct input *in = &s->inputs[m->input];
    struct str name = str_of(format_name(f));
    m->origin.format = name;
    bool table = f == FORMAT_LINES || f == FORMAT_CSV;
    if (in->container && table)
        name = STR("data-snapshot");
    if (!in->about.format.n)
        in->about.format = name;
    else if (!str_eq(in->about.format, name))
        in->about.format = STR("mixed");
}

static struct cutter *cutter_for(struct source *s, const struct member *m,
                                 enum format f)
{
    switch (f) {
    case FORMAT_LINES:
    case FORMAT_AIRBYTE: return cut_lines_new(s, m, f == FORMAT_AIRBYTE);
    case FORMAT_CSV: return cut_csv_new(s, m);
    case FORMAT_RECORDS:
    case FORMAT_LISTS:
    case FORMAT_PAGES: return cut_document_new(s, m, f != FORMAT_RECORDS);
    case FORMAT_NONE:
    case FORMAT_EMPTY: break;
    }
    return NULL;
}

static enum err pass_mark(struct text *t, struct error *e)
{
    struct str head = text_rest(t);
    if (str_starts(head, STR("\xef\xbb\xbf")))
        text_eat(t, 3);
    if (str_starts(head, STR("\xff\xfe")) || str_starts(head, STR("\xfe\xff")))
        return err_set(e, ERR_DATA, "is UTF-16; convert it to UTF-8");
    return ERR_OK;
}

/* An empty table is a table: in an export, not when the user names the file. */
static enum err empty(struct source *s, const struct item *it, const struct member *m,
                      struct error *e)
{
    if (!it->named && !name_is_table(it->path))
        return drop(s, it, e);
    if (!it->compressed && name_is_compressed(it->path))
        return err_set(e, ERR_DATA, "is empty where compressed data is expected");
    if (it->named || (!m->entity && !s->n_levels))
        return err_set(e, ERR_DATA, "is empty");
    return ERR_OK;
}

/* In an export other files may lie about; what the user names, and what calls itself a
 * table, must be one. */
static enum err unknown(struct source *s, const struct item *it, struct error *e)
{
    if (!it->named && !name_is_table(it->path) && !is_kept(s, it))
        return drop(s, it, e);
    err_set(e, ERR_DATA,
            "is none of the formats that are read: it begins with neither "
            "{ nor [ and has no header row of a table");
    return err_at(e, s->text.offset);
}

static enum err open_text(struct source *s, struct item *it, struct error *e)
{
    struct member *m = member_new(s, it);
    text_open(&s->text, it->in);
    it->in = NULL;
    TRY(text_fill(&s->text, SOURCE_SNIFF, e));
    TRY(pass_mark(&s->text, e));
    enum format f;
    struct str rest = text_rest(&s->text);
    enum err code = sniff(m, it->path, rest, s->text.end, &f, e);
    if (code != ERR_OK) {
        if (e && e->offset != ERR_NO_OFFSET)
            e->offset += s->text.offset;
        return code;
    }
    /* Prose with commas is no table. */
    if (f == FORMAT_CSV && !m->entity && !it->named && !name_is_table(it->path))
        f = FORMAT_NONE;
    if (f == FORMAT_NONE || f == FORMAT_EMPTY) {
        TRY(f == FORMAT_NONE ? unknown(s, it, e) : empty(s, it, m, e));
        text_close(&s->text);
        return ERR_OK;
    }
    note_format(s, m, f);
    s->member = m;
    s->cutter = cutter_for(s, m, f);
    return ERR_OK;
}

/* Takes decoders off one after another until records or a container are reached. */
static enum err look_inside(struct source *s, struct item *it, struct error *e)
{
    for (unsigned layer = 0;; layer++) {
        struct str head;
        struct stream *in = it->in;
        it->in = NULL;
        TRY(stream_peek(in, &it->in, &head, e));
        enum magic magic = magic_of(head);
        if (magic == MAGIC_TAR || magic == MAGIC_ZIP)
            return push_level(s, it, magic, e);
        if (magic == MAGIC_OTHER)
            return unknown(s, it, e);
        if (magic == MAGIC_NONE)
            return open_text(s, it, e);
        if (layer == SOURCE_LAYERS)
            return err_set(e, ERR_LIMIT, "is compressed more than %u times",
                           SOURCE_LAYERS);
        it->compressed = true;
        in = it->in;
        it->in = NULL;
        if (magic == MAGIC_GZIP)
            it->in = stream_gunzip(in);
        else
            TRY(stream_filter(in, &it->in, e));
    }
}

static enum err open_item(struct source *s, struct item *it, struct error *e)
{
    if (s->n_members++ == SOURCE_FILES)
        return err_set(e, ERR_LIMIT, "more than %u files and members", SOURCE_FILES);
    enum err code = look_inside(s, it, e);
    return code == ERR_OK ? ERR_OK : err_in(e, it->name.p);
}

static void tell_dropped(struct source *s, struct str name, uint64_t n, uint64_t bytes)
{
    if (n)
        finding(s, name,
                "%" PRIu64 " attachments or other files left out, %" PRIu64 " bytes", n,
                bytes);
}

static void tell_links(struct source *s, struct str name, uint64_t n)
{
    if (n)
        finding(s, name, "%" PRIu64 " links or devices left out", n);
}

static void pop_level(struct source *s)
{
    struct level *l = top(s);
    tell_dropped(s, l->name, l->dropped, l->dropped_bytes);
    tell_links(s, l->name, l->links);
    container_free(l->container);
    s->n_levels--;
}

/* ".DS_Store", "._parts.jsonl" and what macOS puts into zips. */
static bool is_hidden(struct str path)
{
    struct str last = name_last(path);
    return (last.n && last.p[0] == '.') || str_starts(path, STR("__MACOSX/"));
}

static enum err next_entry(struct source *s, struct error *e)
{
    struct level *l = top(s);
    struct entry entry;
    bool more;
    enum err code = container_next(l->container, &entry, &more, e);
    if (code != ERR_OK)
        return err_in(e, l->name.p);
    if (!more) {
        pop_level(s);
        return ERR_OK;
    }
    if (entry.kind == ENTRY_FOLDER || is_hidden(entry.name))
        return ERR_OK;
    BUF_SCOPED name = BUF_INIT;
    buf_printf(&name, "%s: %.*s", l->name.p, STR_ARG(entry.name));
    if (entry.kind == ENTRY_OTHER) {
        l->links++;
        return ERR_OK;
    }
    CLEANUP(item_done)
    struct item it = {
        .name = str_n(buf_cstr(&name), name.n),
        .path = entry.name,
        .input = l->input,
        .size = entry.size,
    };
    if (l->attachments && !is_kept(s, &it))
        return drop(s, &it, e);
    it.name = arena_str(&s->arena, it.name);
    it.path = arena_str(&s->arena, it.path);
    it.in = container_entry(l->container);
    return open_item(s, &it, e);
}

static enum err open_place(struct source *s, const struct place *p, struct error *e)
{
    CLEANUP(item_done)
    struct item it = {
        .name = arena_str(&s->arena, str_of(p->path)),
        .input = p->input,
        .named = p->named,
        .size = p->size,
    };
    it.path = it.name;
    bool snapshot = false;
    if (strcmp(p->path, "-") == 0)
        it.name = STR("(standard input)");
    else
        TRY(source_is_snapshot(p->path, &snapshot, e));
    if (snapshot) {
        err_set(e, ERR_DATA, "is a sandcast snapshot, which is no part of an export");
        return err_in(e, p->path);
    }
    enum err code = stream_file(p->path, &s->done, &it.in, e);
    if (code != ERR_OK)
        return err_in(e, p->path);
    complete_part(s, name_last(it.path));
    return open_item(s, &it, e);
}

/* The next data member of a snapshot; s->member stays NULL when it has no more. */
static enum err next_fed(struct source *s, size_t input, struct error *e)
{
    struct input *in = &s->inputs[input];
    struct str name, entity;
    bool more = false;
    TRY(in->feed->next(in->feed->ctx, &name, &entity, &more, e));
    if (!more)
        return ERR_OK;
    struct member *m = ARENA_NEW(&s->arena, struct member);
    BUF_SCOPED full = BUF_INIT;
    buf_printf(&full, "%.*s: %.*s", STR_ARG(in->about.name), STR_ARG(name));
    m->origin.name = arena_str(&s->arena, buf_str(&full));
    m->origin.format = STR("snapshot");
    m->input = input;
    m->final = true;
    TRY(schema_entity(s->schema, entity, &m->entity, e));
    text_open(&s->text, stream_feed(in->feed));
    s->cutter = cut_lines_new(s, m, false);
    s->member = m;
    return ERR_OK;
}

static enum err next_outer(struct source *s, bool *out_more, struct error *e)
{
    /* Inputs in the order in which they were named: files of input i come before the
     * feed of input i + 1. */
    size_t place =
        s->next_place < s->n_places ? s->places[s->next_place].input : SIZE_MAX;
    while (s->next_feed < s->n_inputs && s->next_feed < place) {
        if (s->inputs[s->next_feed].feed) {
            TRY(next_fed(s, s->next_feed, e));
            if (s->member)
                return ERR_OK;
        }
        s->next_feed++;
    }
    if (place == SIZE_MAX) {
        *out_more = false;
        return ERR_OK;
    }
    return open_place(s, &s->places[s->next_place++], e);
}

enum err open_next(struct source *s, struct error *e)
{
    bool more = true;
    while (!s->member && more)
        TRY(s->n_levels ? next_entry(s, e) : next_outer(s, &more, e));
    if (s->member)
        return ERR_OK;
    for (size_t i = 0; i < s->n_inputs; i++) {
        struct input *in = &s->inputs[i];
        tell_dropped(s, in->about.name, in->dropped, in->dropped_bytes);
        tell_links(s, in->about.name, in->links);
        in->dropped = in->links = 0;
    }
    return ERR_OK;
}

void open_close(struct source *s)
{
    if (s->cutter)
        s->cutter->close(s->cutter);
    s->cutter = NULL;
    s->member = NULL;
    text_close(&s->text);
}
