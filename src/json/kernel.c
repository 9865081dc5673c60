#include "json/kernel.h"

#include "config.h"
#include "json/kernel_tables.h"

const struct scan_kernel *kernel_scalar(void)
{
    return &kernel_table_scalar;
}

#if HAVE_AVX2
const struct scan_kernel *kernel_avx2(void)
{
    /* The compiler's start-up code asks the CPU once; these read what it found. */
    bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul");
    return has ? &kernel_table_avx2 : NULL;
}
#else
const struct scan_kernel *kernel_avx2(void)
{
    return NULL;
}
#endif

const struct scan_kernel *kernel_best(void)
{
    const struct scan_kernel *avx2 = kernel_avx2();
    return avx2 ? avx2 : kernel_scalar();
}
