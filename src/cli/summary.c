#include "cli/summary.h"

#include <stdio.h>
#include <sys/resource.h>

#include "config.h"
#include "crypt/digest.h"
#include "json/emit.h"
#include "json/utf8.h"

static const char *const kind_names[] = {"string", "number", "boolean", "null"};

static void add_fixed(struct emit *j, const char *key, double v, int digits)
{
    BUF_SCOPED text = BUF_INIT;
    buf_printf(&text, "%.*f", digits, v);
    emit_key(j, str_of(key));
    emit_raw(j, buf_str(&text));
}

/* Names of files need not be UTF-8, and a cut line may end inside a character: what is
 * none becomes U+FFFD. */
static void emit_named(struct emit *j, const char *key, struct str text)
{
    BUF_SCOPED out = BUF_INIT;
    for (size_t i = 0; i < text.n;) {
        size_t n = 1;
        if ((uint8_t)text.p[i] >= 0x80)
            n = utf8_sequence(text.p + i, text.p + text.n);
        if (n)
            buf_add(&out, text.p + i, n);
        else
            buf_add_str(&out, STR("\xef\xbf\xbd"));
        i += n ? n : 1;
    }
    if (key)
        emit_key(j, str_of(key));
    emit_string(j, buf_str(&out));
}

static void add_inputs(struct emit *j, const struct source *source)
{
    emit_key(j, STR("inputs"));
    emit_array(j);
    for (size_t i = 0; source && i < source_n_inputs(source); i++) {
        const struct source_input *in = source_input_at(source, i);
        emit_object(j);
        emit_named(j, "name", in->name);
        emit_key_string(j, "format", in->format);
        emit_key_uint(j, "bytes", in->bytes);
        emit_object_end(j);
    }
    emit_array_end(j);
}

/* Without an archive (dry run) the ledger knows how many records each entity has. */
static void add_entities(struct emit *j, const struct summary *s)
{
    emit_key(j, STR("entities"));
    emit_object(j);
    for (size_t i = 0; s->writer && i < writer_n_entities(s->writer); i++) {
        const struct writer_entity *w = writer_entity_at(s->writer, i);
        emit_key(j, w->name);
        emit_object(j);
        emit_key_uint(j, "records", w->records);
        emit_key_uint(j, "members", w->members);
        emit_object_end(j);
    }
    for (size_t i = 0; s->ledger && !s->writer && i < s->ledger->n_entities; i++) {
        emit_key(j, s->ledger->entities[i].name);
        emit_object(j);
        emit_key_uint(j, "records", s->ledger->entities[i].records);
        emit_key_uint(j, "members", 0);
        emit_object_end(j);
    }
    emit_object_end(j);
}

static void add_decisions(struct emit *j, const struct ledger *l)
{
    uint64_t actions[32] = {0};
    emit_key(j, STR("decisions"));
    emit_object(j);
    for (size_t r = 0; l && r < l->rules->n_rules; r++) {
        if (!l->decisions[r])
            continue;
        const struct rule *rule = l->rules->rules[r];
        emit_key_uint(j, rule->id.p, l->decisions[r]);
        for (size_t a = 0; act_at(a) && a < 32; a++)
            if (act_at(a) == rule->action)
                actions[a] += l->decisions[r];
    }
    emit_object_end(j);
    emit_key(j, STR("detections"));
    emit_object(j);
    for (size_t d = 0; l && d < l->rules->n_detectors; d++)
        if (l->detections[d])
            emit_key_uint(j, l->rules->detectors[d]->id.p, l->detections[d]);
    emit_object_end(j);
    emit_key(j, STR("actions"));
    emit_object(j);
    for (size_t a = 0; act_at(a) && a < 32; a++)
        if (actions[a])
            emit_key_uint(j, act_at(a)->name, actions[a]);
    emit_object_end(j);
}

static void add_undecided(struct emit *j, const struct ledger *l)
{
    emit_key(j, STR("undecided"));
    emit_array(j);
    for (size_t i = 0; l && i < l->n_lines; i++)
        for (int t = 0; t < 4; t++) {
            if (!l->lines[i]->undecided[t])
                continue;
            emit_object(j);
            emit_key_string(j, "path", l->lines[i]->path);
            emit_key_uint(j, "count", l->lines[i]->undecided[t]);
            emit_key_string(j, "type", str_of(kind_names[t]));
            emit_object_end(j);
        }
    emit_array_end(j);
}

static void add_findings(struct emit *j, const struct summary *s)
{
    const struct source *source = s->setup->source;
    emit_key(j, STR("findings"));
    emit_array(j);
    for (size_t i = 0; source && i < source_n_findings(source); i++)
        emit_named(j, NULL, str_of(source_finding_at(source, i)));
    emit_array_end(j);
}

static uint64_t peak_rss(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (uint64_t)u.ru_maxrss * 1024;
}

void summary_json(const struct summary *s, struct buf *out)
{
    struct emit j;
    const struct ledger *l = s->ledger;
    uint64_t bytes = s->stream ? pipeline_bytes(s->stream) : 0, duplicates = 0;
    double seconds = s->seconds > 1e-6 ? s->seconds : 1e-6;
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, "command", str_of(s->command));
    emit_key_string(&j, "version", STR(SANDCAST_VERSION));
    emit_key_string(&j, "status", str_of(s->status));
    if (s->error && s->error->line[0]) {
        char line[1024];
        err_text(s->error, line, sizeof line);
        emit_named(&j, "error", str_of(line));
    }
    if (s->root) {
        BUF_SCOPED hex = BUF_INIT;
        hex_add(&hex, s->root, ROOT_SIZE);
        emit_key_string(&j, "root", buf_str(&hex));
    }
    add_inputs(&j, s->setup->source);
    emit_key_uint(&j, "bytes_in", bytes);
    emit_key_uint(&j, "bytes_out", s->bytes_out);
    emit_key_uint(&j, "records", l ? l->counts.records : 0);
    add_entities(&j, s);
    add_decisions(&j, l);
    emit_key_uint(&j, "leaves", l ? l->counts.leaves : 0);
    emit_key_uint(&j, "changed", l ? l->counts.changed : 0);
    emit_key_uint(&j, "already_scrubbed", l ? l->counts.already : 0);
    add_undecided(&j, l);
    for (size_t i = 0; s->writer && i < writer_n_entities(s->writer); i++)
        duplicates += writer_entity_at(s->writer, i)->duplicates;
    emit_key_uint(&j, "duplicates", duplicates);
    add_fixed(&j, "seconds", s->seconds, 3);
    add_fixed(&j, "mb_per_s", (double)bytes / 1e6 / seconds, 1);
    emit_key_uint(&j, "rules", s->setup->rules ? s->setup->rules->n_rules : 0);
    add_fixed(&j, "match_density",
              l && l->counts.leaves
                  ? (double)l->counts.changed / (double)l->counts.leaves
                  : 0,
              4);
    emit_key_uint(&j, "peak_rss_bytes", peak_rss());
    emit_key_uint(&j, "jobs", s->stream ? pipeline_jobs(s->stream) : 0);
    emit_key_string(&j, "level", str_of(s->level));
    add_findings(&j, s);
    if (s->profile) {
        emit_key(&j, STR("profile"));
        profile_json(s->profile, &j);
    }
    emit_object_end(&j);
    buf_add_char(out, '\n');
}

enum err summary_write(const struct summary *s, const char *file, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    summary_json(s, &text);
    return command_result(buf_str(&text), file, e);
}

static void add_count(struct buf *out, uint64_t v)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v);
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            buf_add_char(out, ',');
        buf_add_char(out, digits[i]);
    }
}

void summary_text(const struct summary *s, const char *output, struct buf *out)
{
    const struct ledger *l = s->ledger;
    double mb = (double)pipeline_bytes(s->stream) / 1e6;
    buf_printf(out, "sandcast: ");
    add_count(out, l->counts.records);
    buf_printf(out, " records of %zu entities, ", l->n_entities);
    add_count(out, l->counts.leaves);
    buf_printf(out, " values: ");
    add_count(out, l->counts.changed);
    buf_printf(out, " changed, ");
    add_count(out, l->counts.undecided);
    buf_printf(out, " undecided\n");
    if (l->counts.already) {
        buf_printf(out, "sandcast: ");
        add_count(out, l->counts.already);
        buf_printf(out, " values were scrubbed before by the same rules and key\n");
    }
    buf_printf(out, "sandcast: %.1f MB in %.2f s, %.0f MB/s", mb, s->seconds,
               mb / (s->seconds > 1e-6 ? s->seconds : 1e-6));
    if (s->root) {
        BUF_SCOPED hex = BUF_INIT;
        hex_add(&hex, s->root, ROOT_SIZE);
        buf_printf(out, "; %.1f MB in %s\nsandcast: root %s\n",
                   (double)s->bytes_out / 1e6, output, buf_cstr(&hex));
    } else {
        buf_printf(out, " (nothing written)\n");
    }
}

void summary_undecided(const struct ledger *l, struct buf *out)
{
    size_t shown = 0, hidden = 0;
    BUF_SCOPED rules = BUF_INIT;
    for (size_t i = 0; i < l->n_lines; i++) {
        const struct ledger_line *line = l->lines[i];
        if (!ledger_undecided(line))
            continue;
        if (shown == SUMMARY_PATHS) {
            hidden++;
            continue;
        }
        shown++;
        buf_printf(out, "sandcast: undecided: %.*s (%llu times)\n", STR_ARG(line->path),
                   (unsigned long long)ledger_undecided(line));
        ledger_suggest(line, &rules);
    }
    if (!shown)
        return;
    if (hidden)
        buf_printf(out, "sandcast: … and %zu more paths (all of them in --json)\n",
                   hidden);
    buf_printf(
        out,
        "sandcast: nothing is written: no rule says what to do with these. Decide in a\n"
        "pack of your own, for example mine.yaml (review each line), and add -r mine.yaml:\n\n"
        "pack: mine\nextends: [ion, pii, secrets, export-control]\nrules:\n%s\n"
        "sandcast: or choose for all of them: --undecided drop, redact or keep\n",
        buf_cstr(&rules));
}
