#include "crypt/key.h"
#include "doc/doc.h"
#include "scrub/act.h"
#include "scrub/act_with.h"

/* HMAC-SHA-256, encoded, the first `length` characters. null stays. */
struct hash {
    struct act_keyed keyed; /* first, see act_namespace() */
    size_t encoding;
    uint64_t length;
};

/* Bits per character, the alphabet (RFC 4648 5 to 8; base32 in lower case), characters
 * that 256 bits have. */
static const struct {
    unsigned bits;
    const char *alphabet;
    unsigned full;
} encodings[] = {
    {4, "0123456789abcdef", 64},
    {5, "abcdefghijklmnopqrstuvwxyz234567", 52},
    {6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 43},
};

/* Fewer characters than this coincide too soon to stand for a value. */
#define SHORTEST 8

static const char *const params[] = {"encoding", "length", "namespace", "scope", NULL};

static enum err check(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e)
{
    static const char *const names[] = {"hex", "base32", "base64url", NULL};
    struct hash *h = ARENA_NEW(a, struct hash);
    TRY(with_known(with, params, e));
    TRY(with_choice(with, "encoding", names, &h->encoding, e));
    h->length = encodings[h->encoding].full;
    TRY(with_uint(with, "length", encodings[h->encoding].full, &h->length, e));
    if (h->length < SHORTEST)
        return with_refuse(with, "length", "a whole number from 8 on", e);
    TRY(with_keyed(with, "hash", a, &h->keyed, e));
    *out_params = h;
    return ERR_OK;
}

static enum err apply(struct act_thread *t, const void *p, const struct act_value *in,
                      struct act_result *out, struct error *e)
{
    const struct hash *h = p;
    struct space space;
    uint8_t mac[33] = {0}; /* a byte more: the last character may be short of bits */
    if (in->kind == ACT_NULL) {
        buf_add_str(out->out, in->text);
        return ERR_OK;
    }
    space_of(t, &h->keyed, &space);
    mac_value(t->mac, space_str(&space), in->text, mac);
    out->kind = ACT_STRING;
    unsigned bits = encodings[h->encoding].bits;
    const char *alphabet = encodings[h->encoding].alphabet;
    char *to = buf_room(out->out, h->length);
    for (size_t i = 0, bit = 0; i < h->length; i++, bit += bits) {
        unsigned two = (unsigned)mac[bit / 8] << 8 | mac[bit / 8 + 1];
        unsigned code = two >> (16 - bits - bit % 8) & ((1u << bits) - 1);
        to[i] = alphabet[code];
    }
    out->out->n += h->length;
    return ERR_OK;
}

const struct action act_hash = {
    .name = "hash",
    .summary = "writes an HMAC-SHA-256 instead",
    .params = params,
    .keyed = true,
    .check = check,
    .apply = apply,
};
