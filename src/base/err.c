#include "base/err.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static enum err
set(struct error *e, enum err code, const char *format, va_list args)
{
    if (!e)
        return code;
    e->code = code;
    e->sys = 0;
    vsnprintf(e->line, sizeof e->line, format, args);
    return code;
}

enum err err_set(struct error *e, enum err code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(e, code, format, args);
    va_end(args);
    return code;
}

enum err err_sys(struct error *e, enum err code, int sys, const char *format, ...)
{
    if (sys == ENOSPC || sys == EDQUOT || sys == EFBIG)
        code = ERR_IO;
    else if (sys == ENOMEM)
        code = ERR_SOFTWARE;
    va_list args;
    va_start(args, format);
    set(e, code, format, args);
    va_end(args);
    if (!e)
        return code;
    e->sys = sys;
    size_t n = strlen(e->line);
    snprintf(e->line + n, sizeof e->line - n, ": %s", strerror(sys));
    return code;
}

enum err err_at(struct error *e, uint64_t offset)
{
    if (!e)
        return ERR_DATA;
    if (e->offset == ERR_NO_OFFSET)
        e->offset = offset;
    return e->code;
}

enum err err_in(struct error *e, const char *where)
{
    if (!e)
        return ERR_DATA;
    if (!e->where[0])
        snprintf(e->where, sizeof e->where, "%s", where);
    return e->code;
}

int err_status(enum err code)
{
    static const int status[] = {
#define X(name, exit_status, text) exit_status,
        ERR_LIST(X)
#undef X
    };
    return status[code];
}

void err_text(const struct error *e, char *out, unsigned size)
{
    unsigned n = 0;
    out[0] = 0;
#define ADD(...)                                                     \
    do {                                                             \
        if (n < size)                                                \
            n += (unsigned)snprintf(out + n, size - n, __VA_ARGS__); \
    } while (0)
    if (e->where[0])
        ADD("%s: ", e->where);
    if (e->offset != ERR_NO_OFFSET)
        ADD("byte %" PRIu64 ": ", e->offset);
    if (e->record != ERR_NO_RECORD)
        ADD("record %" PRIu64 ": ", e->record);
    ADD("%s", e->line);
#undef ADD
}
