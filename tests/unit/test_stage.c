/* The clock of stages: where it stands, what it counts, how samples stand for all. */
#include "base/stage.h"

#include "test.h"

START_TEST(a_clock_counts_for_the_stage_that_was_on)
{
    struct stage_clock c = {0};
    stage_begin(&c, STAGE_CUT);
    uint64_t from = stage_ticks();
    while (stage_ticks() - from < 1000000)
        ;
    ck_assert_int_eq(stage_enter(&c, STAGE_READ), STAGE_CUT);
    uint64_t all = stage_ticks() - from;
    ck_assert_int_eq(stage_enter(&c, STAGE_CUT), STAGE_READ);
    ck_assert_uint_ge(c.ticks[STAGE_CUT], 1000000 - c.cost);
    ck_assert_uint_lt(c.ticks[STAGE_READ], all);
    ck_assert_uint_eq(c.ticks[STAGE_WRITE], 0);
}
END_TEST

START_TEST(no_clock_costs_nothing_and_stays_where_it_is)
{
    ck_assert_int_eq(stage_enter(NULL, STAGE_READ), STAGE_READ);
    ck_assert(!stage_sample(NULL));
}
END_TEST

START_TEST(a_counter_that_goes_back_counts_nothing)
{
    struct stage_clock c = {.now = STAGE_CUT,
                            .since = stage_ticks() + ((uint64_t)1 << 60)};
    stage_move(&c, STAGE_WAIT);
    ck_assert_uint_eq(c.ticks[STAGE_CUT], 0);
}
END_TEST

START_TEST(one_record_in_so_many_is_sampled)
{
    struct stage_clock c = {0};
    unsigned n = 0;
    for (unsigned i = 0; i < 10 * STAGE_EVERY; i++)
        n += stage_sample(&c);
    ck_assert_uint_eq(n, 10);
    ck_assert_uint_eq(c.sampled, 10);
    ck_assert_uint_eq(c.records, 10 * STAGE_EVERY);
}
END_TEST

START_TEST(a_stretch_that_is_too_long_is_no_sample)
{
    struct stage_clock c = {.now = STAGE_SCAN,
                            .since = stage_ticks() - 2 * (uint64_t)STAGE_LONGEST};
    stage_move(&c, STAGE_WAIT);
    ck_assert_uint_eq(c.ticks[STAGE_SCAN], 0);
    ck_assert_uint_ge(c.ticks[STAGE_RECORD], STAGE_LONGEST);
    c.since = stage_ticks() - 2 * (uint64_t)STAGE_LONGEST;
    stage_move(&c, STAGE_SCAN);
    ck_assert_uint_ge(c.ticks[STAGE_WAIT], STAGE_LONGEST);
}
END_TEST

/* What the samples took is part of what is divided: nothing is lost or made. */
START_TEST(samples_stand_for_all)
{
    struct stage_clock c = {0}, sum = {0};
    c.ticks[STAGE_RECORD] = 900;
    c.ticks[STAGE_SCAN] = 30;
    c.ticks[STAGE_EMIT] = 10;
    c.ticks[STAGE_WRITE] = 7;
    c.ticks[STAGE_MATCH] = 60;
    stage_add(&sum, &c);
    stage_divide(&sum);
    ck_assert_uint_eq(sum.ticks[STAGE_RECORD], 0);
    ck_assert_uint_eq(sum.ticks[STAGE_SCAN], 300);
    ck_assert_uint_eq(sum.ticks[STAGE_MATCH], 600);
    ck_assert_uint_eq(sum.ticks[STAGE_EMIT], 100);
    ck_assert_uint_eq(sum.ticks[STAGE_WRITE], 7);
}
END_TEST

START_TEST(without_samples_records_stay_whole)
{
    struct stage_clock c = {0};
    c.ticks[STAGE_RECORD] = 900;
    stage_divide(&c);
    ck_assert_uint_eq(c.ticks[STAGE_RECORD], 900);
}
END_TEST

START_TEST(the_rate_is_ticks_a_second)
{
    struct stage_moment a = {1000, 5000}, b = {4000, 6000};
    ck_assert_double_eq_tol(stage_rate(a, b), 3e9, 1);
    ck_assert_double_eq_tol(stage_rate(a, a), 1e9, 1);
    ck_assert_str_eq(stage_name(STAGE_WAIT), "wait");
    ck_assert_str_eq(stage_name(STAGE_WRITE), "write");
}
END_TEST

static void cases(TCase *tc)
{
    tcase_add_test(tc, a_clock_counts_for_the_stage_that_was_on);
    tcase_add_test(tc, no_clock_costs_nothing_and_stays_where_it_is);
    tcase_add_test(tc, a_counter_that_goes_back_counts_nothing);
    tcase_add_test(tc, one_record_in_so_many_is_sampled);
    tcase_add_test(tc, a_stretch_that_is_too_long_is_no_sample);
    tcase_add_test(tc, samples_stand_for_all);
    tcase_add_test(tc, without_samples_records_stay_whole);
    tcase_add_test(tc, the_rate_is_ticks_a_second);
}

TEST_MAIN("stage")
