/*
 * Writes shipped packs in their compiled form into one C file (src/scrub/pack_image.h
 * declares them). The build runs it; a pack that does not load or whose examples fail
 * stops the build.
 *
 * usage: compile OUTPUT PACK.yaml...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "scrub/pack_image.h"

#define PACK_SIZE (16u << 20)

/* This program reads texts only. */
const struct pack_image_file pack_images[1];
const size_t n_pack_images = 0;

static struct str last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_of(slash ? slash + 1 : path);
}

static void write_bytes(FILE *c, size_t number, struct str bytes)
{
    fprintf(c, "static const unsigned char pack_%zu[] = {", number);
    for (size_t i = 0; i < bytes.n; i++)
        fprintf(c, "%s%u,", i % 24 ? "" : "\n", (unsigned char)bytes.p[i]);
    fprintf(c, "\n};\n");
}

static enum err write_packs(FILE *c, char *const *paths, size_t n, struct error *e)
{
    BUF_SCOPED list = BUF_INIT;
    fprintf(c, "#include \"scrub/pack_image.h\"\n");
    for (size_t i = 0; i < n; i++) {
        BUF_SCOPED text = {.limit = PACK_SIZE};
        BUF_SCOPED image = BUF_INIT;
        struct str name = last_part(paths[i]);
        TRY(file_read(paths[i], &text, e));
        TRY(pack_image_make(buf_str(&text), name.p, &image, e));
        write_bytes(c, i, buf_str(&image));
        if (str_ends(name, STR(".yaml")))
            name.n -= strlen(".yaml");
        buf_printf(&list, "    {\"%.*s\", pack_%zu, sizeof pack_%zu},\n", STR_ARG(name),
                   i, i);
    }
    fprintf(c, "const struct pack_image_file pack_images[] = {\n%s};\n",
            buf_cstr(&list));
    fprintf(c, "const size_t n_pack_images = %zu;\n", n);
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct error e = ERROR_INIT;
    if (argc < 3) {
        fprintf(stderr, "usage: compile OUTPUT PACK.yaml...\n");
        return EXIT_FAILURE;
    }
    FILE *c = fopen(argv[1], "w");
    if (!c) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }
    enum err code = write_packs(c, argv + 2, (size_t)argc - 2, &e);
    bool failed = ferror(c);
    if (fclose(c) != 0 || failed) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }
    if (code != ERR_OK) {
        fprintf(stderr, "%s\n", e.line);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
