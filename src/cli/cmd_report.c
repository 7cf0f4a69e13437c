/* SPDX-License-Identifier: MIT */
#include "cli/cmd_report.h"

#include "cli/help.h"
#include "cli/search.h"
#include "io/cleanup.h"
#include "report/saved.h"

static neardup_status run(nd_search *s, nd_saved *saved, neardup_error *error) {
    neardup_status status = nd_saved_read(s->settings->operands.items[0], saved, error);
    if (!status) status = nd_search_resume(s, saved, error);
    if (!status) status = nd_search_open_outputs(s, error);
    if (!status) status = nd_search_write_reports(s, error);
    nd_cleanup_hold();
    if (!status) status = nd_search_commit(s, error);
    nd_cleanup_go_on();
    return status;
}

int nd_cmd_report(const nd_command *command, nd_strings arguments) {
    nd_scan_settings settings;
    nd_saved saved = {0};
    nd_search s = {.settings = &settings};
    neardup_error error = {0};
    int exit;
    neardup_status status = nd_scan_settings_init(&settings, ND_FOR_REPORT, arguments, &error);
    if (status == NEARDUP_END) {
        exit = nd_help_print(command, arguments);
    } else if (status) {
        exit = nd_help_refuse(command, &error);
    } else {
        status = run(&s, &saved, &error);
        exit = status ? nd_search_fail(&s, status, &error) : ND_EXIT_DONE;
    }
    nd_search_release(&s);
    nd_saved_release(&saved);
    nd_scan_settings_release(&settings, ND_FOR_REPORT);
    return exit;
}
