/* Addresses of machines, and tokens. */
#include <arpa/inet.h>
#include <math.h>

#include "match/check_parts.h"

#define ADDRESS 46 /* INET6_ADDRSTRLEN, with NUL */

static bool is_address(int family, struct str s)
{
    char text[ADDRESS];
    uint8_t bytes[16];
    if (s.n == 0 || s.n >= sizeof text || memchr(s.p, 0, s.n))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    return inet_pton(family, text, bytes) == 1;
}

bool check_ipv4(struct str s, double parameter_)
{
    return is_address(AF_INET, s);
}
bool check_ipv6(struct str s, double parameter_)
{
    return is_address(AF_INET6, s);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* RFC 9562; nil and max (5.9, 5.10) name nothing. */
bool check_uuid(struct str s, double parameter_)
{
    unsigned all = 0, any = 15;
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        int value = hex_value(s.p[i]);
        if (dash ? s.p[i] != '-' : value < 0)
            return false;
        all |= dash ? 0 : (unsigned)value;
        any &= dash ? 15 : (unsigned)value;
    }
    return all != 0 && any != 15;
}

/* C. E. Shannon, 1948, over the bytes of the text. The small amount is what sums of
 * doubles can be off by, so that "abcd" has the 2 bits that it has. */
bool check_entropy(struct str s, double least)
{
    size_t count[256] = {0};
    double bits = 0;
    for (size_t i = 0; i < s.n; i++)
        count[(uint8_t)s.p[i]]++;
    for (size_t i = 0; i < 256; i++) {
        if (!count[i])
            continue;
        double share = (double)count[i] / (double)s.n;
        bits -= share * log2(share);
    }
    return s.n > 0 && bits + 1e-9 >= least;
}

static int base64url_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* RFC 7515, 7516: three or five parts, the first a JSON object that has "alg" (4.1.1);
 * headers of more bytes than this are no longer headers. */
#define HEADER 3072
bool check_jwt(struct str s, double parameter_)
{
    char header[HEADER];
    size_t n = 0, dots = 0;
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < s.n; i++) {
        int value = base64url_value(s.p[i]);
        if (value < 0 && s.p[i] != '.')
            return false;
        dots += value < 0;
        if (dots || value < 0)
            continue;
        bits = bits << 6 | (unsigned)value;
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        if (n == sizeof header)
            return false;
        header[n++] = (char)(bits >> have);
    }
    while (n && strchr(" \r\n\t", header[n - 1]) && header[n - 1])
        n--;
    return (dots == 2 || dots == 4) && n > 2 && header[0] == '{' &&
           header[n - 1] == '}' && memmem(header, n, "\"alg\"", 5);
}

/* CRC-32 (ISO 3309, reversed polynomial), bit by bit: tokens are rare and short. */
static uint32_t crc32_of(struct str s)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < s.n; i++) {
        crc ^= (uint8_t)s.p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* GitHub, "Behind GitHub's new authentication token formats" (2021): behind the prefix
 * the last six characters are the CRC-32 of those before them, in base 62. */
bool check_github_crc32(struct str s, double parameter_)
{
    static const char base62[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const char *under = s.n ? memrchr(s.p, '_', s.n) : NULL;
    struct str body = under ? str_from(s, (size_t)(under + 1 - s.p)) : s;
    if (body.n < 12)
        return false;
    uint32_t crc = crc32_of(str_n(body.p, body.n - 6));
    for (size_t i = 0; i < 6; i++, crc /= 62)
        if (body.p[body.n - 1 - i] != base62[crc % 62])
            return false;
    return crc == 0;
}
