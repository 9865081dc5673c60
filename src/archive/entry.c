#include "archive/entry.h"

void entry_add(struct buf *out, const struct entry *en, bool steady)
{
    buf_add_varint(out, en->key.n);
    buf_add_str(out, en->key);
    buf_add(out, en->fingerprint, HASH_FINGERPRINT);
    if (steady)
        buf_add_u64(out, en->steady);
    buf_add_varint(out, en->member);
    buf_add_varint(out, en->at);
    buf_add_varint(out, en->size);
    buf_add_varint(out, en->arrival);
}

static bool read_head(struct str s, size_t *pos, bool steady, struct entry *out)
{
    uint64_t n;
    if (!str_varint(s, pos, &n) || n > s.n - *pos)
        return false;
    out->key = str_n(s.p + *pos, (size_t)n);
    *pos += (size_t)n;
    size_t rest = HASH_FINGERPRINT + (steady ? 8u : 0);
    if (rest > s.n - *pos)
        return false;
    memcpy(out->fingerprint, s.p + *pos, HASH_FINGERPRINT);
    out->steady = 0;
    for (unsigned i = 0; steady && i < 8; i++)
        out->steady |= (uint64_t)(uint8_t)s.p[*pos + HASH_FINGERPRINT + i] << 8 * i;
    *pos += rest;
    return true;
}

bool entry_read(struct str s, size_t *pos, bool steady, struct entry *out)
{
    size_t at = *pos;
    uint64_t member, offset, size, arrival;
    if (!read_head(s, &at, steady, out) || !str_varint(s, &at, &member) ||
        !str_varint(s, &at, &offset) || !str_varint(s, &at, &size) ||
        !str_varint(s, &at, &arrival))
        return false;
    out->member = (uint32_t)member;
    out->at = (uint32_t)offset;
    out->size = (uint32_t)size;
    out->arrival = arrival;
    *pos = at;
    return true;
}

void entry_pack(struct buf *out, const struct canon_record *r, size_t size, bool steady)
{
    buf_add_varint(out, r->key.n);
    buf_add_str(out, r->key);
    buf_add(out, r->fingerprint, HASH_FINGERPRINT);
    if (steady)
        buf_add_u64(out, r->steady);
    buf_add_varint(out, size);
}

bool entry_unpack(struct str entries, size_t *pos, bool steady, char key[ENTRY_KEY],
                  struct entry *out)
{
    uint64_t size;
    if (*pos >= entries.n || !read_head(entries, pos, steady, out) ||
        !str_varint(entries, pos, &size))
        return false;
    out->size = (uint32_t)size;
    if (!out->key.n) {
        key[0] = ENTRY_TAG_FINGERPRINT;
        memcpy(key + 1, out->fingerprint, HASH_FINGERPRINT);
        out->key = str_n(key, ENTRY_KEY);
    }
    return true;
}
