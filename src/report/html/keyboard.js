// SPDX-License-Identifier: MIT
// Keys that work everywhere but where text is typed.

const typing = "input:not([type=range]), select, textarea";

// `actions` are functions by key.
export function listen(actions) {
    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const typed = event.target.closest?.(typing);
        if (typed) {
            if (event.key === "Escape") typed.blur();
            return;
        }
        if (document.querySelector("dialog[open]")) return;
        const action = actions[event.key];
        if (!action) return;
        event.preventDefault();
        action();
    });
}
