/* Kinds with steps: URLs and file names. */
#include "scrub/act_with.h"
#include "scrub/draw.h"
#include "scrub/pseudo.h"

#define STEP_BITS 10 /* characters of base32: 50 bits keep steps apart */

/* Extensions that say what a file is and nothing of what it holds. */
static bool is_extension(struct str s)
{
    static const char known[] =
        " 3dm 3mf 7z avi bmp bz2 catpart catproduct csv doc docx dwg dxf eml f3d gcode gif "
        "gz heic htm html iam iges igs ipt jpeg jpg js json jt key log m4a m4v md mkv mov mp3 "
        "mp4 mpeg mpg msg nc ndjson numbers obj odp ods odt pages par parquet pdf pem png "
        "ppt pptx prt ps psd py rar rtf sat sldasm slddrw sldprt sql sqlite step stl stp svg "
        "tar tgz tif tiff tsv txt vtt wav webm webp wrl xls xlsm xlsx xml xz x_t x_b yaml yml "
        "zip zst ";
    char word[16] = " ";
    if (s.n == 0 || s.n > 12)
        return false;
    for (size_t i = 0; i < s.n; i++)
        word[1 + i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
    word[1 + s.n] = ' ';
    word[2 + s.n] = 0;
    return memchr(s.p, ' ', s.n) == NULL && strstr(known, word) != NULL;
}

/* What follows the name, of at most two known extensions: ".tar.gz". */
static size_t stem_length(struct str s)
{
    size_t n = s.n;
    for (int round = 0; round < 2; round++) {
        const char *dot = n ? memrchr(s.p, '.', n) : NULL;
        size_t at = dot ? (size_t)(dot - s.p) : 0;
        if (at == 0 || !is_extension(str_n(dot + 1, n - at - 1)))
            break;
        n = at;
    }
    return n;
}

/* The same step has the same pseudonym wherever it stands. */
static void step(const struct pseudo *p, struct str s, bool last, struct buf *out)
{
    if (s.n == 0 || str_eq(s, STR(".")) || str_eq(s, STR(".."))) {
        buf_add_str(out, s);
        return;
    }
    struct draw d;
    struct space sub;
    space_sub(p->space, "step", &sub);
    draw_start(&d, p->t, space_str(&sub), s);
    draw_word(&d, WORDS_COMPANY, false, out);
    buf_add_char(out, '-');
    draw_base32(&d, STEP_BITS, out);
    if (last)
        buf_add_str(out, str_from(s, stem_length(s)));
}

void pseudo_path(const struct pseudo *p, struct str path, struct buf *out)
{
    size_t from = 0;
    for (size_t i = 0; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/' && path.p[i] != '\\')
            continue;
        step(p, str_n(path.p + from, i - from), i == path.n, out);
        if (i < path.n)
            buf_add_char(out, path.p[i]);
        from = i + 1;
    }
}

static enum err make_filename(const struct pseudo *p, struct str in, struct buf *out,
                              struct error *e)
{
    pseudo_path(p, in, out);
    return ERR_OK;
}

/* Bytes of a well-known scheme with its "://"; 0: none. Another scheme could be data.
 */
static size_t scheme_length(struct str s)
{
    static const char *const schemes[] = {
        "http", "https", "ftp",  "ftps", "sftp",  "ssh",   "git",
        "file", "s3",    "gs",   "ws",   "wss",   "ldap",  "ldaps",
        "smb",  "nfs",   "abfs", "jdbc", "mysql", "redis", "amqp"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t n = strlen(schemes[i]);
        if (s.n >= n + 3 && strncasecmp(s.p, schemes[i], n) == 0 &&
            memcmp(s.p + n, "://", 3) == 0)
            return n + 3;
    }
    return 0;
}

static size_t find_any(struct str s, const char *stops)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] && strchr(stops, s.p[i]))
            return i;
    return s.n;
}

/* user@host:port: the user goes, the port (digits) stays. */
static void authority(const struct pseudo *p, struct str s, struct buf *out)
{
    const char *at = s.n ? memrchr(s.p, '@', s.n) : NULL;
    if (at)
        s = str_from(s, (size_t)(at + 1 - s.p));
    size_t host = s.n;
    while (host && s.p[host - 1] >= '0' && s.p[host - 1] <= '9')
        host--;
    bool port = host && host < s.n && s.n - host <= 5 && s.p[host - 1] == ':';
    struct str name = port ? str_n(s.p, host - 1) : s;
    if (name.n)
        pseudo_host(p, name, out);
    if (port)
        buf_add_str(out, str_from(s, host - 1));
}

static enum err make_url(const struct pseudo *p, struct str in, struct buf *out,
                         struct error *e)
{
    struct str rest = str_from(in, scheme_length(in));
    buf_add(out, in.p, in.n - rest.n);
    size_t n = find_any(rest, "/?#");
    /* Without a scheme, what has a dot before its first slash is a host. */
    bool host = rest.n < in.n || memchr(rest.p, '.', n);
    if (host) {
        authority(p, str_n(rest.p, n), out);
        rest = str_from(rest, n);
    }
    n = find_any(rest, "?#");
    pseudo_path(p, str_n(rest.p, n), out);
    if (n == rest.n)
        return ERR_OK;
    /* Query and fragment become one code, which keeps different URLs different. */
    struct draw d;
    draw_start(&d, p->t, p->space, in);
    buf_add_char(out, rest.p[n]);
    buf_add_str(out, rest.p[n] == '?' ? STR("q=") : STR(""));
    draw_base32(&d, STEP_BITS, out);
    return ERR_OK;
}

const struct pseudo_kind pseudo_url = {
    .name = "url",
    .summary = "scheme and port stay, host, steps and query are replaced",
    .make = make_url,
};

const struct pseudo_kind pseudo_filename = {
    .name = "filename",
    .summary = "well-known extensions stay, the rest is replaced",
    .make = make_filename,
};
