#include "archive/member.h"

#include <assert.h>

#include "archive/entry.h"

void member_init(struct member *m, const struct entity *entity)
{
    *m = (struct member){.entity = entity};
}

void member_done(struct member *m)
{
    buf_done(&m->text);
    buf_done(&m->entries);
    buf_done(&m->packed);
    *m = (struct member){0};
}

void member_clear(struct member *m)
{
    buf_clear(&m->text);
    buf_clear(&m->entries);
    buf_clear(&m->packed);
    m->n_records = 0;
    m->stored = false;
    m->size = 0;
    m->crc = 0;
}

void member_add(struct member *m, struct str json, const struct canon_record *r)
{
    size_t from = m->text.n;
    buf_add_str(&m->text, json);
    member_added(m, from, r);
}

void member_added(struct member *m, size_t from, const struct canon_record *r)
{
    size_t size = m->text.n - from;
    assert(size < UINT32_MAX && !m->packed.n);
    buf_add_char(&m->text, '\n');
    entry_pack(&m->entries, r, size, entity_is_steady(m->entity));
    m->n_records++;
}

void member_join(struct member *to, struct member *from)
{
    assert(to->entity == from->entity && !to->packed.n && !from->packed.n);
    buf_add_str(&to->text, buf_str(&from->text));
    buf_add_str(&to->entries, buf_str(&from->entries));
    to->n_records += from->n_records;
    member_clear(from);
}

enum err member_pack(struct member *m, struct deflater *d, struct error *e)
{
    TRY(member_compress(m, d, e));
    member_digest(m);
    return ERR_OK;
}

enum err member_compress(struct member *m, struct deflater *d, struct error *e)
{
    assert(m->n_records && !m->packed.n);
    return deflater_block(d, buf_str(&m->text), &m->packed, &m->crc, e);
}

void member_digest(struct member *m)
{
    assert(m->packed.n);
    sha256_of(buf_str(&m->text), m->sha256);
    m->size = m->text.n;
    buf_clear(&m->text);
}

void member_store(struct member *m)
{
    assert(m->n_records && !m->packed.n);
    struct buf empty = m->packed;
    m->packed = m->text;
    m->text = empty;
    m->crc = crc32_of(0, buf_str(&m->packed));
    m->size = m->packed.n;
    m->stored = true;
}
