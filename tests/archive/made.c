/* Writes a snapshot with every kind of member to the path given, with ZIP64 records
 * everywhere if a second argument says zip64: for tools.sh. */
#include <stdio.h>
#include <stdlib.h>

#define MADE_MUST(condition) ((condition) ? (void)0 : abort())
#include "../unit/archive_made.h"

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    struct made s;
    made_begin(&s, (struct writer_options){.level = DEFLATE_BALANCED,
                                           .duplicates = DUPLICATES_FIRST});
    if (argc > 2 && strcmp(argv[2], "zip64") == 0)
        writer_limits(s.writer, (struct zip_limits){0, 0});
    char json[128];
    for (unsigned i = 0; i < 6000; i++) {
        snprintf(json, sizeof json, "{\"id\":%u,\"name\":\"n%u\",\"_etag\":\"e%u\"}",
                 i * 7919 % 6000, i, i % 7);
        made_record(&s, "Part", json);
        snprintf(json, sizeof json, "{\"a\":%u}", i % 5);
        made_record(&s, "Loose", json);
        snprintf(json, sizeof json, "{\"id\":\"x\",\"a\":%u}", i % 3);
        if (i < 10)
            made_record(&s, "Bare", json);
    }
    made_finish(&s, "{\"rules\":[]}");
    struct buf bytes = made_bytes(s.fd);
    int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    struct error e = ERROR_INIT;
    bool written =
        fd >= 0 && file_write_all(fd, bytes.p, bytes.n, argv[1], &e) == ERR_OK;
    buf_done(&bytes);
    made_done(&s);
    return written && close(fd) == 0 ? 0 : 1;
}
