/* SPDX-License-Identifier: MIT */
/* What the user of `neardup dedup` asked for. */
#ifndef ND_CLI_DEDUP_SETTINGS_H
#define ND_CLI_DEDUP_SETTINGS_H

#include "cli/scan_settings.h"
#include "filter/cut.h"

typedef enum nd_mode { ND_MODE_DROP, ND_MODE_ANNOTATE } nd_mode;

/* A share of documents, where one was given. */
typedef struct nd_share {
    bool set;
    double value; /* 0 to 1 */
} nd_share;

typedef struct nd_dedup_settings {
    nd_scan_settings scan; /* what it has in common with a scan; first, so that one table of options serves both */
    const char *out;       /* a file, a folder, or "-"; never NULL */
    bool folder;           /* it is a folder */
    unsigned mode;         /* nd_mode */
    const char *key;       /* of the note */
    const char *decisions; /* files or NULL */
    const char *dropped;
    bool dropped_folder;
    const char *bad;
    nd_share max_drop;
    nd_cut_rules passages; /* what becomes of repeated ones */
    bool link, force;
} nd_dedup_settings;

/* As nd_scan_settings_init. */
neardup_status nd_dedup_settings_init(nd_dedup_settings *settings, nd_strings arguments, neardup_error *error);
void nd_dedup_settings_release(nd_dedup_settings *settings);

/* nd_option_read: a percentage from 0% to 100%, and a name for a member of a JSON object. */
neardup_status nd_read_max_drop(const char *value, void *share);
neardup_status nd_read_key(const char *value, void *name);

/* The same: leave, cut or mark, for the last two with ":LABEL,..." behind it. */
#define ND_PASSAGES_EXPECTS                                                                                            \
    "leave, cut or mark, the last two with :LABEL,... behind it (self-repeat, boilerplate, syndicated, shared)"
neardup_status nd_read_passages(const char *value, void *rules);

/* Whether a name of an output stands for a folder: it ends in a slash, or is one. */
bool nd_names_folder(const char *name);

#endif
