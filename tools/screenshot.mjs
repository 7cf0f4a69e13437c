#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// Takes the picture of the HTML report in README.md: tools/screenshot.mjs NEARDUP [FOLDER OF PLAYWRIGHT]. Needs what
// tools/install-browser.sh installs.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const [neardup, modules = join(root, "build/browser")] = process.argv.slice(2);
const { chromium } = createRequire(join(resolve(modules), "package.json"))("playwright-core");

const folder = mkdtempSync(join(tmpdir(), "neardup-screenshot-"));
const html = join(folder, "copies.html");
execFileSync(neardup, ["scan", "-q", "-r", `html:${html}`, "--exclude", "truth.json", join(root, "fixtures/newswire")]);
const browser = await chromium.launch({
    executablePath: process.env.NEARDUP_BROWSER ?? "/usr/bin/chromium",
    args: process.getuid() === 0 ? ["--no-sandbox"] : [],
});
try {
    const page = await browser.newPage({ viewport: { width: 1240, height: 760 }, colorScheme: "light" });
    await page.goto(`${pathToFileURL(html).href}#passage-4`);
    await page.waitForSelector("#detail .texts");
    await page.screenshot({ path: join(root, "tools/screenshot.png") });
} finally {
    await browser.close();
    rmSync(folder, { recursive: true });
}
