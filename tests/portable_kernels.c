/* SPDX-License-Identifier: MIT */
/* Linked into tests that run a second time on the portable kernels: the default options name these. */
#include "neardup.h"

void __real_neardup_options_init(neardup_options *options_out);
void __wrap_neardup_options_init(neardup_options *options_out);

void __wrap_neardup_options_init(neardup_options *options_out) {
    __real_neardup_options_init(options_out);
    options_out->kernels = "portable";
}
