// SPDX-License-Identifier: MIT
// Names and texts that would like to be more than text: nothing of them runs, loads, or breaks the page.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { go, open, scan, scratch, shown, startBrowser } from "./support.mjs";

const attack = `</script><script>window.hit = 1</script><img src=x onerror="window.hit = 2"><svg onload=alert(3)>' " \`
 <!-- <style>body{display:none}</style> &lt;b&gt; javascript:alert(4) ]]> <!-- lists --> @script@ <template> </noscript><script>window.hit = 5</script>`;
const rest = "The keeper of the lamp wrote down every ship that passed, and on quiet nights the names of the stars instead. ".repeat(4);
const names = [
    "<img src=x onerror=alert(1)>.txt",
    "'\"><script>window.hit = 6<\\script>.txt",
    "a\nb\tc\u001b[31m.txt",
    "\u202etxt.exe\u2066.txt",
    "&amp;&lt;.txt",
    "-->@style@.txt",
];
let report;

before(async (t) => {
    const folder = scratch(t);
    const input = join(folder, `in<b>"'`);
    mkdirSync(input);
    names.forEach((name, i) => writeFileSync(join(input, name), `${attack}\n\n${rest}${"\u0000\u0007\u001b[2J".repeat(i > 3 ? 1 : 0)} ${rest}\n`));
    writeFileSync(Buffer.concat([Buffer.from(`${input}/bad`), Buffer.from([0xff, 0xfe]), Buffer.from("name.txt")]), Buffer.concat([Buffer.from(attack), Buffer.from([0xff]), Buffer.from(rest)]));
    const records = names.map((name) => JSON.stringify({ id: name, source: `<i>${name}`, text: `${rest} ${attack} \ud800 ${rest}` }));
    writeFileSync(join(input, "records.jsonl"), `${records.join("\n")}\n`);
    report = scan(folder, input);
    await startBrowser(t);
});

async function isHarmless(page) {
    const found = await page.evaluate(() => ({
        hit: window.hit,
        scripts: document.scripts.length,
        strangers: document.querySelectorAll("main img, main script, main style, main b:not(.warnings b), main i, main iframe, main template, dialog img").length,
        hidden: getComputedStyle(document.body).display,
    }));
    assert.deepEqual(found, { hit: undefined, scripts: 3, strangers: 0, hidden: "block" });
}

test("there is something to show", () => {
    assert.ok(report.lines.cluster.length >= 1);
    assert.ok(report.lines.member.some((one) => one.path_b64));
});

test("every view of it is harmless", async () => {
    const hashes = ["", "#copies", "#passages", ...report.lines.cluster.map((one) => `#cluster-${one.cluster}`), ...report.lines.passage.map((one) => `#passage-${one.passage}`)];
    const page = await open(report.html);
    for (const hash of hashes) {
        await go(page, hash);
        await isHarmless(page);
    }
    await page.settle();
});

test("the text is shown as it is", async () => {
    const page = await open(report.html, "#cluster-0");
    await shown(page);
    const text = await page.textContent(".cell.a");
    for (const part of ["</script><script>window.hit = 1</script>", "onerror=\"window.hit = 2\"", "&lt;b&gt;", "<!-- lists -->", "@script@"])
        assert.ok(text.includes(part), part);
    await page.settle();
});

test("names show what is hidden in them", async () => {
    const page = await open(report.html, "#copies");
    const all = [];
    for (const { cluster } of report.lines.cluster) {
        await go(page, `#cluster-${cluster}`);
        all.push(...(await page.$$eval(".head .name, .head option", (found) => found.map((one) => one.textContent))));
    }
    const text = all.join("\n");
    for (const part of ["a\\x0ab\\x09c\\x1b[31m", "\\u202etxt.exe\\u2066", "bad\\xff\\xfename", "&amp;&lt;.txt"]) assert.ok(text.includes(part), part);
    await page.settle();
});

test("without scripts it is harmless, too", async () => {
    const page = await open(report.html, "", { javaScriptEnabled: false });
    const text = await page.innerText("main.plain");
    assert.ok(text.includes("<img src=x onerror=alert(1)>.txt"));
    assert.equal(await page.locator("main.plain img, main.plain script, main.plain style, main.plain b, main.plain i").count(), 0);
    await page.settle();
});
