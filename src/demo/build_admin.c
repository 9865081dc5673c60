/* Keys, webhooks and notifications: where a tenant keeps its credentials. */
#include "demo/build.h"
#include "demo/plant.h"

void build_UserNotification(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const types[] = {"COMMENT",           "MENTION",
                                        "ISSUE_ASSIGNED",    "RUN_ASSIGNED",
                                        "RUN_STEP_ASSIGNED", "REVIEW_REQUEST"};
    uint64_t record = plan_record(p, PLAN_UserNotification, id);
    uint64_t other = plan_any(p, PLAN_User, dice_roll(record, ROLL_PERSON));
    struct text *t = &r->text;
    size_t from;

    row_begin(r, id);
    row_uint(r, "id", id);
    build_prose(r, p, "description", WORDS_remark, dice_roll(record, ROLL_TEXT), 1, 2);
    row_uint(r, "entityId", plan_any(p, PLAN_Entity, dice_roll(record, ROLL_TARGET)));
    row_null(r, "externalLink");
    row_word(r, "linkText", STR("Open"));
    text_add(t, STR("/runs/"));
    text_uint(t, plan_any(p, PLAN_Run, dice_roll(record, ROLL_VALUE)), 0);
    text_add(t, STR("/steps?notification="));
    text_uint(t, dice_pick(record, ROLL_SESSION_LOW, 8999999999) + 1000000000, 0);
    row_secret(r, "path", TEXT_URL);
    text_add(t, STR("{\"from\":\""));
    from = t->n;
    cast_person(p, other, t);
    text_mark_nested(t, str_n(t->p + from, t->n - from), TEXT_NAME);
    text_add(t, STR("\",\"replyTo\":\""));
    from = t->n;
    cast_email(p, other, t);
    text_mark_nested(t, str_n(t->p + from, t->n - from), TEXT_EMAIL);
    text_add(t, STR("\",\"urgent\":false}"));
    row_text(r, "payload");
    row_bool(r, "read", dice_pick(record, ROLL_FLAG, 4) > 0);
    from = t->n;
    cast_person(p, other, t);
    text_mark(t, from, TEXT_NAME);
    text_add(t, STR(" mentioned you"));
    row_text(r, "title");
    build_choice(r, "type", types, BUILD_COUNT(types), dice_roll(record, ROLL_KIND_OF));
    row_uint(r, "userId", plan_any(p, PLAN_User, dice_roll(record, ROLL_PERSON_2)));
    build_std(r, p, PLAN_UserNotification, id);
    build_by(r, p, PLAN_UserNotification, id);
    row_end(r);
}

void build_WebhookReceiver(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_WebhookReceiver, id);
    uint64_t state = dice_roll(record, ROLL_VALUE);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    text_add(t, STR("Receiver "));
    text_uint(t, id, 0);
    row_text(r, "name");
    build_prose(r, p, "description", WORDS_remark, dice_roll(record, ROLL_TEXT), 1, 1);
    text_add(t, STR("https://hooks.example.net/ion/"));
    plant_chars(t, plant_base62, 32, &state);
    row_secret(r, "webhookUri", TEXT_SECRET);
    plant_chars(t, plant_base62, 40, &state);
    row_secret(r, "sharedSecret", TEXT_SECRET);
    row_word(r, "contentType", STR("JSON"));
    row_uint(r, "expectedResponseCode", 200);
    row_bool(r, "active", dice_pick(record, ROLL_FLAG, 5) > 0);
    build_std(r, p, PLAN_WebhookReceiver, id);
    build_by(r, p, PLAN_WebhookReceiver, id);
    row_end(r);
}

void build_WebhookSubscription(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const resources[] = {
        "RUNS", "RUN_STEPS", "PARTS", "PARTS_INVENTORY", "ISSUES", "PURCHASE_ORDERS"};
    static const char *const actions[] = {"CREATE", "UPDATE", "DELETE"};
    uint64_t record = plan_record(p, PLAN_WebhookSubscription, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    build_choice(r, "resource", resources, BUILD_COUNT(resources),
                 dice_roll(record, ROLL_KIND_OF));
    build_choice(r, "action", actions, BUILD_COUNT(actions),
                 dice_roll(record, ROLL_STATE));
    row_uint(r, "receiverId",
             plan_parent(p, PLAN_WebhookSubscription, PLAN_WebhookReceiver, id));
    row_bool(r, "active", true);
    build_std(r, p, PLAN_WebhookSubscription, id);
    build_by(r, p, PLAN_WebhookSubscription, id);
    row_end(r);
}

void build_WebhookEvent(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const states[] = {"SUCCEEDED", "SUCCEEDED", "SUCCEEDED",
                                         "RETRYING", "FAILED"};
    uint64_t record = plan_record(p, PLAN_WebhookEvent, id);
    uint64_t state = dice_pick(record, ROLL_STATE, BUILD_COUNT(states));
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "subscriptionId",
             plan_parent(p, PLAN_WebhookEvent, PLAN_WebhookSubscription, id));
    row_time(r, "responseReceivedAt", build_created(p, PLAN_WebhookEvent, id) + 250000);
    row_uint(r, "responseStatusCode", state < 3 ? 200 : 503);
    row_word(r, "status", str_of(states[state]));
    row_uint(r, "numberOfRetries", state < 3 ? 0 : dice_pick(record, ROLL_QUANTITY, 6));
    text_add(t, state < 3 ? STR("{\"ok\":true}") : STR("Service unavailable"));
    row_secret(r, "responseData", TEXT_NONE);
    text_add(
        t, STR("{\"resource\":\"users\",\"action\":\"UPDATE\",\"row\":{\"email\":\""));
    size_t from = t->n;
    cast_email(p, plan_any(p, PLAN_User, dice_roll(record, ROLL_PERSON)), t);
    text_mark_nested(t, str_n(t->p + from, t->n - from), TEXT_EMAIL);
    text_add(t, STR("\"}}"));
    row_text(r, "requestData");
    build_std(r, p, PLAN_WebhookEvent, id);
    row_end(r);
}

void build_APIKeyObject(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_APIKeyObject, id);
    uint64_t state = dice_roll(record, ROLL_VALUE);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    build_std(r, p, PLAN_APIKeyObject, id);
    text_add(t, STR("api-key-"));
    plant_chars(t, plant_hex, 16, &state);
    row_secret(r, "clientId", TEXT_SECRET);
    plant_chars(t, plant_base62, 32, &state);
    row_secret(r, "clientSecret", TEXT_SECRET);
    row_bool(r, "enabled", dice_pick(record, ROLL_FLAG, 4) > 0);
    row_ref(r, "createdById", plan_any(p, PLAN_User, dice_roll(record, ROLL_AUTHOR)));
    row_ref(r, "updatedById", plan_any(p, PLAN_User, dice_roll(record, ROLL_EDITOR)));
    row_end(r);
}

void build_AnalyticsCredential(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_AnalyticsCredential, id);
    uint64_t state = dice_roll(record, ROLL_VALUE);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    row_ref(r, "userId", plan_any(p, PLAN_User, dice_roll(record, ROLL_PERSON)));
    row_uint(r, "organizationId", 1);
    text_add(t, STR("reader_"));
    plant_chars(t, plant_hex, 12, &state);
    row_secret(r, "roleName", TEXT_SECRET);
    row_word(r, "providerType", STR("POSTGRES"));
    text_add(t, STR("replica."));
    cast_domain(p, t);
    text_add(t, STR(":5432"));
    row_secret(r, "endpoint", TEXT_SECRET);
    plant_chars(t, plant_base62, 28, &state);
    row_secret(r, "password", TEXT_SECRET);
    build_std(r, p, PLAN_AnalyticsCredential, id);
    build_by(r, p, PLAN_AnalyticsCredential, id);
    row_end(r);
}
