/*
 * dice: numbers that depend on where they are used, and on nothing before.
 *
 * A value is a function of (seed, entity, id, field), so that any record can be made
 * alone and two records that quote the same thing quote it alike. Integers only: the
 * same on every machine. The mixing function is the finaliser of SplitMix64 (Steele,
 * Lea, Flood, OOPSLA 2014). Not for secrets. Any thread.
 */
#ifndef DEMO_DICE_H
#define DEMO_DICE_H

#include <stdint.h>

#define DICE_STEP 0x9e3779b97f4a7c15u /* 2^64 over the golden ratio, odd */

static inline uint64_t dice_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* What the values of one record come from. */
static inline uint64_t dice_record(uint64_t seed, unsigned entity, uint64_t id)
{
    return dice_mix(dice_mix(seed + DICE_STEP * (entity + 1)) + DICE_STEP * id);
}

/* The value of a field of the record. */
static inline uint64_t dice_roll(uint64_t record, unsigned field)
{
    return dice_mix(record + DICE_STEP * (field + 1));
}

__extension__ typedef unsigned __int128 dice_wide;

/* 0 … n - 1 out of a value. */
static inline uint64_t dice_below(uint64_t value, uint64_t n)
{
    return (uint64_t)(((dice_wide)value * n) >> 64);
}

static inline uint64_t dice_pick(uint64_t record, unsigned field, uint64_t n)
{
    return dice_below(dice_roll(record, field), n);
}

/* A stream of values inside one field. */
static inline uint64_t dice_next(uint64_t *state)
{
    return dice_mix(*state += DICE_STEP);
}

static inline uint64_t dice_next_below(uint64_t *state, uint64_t n)
{
    return dice_below(dice_next(state), n);
}

/* Moves 0 … 2^bits - 1 around, one to one: distinct ids give distinct numbers. */
static inline uint64_t dice_shuffle(uint64_t i, uint64_t seed, unsigned bits)
{
    uint64_t mask = (UINT64_C(1) << bits) - 1;

    i = (i * 0x2545f4914f6cdd1du + seed) & mask;
    i ^= i >> (bits / 2);
    return (i * 0x9e3779b97f4a7c15u) & mask;
}

#endif
