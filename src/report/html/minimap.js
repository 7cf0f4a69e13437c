// SPDX-License-Identifier: MIT
// Two documents as two bars, and bands between them that join what corresponds; brackets show what is on the screen.

import { drawn } from "./elements.js";

const width = 1000;
const bar = 9;
const gap = 22;
const height = 2 * bar + gap;

// `sizes` are the lengths { a, b } of the texts, `bands` what corresponds: [{ a: [from, to], b: [from, to], also }].
// `onseek(share, side)` is called with a place that was clicked, 0 to 1. Returns the drawing and a function that is told
// what is seen: { a: [from, to], b: [from, to] }.
export function minimap(sizes, bands, label, onseek) {
    const x = (side, unit) => (Math.min(unit, sizes[side]) / Math.max(1, sizes[side])) * width;
    const tops = { a: 0, b: bar + gap };
    const document = (side) => drawn("rect", { class: "document", x: 0, y: tops[side], width, height: bar, rx: 2 });
    const part = (side, [from, to], also) =>
        drawn("rect", {
            class: also ? "part also" : "part",
            x: x(side, from),
            y: tops[side],
            width: Math.max(2, x(side, to) - x(side, from)),
            height: bar,
        });
    const band = ({ a, b, also }) =>
        drawn("polygon", {
            class: also ? "band also" : "band",
            points: [
                [x("a", a[0]), bar],
                [Math.max(x("a", a[1]), x("a", a[0]) + 2), bar],
                [Math.max(x("b", b[1]), x("b", b[0]) + 2), bar + gap],
                [x("b", b[0]), bar + gap],
            ].join(" "),
        });
    const windows = { a: drawn("rect", { class: "window" }), b: drawn("rect", { class: "window" }) };
    const drawing = drawn(
        "svg",
        { class: "minimap", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
        document("a"),
        document("b"),
        bands.flatMap((one) => [band(one), part("a", one.a, one.also), part("b", one.b, one.also)]),
        windows.a,
        windows.b,
    );
    drawing.addEventListener("click", (event) => {
        const { left, top, width: wide, height: tall } = drawing.getBoundingClientRect();
        onseek((event.clientX - left) / wide, event.clientY - top < tall / 2 ? "a" : "b");
    });
    const see = (seen) => {
        for (const side of ["a", "b"]) {
            const [from, to] = seen[side].map((unit) => x(side, unit));
            windows[side].setAttribute("x", from);
            windows[side].setAttribute("y", tops[side] - 0.5);
            windows[side].setAttribute("width", Math.max(4, to - from));
            windows[side].setAttribute("height", bar + 1);
        }
    };
    return { drawing, see };
}
