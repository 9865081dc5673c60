/* One worker's state with a fixed key and generated words, for tests of actions. */
#ifndef TESTS_UNIT_ACT_THREAD_H
#define TESTS_UNIT_ACT_THREAD_H

#include <unistd.h>

#include "crypt/ff1.h"
#include "crypt/key.h"
#include "match/pattern.h"
#include "scrub/act.h"
#include "scrub/memo.h"
#include "scrub/words.h"
#include "test.h"

static inline void thread_words(struct act_thread *t)
{
    static const char *const titles[] = {"[given]\n", "[family]\n", "[company]\n"};
    BUF_SCOPED text = BUF_INIT;
    struct error e = ERROR_INIT;
    struct words *words = NULL;
    for (int section = 0; section < 3; section++) {
        buf_add(&text, titles[section], strlen(titles[section]));
        for (int i = 0; i < 200; i++)
            buf_printf(&text, "%c%c%cx\n", "gfc"[section], 'a' + i / 26, 'a' + i % 26);
    }
    assert_ok(words_read(buf_str(&text), &words, &e), &e);
    t->words = words;
}

/* `secret` is two hex digits, repeated. */
static inline void thread_init(struct act_thread *t, const char *secret)
{
    char path[] = "/tmp/sandcast-key-XXXXXX";
    struct error e = ERROR_INIT;
    struct key *key = NULL;
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    BUF_SCOPED text = BUF_INIT;
    buf_add_str(&text, STR("sandcast pseudonym key 1\nid: "));
    for (int i = 0; i < 16; i++)
        buf_add(&text, "ab", 2);
    buf_add_str(&text, STR("\nepoch: 0\nsecret: "));
    for (int i = 0; i < 32; i++)
        buf_add(&text, secret, 2);
    buf_add_char(&text, '\n');
    ck_assert_int_eq(write(fd, text.p, text.n), (ssize_t)text.n);
    close(fd);
    assert_ok(key_read(path, &key, &e), &e);
    unlink(path);
    uint8_t derived[32];
    memset(t, 0, sizeof *t);
    t->mac = mac_new(key);
    mac_derive(t->mac, STR("ff1"), derived);
    t->ff1 = ff1_new(derived, sizeof derived);
    t->matcher = matcher_new();
    t->memo = memo_new();
    memset(t->snapshot_salt, 7, sizeof t->snapshot_salt);
    thread_words(t);
    key_free(key);
}

static inline void thread_done(struct act_thread *t)
{
    mac_free(t->mac);
    ff1_free(t->ff1);
    matcher_free(t->matcher);
    memo_free(t->memo);
    words_free((struct words *)t->words);
    buf_done(&t->scratch);
    buf_done(&t->places);
}

#endif
