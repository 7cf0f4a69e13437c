/* SPDX-License-Identifier: MIT */
#include "cli/dedup_settings.h"

#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "cli/value.h"
#include "report/wording.h"

neardup_status nd_read_max_drop(const char *value, void *share) {
    char digits[32];
    double percentage;
    size_t size = strlen(value);
    if (size < 2 || size > sizeof digits || value[size - 1] != '%') return NEARDUP_ERROR_ARGUMENT;
    memcpy(digits, value, size - 1);
    digits[size - 1] = 0;
    if (!nd_value_number(digits, &percentage) || percentage > 100) return NEARDUP_ERROR_ARGUMENT;
    *(nd_share *)share = (nd_share){true, percentage / 100};
    return NEARDUP_OK;
}

neardup_status nd_read_key(const char *value, void *name) {
    enum { LONGEST = 255 }; /* of a wanted field */
    size_t size = strlen(value);
    if (!size || size > LONGEST || !nd_is_utf8((nd_span){value, size})) return NEARDUP_ERROR_ARGUMENT;
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < ' ' || strchr("\"\\.", *c)) return NEARDUP_ERROR_ARGUMENT;
    *(const char **)name = value;
    return NEARDUP_OK;
}

/* The bits of labels between commas; 0 where one is none. */
static unsigned read_labels(const char *list) {
    unsigned labels = 0;
    for (size_t size;; list += size + 1) {
        size = strcspn(list, ",");
        unsigned label = 0;
        while (label <= NEARDUP_SHARED_PASSAGE &&
               !nd_span_equals((nd_span){list, size}, nd_label_name((neardup_label)label)))
            label++;
        if (label > NEARDUP_SHARED_PASSAGE) return 0;
        labels |= 1U << label;
        if (!list[size]) return labels;
    }
}

neardup_status nd_read_passages(const char *value, void *rules) {
    static const char *const uses[] = {"leave", "cut", "mark"};
    size_t size = strcspn(value, ":"), use = 0;
    while (use < sizeof uses / sizeof *uses && !nd_span_equals((nd_span){value, size}, uses[use])) use++;
    nd_cut_rules read = {(nd_passages_use)use, ~0U};
    if (value[size]) read.labels = read_labels(value + size + 1);
    if (use > ND_PASSAGES_MARK || !read.labels || (use == ND_PASSAGES_LEAVE && value[size]))
        return NEARDUP_ERROR_ARGUMENT;
    *(nd_cut_rules *)rules = read;
    return NEARDUP_OK;
}

bool nd_names_folder(const char *name) {
    size_t size = strlen(name);
    struct stat s;
    if (size && name[size - 1] == '/') return true;
    return strcmp(name, "-") != 0 && stat(name, &s) == 0 && S_ISDIR(s.st_mode);
}

/* Where the output goes when nobody says. */
static neardup_status choose_output(nd_dedup_settings *s, neardup_error *error) {
    const nd_scan_settings *scan = &s->scan;
    bool input = scan->operands.count == 1 && !scan->files_from && strcmp(scan->operands.items[0], "-") == 0;
    if (!s->out && !input)
        return nd_fail(
            error, NEARDUP_ERROR_ARGUMENT,
            "say with -o where to write: a file, a folder (with a slash at its end), or - for standard output");
    if (!s->out) s->out = "-";
    s->folder = nd_names_folder(s->out);
    return NEARDUP_OK;
}

static neardup_status check_names(const nd_dedup_settings *s, neardup_error *error) {
    const char *const names[] = {s->out, s->decisions, s->dropped, s->bad};
    static const char *const options[] = {"output", "decisions", "dropped", "bad-records"};
    size_t printed = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!names[i]) continue;
        if (!names[i][0]) return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--%s needs a name", options[i]);
        printed += strcmp(names[i], "-") == 0;
        bool folder_allowed = i == 0 || i == 2;
        if (!folder_allowed && nd_names_folder(names[i]))
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--%s needs a file, and %.300s is a folder", options[i],
                           names[i]);
    }
    for (size_t i = 0; i < s->scan.reports.count; i++) printed += strcmp(s->scan.reports.items[i].file, "-") == 0;
    if (printed > 1)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "only one thing can go to standard output: give the others a file, as in --report text:FILE");
    return NEARDUP_OK;
}

static neardup_status check_passages(const nd_dedup_settings *s, neardup_error *error) {
    nd_passages_use use = s->passages.use;
    if (use != ND_PASSAGES_LEAVE && s->scan.find != ND_FIND_PASSAGES)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "--passages needs them to be looked for: add --find documents,passages");
    if (use == ND_PASSAGES_MARK && s->mode != ND_MODE_ANNOTATE)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "--passages mark adds to the notes of --mode annotate: add that, or take them out with "
                       "--passages cut");
    if (use == ND_PASSAGES_CUT && s->mode == ND_MODE_ANNOTATE)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "--mode annotate takes nothing out: --passages mark says in the notes what could be cut");
    return NEARDUP_OK;
}

static neardup_status check_mode(const nd_dedup_settings *s, neardup_error *error) {
    if (s->scan.clustering == NEARDUP_COMPONENT && s->mode == ND_MODE_DROP)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "--cluster component drops documents that resemble no document that stays: it goes with --mode "
                       "annotate only");
    if (s->scan.clustering == NEARDUP_COMPONENT && s->scan.against.count)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--cluster component and --against do not go together");
    if (s->mode == ND_MODE_ANNOTATE && s->dropped)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--mode annotate drops nothing: --dropped has nothing to take");
    if (s->link && !s->folder)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--link is for folders of files: name a folder with -o");
    if (s->dropped_folder && !s->folder)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--dropped can be a folder only where -o is one, too");
    return NEARDUP_OK;
}

neardup_status nd_dedup_settings_init(nd_dedup_settings *settings, nd_strings arguments, neardup_error *error) {
    nd_dedup_settings *s = settings;
    *s = (nd_dedup_settings){.key = "neardup"};
    neardup_status status = nd_scan_settings_init(&s->scan, ND_FOR_DEDUP, arguments, error);
    if (!status) status = choose_output(s, error);
    if (status) return status;
    s->dropped_folder = s->dropped && nd_names_folder(s->dropped);
    status = check_names(s, error);
    if (!status) status = check_passages(s, error);
    return status ? status : check_mode(s, error);
}

void nd_dedup_settings_release(nd_dedup_settings *settings) { nd_scan_settings_release(&settings->scan, ND_FOR_DEDUP); }
