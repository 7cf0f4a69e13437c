/* SPDX-License-Identifier: MIT */
/* The neardup command. Everything is in command.c, so that tests can link it. */
#include "cli/command.h"

int main(int argc, char **argv) { return nd_command_run(argc, argv); }
