// SPDX-License-Identifier: MIT
// Charts: bars, upright over a scale or lying with their names, and a table whose cells are tinted.

import { drawn, element } from "./elements.js";
import { count } from "./format.js";

const width = 720;
const height = 150;

// Upright bars, one for each percentage from `low` on, their heights by square root so that few are seen beside many.
// Returns the drawing and a function that lights the bars from some percentage on.
export function histogram(counts, low, label) {
    const most = Math.max(1, ...counts);
    const step = width / counts.length;
    const bars = counts.map((number, i) => {
        const tall = number ? Math.max(2, Math.sqrt(number / most) * (height - 16)) : 0;
        return drawn(
            "rect",
            { class: "bar", x: i * step + 1, y: height - tall, width: Math.max(1, step - 2), height: tall, rx: 1 },
            drawn("title", {}, `${low + i} %: ${count(number)}`),
        );
    });
    const base = drawn("line", { class: "axis", x1: 0, x2: width, y1: height, y2: height });
    const drawing = drawn(
        "svg",
        { viewBox: `0 0 ${width} ${height + 1}`, preserveAspectRatio: "none", class: "histogram", role: "img", "aria-label": label },
        base,
        ...bars,
    );
    const light = (from) => bars.forEach((bar, i) => bar.classList.toggle("lit", i === counts.length - 1 || low + i >= from));
    return { drawing, light };
}

// Lying bars with names and counts: [{ name, value }].
export function bars(entries) {
    const most = Math.max(1, ...entries.map((entry) => entry.value));
    return element(
        "table",
        { class: "bars" },
        element(
            "tbody",
            {},
            ...entries.map(({ name, value }) => {
                const bar = element("div", { class: "length" });
                bar.style.inlineSize = `${(Math.sqrt(value / most) * 100).toFixed(1)}%`;
                return element(
                    "tr",
                    {},
                    element("th", { scope: "row" }, name),
                    element("td", {}, bar),
                    element("td", { class: "number" }, count(value)),
                );
            }),
        ),
    );
}

// Values counted into the ranges that begin at `edges`: entries for `bars`, without the empty ones at the end.
export function ranges(values, edges) {
    const entries = edges.map((from, i) => {
        const to = edges[i + 1] - 1;
        return { name: to === from ? count(from) : to ? `${count(from)}–${count(to)}` : `${count(from)} or more`, value: 0 };
    });
    for (const value of values) {
        let i = edges.length - 1;
        while (i > 0 && value < edges[i]) i--;
        entries[i].value++;
    }
    while (entries.length > 1 && !entries[entries.length - 1].value) entries.pop();
    return entries;
}

// A square table: how much each of `names` has in common with each other one; value(i, j) is a count.
export function matrix(names, value) {
    const cells = names.map((_, i) => names.map((_, j) => value(i, j)));
    const most = Math.max(1, ...cells.flat());
    const cell = (i, j) => {
        const number = cells[i][j];
        const made = element(
            "td",
            number ? { title: `${names[i]} and ${names[j]}: ${count(number)}`, class: "tinted" } : {},
            number ? count(number) : "",
        );
        if (number) made.style.setProperty("--level", (0.12 + 0.88 * Math.sqrt(number / most)).toFixed(2));
        return made;
    };
    return element(
        "table",
        { class: "matrix" },
        element(
            "thead",
            {},
            element(
                "tr",
                {},
                element("td", {}),
                ...names.map((name, i) => element("th", { scope: "col", title: name, "aria-label": name }, String(i + 1))),
            ),
        ),
        element(
            "tbody",
            {},
            ...names.map((name, i) =>
                element(
                    "tr",
                    {},
                    element("th", { scope: "row" }, element("span", { class: "ordinal" }, `${i + 1} `), name),
                    ...names.map((_, j) => cell(i, j)),
                ),
            ),
        ),
    );
}
