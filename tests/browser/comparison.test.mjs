// SPDX-License-Identifier: MIT
// The right words are lit: those between the offsets of -r jsonl, and of copies those that the longest common subsequence
// has, which is computed here the slow way.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { go, newswire, open, scanNewswire, scratch, shown, startBrowser, words } from "./support.mjs";

let report;

before(async (t) => {
    report = scanNewswire(scratch(t));
    await startBrowser(t);
});

// As much of HTML as the articles have.
function withoutMarkup(text) {
    return text.replace(/<[^>]*>/g, " ").replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)).replace(/&[a-z]+;/g, " ");
}

const fileOf = (path) => join(newswire, path.slice("newswire/".length));

// The words of a side: those that are lit, and of them those that are marked as differing.
function sideOf(page, side) {
    return page.evaluate((name) => {
        const text = (selector) => [...document.querySelectorAll(`.cell.${name} ${selector}`)].map((one) => one.textContent).join(" ");
        return { all: text("p"), lit: text("mark.lit"), differs: text(":is(del, ins)") };
    }, side);
}

async function reveal(page) {
    for (const more of await page.$$(".more")) await more.click();
}

test("a passage is lit where its offsets say", async () => {
    const page = await open(report.html);
    for (const passage of report.lines.passage) {
        const places = report.lines.place.filter((one) => one.passage === passage.passage);
        for (let i = 1; i < places.length; i++) {
            await go(page, `#passage-${passage.passage}-0-${i}`);
            for (const [side, place] of [["a", places[0]], ["b", places[i]]]) {
                const bytes = readFileSync(fileOf(place.path));
                const expected = bytes.subarray(place.begin, place.end).toString("utf8");
                const { lit, differs } = await sideOf(page, side);
                const told = `passage ${passage.passage}, place ${i}, side ${side}`;
                assert.deepEqual(words(lit), words(withoutMarkup(expected)), told);
                const { identity } = places[i]; // to the first place
                if (identity === 1) assert.equal(differs, "", told);
                else assert.ok(words(differs).length > 0 && words(differs).length <= words(lit).length * (1 - identity) * 1.2 + 2, told);
            }
        }
    }
    await page.settle();
});

test("both places of a self-repeat are those of one document", async () => {
    const repeat = report.lines.passage.find((one) => one.label === "self-repeat");
    const page = await open(report.html, `#passage-${repeat.passage}`);
    await shown(page);
    await reveal(page);
    const [a, b] = [await sideOf(page, "a"), await sideOf(page, "b")];
    assert.deepEqual(words(a.all), words(b.all));
    assert.deepEqual(words(a.lit), words(b.lit));
    assert.equal(words(a.lit).length, repeat.tokens);
    const also = await page.textContent(".cell.b mark.also");
    assert.ok(also.length > 0); // where the other place is
    await page.settle();
});

test("the switches choose places", async () => {
    const many = report.lines.passage.find((one) => one.places > 5);
    const places = report.lines.place.filter((one) => one.passage === many.passage);
    const page = await open(report.html, `#passage-${many.passage}`);
    await shown(page);
    await page.selectOption(".head.b select", "4");
    await page.waitForFunction((name) => document.querySelector(".head.b .name").textContent === name, places[4].path);
    await page.click(".head.a button:last-of-type");
    await page.waitForFunction((name) => document.querySelector(".head.a .name").textContent === name, places[1].path);
    assert.equal(await page.evaluate(() => location.hash), `#passage-${many.passage}-1-4`);
    await page.settle();
});

function commonWords(a, b) {
    let below = new Int32Array(b.length + 1);
    for (let i = a.length - 1; i >= 0; i--) {
        const row = new Int32Array(b.length + 1);
        for (let j = b.length - 1; j >= 0; j--) row[j] = a[i] === b[j] ? below[j + 1] + 1 : Math.max(below[j], row[j + 1]);
        below = row;
    }
    return below[0];
}

test("of copies the same words are lit on either side", async () => {
    const page = await open(report.html);
    for (const member of report.lines.member.filter((one) => one.status === "dropped")) {
        await go(page, `#cluster-${member.cluster}-${member.doc}`);
        const sides = { a: await sideOf(page, "a"), b: await sideOf(page, "b") };
        const same = { a: [], b: [] };
        for (const side of ["a", "b"]) {
            same[side] = await page.evaluate((name) => {
                const text = [];
                for (const mark of document.querySelectorAll(`.cell.${name} mark.lit`))
                    for (const node of mark.childNodes) if (node.nodeType === Node.TEXT_NODE) text.push(node.data);
                return text.join(" ");
            }, side);
        }
        assert.deepEqual(words(same.a), words(same.b), member.path);
        const [a, b] = [words(sides.a.all), words(sides.b.all)];
        const common = commonWords(a, b);
        assert.ok(words(same.a).length <= common && words(same.a).length >= 0.97 * common, `${member.path}: ${words(same.a).length} of ${common}`);
        if (member.kind === "identical") assert.equal(words(same.b).length, b.length, member.path);
        const tokens = report.lines.document.find((one) => one.doc === member.doc).tokens;
        assert.equal(b.length, tokens, `${member.path}: the words the engine counts`);
    }
    await page.settle();
});

test("what corresponds stands side by side", async () => {
    const page = await open(report.html, "#cluster-2");
    await shown(page);
    const rows = await page.$$eval(".row", (all) =>
        all.map((row) => [...row.querySelectorAll(".cell")].map((cell) => [...cell.querySelectorAll("mark.lit")].map((mark) => mark.firstChild.data ?? "").join(" "))),
    );
    assert.ok(rows.length > 8);
    for (const [a, b] of rows) {
        if (!a || !b) continue;
        assert.equal(words(a)[0], words(b)[0]);
    }
    await page.settle();
});

test("the map leads to a place in the text", async () => {
    const page = await open(report.html, "#cluster-2", { viewport: { width: 1280, height: 500 } });
    await shown(page);
    const box = await page.locator(".minimap").boundingBox();
    await page.mouse.click(box.x + box.width * 0.98, box.y + 4);
    await page.waitForFunction(() => document.querySelector("#detail").scrollTop > 200);
    await page.waitForFunction(() => Number(document.querySelectorAll(".minimap .window")[0].getAttribute("x")) > 300);
    await page.settle();
});
