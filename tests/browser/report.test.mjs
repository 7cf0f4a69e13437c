// SPDX-License-Identifier: MIT
// The page of fixtures/newswire as its reader meets it: opened from the disk, it asks for nothing, says what -r jsonl says,
// and can be searched, sorted, filtered and walked through with the keyboard.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { axeSource, go, newswire, open, rendered, scan, scanNewswire, scratch, shown, startBrowser, titles } from "./support.mjs";

let report;

before(async (t) => {
    report = scanNewswire(scratch(t));
    await startBrowser(t);
});

test("the overview says what the summary says", async () => {
    const page = await open(report.html);
    const [summary] = report.lines.summary;
    assert.equal(await page.textContent("h1"), `${summary.dropped} of ${summary.documents} documents could go`);
    const figures = await page.$$eval(".figures div", (all) => all.map((one) => [one.querySelector("dt").textContent, one.querySelector("dd").firstChild.textContent]));
    assert.deepEqual(Object.fromEntries(figures), {
        Documents: String(summary.documents),
        Stay: String(summary.kept),
        "Could go": String(summary.dropped),
        "Groups of copies": String(summary.clusters),
        Passages: String(summary.passages),
    });
    const share = Math.round((summary.dropped_bytes / summary.bytes) * 100);
    assert.match(await page.textContent(".share"), new RegExp(`^${share} % of the text`));
    const sources = await page.$$eval(".sources tbody tr", (all) => all.map((row) => [...row.cells].slice(0, 3).map((cell) => cell.textContent)));
    const expected = report.lines.source.map((line) => [line.source, String(line.documents), line.dropped ? String(line.dropped) : "–"]);
    assert.deepEqual(sources.sort(), expected.sort());
    await page.settle();
});

test("the threshold moves over the pairs from one half on", async () => {
    const page = await open(report.html);
    const [summary] = report.lines.summary;
    const told = () => page.textContent(".similarity output");
    const number = (text) => Number(/(\d+) of \d+ documents would go/.exec(text)[1]);
    assert.equal(number(await told()), summary.dropped);
    await page.fill("#threshold", "50");
    assert.equal(number(await told()), summary.dropped + 1); // the reprint of the first 62 %
    await page.fill("#threshold", "100");
    assert.equal(number(await told()), summary.identical);
    const lit = await page.$$eval(".bar.lit", (all) => all.filter((bar) => Number(bar.getAttribute("height"))).length);
    assert.equal(lit, 1);
    await page.settle();
});

test("a result without pairs says why there is no threshold to move", async () => {
    const page = await open(rendered(report.html));
    assert.equal(await page.$("#threshold"), null);
    assert.match(await page.textContent("main"), /other thresholds .* saved without --pairs/);
    await page.settle();
});

test("the list is searched, filtered and sorted", async () => {
    const page = await open(report.html, "#copies");
    assert.equal((await titles(page)).length, report.lines.cluster.length);
    await page.fill(".catalogue input", "skerrin whale");
    assert.deepEqual((await titles(page)).length, 1);
    assert.match(await page.textContent(".status"), /^1 of 7 groups$/);
    await page.fill(".catalogue input", "no such thing");
    assert.deepEqual(await titles(page), []);
    await page.fill(".catalogue input", "");
    await page.selectOption("select[aria-label=Kind]", "identical");
    assert.equal((await titles(page)).length, report.lines.cluster.filter((one) => !one.near).length);
    await page.selectOption("select[aria-label=Kind]", "");
    await page.selectOption("select[aria-label=Source]", "saebyeok-sinmun");
    assert.equal((await titles(page)).length, 1);
    await page.selectOption("select[aria-label=Source]", "");
    await page.selectOption("select[aria-label=Order]", "least");
    const figures = await page.$$eval(".rows .figure", (all) => all.map((one) => one.textContent));
    const least = report.lines.cluster.map((one) => one.min_jaccard).sort((a, b) => a - b);
    assert.deepEqual(figures, least.map((share) => (share === 1 ? "same" : `${Math.round(share * 100)} %`)));
    await page.settle();
});

test("passages are filtered by kind", async () => {
    const page = await open(report.html, "#passages");
    for (const label of ["self-repeat", "boilerplate", "syndicated"]) {
        await page.selectOption("select[aria-label=Kind]", label);
        const expected = report.lines.passage.filter((one) => one.label === label).length;
        assert.equal((await titles(page)).length, expected, label);
    }
    await page.settle();
});

test("keys walk through groups and copies", async () => {
    const page = await open(report.html, "#copies");
    const hash = () => page.evaluate(() => location.hash);
    const links = await page.$$eval(".rows a", (all) => all.map((one) => one.getAttribute("href")));
    await page.keyboard.press("j");
    assert.equal(await hash(), links[0]);
    await shown(page);
    await page.keyboard.press("n");
    const dropped = report.lines.member.filter((one) => `#cluster-${one.cluster}` === links[0] && one.status === "dropped");
    assert.equal(await hash(), `${links[0]}-${dropped[1].doc}`);
    await page.waitForFunction((name) => document.querySelector(".head.b .name")?.textContent === name, dropped[1].path);
    await page.keyboard.press("p");
    assert.equal(await hash(), `${links[0]}-${dropped[0].doc}`);
    await page.keyboard.press("j");
    assert.equal(await hash(), links[1]);
    await page.keyboard.press("k");
    assert.equal(await hash(), links[0]);
    await page.keyboard.press("/");
    await page.waitForFunction(() => document.activeElement.type === "search");
    await page.keyboard.type("jkn?");
    assert.equal(await page.inputValue(".catalogue input"), "jkn?");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    assert.ok(await page.isVisible("dialog"));
    await page.keyboard.press("Escape");
    assert.ok(!(await page.isVisible("dialog")));
    await page.settle();
});

test("a link leads to what it led to", async () => {
    for (const { cluster, keep } of report.lines.cluster.slice(0, 3)) {
        const page = await open(report.html, `#cluster-${cluster}`);
        await shown(page);
        const path = report.lines.document.find((one) => one.doc === keep).path;
        assert.equal(await page.textContent(".head.a .name"), path);
        assert.equal(await page.getAttribute(".rows [aria-current]", "href"), `#cluster-${cluster}`);
        await page.settle();
    }
});

test("a link to nothing shows the list or the overview", async () => {
    for (const hash of ["#cluster-999", "#passage-", "#<script>alert(1)</script>", "#%00"]) {
        const page = await open(report.html, hash);
        assert.ok((await page.isVisible("#overview")) || (await page.isVisible(".catalogue")));
        await page.settle();
    }
});

test("where there is no text it is told where it stands", async (t) => {
    const { html, lines } = scan(scratch(t), "--exclude", "truth.json", "--html-text", "0", newswire);
    const page = await open(html, "#passage-0");
    await shown(page);
    const text = await page.innerText(".absence");
    assert.match(text, /no room \(--html-text\)/);
    for (const { passage, path, begin, end } of lines.place)
        if (passage === 0) assert.ok(text.includes(`${path}: bytes ${begin.toLocaleString("en")} to ${end.toLocaleString("en")}`), text);
    await page.settle();
});

test("without scripts there are lists", async () => {
    const page = await open(report.html, "", { javaScriptEnabled: false });
    const text = await page.innerText("main.plain");
    for (const { path } of report.lines.member) assert.ok(text.includes(path), path);
    for (const { path, line } of report.lines.place) assert.ok(text.includes(`${path}, line ${line}`), path);
    await page.settle();
});

test("nothing is found by axe", async () => {
    const page = await open(report.html, "", { reducedMotion: "reduce" });
    await page.evaluate(axeSource);
    for (const hash of ["#overview", "#copies", "#cluster-0", "#cluster-2", "#passages", "#passage-0", "#passage-2"])
        for (const colorScheme of ["light", "dark"])
            for (const width of [1280, 400]) {
                await page.emulateMedia({ colorScheme });
                await page.setViewportSize({ width, height: 800 });
                await go(page, hash);
                const { violations } = await page.evaluate(() => axe.run());
                const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
                assert.deepEqual(found, [], `${hash} ${colorScheme} ${width}`);
            }
    await page.settle();
});

test("nothing is wider than a small screen", async () => {
    for (const hash of ["#overview", "#copies", "#cluster-0", "#passage-0"]) {
        const page = await open(report.html, hash, { viewport: { width: 400, height: 800 } });
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 400, hash);
        await page.settle();
    }
});
