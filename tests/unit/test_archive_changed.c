/* What the reader refuses of a snapshot's content, in archives that are sound ZIP
 * files. */
#include "archive_rebuilt.h"

static void no_bagit(struct parts *p)
{
    parts_remove(p, "bagit.txt");
}
static void no_identity(struct parts *p)
{
    parts_remove(p, "meta/manifest.json");
}
static void no_data(struct parts *p)
{
    parts_remove(p, "data/Part/000001.ndjson");
}
static void no_first(struct parts *p)
{
    parts_remove(p, "data/Part/000000.ndjson");
}
static void no_top(struct parts *p)
{
    parts_remove(p, "index/Part/top");
}
static void no_pages(struct parts *p)
{
    parts_remove(p, "index/Part/0000.idx");
}
static void no_shadow(struct parts *p)
{
    parts_remove(p, "index/Part/shadow");
}
static void no_manifest(struct parts *p)
{
    parts_remove(p, "manifest.json");
}
static void more_shadow(struct parts *p)
{
    parts_insert(p, 0, "index/Bare/shadow", "123456789");
}
static void long_shadow(struct parts *p)
{
    parts_set(p, "index/Part/shadow", STR("123456781234567812"));
}
static void shadow_kind(struct parts *p)
{
    parts_get(p, "index/Part/shadow")->content.p[8] = 3;
}
static void shadow_copy(struct parts *p)
{
    parts_get(p, "index/Part/shadow")->content.p[8] = 2;
}
static void packed_top(struct parts *p)
{
    parts_get(p, "index/Part/top")->stored = false;
}
static void unknown_entity(struct parts *p)
{
    parts_insert(p, 0, "data/Nix/000000.ndjson", "{}\n");
}
static void swapped(struct parts *p)
{
    parts_rename(p, "data/Part/000000.ndjson", "data/Part/000009.ndjson");
    parts_rename(p, "data/Part/000001.ndjson", "data/Part/000000.ndjson");
    parts_rename(p, "data/Part/000009.ndjson", "data/Part/000001.ndjson");
}
static void manifest_inside(struct parts *p)
{
    parts_insert(p, p->n, "meta/last", "x");
}
static void version_2(struct parts *p)
{
    parts_replace(p, "manifest.json", "snapshot 1.0", "snapshot 2.0");
}
static void other_format(struct parts *p)
{
    parts_replace(p, "manifest.json", "sandcast-snapshot", "sandcast-snapshoT");
}
static void no_format(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"format\"", "\"formaT\"");
}
static void blank(struct parts *p)
{
    parts_replace(p, "manifest.json", "{", "{ ");
}
static void root(struct parts *p)
{
    char *at = strstr(parts_get(p, "manifest.json")->content.p, "\"root\":\"") + 8;
    *at = *at == '0' ? '1' : '0';
}
static void no_root(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"root\"", "\"rooT\"");
}
static void entity_digest(struct parts *p)
{
    char *at = strstr(parts_get(p, "manifest.json")->content.p, "\"digest\":\"") + 10;
    *at = *at == '0' ? '1' : '0';
}
static void order(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"name\":\"Bare\"", "\"name\":\"Tare\"");
}
static void by_case(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"name\":\"Bare\"", "\"name\":\"PART\"");
}
static void bad_name(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"name\":\"Bare\"", "\"name\":\"../a\"");
}
static void no_records(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"records\":1}", "\"records\":0}");
}
static void more_records(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"records\":600", "\"records\":601");
}
static void no_rule(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"first\"", "\"other\"");
}
static void no_json(struct parts *p)
{
    parts_set(p, "manifest.json", STR("{"));
}
static void twice_in_json(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"rules\":[]", "\"rules\":[],\"rules\":[]");
}
static void top_magic(struct parts *p)
{
    parts_get(p, "index/Part/top")->content.p[0] = 'x';
}
static void top_flags(struct parts *p)
{
    parts_get(p, "index/Part/top")->content.p[15] = 2;
}
static void top_cut(struct parts *p)
{
    parts_get(p, "index/Part/top")->content.n -= 1;
}
static void top_digest(struct parts *p)
{
    struct buf *b = &parts_get(p, "index/Part/top")->content;
    b->p[b->n - 1] ^= 1;
}
static void top_key(struct parts *p)
{
    parts_get(p, "index/Part/top")->content.p[19] = 0x7f;
}
static void page_byte(struct parts *p)
{
    parts_get(p, "index/Part/0000.idx")->content.p[9] ^= 1;
}
static void pages_longer(struct parts *p)
{
    buf_add_char(&parts_get(p, "index/Part/0000.idx")->content, 0);
}

static const struct {
    const char *name;
    void (*change)(struct parts *p);
    const char *line;
} changes[] = {
    {"no bagit.txt", no_bagit, "bagit.txt is missing"},
    {"no meta/manifest.json", no_identity, "meta/manifest.json is missing"},
    {"no last data member", no_data, "data members that manifest.json says"},
    {"no first data member", no_first, "missing or out of order"},
    {"no top", no_top, "index files that manifest.json says"},
    {"no pages", no_pages, "index files that manifest.json says"},
    {"no shadow", no_shadow, "shadow rows that manifest.json says"},
    {"a shadow too many", more_shadow, "shadow rows that manifest.json says"},
    {"a longer shadow", long_shadow, "shadow rows that manifest.json says"},
    {"shadow of another kind", shadow_kind, "of no known kind"},
    {"a loser made a copy", shadow_copy, "shadow rows contradict manifest.json"},
    {"no manifest.json", no_manifest, "the last member is not manifest.json"},
    {"manifest.json not last", manifest_inside, "the last member is not manifest.json"},
    {"compressed top", packed_top, "index file is compressed"},
    {"unknown entity", unknown_entity, "does not know"},
    {"members swapped", swapped, "missing or out of order"},
    {"version 2", version_2, "version is not 1.x"},
    {"other format", other_format, "is not sandcast-snapshot"},
    {"no format", no_format, "names no format"},
    {"not canonical", blank, "not canonical"},
    {"no JSON", no_json, "ends early"},
    {"a member twice", twice_in_json, ""},
    {"root", root, "root is not the digest"},
    {"no root", no_root, ""},
    {"entity's digest", entity_digest, "root is not the digest"},
    {"entities out of order", order, "out of order"},
    {"entities by case", by_case, ""},
    {"entity's name", bad_name, "that no entity may have"},
    {"no records", no_records, "numbers are missing or impossible"},
    {"another number of records", more_records, "top contradicts manifest.json"},
    {"rule for duplicates", no_rule, "how duplicates were decided"},
    {"top's head", top_magic, "does not begin as it should"},
    {"top's flags", top_flags, "flags"},
    {"top cut off", top_cut, "top is cut off"},
    {"top's digest", top_digest, "digests do not make the one"},
    {"top's first key", top_key, "does not begin with the key that the top says"},
    {"page", page_byte, "index page does not have its CRC"},
    {"pages and more", pages_longer, "do not fill their file"},
};

START_TEST(changed_snapshot)
{
    CLEANUP(file_closep) int fd = good();
    struct parts p;
    parts_load(&p, fd);
    changes[_i].change(&p);
    refused(changes[_i].name, parts_write(&p), changes[_i].line);
    parts_done(&p);
}
END_TEST

START_TEST(entities_that_differ_in_case)
{
    struct error e = ERROR_INIT;
    struct manifest m = {0}, read;
    struct manifest_entity en[2] = {{.name = STR("PART"), 1, 1, 1},
                                    {.name = STR("Part"), 1, 1, 1}};
    m.entities = en;
    for (m.n_entities = 1; m.n_entities <= 2; m.n_entities++) {
        BUF_SCOPED text = BUF_INIT;
        manifest_root(en, m.n_entities, m.root);
        assert_ok(manifest_make(&m, "none", STR(""), true, &text, &e), &e);
        enum err code = manifest_read(buf_str(&text), &read, &e);
        ck_assert_int_eq(code, m.n_entities == 1 ? ERR_OK : ERR_DATA);
        if (code == ERR_OK)
            manifest_done(&read);
        else
            ck_assert(strstr(e.line, "differ in case only"));
    }
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, changed_snapshot, 0, sizeof changes / sizeof changes[0]);
    tcase_add_test(t, entities_that_differ_in_case);
}

TEST_MAIN("archive_changed")
