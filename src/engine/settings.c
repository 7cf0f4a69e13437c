/* SPDX-License-Identifier: MIT */
#include "engine/settings.h"

#include <utf8proc.h>

#include "base/error.h"
#include "base/machine.h"

/* Raise it with every change of text rules, hashes or sketch that changes a signature or a band key. */
enum { SCHEME = 2 };

enum { MAX_THREADS = 1024, MAX_SHINGLE = 64, LEAST_WORDS = 12, MOST_WORDS = 1000000 };

const char *neardup_version(void) { return NEARDUP_VERSION; }

const char *neardup_unicode_version(void) { return utf8proc_unicode_version(); }

uint32_t neardup_scheme(void) { return SCHEME; }

void neardup_options_init(neardup_options *options_out) {
    *options_out = (neardup_options){.size = sizeof *options_out,
                                     .threshold = 0.7,
                                     .recall = 0.99,
                                     .shingle_unit = NEARDUP_WORD,
                                     .shingle_length = 5,
                                     .min_tokens = 1,
                                     .min_words = 20};
}

static neardup_status refuse(neardup_error *error, const char *what) {
    return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "%s", what);
}

/* Written so that a NaN is out of every range. */
static neardup_status check_ranges(const neardup_options *o, neardup_error *error) {
    if (!(o->threshold > 0 && o->threshold <= 1)) return refuse(error, "threshold must be above 0 and at most 1");
    if (!(o->recall > 0 && o->recall < 1)) return refuse(error, "recall must be above 0 and below 1");
    if (o->shingle_unit != NEARDUP_WORD && o->shingle_unit != NEARDUP_CHAR)
        return refuse(error, "a shingle is made of words or of characters");
    if (o->shingle_length < 1 || o->shingle_length > MAX_SHINGLE)
        return refuse(error, "the length of a shingle must be 1 to 64");
    if (o->clustering != NEARDUP_STAR && o->clustering != NEARDUP_COMPONENT)
        return refuse(error, "clusters are stars or components");
    if (!(o->pairs_from >= 0 && o->pairs_from <= o->threshold))
        return refuse(error, "pairs can be listed from a similarity above 0 and at most the threshold");
    if (o->min_words < LEAST_WORDS || o->min_words > MOST_WORDS)
        return refuse(error, "a passage has at least 12 words, and at most 1,000,000 can be asked for");
    if (o->threads > MAX_THREADS) return refuse(error, "there can be 1 to 1024 threads");
    if (!o->bands != !o->rows) return refuse(error, "bands and rows go together: give both or neither");
    if (o->bands > ND_SIGNATURE || o->rows > ND_SIGNATURE || o->bands * o->rows > ND_SIGNATURE)
        return refuse(error, "bands times rows must not exceed the 256 values of a signature");
    return NEARDUP_OK;
}

static neardup_status choose_banding(const neardup_options *o, nd_banding *banding_out, neardup_error *error) {
    if (o->bands) {
        *banding_out = (nd_banding){o->bands, o->rows};
        return NEARDUP_OK;
    }
    nd_banding banding = nd_banding_solve(o->threshold, o->recall);
    if (!banding.rows)
        return nd_fail(error, NEARDUP_ERROR_RECALL,
                       "a pair at similarity %g cannot be found with probability %g: %.6f is the most that 256 "
                       "signature values give; lower the recall or raise the threshold",
                       o->threshold, o->recall, neardup_recall(o->threshold, ND_SIGNATURE, 1));
    *banding_out = banding;
    return NEARDUP_OK;
}

neardup_status nd_settings_init(const neardup_options *options, nd_settings *settings_out, neardup_error *error) {
    if (!options || options->size != sizeof *options)
        return refuse(error, "the options are not of a size this library knows; call neardup_options_init first");
    nd_settings s = {.options = *options};
    neardup_status status = check_ranges(options, error);
    if (!status) status = choose_banding(options, &s.banding, error);
    if (status) return status;
    s.kernels = nd_kernels_find(options->kernels);
    if (!s.kernels)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "there are no kernels \"%s\" on this machine", options->kernels);
    if (s.options.pairs_from == 0) s.options.pairs_from = s.options.threshold;
    s.token_rules = (nd_token_rules){.seed = options->seed,
                                     .keep_text = options->shingle_unit == NEARDUP_CHAR,
                                     .keep_alone = options->passages,
                                     .kernels = s.kernels->text};
    s.shingle_rules =
        (nd_shingle_rules){options->shingle_unit, options->shingle_length, options->seed, s.kernels->text};
    s.align_rules = (nd_align_rules){(size_t)options->min_words, s.kernels->passage};
    *settings_out = s;
    return NEARDUP_OK;
}

unsigned nd_settings_threads(const nd_settings *settings) {
    unsigned threads = settings->options.threads ? settings->options.threads : nd_processors();
    return threads < MAX_THREADS ? threads : MAX_THREADS;
}

neardup_status neardup_options_plan(const neardup_options *options, neardup_plan *plan_out, neardup_error *error) {
    nd_settings s;
    neardup_status status = nd_settings_init(options, &s, error);
    if (status) return status;
    *plan_out = (neardup_plan){.bands = s.banding.bands,
                               .rows = s.banding.rows,
                               /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): settings are whole here */
                               .expected_recall = neardup_recall(s.options.threshold, s.banding.bands, s.banding.rows),
                               .pairs_recall = neardup_recall(s.options.pairs_from, s.banding.bands, s.banding.rows),
                               .threads = nd_settings_threads(&s),
                               .kernels = s.kernels->name};
    return NEARDUP_OK;
}
