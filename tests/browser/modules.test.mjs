// SPDX-License-Identifier: MIT
// The page's own arithmetic, beside models that are slow and plain.

import assert from "node:assert/strict";
import { test } from "node:test";
import { align } from "../../src/report/html/alignment.js";
import { bytes, percent, visible } from "../../src/report/html/format.js";
import { correspond, pageOf, piecesOf, rowsOf } from "../../src/report/html/rows.js";
import { wordsOf } from "../../src/report/html/words.js";

const seed = Number(process.env.NEARDUP_TEST_SEED ?? Date.now() % 1e9);
console.log(`NEARDUP_TEST_SEED=${seed}`);
let state = seed;
function draw(below) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
}

function longestCommon(a, b) {
    const table = Array.from({ length: a.length + 1 }, () => new Int32Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--)
        for (let j = b.length - 1; j >= 0; j--)
            table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    return table[0][0];
}

function edited(a, kinds) {
    const b = [...a];
    for (let left = draw(12); left; left--) {
        const at = draw(b.length + 1);
        if (draw(3) === 0) b.splice(at, 1);
        else b.splice(at, draw(2), draw(kinds));
    }
    return b;
}

test("an alignment pairs equal words in order, nearly as many as can be", () => {
    let paired = 0;
    let most = 0;
    for (let round = 0; round < 3000; round++) {
        const kinds = 2 + draw(60);
        const a = Array.from({ length: draw(80) }, () => draw(kinds));
        const b = draw(10) ? edited(a, kinds) : Array.from({ length: draw(80) }, () => draw(kinds));
        let last = -1;
        let count = 0;
        align(a, b).forEach((j, i) => {
            if (j < 0) return;
            assert.equal(a[i], b[j]);
            assert.ok(j > last);
            last = j;
            count++;
        });
        const longest = longestCommon(a, b);
        assert.ok(count <= longest);
        paired += count;
        most += longest;
    }
    assert.ok(paired > 0.99 * most, `${paired} of ${most}`);
});

test("what is not to be aligned takes no time either", () => {
    const size = 200000;
    const begin = performance.now();
    align(Array.from({ length: size }, () => draw(3)), Array.from({ length: size }, () => draw(3)));
    align(Array.from({ length: size }, () => draw(1e6)), Array.from({ length: size }, () => draw(1e6)));
    align(new Array(size).fill(1), new Array(size / 2).fill(1));
    assert.ok(performance.now() - begin < 20000);
});

test("words are those of the text rules", () => {
    const of = (text) => {
        const numbers = new Map();
        const words = wordsOf(text, numbers);
        return words.number.map((number) => [...numbers.keys()][number]);
    };
    assert.deepEqual(of("Don't STOP, Ｆｕｌｌ ﬁre"), ["don", "t", "stop", "full", "fire"]);
    assert.deepEqual(of("東京タワー and 12kg"), ["東", "京", "タ", "ワ", "ー", "and", "12kg"]);
    assert.deepEqual(of("co\u00adoperate e\u0301te\u0301 ไทย"), ["cooperate", "été", "ไ", "ท", "ย"]);
    assert.deepEqual(of("한국어 문장"), ["한국어", "문장"]);
    assert.deepEqual(of(" … — "), []);
});

test("rows hold every paragraph once, in order, and pieces every character", () => {
    for (let round = 0; round < 300; round++) {
        const paragraph = () => Array.from({ length: 3 + draw(20) }, () => `w${draw(200)}`).join(" ") + ".";
        const a = Array.from({ length: draw(8) }, paragraph);
        const b = a.filter(() => draw(4)).map((text) => text.split(" ").filter(() => draw(9)).join(" "));
        if (draw(2)) b.splice(draw(b.length + 1), 0, paragraph());
        const numbers = new Map();
        const [left, right] = [a, b].map((texts) => pageOf(texts.join("\n\n"), numbers));
        const found = correspond(left, right);
        const rows = rowsOf(left.paragraphs, right.paragraphs, found.partner);
        assert.deepEqual(rows.flatMap((row) => row.a), left.paragraphs);
        assert.deepEqual(rows.flatMap((row) => row.b), right.paragraphs);
        const rowOf = (side, page) => rows.flatMap((row, i) => row[side].flatMap((p) => new Array(p.behind - p.first).fill(i)));
        const [ofA, ofB] = [rowOf("a", left), rowOf("b", right)];
        found.partner.forEach((j, i) => j >= 0 && assert.equal(ofA[i], ofB[j]));
        for (const one of left.paragraphs) {
            const pieces = piecesOf(left, found.a, one);
            assert.equal(pieces.map(({ from, to }) => left.text.slice(from, to)).join(""), left.text.slice(one.from, one.to));
        }
    }
});

test("lines that were wrapped flow, and others stay", () => {
    const keeps = (text) => pageOf(text, new Map()).paragraphs.map((one) => one.keepsLines);
    const wrapped = "The keeper of the lamp wrote down every ship that passed, and\non quiet nights the names of the stars, which took him longer\nthan he had thought.";
    const verse = "The lamp is lit,\nthe boats are in,\nthe keeper counts to nine.";
    const list = "- every ship that passed in the night, with its flag and its port\n- every star that could be seen from the gallery, by name\n- nothing else";
    assert.deepEqual(keeps(`${wrapped}\n\n${verse}\n\n${list}\n\nOne line.`), [false, true, true, false]);
});

test("figures never round to what they are not", () => {
    assert.equal(percent(0.999), "99.9 %");
    assert.equal(percent(1), "100 %");
    assert.equal(percent(0.0001), "0.01 %");
    assert.equal(bytes(999), "999 bytes");
    assert.equal(bytes(94672), "95 kB");
    assert.equal(visible("a\nb\u202e"), "a\\x0ab\\u202e");
});

test("a paragraph may have any number of lines", () => {
    const text = `A heading\n\n${"a line of a few words\n".repeat(200000)}`;
    const { paragraphs } = pageOf(text, new Map());
    assert.deepEqual(
        paragraphs.map(({ from, to, keepsLines }) => [from, to, keepsLines]),
        [
            [0, 9, false],
            [11, text.length, true],
        ],
    );
});
