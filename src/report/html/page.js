// SPDX-License-Identifier: MIT
// The page: what is shown where, by what is behind the '#' of its address, so that every view has a link.

import { Catalogue } from "./catalogue.js";
import { showCluster, showPassage } from "./detail.js";
import { byId } from "./elements.js";
import { count } from "./format.js";
import { listen } from "./keyboard.js";
import { readModel } from "./model.js";
import { overview } from "./overview.js";
import { copies, passages } from "./subjects.js";

const views = {
    overview: { tab: "overview" },
    copies: { tab: "copies" },
    passages: { tab: "passages" },
    cluster: { tab: "copies", show: (model, target, item, [other]) => showCluster(model, target, item, other) },
    passage: { tab: "passages", show: (model, target, item, [first, second]) => showPassage(model, target, item, first, second) },
};

function routeOf(hash) {
    const found = /^#(overview|copies|passages|cluster|passage)(?:-(\d+))?((?:-(?:-?\d+))*)$/.exec(hash);
    if (!found) return { name: "overview", rest: [] };
    const rest = [...found[3].matchAll(/-(-?\d+)/g)].map((part) => Number(part[1]));
    return { name: found[1], number: found[2] === undefined ? null : Number(found[2]), rest };
}

class Page {
    constructor(model) {
        this.model = model;
        this.catalogues = { copies: new Catalogue(copies(model)), passages: new Catalogue(passages(model)) };
        this.detail = byId("detail");
        this.turn = 0;
        byId("overview").replaceChildren(...overview(model));
        for (const [name, catalogue] of Object.entries(this.catalogues)) {
            const total = catalogue.subject.items.length;
            byId(`tab-${name}`).append(" ", Object.assign(document.createElement("span"), { className: "badge", textContent: count(total) }));
            byId(`tab-${name}`).toggleAttribute("hidden", !total);
        }
    }

    // The catalogue that is shown, or null.
    get catalogue() {
        return this.catalogues[document.body.dataset.tab] ?? null;
    }

    async show() {
        const route = routeOf(location.hash);
        const view = views[route.name];
        const catalogue = this.catalogues[view.tab];
        const item = view.show && catalogue.subject.items[route.number];
        document.body.dataset.tab = view.tab;
        document.body.dataset.detail = item ? "yes" : "no";
        for (const tab of document.querySelectorAll("nav a"))
            if (tab.id === `tab-${view.tab}`) tab.setAttribute("aria-current", "page");
            else tab.removeAttribute("aria-current");
        byId("overview").hidden = view.tab !== "overview";
        byId("browser").hidden = view.tab === "overview";
        if (!catalogue) return;
        byId("view-title").textContent = byId(`tab-${view.tab}`).firstChild.data;
        if (byId("list").firstElementChild !== catalogue.element) byId("list").replaceChildren(catalogue.element);
        catalogue.choose(item ?? null);
        await this.open(view, item, route.rest);
    }

    // Shows an item, unless another one was asked for meanwhile.
    async open(view, item, rest) {
        const turn = ++this.turn;
        this.stepper = null;
        this.detail.scrollTop = 0;
        if (!item) {
            this.detail.replaceChildren(byId("nothing").content.cloneNode(true));
            return;
        }
        const stepper = await view.show(this.model, this.detail, item, rest);
        if (turn === this.turn) this.stepper = stepper;
    }
}

function help() {
    byId("help").showModal();
}

function turnTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
}

async function start() {
    const page = new Page(await readModel());
    const search = () => {
        if (!page.catalogue) location.hash = "#copies";
        requestAnimationFrame(() => page.catalogue?.search.focus());
    };
    addEventListener("hashchange", () => page.show());
    byId("show-help").addEventListener("click", help);
    byId("turn-theme").addEventListener("click", turnTheme);
    byId("back").addEventListener("click", () => (location.hash = `#${document.body.dataset.tab}`));
    listen({
        j: () => page.catalogue?.step(1),
        k: () => page.catalogue?.step(-1),
        n: () => page.stepper?.step(1),
        p: () => page.stepper?.step(-1),
        "/": search,
        "?": help,
    });
    await page.show();
    document.body.dataset.ready = "yes";
    performance.mark("ready"); // what the time to it is measured by
}

start().catch((error) => {
    byId("overview").textContent = `This browser cannot show the report (${error.message}). A newer one can: Chrome 123, Firefox 120, Safari 17.5 or later.`;
});
