/* SPDX-License-Identifier: MIT */
/*
 * Three scripts of three shells, each made of the same walks: over the commands, over the options of one, over what a
 * value may be. They need nothing but the shell itself. Texts of the tables are written between single quotes, in which
 * only the quote itself means something to all three.
 */
#include "cli/completions.h"

#include <string.h>

#include "cli/command.h"
#include "report/report.h"

/* Options of neardup itself. */
static const struct {
    const char *name, *help;
} globals[] = {{"--help", "what neardup does"},
               {"--version", "versions"},
               {"--man", "the manual page"},
               {"--completions", "completions for a shell"}};

enum { GLOBALS = sizeof globals / sizeof *globals };

static bool takes_value(const nd_option *option) {
    return option->kind != ND_OPTION_FLAG && option->kind != ND_OPTION_HELP;
}

/* Whether a value is, or may contain, the name of a file. */
static bool takes_file(const nd_option *option) {
    static const char *const names[] = {"FILE", "DIR", "FILE|DIR", "OUT", "REF", "ORIGINAL"};
    for (size_t i = 0; option->argument && i < sizeof names / sizeof *names; i++)
        if (strcmp(option->argument, names[i]) == 0) return true;
    return false;
}

static bool takes_report(const nd_option *option) { return strcmp(option->name, "report") == 0; }

/* Writes what may be chosen for a value, with `between` the words; returns how many there are. */
static size_t write_words(FILE *out, const nd_option *option, const char *between) {
    size_t count = 0;
    for (const char *const *word = option->choices; word && *word; word++)
        fprintf(out, "%s%s", count++ ? between : "", *word);
    if (!takes_report(option)) return count;
    const nd_report_format *formats = nd_report_formats(&count);
    for (size_t i = 0; i < count; i++) fprintf(out, "%s%s", i ? between : "", formats[i].name);
    return count;
}

static bool has_words(const nd_option *option) { return option->choices || takes_report(option); }

/* Writes text for between single quotes; `also` are characters that get a backslash. */
static void write_quoted(FILE *out, const char *text, const char *also) {
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fprintf(out, "%s%c", strchr(also, *text) ? "\\" : "", *text);
    }
}

/* ---- bash ---- */

static const char bash_head[] =
    "# bash completion for neardup; made by: neardup --completions bash\n"
    "_neardup() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= words= files= i\n"
    "    # --name=value is three words to bash\n"
    "    if [ \"$current\" = = ]; then current=\n"
    "    elif [ \"$previous\" = = ]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
    "    COMPREPLY=()\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac\n"
    "    done\n"
    "    case $command,$previous in\n";

static void write_bash_values(FILE *out, const nd_command *command) {
    for (const nd_option *option = NULL; (option = nd_option_next(command->options, option));) {
        if (!takes_value(option)) continue;
        fprintf(out, "    %s,--%s", command->name, option->name);
        if (option->letter) fprintf(out, "|%s,-%c", command->name, option->letter);
        fputs(") words='", out);
        write_words(out, option, " ");
        fprintf(out, "' files=%s ;;\n", takes_file(option) ? "1" : "");
    }
}

static void write_bash(FILE *out) {
    size_t count;
    const nd_command *commands = nd_commands(&count);
    fputs(bash_head, out);
    fputs("    ,--completions) words='bash zsh fish' ;;\n", out);
    for (size_t i = 0; i < count; i++) write_bash_values(out, &commands[i]);
    fputs("    ,*) words='", out);
    for (size_t i = 0; i < count; i++) fprintf(out, "%s ", commands[i].name);
    for (size_t i = 0; i < GLOBALS; i++) fprintf(out, "%s%s", i ? " " : "", globals[i].name);
    fputs("' ;;\n", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "    %s,*) files=1; case $current in -*) words='", commands[i].name);
        for (const nd_option *option = NULL; (option = nd_option_next(commands[i].options, option));)
            fprintf(out, "--%s ", option->name);
        fputs("' files= ;; esac ;;\n", out);
    }
    fputs("    esac\n"
          "    if [ -n \"$words\" ]; then COMPREPLY=($(compgen -W \"$words\" -- \"$current\")); fi\n"
          "    if [ -n \"$files\" ]; then\n"
          "        compopt -o filenames 2>/dev/null\n"
          "        while IFS= read -r i; do COMPREPLY+=(\"$i\"); done < <(compgen -f -- \"$current\")\n"
          "    fi\n"
          "}\n"
          "complete -F _neardup neardup\n",
          out);
}

/* ---- zsh ---- */

static void write_zsh_option(FILE *out, const nd_option *option) {
    const char *often =
        option->kind == ND_OPTION_TEXTS || option->kind == ND_OPTION_LIST || takes_report(option) ? "*" : "";
    const char *value = takes_value(option) ? "=" : "";
    if (option->letter)
        fprintf(out, "            '%s'{-%c%s,--%s%s}'[", *often ? often : "", option->letter, *value ? "+" : "",
                option->name, value);
    else
        fprintf(out, "            '%s--%s%s[", often, option->name, value);
    write_quoted(out, option->help, "[]:\\");
    putc(']', out);
    if (takes_value(option)) {
        putc(':', out);
        write_quoted(out, option->argument, ":\\");
        putc(':', out);
        if (has_words(option)) {
            putc('(', out);
            write_words(out, option, " ");
            putc(')', out);
        } else {
            fputs(takes_file(option) ? "_files" : " ", out);
        }
    }
    fputs("' \\\n", out);
}

static void write_zsh(FILE *out) {
    size_t count;
    const nd_command *commands = nd_commands(&count);
    fputs("#compdef neardup\n"
          "# zsh completion for neardup; made by: neardup --completions zsh\n"
          "_neardup() {\n"
          "    local -a commands=(\n",
          out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "        '%s:", commands[i].name);
        write_quoted(out, commands[i].summary, ":\\");
        fputs("'\n", out);
    }
    for (size_t i = 0; i < GLOBALS; i++) fprintf(out, "        '%s:%s'\n", globals[i].name, globals[i].help);
    fputs("    )\n"
          "    if ((CURRENT == 2)); then\n"
          "        _describe command commands\n"
          "        return\n"
          "    fi\n"
          "    local command=$words[2]\n"
          "    words=(\"${(@)words[2,-1]}\")\n"
          "    ((CURRENT -= 1))\n"
          "    case $command in\n"
          "    --completions) _values shell bash zsh fish ;;\n",
          out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "    %s)\n        _arguments -s \\\n", commands[i].name);
        for (const nd_option *option = NULL; (option = nd_option_next(commands[i].options, option));)
            write_zsh_option(out, option);
        fputs("            '*:file:_files' ;;\n", out);
    }
    fputs("    esac\n"
          "}\n"
          "if [ \"$funcstack[1]\" = _neardup ]; then _neardup \"$@\"; else compdef _neardup neardup; fi\n",
          out);
}

/* ---- fish ---- */

static void write_fish_option(FILE *out, const nd_command *command, const nd_option *option) {
    fprintf(out, "complete -c neardup -n '__fish_seen_subcommand_from %s' -l %s", command->name, option->name);
    if (option->letter) fprintf(out, " -s %c", option->letter);
    if (takes_value(option)) fputs(takes_file(option) ? " -r -F" : " -x", out);
    if (has_words(option)) {
        fputs(" -a '", out);
        write_words(out, option, " ");
        putc('\'', out);
    }
    fputs(" -d '", out);
    write_quoted(out, option->help, "\\");
    fputs("'\n", out);
}

static void write_fish(FILE *out) {
    size_t count;
    const nd_command *commands = nd_commands(&count);
    fputs("# fish completion for neardup; made by: neardup --completions fish\n"
          "complete -c neardup -n __fish_use_subcommand -f\n",
          out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "complete -c neardup -n __fish_use_subcommand -a %s -d '", commands[i].name);
        write_quoted(out, commands[i].summary, "\\");
        fputs("'\n", out);
    }
    for (size_t i = 0; i < GLOBALS; i++)
        fprintf(out, "complete -c neardup -n __fish_use_subcommand -l %s -d '%s'%s\n", globals[i].name + 2,
                globals[i].help, i + 1 == GLOBALS ? " -x -a 'bash zsh fish'" : "");
    for (size_t i = 0; i < count; i++)
        for (const nd_option *option = NULL; (option = nd_option_next(commands[i].options, option));)
            write_fish_option(out, &commands[i], option);
}

bool nd_completions_write(FILE *out, const char *shell) {
    static const struct {
        const char *shell;
        void (*write)(FILE *);
    } writers[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        if (strcmp(writers[i].shell, shell) != 0) continue;
        writers[i].write(out);
        return true;
    }
    return false;
}
