// SPDX-License-Identifier: MIT
// Two texts side by side: rows of paragraphs that correspond, what is shared lit, what differs in it marked by word, and a
// map of where it lies. Read as a table, so that a screen reader can follow either text or both.

import { element } from "./elements.js";
import { bytes, count, counted } from "./format.js";
import { minimap } from "./minimap.js";
import { textOf } from "./model.js";
import { ALSO, DIFFERS, ELSEWHERE, SAME, correspond, pageOf, piecesOf, rowsOf } from "./rows.js";
import { wordAt } from "./words.js";

const near = 2; // paragraphs shown on either side of a passage
const many = 300; // rows, from which on those out of sight are not laid out: where they are is then only about right

// ---- one cell ----

function paragraphElement(side, page, states, paragraph) {
    const made = element("p", paragraph.keepsLines ? { class: "lines" } : {});
    let lit = null;
    for (const { from, to, state } of piecesOf(page, states, paragraph)) {
        const text = page.text.slice(from, to);
        if (state === ELSEWHERE || state === ALSO) {
            lit = null;
            made.append(state === ALSO ? element("mark", { class: "also" }, text) : text);
            continue;
        }
        if (!lit) made.append((lit = element("mark", { class: "lit" })));
        lit.append(state === DIFFERS ? element(side === "a" ? "del" : "ins", {}, text) : text);
    }
    return made;
}

function cell(side, page, states, paragraphs) {
    const made = element("div", { class: `cell ${side}`, role: "cell" });
    for (const paragraph of paragraphs) made.append(paragraphElement(side, page, states, paragraph));
    return made;
}

function row(pages, states, { a, b }) {
    const made = element("div", { class: "row", role: "row" }, cell("a", pages.a, states.a, a), cell("b", pages.b, states.b, b));
    const isSame = (side, list) => list.every(({ first, behind }) => states[side].subarray(first, behind).every((s) => s === SAME));
    made.classList.toggle("same", a.length > 0 && b.length > 0 && isSame("a", a) && isSame("b", b));
    made.classList.toggle("alone", !a.length || !b.length);
    const range = (list) => (list.length ? [list[0].from, list[list.length - 1].to] : null);
    return { element: made, a: range(a), b: range(b) };
}

// ---- which rows ----

// Of whole documents.
function wholeRows(pages) {
    const found = correspond(pages.a, pages.b);
    const rows = rowsOf(pages.a.paragraphs, pages.b.paragraphs, found.partner).map((one) => row(pages, found, one));
    const bands = found.stretches.map((s) => ({ a: unitsOf(pages.a, s.a0, s.a1), b: unitsOf(pages.b, s.b0, s.b1) }));
    return { rows, bands, states: found };
}

function unitsOf({ words, text }, from, to) {
    return to > from ? [words.begin[from], words.end[to - 1]] : [words.begin[from] ?? text.length, words.begin[from] ?? text.length];
}

// Marks words in places of other passages that both documents have.
function markOthers(page, states, document, passages) {
    for (const place of document.places ?? []) {
        if (!passages.has(place.passage)) continue;
        for (let i = wordAt(page.words, place.from); i < wordAt(page.words, place.to); i++) states[i] ||= ALSO;
    }
}

// The paragraphs before a place, those it is in, and those behind it.
function split(page, place) {
    const before = page.paragraphs.filter((paragraph) => paragraph.to <= place.from);
    const behind = page.paragraphs.filter((paragraph) => paragraph.from >= place.to);
    return { before, within: page.paragraphs.slice(before.length, page.paragraphs.length - behind.length), behind };
}

// What surrounds a passage: the nearest paragraphs, and the others behind a button.
function contextRows(pages, states, a, b, isBefore) {
    const cut = (list) => (isBefore ? [list.slice(0, -near), list.slice(-near)] : [list.slice(near), list.slice(0, near)]);
    const [farA, nearA] = cut(a);
    const [farB, nearB] = cut(b);
    const rows = [];
    if (nearA.length || nearB.length) rows.push(row(pages, states, { a: nearA, b: nearB }));
    if (isBefore) rows.forEach((one) => one.element.classList.add("before"));
    const hidden = Math.max(farA.length, farB.length);
    if (!hidden) return rows;
    const far = row(pages, states, { a: farA, b: farB });
    far.element.hidden = true;
    far.element.classList.toggle("before", isBefore);
    const button = element(
        "button",
        { type: "button", class: "more", onclick: () => ((far.element.hidden = false), more.remove()) },
        `${counted(hidden, "paragraph", "paragraphs")} ${isBefore ? "before" : "after"}`,
    );
    const more = element("div", { class: "row whole", role: "row" }, element("div", { role: "cell" }, button));
    far.reveal = () => button.click();
    return isBefore ? [{ element: more }, far, ...rows] : [...rows, far, { element: more }];
}

// Of one passage in two places.
function passageRows(pages, left, right) {
    const range = (page, place) => [wordAt(page.words, place.from), wordAt(page.words, place.to)];
    const [a0, a1] = range(pages.a, left);
    const [b0, b1] = range(pages.b, right);
    const found = correspond(pages.a, pages.b, { a0, a1, b0, b1 });
    const passagesOf = (document) => new Set((document.places ?? []).map((place) => place.passage));
    const ofRight = passagesOf(right.document);
    const common = new Set([...passagesOf(left.document)].filter((passage) => ofRight.has(passage)));
    markOthers(pages.a, found.a, left.document, common);
    markOthers(pages.b, found.b, right.document, common);
    const a = split(pages.a, left);
    const b = split(pages.b, right);
    const within = rowsOf(a.within, b.within, found.partner).map((one) => row(pages, found, one));
    within.forEach((one) => one.element.classList.add("within"));
    const rows = [
        ...contextRows(pages, found, a.before, b.before, true),
        ...within,
        ...contextRows(pages, found, a.behind, b.behind, false),
    ];
    const others = [...common].filter((passage) => passage !== left.passage && left.document !== right.document);
    const first = (document, passage) => document.places.find((place) => place.passage === passage);
    const bands = others.map((passage) => {
        const [one, other] = [first(left.document, passage), first(right.document, passage)];
        return { a: [one.from, one.to], b: [other.from, other.to], also: true };
    });
    bands.push({ a: [left.from, left.to], b: [right.from, right.to] });
    return { rows, bands, states: found, focus: within[0] };
}

// ---- the whole ----

function head(side, { label, document, control, note }) {
    return element(
        "div",
        { class: `head ${side}`, role: "columnheader" },
        element("div", { class: "role" }, label, control ?? ""),
        element("div", { class: "name" }, document.name),
        element(
            "div",
            { class: "note" },
            [counted(document.tokens ?? 0, "word", "words"), bytes(document.bytes ?? 0), note].filter(Boolean).join(" · "),
        ),
    );
}

function absence(left, right) {
    const where = ({ document, place }) =>
        element(
            "li",
            {},
            document.name,
            `: bytes ${count(place.begin)} to ${count(place.end)}, from line ${count(place.line)} on`,
        );
    return element(
        "div",
        { class: "absence" },
        element("p", {}, "This page does not hold both texts: there was no room (--html-text), or they could no longer be read."),
        left.place ? element("ul", {}, where(left), where(right)) : null,
    );
}

// Tells the map what can be seen of the rows.
function watch(scroller, rows, sizes, see) {
    const update = () => {
        const { top, bottom } = scroller.getBoundingClientRect();
        const seen = { a: [sizes.a, 0], b: [sizes.b, 0] };
        for (const one of rows) {
            if (!one.a && !one.b) continue;
            const box = one.element.getBoundingClientRect();
            if (!box.height || box.bottom < top || box.top > bottom) continue;
            const from = Math.max(0, (top - box.top) / box.height);
            const to = Math.min(1, (bottom - box.top) / box.height);
            for (const side of ["a", "b"]) {
                if (!one[side]) continue;
                const [begin, end] = one[side];
                seen[side][0] = Math.min(seen[side][0], begin + (end - begin) * from);
                seen[side][1] = Math.max(seen[side][1], begin + (end - begin) * to);
            }
        }
        see(seen);
    };
    let due = false;
    scroller.onscroll = () => {
        if (due) return;
        due = true;
        requestAnimationFrame(() => ((due = false), update()));
    };
    update();
}

function seek(rows, side, unit) {
    const found = rows.find((one) => one[side] && one[side][1] >= unit) ?? rows[rows.length - 1];
    found.reveal?.();
    found.element.scrollIntoView({ block: "center" });
}

// Fills `target`, which is in `scroller`, with `left` and `right`: { label, document, place, control, note }. With places
// it is one passage that is compared, else whole documents. Returns how many words differ in what is shared: { a, b }.
export async function compare(model, target, scroller, left, right) {
    const [a, b] = await Promise.all([textOf(model, left.document), textOf(model, right.document)]);
    const heads = element("div", { class: "heads", role: "row" }, head("a", left), head("b", right));
    if (a === null || b === null) {
        heads.removeAttribute("role");
        for (const one of heads.children) one.removeAttribute("role");
        target.replaceChildren(heads, absence(left, right));
        return null;
    }
    const numbers = new Map();
    const pages = { a: pageOf(a, numbers), b: pageOf(b, numbers) };
    const { rows, bands, states, focus } = left.place ? passageRows(pages, left.place, right.place) : wholeRows(pages);
    const sizes = { a: a.length, b: b.length };
    const share = `${counted(bands.length, "stretch", "stretches")} that both have, where they lie in either document`;
    const map = minimap(sizes, bands, share, (at, side) => seek(rows, side, at * sizes[side]));
    const body = element("div", { class: "body", role: "rowgroup", lang: "" }, rows.map((one) => one.element));
    const top = element("div", { class: "top", role: "rowgroup" }, heads, map.drawing);
    const table = element("div", { class: "texts", role: "table", "aria-label": "Texts side by side" }, top, body);
    map.drawing.setAttribute("aria-hidden", "true");
    target.replaceChildren(table);
    body.classList.toggle("many", rows.length > many);
    if (focus && focus.element.getBoundingClientRect().bottom > scroller.getBoundingClientRect().bottom)
        focus.element.scrollIntoView({ block: "center" });
    watch(scroller, rows, sizes, map.see);
    const differing = (side) => states[side].reduce((sum, state) => sum + (state === DIFFERS), 0);
    return { a: differing("a"), b: differing("b") };
}
