/*
 * deflate: a block in, a block out; the only room that knows zlib, libdeflate and ISA-L.
 *
 * Raw DEFLATE (RFC 1951), whole blocks in memory. The encoder follows from the level and
 * from what was built in; its name and version are recorded because bytes depend on them.
 * A `deflater` belongs to one thread; make one per worker.
 */
#ifndef DEFLATE_DEFLATE_H
#define DEFLATE_DEFLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum deflate_level {
    DEFLATE_FAST,     /* ISA-L 1, else libdeflate 1, else zlib 1 */
    DEFLATE_BALANCED, /* libdeflate 1, else zlib 1 */
    DEFLATE_SMALL,    /* libdeflate 6, else zlib 6 */
};

/* "libdeflate 1.14 level 1": name, version and level of the encoder that a level means in
 * this build. Static storage. */
const char *deflate_encoder(enum deflate_level level);

struct deflater;
struct deflater *deflater_new(enum deflate_level level);
void deflater_free(struct deflater *d);
DEFINE_CLEANUP(struct deflater, deflater_free);

/* Adds the compressed block to `out`, then inflates it again and compares length and CRC,
 * so that a fault of memory or encoder never reaches an archive (ERR_SOFTWARE). `crc`
 * gets the CRC-32 (ISO-HDLC, as in ZIP) of `in`. */
enum err deflater_block(struct deflater *d, struct str in, struct buf *out,
                        uint32_t *out_crc, struct error *e) MUST_CHECK;

/* One gzip member (RFC 1952, no name, time 0) of `in` is added to `out`. */
enum err deflater_gzip(struct deflater *d, struct str in, struct buf *out,
                       struct error *e) MUST_CHECK;

/* Inflates a raw block whose size is known: exactly `size` bytes are added to `out`, and
 * the block must end with its last input byte. Else ERR_DATA: "damaged", "longer than it
 * says", "bytes after its end". Any thread. */
enum err inflate_block(struct str in, size_t size, struct buf *out,
                       struct error *e) MUST_CHECK;

/* Streaming gzip reader: concatenated members, padding zeros accepted, trailer checked.
 * Reads through `fill` (returns bytes put into p, 0 at the end). */
struct gunzip;
typedef enum err gunzip_fill(void *ctx, void *p, size_t n, size_t *out_n,
                             struct error *e);
struct gunzip *gunzip_new(gunzip_fill *fill, void *ctx);
enum err gunzip_read(struct gunzip *g, void *p, size_t n, size_t *out_n,
                     struct error *e) MUST_CHECK; /* *out_n < n only at the end */
void gunzip_free(struct gunzip *g);

uint32_t crc32_of(uint32_t crc, struct str s);

#endif
