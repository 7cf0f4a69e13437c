/* SPDX-License-Identifier: MIT */
/* Options that have been checked, and what follows from them. */
#ifndef ND_ENGINE_SETTINGS_H
#define ND_ENGINE_SETTINGS_H

#include "engine/kernels.h"
#include "passage/align.h"
#include "sketch/banding.h"
#include "text/shingle.h"

typedef struct nd_settings {
    neardup_options options; /* pairs_from filled in */
    const nd_kernels *kernels;
    nd_banding banding;
    nd_token_rules token_rules;
    nd_shingle_rules shingle_rules;
    nd_align_rules align_rules;
} nd_settings;

/* Checks `options`; the statuses of neardup_options_plan. */
neardup_status nd_settings_init(const neardup_options *options, nd_settings *settings_out, neardup_error *error);

/* The number of threads the options ask for, 0 meaning all processors. It costs a look at the system. */
unsigned nd_settings_threads(const nd_settings *settings);

#endif
