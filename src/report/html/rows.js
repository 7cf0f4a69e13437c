// SPDX-License-Identifier: MIT
// Two texts in rows: what corresponds stands side by side, cut where both have a paragraph's end; and in it what is the
// same, and what differs.

import { align } from "./alignment.js";
import { wordAt, wordsOf } from "./words.js";

const least_run = 5; // equal words in a row that make a stretch: a shingle, which is what similarity counts
const widest_gap = 8; // differing words inside a stretch
const wrapped_width = 50; // characters of the longest line of a paragraph that was wrapped, at the least

// Whether the lines of a paragraph end where it was wrapped, and not where they mean to, as those of verse, lists and code.
function isWrapped(text) {
    const lines = text.split("\n").map((line) => line.trimEnd());
    const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
    return (
        longest >= wrapped_width &&
        lines.slice(0, -1).every((line) => line.length > 0.6 * longest) &&
        lines.slice(1).every((line) => /^[\p{L}\p{N}"'(“‘„«]/u.test(line))
    );
}

// A text with its words and paragraphs: { text, words, paragraphs: [{ from, to, first, behind, keepsLines }] }, where first
// and behind count words. Paragraphs are what empty lines separate, or lines where there are none.
export function pageOf(text, numbers) {
    const words = wordsOf(text, numbers);
    const separator = /\n[ \t]*\n/.test(text.trim()) ? /\n[ \t]*\n\s*/g : /\n\s*/g;
    const paragraphs = [];
    let from = 0;
    const add = (to) => {
        const paragraph = text.slice(from, to);
        if (!paragraph.trim()) return;
        const keepsLines = paragraph.includes("\n") && !isWrapped(paragraph);
        paragraphs.push({ from, to, first: wordAt(words, from), behind: wordAt(words, to), keepsLines });
    };
    for (const match of text.matchAll(separator)) {
        add(match.index);
        from = match.index + match[0].length;
    }
    add(text.length);
    return { text, words, paragraphs };
}

// The stretches that correspond: [{ a0, a1, b0, b1 }] in words. Between them words may be equal too, by chance.
function stretchesOf(partner, a0, a1) {
    const stretches = [];
    let open = null;
    let run = 0;
    const close = () => {
        if (open?.sure) stretches.push(open);
        open = null;
    };
    for (let i = a0; i < a1; i++) {
        const j = partner[i];
        if (j < 0) continue;
        if (open && (i - open.a1 > widest_gap || j - open.b1 > widest_gap)) close();
        run = open && i === open.a1 && j === open.b1 ? run + 1 : 1;
        open ??= { a0: i, b0: j, sure: false };
        open.a1 = i + 1;
        open.b1 = j + 1;
        open.sure ||= run >= least_run;
    }
    close();
    return stretches;
}

// What a word is, to a reader.
export const ELSEWHERE = 0; // in nothing that both texts have
export const SAME = 1; // in a stretch both have, and the same there
export const DIFFERS = 2; // in a stretch both have, and not the same there
export const ALSO = 3; // in another passage both have

function statesOf(size, stretches, partner, side) {
    const states = new Uint8Array(size);
    for (const stretch of stretches)
        for (let i = stretch[`${side}0`]; i < stretch[`${side}1`]; i++) states[i] = partner[i] < 0 ? DIFFERS : SAME;
    return states;
}

// Keeps what lies in stretches: single words that are equal by chance would put rows side by side.
function withoutStrays(partner, stretches) {
    const kept = new Int32Array(partner.length).fill(-1);
    for (const { a0, a1 } of stretches) for (let i = a0; i < a1; i++) kept[i] = partner[i];
    return kept;
}

function inverse(partner, size) {
    const back = new Int32Array(size).fill(-1);
    partner.forEach((j, i) => j >= 0 && (back[j] = i));
    return back;
}

// How two pages correspond: { partner, stretches, a, b }, the last two being the state of each word. `box` limits it to
// words that are one shared passage: in it everything corresponds, however it was edited.
export function correspond(a, b, box) {
    const sizeA = a.words.number.length;
    const sizeB = b.words.number.length;
    const found = align(a.words.number, b.words.number, box);
    const whole = box ?? { a0: 0, a1: sizeA, b0: 0, b1: sizeB };
    const tiny = Math.min(sizeA, sizeB) < least_run && found.some((j) => j >= 0);
    const stretches = box || tiny ? [whole] : stretchesOf(found, whole.a0, whole.a1);
    const partner = withoutStrays(found, stretches);
    return {
        partner,
        stretches,
        a: statesOf(sizeA, stretches, partner, "a"),
        b: statesOf(sizeB, stretches, inverse(partner, sizeB), "b"),
    };
}

// What either page has alone at one place stands side by side, too: a heading and the one that was put in its stead.
function pairUp(rows) {
    const paired = [];
    let alone = { a: [], b: [] };
    const flush = () => {
        for (let i = 0; i < Math.max(alone.a.length, alone.b.length); i++)
            paired.push({ a: alone.a.slice(i, i + 1), b: alone.b.slice(i, i + 1) });
        alone = { a: [], b: [] };
    };
    for (const row of rows) {
        if (row.a.length && row.b.length) {
            flush();
            paired.push(row);
        } else {
            for (const paragraph of row.a) alone.a.push(paragraph);
            for (const paragraph of row.b) alone.b.push(paragraph);
        }
    }
    flush();
    return paired;
}

// Puts paragraphs of two pages into rows { a: [...], b: [...] }, cut wherever paragraphs of both end and no corresponding
// words are on different sides.
export function rowsOf(ofA, ofB, partner) {
    const next = new Int32Array(partner.length + 1).fill(0x7fffffff); // partner of the first paired word from here on
    for (let i = partner.length - 1; i >= 0; i--) next[i] = partner[i] < 0 ? next[i + 1] : partner[i];
    const rows = [];
    let gathered = [];
    let j = 0;
    const addAlone = (high) => {
        for (; j < ofB.length && ofB[j].behind <= high; j++) rows.push({ a: [], b: [ofB[j]] });
    };
    if (ofA.length) addAlone(next[ofA[0].first]);
    let low = 0; // behind the partner of the last paired word
    for (const paragraph of ofA) {
        gathered.push(paragraph);
        for (let i = paragraph.first; i < paragraph.behind; i++) if (partner[i] >= 0) low = partner[i] + 1;
        const high = next[paragraph.behind];
        let end = j;
        while (end < ofB.length && ofB[end].first < low) end++;
        if (end > j && ofB[end - 1].behind > high) continue;
        rows.push({ a: gathered, b: ofB.slice(j, end) });
        gathered = [];
        j = end;
        addAlone(high);
    }
    if (gathered.length || j < ofB.length) rows.push({ a: gathered, b: ofB.slice(j) });
    return pairUp(rows);
}

// Cuts a paragraph where the state of its words changes: [{ from, to, state }], which cover it. What stands between two
// words of one stretch belongs to it, and at the ends of a paragraph the quotes and full stops around them.
export function piecesOf(page, states, paragraph) {
    const pieces = [];
    const add = (from, to, state) => {
        const last = pieces[pieces.length - 1];
        if (to <= from) return;
        if (last && last.state === state) last.to = to;
        else pieces.push({ from, to, state });
    };
    const isShared = (state) => state === SAME || state === DIFFERS;
    const { first, behind } = paragraph;
    const atEnd = (state) => (first === behind || state === DIFFERS ? ELSEWHERE : state);
    let at = paragraph.from;
    let before = atEnd(states[first]);
    for (let i = first; i < behind; i++) {
        const state = states[i];
        const between = before === state ? state : isShared(before) && isShared(state) ? SAME : ELSEWHERE;
        add(at, page.words.begin[i], between);
        add(page.words.begin[i], page.words.end[i], state);
        at = page.words.end[i];
        before = state;
    }
    add(at, paragraph.to, atEnd(before));
    return pieces;
}
