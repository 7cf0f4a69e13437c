/* SPDX-License-Identifier: MIT */
/* Files without a name: whatever ends the process, nothing of them is left. */
#ifndef ND_BASE_TEMPORARY_H
#define ND_BASE_TEMPORARY_H

/* Opens a new one in `folder`, for reading and writing by this user only, closed on exec. -1, and errno, where it
 * cannot. */
int nd_temporary_file(const char *folder);

/* The same in memory. It has no part in this process's memory but for what is mapped, which is nothing. */
int nd_temporary_memory(void);

#endif
