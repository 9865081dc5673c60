#include "base/shipped.h"
#include "config.h"
#include "doc/doc.h"
#include "server/core.h"

void control_describe(struct conn *c)
{
    buf_clear(&c->out);
    buf_add_str(&c->out, shipped_get(STR("openapi.json")));
    reply_json(c, 200);
}

void control_health(struct conn *c)
{
    const struct server *s = c->front->server;
    const struct server_handler *h = &s->config->handler;
    struct emit j;
    buf_clear(&c->out);
    emit_init(&j, &c->out);
    emit_object(&j);
    emit_key_string(&j, "status", STR("ok"));
    emit_key_string(&j, "version", STR(SANDCAST_VERSION));
    emit_key_string(&j, "environment", str_of(s->config->environment));
    emit_key_string(&j, "tenant", str_of(s->config->tenant));
    emit_key_uint(&j, "uptime_ms", (uint64_t)(conn_microseconds() - s->started) / 1000);
    if (h->health)
        h->health(h->ctx, &j);
    emit_object_end(&j);
    reply_json(c, 200);
    c->request.reply.no_store = true;
}

/* {} or {"all": true}; nothing at all is {}. */
static bool read_all(struct str body, bool *out)
{
    *out = false;
    if (body.n == 0)
        return true;
    CLEANUP(doc_freep) struct doc *d = NULL;
    if (doc_json(body, "request", &d, NULL) != ERR_OK)
        return false;
    const struct doc_node *root = doc_root(d), *all = doc_get(root, "all");
    if (root->kind != DOC_MAP || root->n_items != (all != NULL))
        return false;
    return !all || doc_bool(all, out);
}

void control_reset(struct conn *c)
{
    const struct server_handler *h = &c->front->server->config->handler;
    bool all;
    if (!read_all(buf_str(&c->in), &all)) {
        reply_error(c, 400, "BAD_REQUEST", "the body is {} or {\"all\": true}");
        return;
    }
    if (!h->reset) {
        reply_error(c, 501, "NOT_HERE", "nothing in this sandbox can be reset");
        return;
    }
    int64_t begin = conn_microseconds();
    uint64_t generation = 0;
    struct error e = ERROR_INIT;
    if (h->reset(h->ctx, all, &generation, &e) != ERR_OK) {
        reply_error(c, 500, "RESET_FAILED", e.line);
        return;
    }
    buf_clear(&c->out);
    buf_printf(&c->out, "{\"generation\":%llu,\"ms\":%.3f}",
               (unsigned long long)generation,
               (double)(conn_microseconds() - begin) / 1000);
    reply_json(c, 200);
}

static uint64_t sum(const struct server *s, enum count what)
{
    uint64_t n = 0;
    for (size_t i = 0; i < sizeof s->workers / sizeof *s->workers; i++)
        n += atomic_load_explicit(&s->workers[i].counts[what], memory_order_relaxed);
    return n;
}

static void add_metric(struct buf *out, const char *name, const char *kind,
                       const char *help, uint64_t value)
{
    buf_printf(out, "# HELP sandcast_%s %s\n# TYPE sandcast_%s %s\nsandcast_%s %llu\n",
               name, help, name, kind, name, (unsigned long long)value);
}

void control_metrics(struct conn *c)
{
    const struct server *s = c->front->server;
    const struct server_handler *h = &s->config->handler;
    struct buf *out = &c->out;
    buf_clear(out);
    buf_printf(out,
               "# HELP sandcast_requests_total Requests that were answered.\n"
               "# TYPE sandcast_requests_total counter\n"
               "sandcast_requests_total{status=\"2xx\"} %llu\n"
               "sandcast_requests_total{status=\"4xx\"} %llu\n"
               "sandcast_requests_total{status=\"5xx\"} %llu\n",
               (unsigned long long)sum(s, COUNT_2XX),
               (unsigned long long)sum(s, COUNT_4XX),
               (unsigned long long)sum(s, COUNT_5XX));
    add_metric(out, "request_microseconds_total", "counter",
               "Time from a request's headers to the end of its answer.",
               sum(s, COUNT_MICROSECONDS));
    add_metric(out, "received_bytes_total", "counter", "Bytes of bodies.",
               sum(s, COUNT_RECEIVED));
    add_metric(out, "sent_bytes_total", "counter", "Bytes of answers.",
               sum(s, COUNT_SENT));
    add_metric(out, "unauthenticated_total", "counter",
               "Requests without a credential of this sandbox.",
               sum(s, COUNT_UNAUTHENTICATED));
    add_metric(out, "running", "gauge", "Requests that run.", atomic_load(&s->running));
    add_metric(out, "connections", "gauge", "Open connections.",
               atomic_load(&s->n_conns));
    add_metric(out, "uptime_seconds", "gauge", "Since the start.",
               (uint64_t)(conn_microseconds() - s->started) / 1000000);
    if (h->metrics)
        h->metrics(h->ctx, out);
    c->request.reply.status = 200;
    c->request.reply.type = "text/plain; version=0.0.4; charset=utf-8";
    c->request.reply.no_store = true;
}
