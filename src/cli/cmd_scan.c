/* SPDX-License-Identifier: MIT */
#include "cli/cmd_scan.h"

#include "cli/help.h"
#include "cli/message.h"
#include "cli/problems.h"
#include "cli/search.h"
#include "report/wording.h"

static int exit_status(const nd_search *s) {
    neardup_totals totals;
    neardup_result_totals(s->result, &totals);
    if (nd_limit_reached(&s->settings->fail_on, totals.dropped, totals.documents)) {
        if (!s->settings->quiet)
            nd_message("%s of %s could go: --fail-on is reached", nd_wording_count(totals.dropped).text,
                       nd_wording_counted(totals.documents, "document", "documents").text);
        return ND_EXIT_REACHED;
    }
    if (s->settings->quiet) nd_problems_tell_why(s->corpus, 0);
    return nd_problems_matter(s->corpus) ? ND_EXIT_PARTIAL : ND_EXIT_DONE;
}

/* What needs no input to be read. NEARDUP_ERROR_ARGUMENT is a matter of how the command was called. */
static neardup_status prepare(nd_search *s, nd_scan_settings *settings, nd_strings arguments, neardup_error *error) {
    neardup_status status = nd_scan_settings_init(settings, ND_FOR_SCAN, arguments, error);
    if (!status) status = nd_search_prepare(s, error);
    if (!status) status = nd_search_open_outputs(s, error);
    return status;
}

static neardup_status run(nd_search *s, neardup_error *error) {
    neardup_status status = nd_search_read(s, error);
    if (!status) status = nd_search_decide(s, error);
    nd_progress_clear(&s->progress);
    if (!status && !s->settings->quiet) nd_problems_tell(s->corpus);
    if (!status) status = nd_search_write_reports(s, error);
    nd_cleanup_hold();
    if (!status) status = nd_search_commit(s, error);
    nd_cleanup_go_on();
    if (!status && s->settings->verbose) nd_search_tell_costs(s);
    return status;
}

int nd_cmd_scan(const nd_command *command, nd_strings arguments) {
    nd_scan_settings settings;
    nd_search s = {.settings = &settings};
    neardup_error error = {0};
    int exit;
    neardup_status status = prepare(&s, &settings, arguments, &error);
    if (status == NEARDUP_END) {
        exit = nd_help_print(command, arguments);
    } else if (status == NEARDUP_ERROR_ARGUMENT) {
        exit = nd_help_refuse(command, &error);
    } else {
        if (!status) status = run(&s, &error);
        exit = status ? nd_search_fail(&s, status, &error) : exit_status(&s);
    }
    nd_search_release(&s);
    nd_scan_settings_release(&settings, ND_FOR_SCAN);
    return exit;
}
