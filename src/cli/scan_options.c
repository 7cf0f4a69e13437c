/* SPDX-License-Identifier: MIT */
/* The table of options of `neardup scan` and `neardup dedup`, and the readers of those that are more than a number or a
 * name. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/dedup_settings.h"
#include "cli/value.h"
#include "report/html.h"

static const char *const format_choices[] = {"auto", "jsonl", "text", NULL};
static const char *const markup_choices[] = {"auto", "none", NULL};
static const char *const when_choices[] = {"auto", "always", "never", NULL};
static const char *const cluster_choices[] = {"star", "component", NULL};
const char *const nd_kernel_choices[] = {"auto", "portable", "avx2", "neon", NULL};

/* What shells offer for values that can be more. */
static const char *const keep_words[] = {"first", "last", "longest", "shortest", "oldest", "newest", NULL};
static const char *const source_words[] = {"auto", "dir", "file", NULL};
static const char *const shingle_words[] = {"word:5", "char:9", NULL};

/* ---- readers ---- */

static neardup_status read_shingle(const char *value, void *field) {
    uint64_t length;
    bool words = strncmp(value, "word:", 5) == 0;
    if (!words && strncmp(value, "char:", 5) != 0) return NEARDUP_ERROR_ARGUMENT;
    if (!nd_value_count(value + 5, &length) || length < 1 || length > 64) return NEARDUP_ERROR_ARGUMENT;
    *(nd_shingle_setting *)field = (nd_shingle_setting){words ? NEARDUP_WORD : NEARDUP_CHAR, (unsigned)length};
    return NEARDUP_OK;
}

/* A random seed has 32 bits: as good as any, and short enough to be typed again. */
static neardup_status read_seed(const char *value, void *field) {
    if (strcmp(value, "random") != 0) return nd_value_count(value, field) ? NEARDUP_OK : NEARDUP_ERROR_ARGUMENT;
    uint32_t seed;
    int random = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t size = random < 0 ? -1 : read(random, &seed, sizeof seed);
    if (random >= 0) close(random);
    if (size != (ssize_t)sizeof seed) return NEARDUP_ERROR_ARGUMENT;
    *(uint64_t *)field = seed;
    return NEARDUP_OK;
}

static neardup_status read_memory(const char *value, void *field) {
    uint64_t bytes;
    if (!nd_value_size(value, &bytes) || bytes < ND_MEMORY_LEAST) return NEARDUP_ERROR_ARGUMENT;
    *(uint64_t *)field = bytes;
    return NEARDUP_OK;
}

/* Positions in it are 32 bits wide. */
static neardup_status read_html_text(const char *value, void *field) {
    uint64_t bytes;
    if (!nd_value_size(value, &bytes) || bytes > ND_HTML_TEXT_MOST) return NEARDUP_ERROR_ARGUMENT;
    *(uint64_t *)field = bytes;
    return NEARDUP_OK;
}

static neardup_status read_source(const char *value, void *field) {
    nd_source_setting *source = field;
    if (strcmp(value, "auto") == 0)
        *source = (nd_source_setting){ND_SOURCE_AUTO, NULL};
    else if (strcmp(value, "dir") == 0)
        *source = (nd_source_setting){ND_SOURCE_DIR, NULL};
    else if (strcmp(value, "file") == 0)
        *source = (nd_source_setting){ND_SOURCE_FILE, NULL};
    else if (strncmp(value, "field:", 6) == 0 && value[6])
        *source = (nd_source_setting){ND_SOURCE_FIELD, value + 6};
    else if (strncmp(value, "host:", 5) == 0 && value[5])
        *source = (nd_source_setting){ND_SOURCE_HOST, value + 5};
    else
        return NEARDUP_ERROR_ARGUMENT;
    return NEARDUP_OK;
}

static neardup_status read_report(const char *value, void *field) {
    nd_report_settings *reports = field;
    size_t size = strcspn(value, ":");
    const nd_report_format *format = nd_report_find(value, size);
    if (!format || (value[size] && !value[size + 1])) return NEARDUP_ERROR_ARGUMENT;
    if (nd_reserve(&reports->items, &reports->capacity, reports->count + 1, sizeof *reports->items))
        return NEARDUP_ERROR_MEMORY;
    reports->items[reports->count++] = (nd_report_setting){format, value[size] ? value + size + 1 : "-"};
    return NEARDUP_OK;
}

static neardup_status read_limit(const char *value, void *field) {
    nd_limit *limit = field;
    size_t size = strlen(value);
    if (size && value[size - 1] == '%') {
        double share;
        if (!nd_value_share(value, &share)) return NEARDUP_ERROR_ARGUMENT;
        *limit = (nd_limit){true, true, share * 100};
    } else {
        uint64_t count;
        if (!nd_value_count(value, &count) || count == 0) return NEARDUP_ERROR_ARGUMENT;
        *limit = (nd_limit){true, false, (double)count};
    }
    return NEARDUP_OK;
}

/* Documents are always looked for: passages are those of documents that stay. */
static neardup_status read_find(const char *value, void *field) {
    if (strcmp(value, "documents") != 0 && strcmp(value, "documents,passages") != 0 &&
        strcmp(value, "passages,documents") != 0)
        return NEARDUP_ERROR_ARGUMENT;
    *(unsigned *)field = strchr(value, ',') ? ND_FIND_PASSAGES : ND_FIND_DOCUMENTS;
    return NEARDUP_OK;
}

/* ---- the table ---- */

static const char *const mode_choices[] = {"drop", "annotate", NULL};

/* Commands that have an option: those that compare texts; those that write reports; all. */
enum {
    ND_FOR_PAIRS = ND_FOR_SCAN | ND_FOR_DEDUP | ND_FOR_COMPARE,
    ND_FOR_REPORTS = ND_FOR_SCAN | ND_FOR_DEDUP | ND_FOR_REPORT,
    ND_FOR_EVERY = ND_FOR_PAIRS | ND_FOR_REPORT
};

#define FIELD(name)       .field = offsetof(nd_scan_settings, name)
#define DEDUP_FIELD(name) .only = ND_FOR_DEDUP, .field = offsetof(nd_dedup_settings, name)

/* clang-format off */
/* What an option is, and below that what it says. */
const nd_option nd_scan_options[] = {
    {.group = "Input",
     .name = "files-from", .kind = ND_OPTION_TEXT, .argument = "FILE", FIELD(files_from),
     .help = "read further paths from FILE, one a line"},
    {.name = "null", .only = ND_FOR_REPORTS, .letter = '0', .kind = ND_OPTION_FLAG, FIELD(nul),
     .help = "NUL separates paths in --files-from, -r paths"},
    {.name = "include", .usual = ND_FOR_SCAN, .kind = ND_OPTION_TEXTS, .argument = "GLOB", FIELD(include),
     .help = "take only files that match, by path or by name; * takes slashes too, a leading / is the folder "
             "scanned; repeatable"},
    {.name = "exclude", .usual = ND_FOR_SCAN, .kind = ND_OPTION_TEXTS, .argument = "GLOB", FIELD(exclude),
     .help = "leave out files and folders that match; repeatable"},
    {.name = "hidden", .kind = ND_OPTION_FLAG, FIELD(hidden),
     .help = "take hidden files and folders too"},
    {.name = "follow", .letter = 'L', .kind = ND_OPTION_FLAG, FIELD(follow_links),
     .help = "follow symbolic links met in folders"},
    {.name = "format", .only = ND_FOR_PAIRS, .kind = ND_OPTION_CHOICE, .argument = "FORMAT", FIELD(format),
     .choices = format_choices,
     .help = "auto, jsonl (a record a line) or text [auto]"},
    {.name = "encoding", .usual = ND_FOR_SCAN, .only = ND_FOR_PAIRS, .kind = ND_OPTION_LIST,
     .argument = "LIST", FIELD(encodings),
     .help = "charsets to try, such as utf-8,cp949 [utf-8]"},
    {.name = "markup", .only = ND_FOR_PAIRS, .kind = ND_OPTION_CHOICE, .argument = "HOW", FIELD(markup),
     .choices = markup_choices,
     .help = "auto (HTML is read without tags) or none [auto]"},
    {.name = "max-expansion", .only = ND_FOR_PAIRS, .kind = ND_OPTION_COUNT, .argument = "N", FIELD(expansion),
     .low = 0, .high = UINT64_MAX,
     .help = "set aside the rest of a compressed file that becomes more than N times as large, and than 64M; 0: never "
             "[1000]"},
    {.name = "text-field", .usual = ND_FOR_EVERY, .only = ND_FOR_PAIRS, .kind = ND_OPTION_LIST,
     .argument = "LIST", FIELD(text_fields),
     .help = "fields of a record with its text, a.b too [text]"},
    {.name = "id-field", .kind = ND_OPTION_TEXT, .argument = "FIELD", FIELD(id_field),
     .help = "field that names a record in reports [id]"},
    {.name = "source", .kind = ND_OPTION_OWN, .choices = source_words, .argument = "RULE", FIELD(source),
     .read = read_source,
     .expects = "auto, dir, file, field:NAME or host:NAME",
     .help = "what a source is: dir (first folder), file, field:NAME, host:NAME (of a URL) [auto]"},
    {.name = "min-tokens", .only = ND_FOR_PAIRS, .kind = ND_OPTION_COUNT, .argument = "N", FIELD(min_tokens),
     .low = 0, .high = UINT64_MAX,
     .help = "keep shorter documents uncompared [1]"},

    {.group = "Matching",
     .name = "threshold", .usual = ND_FOR_EVERY, .only = ND_FOR_PAIRS, .letter = 't', .kind = ND_OPTION_SHARE,
     .argument = "T", FIELD(threshold),
     .help = "similarity (Jaccard) of near-duplicates [0.7]"},
    {.name = "shingle", .only = ND_FOR_PAIRS, .kind = ND_OPTION_OWN, .choices = shingle_words,
     .argument = "UNIT:N", FIELD(shingle), .read = read_shingle,
     .expects = "word:N or char:N with N from 1 to 64",
     .help = "compare runs of N words, or char:N [word:5]"},
    {.name = "recall", .only = ND_FOR_PAIRS, .kind = ND_OPTION_SHARE, .argument = "R", FIELD(recall),
     .help = "probability of finding a pair at T [0.99]"},
    {.name = "bands", .only = ND_FOR_PAIRS, .kind = ND_OPTION_COUNT, .argument = "N", FIELD(bands),
     .low = 1, .high = 256,
     .help = "bands of the sketch, instead of --recall"},
    {.name = "rows", .only = ND_FOR_PAIRS, .kind = ND_OPTION_COUNT, .argument = "N", FIELD(rows), .low = 1, .high = 256,
     .help = "rows of a band; bands times rows up to 256"},
    {.name = "seed", .only = ND_FOR_PAIRS, .kind = ND_OPTION_OWN, .argument = "N", FIELD(seed), .read = read_seed,
     .expects = "a whole number from 0 to 18446744073709551615, or random",
     .help = "of the hashes; or random: told by -v [0]"},
    {.name = "cluster", .kind = ND_OPTION_CHOICE, .argument = "HOW", FIELD(clustering), .choices = cluster_choices,
     .help = "star (copies resemble the one that stays) or component (chains of resemblance) [star]"},
    {.name = "find", .usual = ND_FOR_EVERY, .kind = ND_OPTION_OWN, .argument = "WHAT",
     .only = ND_FOR_SCAN, FIELD(find), .read = read_find,
     .expects = "documents, or documents,passages",
     .help = "what to look for: documents,passages, or documents alone, which is several times as fast "
             "[documents,passages where a report shows them]"},
    {.name = "find", .kind = ND_OPTION_OWN, .argument = "WHAT", .only = ND_FOR_DEDUP, FIELD(find),
     .read = read_find, .expects = "documents, or documents,passages",
     .help = "what to look for: documents, or documents,passages (for --passages and reports; takes several times "
             "as long) [documents]"},
    {.name = "min-words", .kind = ND_OPTION_COUNT, .argument = "N",
     .only = ND_FOR_SCAN | ND_FOR_DEDUP | ND_FOR_COMPARE, FIELD(min_words), .low = 12, .high = 1000000,
     .help = "words of a passage at the least, two characters of a script without spaces counting as one [20]"},

    {.group = "Keeping",
     .name = "keep", .usual = ND_FOR_EVERY, .letter = 'k', .kind = ND_OPTION_OWN, .choices = keep_words,
     .argument = "POLICY", FIELD(keep), .read = nd_keep_read,
     .expects = ND_KEEP_EXPECTS,
     .help = "which of several copies stays: first, last, longest, shortest, oldest, newest, max:FIELD, "
             "min:FIELD; with commas: the next decides where one leaves a tie [first]"},
    {.name = "against", .usual = ND_FOR_EVERY, .kind = ND_OPTION_TEXTS, .argument = "REF", FIELD(against),
     .only = ND_FOR_DEDUP,
     .help = "drop what resembles a document of this file or folder, too, which is read but not written; repeatable"},

    {.group = "Output",
     .name = "output", .usual = ND_FOR_EVERY, .letter = 'o', .kind = ND_OPTION_TEXT,
     .argument = "OUT", DEDUP_FIELD(out),
     .help = "a file, a folder (with a slash at its end) that mirrors the inputs, or - for standard output, which is "
             "where it goes when the only input is -; .gz and .zst are compressed"},
    {.name = "mode", .usual = ND_FOR_EVERY, .kind = ND_OPTION_CHOICE, .argument = "MODE", DEDUP_FIELD(mode),
     .choices = mode_choices,
     .help = "drop duplicates, or annotate: keep all records and say in each what became of it [drop]"},
    {.name = "annotate-key", .kind = ND_OPTION_OWN, .argument = "KEY", DEDUP_FIELD(key), .read = nd_read_key,
     .expects = "a name without dots, quotes, backslashes and control characters",
     .help = "key of what --mode annotate adds [neardup]"},
    {.name = "decisions", .usual = ND_FOR_EVERY, .kind = ND_OPTION_TEXT, .argument = "FILE", DEDUP_FIELD(decisions),
     .help = "say there why each document went, as JSON Lines"},
    {.name = "dropped", .usual = ND_FOR_EVERY, .kind = ND_OPTION_TEXT, .argument = "FILE|DIR", DEDUP_FIELD(dropped),
     .help = "put there what went, byte for byte"},
    {.name = "bad-records", .kind = ND_OPTION_TEXT, .argument = "FILE", DEDUP_FIELD(bad),
     .help = "move lines that are no records there [they stay]"},
    {.name = "max-drop", .usual = ND_FOR_EVERY, .kind = ND_OPTION_OWN, .argument = "N%", DEDUP_FIELD(max_drop),
     .read = nd_read_max_drop,
     .expects = "a percentage from 0% to 100%",
     .help = "write nothing and exit with 1 when more would go, of all documents or of a source with at least 100"},
    {.name = "passages", .kind = ND_OPTION_OWN, .argument = "HOW", DEDUP_FIELD(passages), .read = nd_read_passages,
     .expects = ND_PASSAGES_EXPECTS,
     .help = "passages that stand elsewhere in what stays, or in --against: leave; cut them, in whole sentences and "
             "paragraphs, the first of each left alone; or mark, which says in the notes of --mode annotate what cut "
             "would take; cut:LABEL,... only those labelled self-repeat, boilerplate, syndicated or shared [leave]"},
    {.name = "link", .kind = ND_OPTION_FLAG, DEDUP_FIELD(link),
     .help = "link files into the folder rather than copy them (a reflink, else a hard link)"},
    {.name = "force", .usual = ND_FOR_EVERY, .kind = ND_OPTION_FLAG, DEDUP_FIELD(force),
     .help = "replace the result in OUT; annotate records that have the key already"},

    {.group = "Running",
     .name = "threads", .usual = ND_FOR_EVERY, .letter = 'j', .kind = ND_OPTION_COUNT, .argument = "N", FIELD(threads),
     .low = 1, .high = 1024,
     .help = "threads [one per processor]"},
    {.name = "memory", .usual = ND_FOR_EVERY, .letter = 'm', .kind = ND_OPTION_OWN, .argument = "SIZE", FIELD(memory),
     .read = read_memory,
     .expects = "a size of 64M or more, such as 512M or 4G",
     .help = "stay below it; what does not fit goes to --tmpdir [three quarters of what there is]"},
    {.name = "tmpdir", .kind = ND_OPTION_TEXT, .argument = "DIR", FIELD(temporary),
     .help = "where what memory has no room for is kept, input from a pipe among it [$TMPDIR, else /var/tmp]"},
    {.name = "kernels", .only = ND_FOR_PAIRS, .kind = ND_OPTION_CHOICE, .argument = "NAME", FIELD(kernels),
     .choices = nd_kernel_choices,
     .help = "inner loops: auto (the fastest), portable, avx2 or neon; the result is the same [auto]"},
    {.name = "progress", .only = ND_FOR_PAIRS, .kind = ND_OPTION_CHOICE, .argument = "WHEN", FIELD(progress),
     .choices = when_choices,
     .help = "auto (on terminals), always or never [auto]"},
    {.name = "color", .only = ND_FOR_EVERY, .kind = ND_OPTION_CHOICE, .argument = "WHEN", FIELD(color),
     .choices = when_choices,
     .help = "auto (on terminals), always or never [auto]"},
    {.name = "quiet", .usual = ND_FOR_EVERY, .letter = 'q', .kind = ND_OPTION_FLAG, FIELD(quiet),
     .help = "no warnings, no progress, no summary; what makes the exit status 3 is still said"},
    {.name = "verbose", .letter = 'v', .kind = ND_OPTION_FLAG, FIELD(verbose),
     .help = "end with version, plan, time and memory"},

    {.group = "Report",
     .name = "report", .usual = ND_FOR_EVERY, .only = ND_FOR_REPORTS, .letter = 'r', .kind = ND_OPTION_OWN,
     .argument = "FORMAT[:FILE]", FIELD(reports),
     .read = read_report, .expects = "text, jsonl, csv, html or paths, with :FILE behind it or without",
     .help = "text, jsonl, csv, html or paths; repeatable [text]"},
    {.name = "all", .usual = ND_FOR_SCAN, .only = ND_FOR_REPORTS, .kind = ND_OPTION_FLAG, FIELD(all),
     .help = "text: every group, not the 20 largest"},
    {.name = "all", .usual = ND_FOR_SCAN, .only = ND_FOR_COMPARE, .kind = ND_OPTION_FLAG, FIELD(all),
     .help = "every line of shared passages, not only those next to differences"},
    {.name = "pairs", .kind = ND_OPTION_FLAG, FIELD(pairs),
     .help = "jsonl: a line per verified pair"},
    {.name = "pairs-from", .kind = ND_OPTION_SHARE, .argument = "T", FIELD(pairs_from),
     .help = "--pairs, from a similarity below the threshold on"},
    {.name = "html-text", .only = ND_FOR_REPORTS, .kind = ND_OPTION_OWN, .argument = "SIZE", FIELD(html_text),
     .read = read_html_text,
     .expects = "a size up to 1G, such as 64M",
     .help = "html: texts in the page, those of the largest groups first; of the others it tells where things stand "
             "[64M]"},
    {.name = "fail-on", .usual = ND_FOR_EVERY, .kind = ND_OPTION_OWN, .argument = "N[%]", FIELD(fail_on),
     .only = ND_FOR_SCAN, .read = read_limit,
     .expects = "a whole number from 1, or a percentage above 0 and up to 100%",
     .help = "exit with 1 when so many documents could go"},
    {.name = "help-all", .usual = ND_FOR_EVERY, .only = ND_FOR_SCAN | ND_FOR_DEDUP, .kind = ND_OPTION_HELP,
     .help = "print help about every option"},
    {.name = "help", .usual = ND_FOR_EVERY, .only = ND_FOR_EVERY, .letter = 'h', .kind = ND_OPTION_HELP,
     .help = "print this help"},
    {.name = NULL},
};
/* clang-format on */
