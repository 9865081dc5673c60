/*
 * pack_image: shipped packs as the build read and tested them.
 *
 * The build program rules/compile.c reads each shipped pack as any other, runs its
 * examples, and writes what a run needs to have the same rules without parsing YAML,
 * compiling patterns or hashing: per rule its digest, what PCRE2 says of its pattern,
 * and the rule's document (doc/image) without the examples.
 *
 *     if (pack_image_open(STR("pii"), &image)) {
 *         head = pack_image_head(&image);
 *         while (pack_image_next(&image)) … image.node, image.digest, image.facts …
 *     }
 *
 * Images are constant and live as long as the program; one thread per pack_image.
 */
#ifndef SCRUB_PACK_IMAGE_H
#define SCRUB_PACK_IMAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "crypt/digest.h"
#include "doc/doc.h"
#include "match/pattern.h"

/* Made by the build; the build program itself has none. */
struct pack_image_file {
    const char *pack;
    const unsigned char *bytes;
    size_t size;
};
extern const struct pack_image_file pack_images[];
extern const size_t n_pack_images;

struct pack_image {
    struct str bytes;
    size_t at, left; /* the next rule, and how many there are still */
    struct arena arena;
    /* The rule that pack_image_next() found; the node is borrowed until the next call,
     * its texts stay. */
    const struct doc_node *node;
    uint8_t digest[SHA256_SIZE];
    struct pattern_facts facts; /* where the rule has a value */
};

/* false: there is no image of this pack that holds for the PCRE2 of this run; its text
 * must be read. */
bool pack_image_open(struct str pack, struct pack_image *out);
void pack_image_done(struct pack_image *i);

/* The pack's document without its rules; comes before pack_image_next(), and lives
 * until its first call. */
const struct doc_node *pack_image_head(struct pack_image *i);
bool pack_image_next(struct pack_image *i);

/* Adds the image of a pack's text. ERR_DATA when the pack does not load, when one of
 * its examples fails, or when it extends or disables something, which images do not
 * say. */
enum err pack_image_make(struct str text, const char *name, struct buf *out,
                         struct error *e) MUST_CHECK;

#endif
