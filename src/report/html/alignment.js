// SPDX-License-Identifier: MIT
// Which words of two texts correspond, in order. Runs of words that occur once on either side are anchors, the longest
// rising sequence of which is kept (patience diff, Cohen); between anchors runs get shorter, and what is small is compared
// word by word (Myers, "An O(ND) difference algorithm", 1986) as long as the difference is. So time stays close to
// linear whatever the texts are.

const longest_run = 5;
const most_differences = 800; // Myers takes its square, in time and memory
const most_rounds = 64; // times that a word is looked at, on average; what is left then corresponds to nothing

// Where runs of `length` words begin that occur once in `a` and once in `b`, as pairs [i, j] that rise in i. The runs of `a`
// are in a table by their hash, at the next free place from there on.
function uniqueRuns(a, b, { a0, a1, b0, b1 }, length) {
    const size = Math.max(0, a1 - a0 - length + 1);
    const bits = 33 - Math.clz32(size);
    const mask = (1 << bits) - 1;
    const inA = new Int32Array(mask + 1).fill(-1); // by place in the table: where in a, or -1
    const inB = new Int32Array(mask + 1).fill(-1);
    const often = new Uint8Array(mask + 1);
    const placeOf = new Int32Array(size);
    const isRun = (words, from, at) => {
        let i = 0;
        while (i < length && words[from + i] === a[at + i]) i++;
        return i === length;
    };
    const find = (words, from) => {
        let hash = 0;
        for (let i = 0; i < length; i++) hash = Math.imul(hash ^ words[from + i], 0x9e3779b1) ^ (hash >>> 15);
        let place = hash >>> (32 - bits);
        while (inA[place] >= 0 && !isRun(words, from, inA[place])) place = (place + 1) & mask;
        return place;
    };
    for (let i = 0; i < size; i++) {
        const place = (placeOf[i] = find(a, a0 + i));
        if (inA[place] >= 0) often[place] = 1;
        else inA[place] = a0 + i;
    }
    for (let j = b0; j + length <= b1; j++) {
        const place = find(b, j);
        if (inB[place] >= 0) often[place] = 1;
        else inB[place] = j;
    }
    const pairs = [];
    for (const place of placeOf) if (!often[place] && inB[place] >= 0) pairs.push([inA[place], inB[place]]);
    return pairs;
}

// The longest sequence of pairs [a, b], which rise in a, that rises in b too.
function longestRising(pairs) {
    const tails = []; // of sequences by length: which pair is last
    const before = new Int32Array(pairs.length);
    pairs.forEach(([, b], i) => {
        let low = 0;
        let high = tails.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (pairs[tails[middle]][1] < b) low = middle + 1;
            else high = middle;
        }
        before[i] = low ? tails[low - 1] : -1;
        tails[low] = i;
    });
    const rising = [];
    for (let i = tails.length ? tails[tails.length - 1] : -1; i >= 0; i = before[i]) rising.push(pairs[i]);
    return rising.reverse();
}

// Pairs the words of a box that is known to be small in difference; false, and none, where it is not.
function pairByDifference(a, b, { a0, a1, b0, b1 }, pair) {
    const n = a1 - a0;
    const m = b1 - b0;
    const most = Math.min(n + m, most_differences);
    const reach = new Int32Array(2 * most + 3);
    const traces = [];
    for (let d = 0; d <= most; d++) {
        traces.push(reach.slice(most - d, most + d + 3)); // of diagonals -d - 1 to d + 1
        for (let k = -d; k <= d; k += 2) {
            const down = k === -d || (k !== d && reach[most + k] < reach[most + k + 2]);
            let x = down ? reach[most + k + 2] : reach[most + k] + 1;
            while (x < n && x - k < m && a[a0 + x] === b[b0 + x - k]) x++;
            reach[most + k + 1] = x;
            if (x < n || x - k < m) continue;
            walkBack(traces, d, n, m, (i, j) => pair(a0 + i, b0 + j));
            return true;
        }
    }
    return false;
}

// Calls `pair` for the steps along diagonals that led to (x, y) with d differences.
function walkBack(traces, d, x, y, pair) {
    for (; d >= 0; d--) {
        const k = x - y;
        const at = (diagonal) => traces[d][diagonal + d + 1];
        const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
        const beforeX = d ? (down ? at(k + 1) : at(k - 1)) : 0;
        const beforeY = d ? beforeX - (down ? k + 1 : k - 1) : 0;
        while (x > beforeX && y > beforeY) pair(--x, --y);
        x = beforeX;
        y = beforeY;
    }
}

// For each number of a: the number of the word of b that corresponds, or -1. `box` says which words are compared.
export function align(a, b, box = { a0: 0, a1: a.length, b0: 0, b1: b.length }) {
    const partner = new Int32Array(a.length).fill(-1);
    const boxes = [{ ...box, length: longest_run }];
    let work = most_rounds * (a.length + b.length);
    while (boxes.length && work > 0) {
        const next = boxes.pop();
        work -= next.a1 - next.a0 + next.b1 - next.b0;
        while (next.a0 < next.a1 && next.b0 < next.b1 && a[next.a0] === b[next.b0]) partner[next.a0++] = next.b0++;
        while (next.a0 < next.a1 && next.b0 < next.b1 && a[next.a1 - 1] === b[next.b1 - 1])
            partner[--next.a1] = --next.b1;
        if (next.a0 === next.a1 || next.b0 === next.b1) continue;
        const anchors = next.length ? longestRising(uniqueRuns(a, b, next, next.length)) : [];
        if (anchors.length) for (const box of between(next, anchors)) boxes.push(box);
        else if (next.length > 1) boxes.push({ ...next, length: next.length === longest_run ? 3 : 1 });
        else pairByDifference(a, b, next, (i, j) => (partner[i] = j));
    }
    return partner;
}

// The boxes that begin at the anchors, and the one before the first.
function between(box, anchors) {
    const corners = [[box.a0, box.b0], ...anchors, [box.a1, box.b1]];
    return corners.slice(1).map(([a1, b1], i) => ({ a0: corners[i][0], a1, b0: corners[i][1], b1, length: box.length }));
}
