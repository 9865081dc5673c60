/*
 * deflate: a block in, a block out; the only room that knows zlib, libdeflate and
 * ISA-L.
 *
 * Raw DEFLATE (RFC 1951), whole blocks in memory. The encoder follows from the level
 * and from what was built in; its name and version are recorded because bytes depend on
 * them. A `deflater` belongs to one thread; make one per worker. A block has at most
 * DEFLATE_BLOCK bytes, else ERR_LIMIT.
 */
#ifndef DEFLATE_DEFLATE_H
#define DEFLATE_DEFLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Members end at the first record end behind 128 KiB, so this is about the longest
 * record; the 32-bit counters of zlib and ISA-L would allow 4 GiB. */
#define DEFLATE_BLOCK (256u << 20)

enum deflate_level {
    DEFLATE_FAST,     /* ISA-L 1, else libdeflate 1, else zlib 1 */
    DEFLATE_BALANCED, /* ISA-L 2, else libdeflate 1, else zlib 1 */
    DEFLATE_SMALL,    /* libdeflate 6, else zlib 6 */
};

/* "libdeflate 1.14 level 1": name, version and level of the encoder that a level means
 * in this build (of libdeflate and ISA-L the version built against; they do not tell at
 * run time). Static storage, any thread. */
const char *deflate_encoder(enum deflate_level level);

struct deflater;
struct deflater *deflater_new(enum deflate_level level);
void deflater_free(struct deflater *d);
DEFINE_CLEANUP(struct deflater, deflater_free);

/* Gives back what a large block took. */
void deflater_trim(struct deflater *d);

/* Adds the compressed block to `out`, then inflates it again and compares every byte,
 * so that a fault of memory or encoder never reaches an archive (ERR_SOFTWARE).
 * `out_crc` gets the CRC-32 (ISO-HDLC, as in ZIP) of `in`. On an error `out` holds what
 * it held. */
enum err deflater_block(struct deflater *d, struct str in, struct buf *out,
                        uint32_t *out_crc, struct error *e) MUST_CHECK;

/* One gzip member (RFC 1952, no name, time 0) of `in` is added to `out`. */
enum err deflater_gzip(struct deflater *d, struct str in, struct buf *out,
                       struct error *e) MUST_CHECK;

/* Inflates a raw block whose size is known: exactly `size` bytes are added to `out`,
 * and the block must end with its last input byte. Else ERR_DATA: "damaged", "longer
 * than it says", "shorter than it says", "bytes after its end". Past the limit of
 * `out`: ERR_LIMIT, before anything is inflated. The caller checks the CRC. Any thread.
 */
enum err inflate_block(struct str in, size_t size, struct buf *out, struct error *e)
    MUST_CHECK;

/* Streaming gzip reader: concatenated members and zeros behind the last one are
 * accepted, every trailer is checked. Reads through `fill`, which puts 1 to n bytes at
 * p and their number into *out_n, 0 at the end; `ctx` is borrowed. What is no gzip,
 * damaged, cut or followed by other bytes is ERR_DATA with the offset in the compressed
 * bytes; after an error only gunzip_free() is left. One thread at a time. */
struct gunzip;
typedef enum err gunzip_fill(void *ctx, void *p, size_t n, size_t *out_n,
                             struct error *e);
struct gunzip *gunzip_new(gunzip_fill *fill, void *ctx);
enum err gunzip_read(struct gunzip *g, void *p, size_t n, size_t *out_n,
                     struct error *e) MUST_CHECK; /* *out_n < n only at the end */
void gunzip_free(struct gunzip *g);
DEFINE_CLEANUP(struct gunzip, gunzip_free);

/* The CRC-32 (ISO-HDLC) of what gave `crc` (nothing: 0), followed by s. Any thread. */
uint32_t crc32_of(uint32_t crc, struct str s);

#endif
