// SPDX-License-Identifier: MIT
// What the tests of the HTML report share: the command, a browser, and pages opened from the disk, each of which is watched
// for requests, messages and errors.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { NEARDUP_BINARY, NEARDUP_BROWSER, NEARDUP_BROWSER_MODULES } = process.env;
const require = createRequire(join(resolve(NEARDUP_BROWSER_MODULES), "package.json"));

export const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
export const newswire = join(root, "fixtures/newswire");
export const axeSource = require("axe-core").source;

// A folder that goes when the tests of a file are over.
export function scratch(t) {
    const folder = mkdtempSync(join(tmpdir(), "neardup-browser-"));
    t.after(() => rmSync(folder, { recursive: true }));
    return folder;
}

// Scans and returns where the page is, and the lines of the same run by type.
export function scan(folder, ...operands) {
    const html = join(folder, "report.html");
    const jsonl = join(folder, "report.jsonl");
    const run = spawnSync(NEARDUP_BINARY, ["scan", "-q", "--find", "documents,passages", "-r", `html:${html}`, "-r", `jsonl:${jsonl}`, ...operands]);
    assert.ok(run.status === 0 || run.status === 3, String(run.stderr));
    return { html, lines: linesOf(jsonl) };
}

function linesOf(file) {
    const lines = { document: [], cluster: [], member: [], passage: [], place: [], source: [] };
    for (const text of readFileSync(file, "utf8").trimEnd().split("\n")) {
        const line = JSON.parse(text);
        (lines[line.type] ??= []).push(line);
    }
    return lines;
}

export function scanNewswire(folder) {
    return scan(folder, "--exclude", "truth.json", newswire);
}

// The page that neardup report makes of the saved result beside a page.
export function rendered(html) {
    const again = html.replace("report.html", "again.html");
    const run = spawnSync(NEARDUP_BINARY, ["report", "-r", `html:${again}`, html.replace("report.html", "report.jsonl")]);
    assert.equal(run.status, 0, String(run.stderr));
    return again;
}

let browser = null;

export async function startBrowser(t) {
    const { chromium } = require("playwright-core");
    // Inside containers tests run as root, and there is no sandbox for root.
    const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
    browser = await chromium.launch({ executablePath: NEARDUP_BROWSER, args });
    t.after(() => browser.close());
}

// Opens a page from the disk. `page.seen` are the requests, messages and errors there were; `settle` checks that there was
// nothing but the page itself.
export async function open(html, hash = "", options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const seen = [];
    page.on("request", (request) => seen.push(`request ${request.url()}`));
    page.on("console", (message) => seen.push(`${message.type()} ${message.text()}`));
    page.on("pageerror", (error) => seen.push(`error ${error.stack}`));
    page.on("dialog", (dialog) => {
        seen.push(`dialog ${dialog.message()}`);
        dialog.dismiss();
    });
    const address = pathToFileURL(html).href;
    await page.goto(address + hash);
    if (options.javaScriptEnabled !== false) await page.waitForSelector("body[data-ready]");
    page.settle = async () => {
        assert.deepEqual(seen, [`request ${address}`]);
        await context.close();
    };
    return page;
}

// The titles in the list that is shown.
export function titles(page) {
    return page.$$eval(".rows .title", (all) => all.map((one) => one.textContent));
}

// Waits until two texts are shown, or that there are none.
export async function shown(page) {
    await page.waitForSelector("#detail .texts, #detail .absence");
}

// Goes to another view of an open page.
export async function go(page, hash) {
    await page.evaluate((to) => {
        document.getElementById("detail").replaceChildren();
        if (location.hash === to) dispatchEvent(new Event("hashchange"));
        location.hash = to;
    }, hash);
    if (/\d/.test(hash)) await shown(page);
}

// Words by the text rules, told by a rule of their own for these tests: letters, digits and marks; ideographs, kana one by
// one.
export function words(text) {
    return (text.normalize("NFKC").toLowerCase().match(/[\u3040-\u30ff\u3400-\u9fff]|(?:(?![\u3040-\u30ff\u3400-\u9fff])[\p{L}\p{N}\p{M}])+/gu) ?? []);
}
