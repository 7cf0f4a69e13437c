// SPDX-License-Identifier: MIT
// A text as words, by the rules neardup compares with: runs of letters, digits and marks; a character of a script that is
// written without spaces is a word of its own; case and compatible forms are folded.

const alone =
    "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff" +
    "\\uf900-\\ufaff\\u{20000}-\\u{3ffff}\\u3005\\u3007\\uff66-\\uff9d";
const mark = "\\p{M}\\p{Cf}\\uff9e\\uff9f";
const letter = `(?![${alone}])[\\p{L}\\p{N}]`;
const word = new RegExp(`(?=[${alone}])[\\p{L}\\p{N}][${mark}]*|(?:${letter}|\\p{M})(?:${letter}|[${mark}])*`, "gu");

// The number of a word as it is written, -1 if nothing is left of it. `numbers` knows folded words.
function numberOf(written, numbers) {
    const folded = written.normalize("NFKC").toLowerCase().replace(/\p{Cf}/gu, "");
    if (!folded) return -1;
    if (!numbers.has(folded)) numbers.set(folded, numbers.size);
    return numbers.get(folded);
}

// { begin, end, number } arrays: where each word stands in UTF-16 units, and a number that equal words share, given out
// by `numbers` (a Map).
export function wordsOf(text, numbers) {
    const words = { begin: [], end: [], number: [] };
    const known = new Map(); // most words are met again as they are written
    for (const match of text.matchAll(word)) {
        const written = match[0];
        let number = known.get(written);
        if (number === undefined) known.set(written, (number = numberOf(written, numbers)));
        if (number < 0) continue;
        words.begin.push(match.index);
        words.end.push(match.index + written.length);
        words.number.push(number);
    }
    return words;
}

// The first word that begins at `unit` or behind it.
export function wordAt(words, unit) {
    let low = 0;
    let high = words.begin.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (words.begin[middle] < unit) low = middle + 1;
        else high = middle;
    }
    return low;
}
