// SPDX-License-Identifier: MIT
// A list beside what is chosen of it: search, filters, order.

import { element, options } from "./elements.js";
import { count, counted } from "./format.js";
import { List } from "./list.js";

export class Catalogue {
    constructor(subject) {
        this.subject = subject;
        this.list = new List(subject.row, subject.height, `List of ${subject.nouns[1]}`);
        this.hay = new Map();
        this.search = element("input", {
            type: "search",
            placeholder: "Search titles and paths",
            "aria-label": "Search titles and paths",
            "aria-keyshortcuts": "/",
            spellcheck: "false",
            autocomplete: "off",
            oninput: () => this.update(),
        });
        this.filters = subject.filters.map((filter) => this.select(filter.label, filter.choices));
        this.order = this.select("Order", subject.sorts);
        this.status = element("p", { class: "status", role: "status" });
        this.element = element(
            "section",
            { class: "catalogue", "aria-label": `All ${subject.nouns[1]}` },
            element("div", { class: "tools" }, this.search, ...this.filters, this.order),
            this.status,
            this.list.element,
        );
        this.update();
    }

    select(label, choices) {
        return element("select", { "aria-label": label, onchange: () => this.update() }, ...options(choices, choices[0][0]));
    }

    // What is searched of an item: put together when it is first searched.
    hayOf(item) {
        if (!this.hay.has(item)) this.hay.set(item, this.subject.hay(item).toLowerCase());
        return this.hay.get(item);
    }

    update() {
        const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const tests = this.subject.filters.map((filter, i) => [filter.holds, this.filters[i].value]).filter(([, v]) => v);
        const compare = this.subject.sorts.find(([name]) => name === this.order.value)[2];
        const { items, nouns } = this.subject;
        const shown = items
            .filter((item) => tests.every(([holds, value]) => holds(item, value)))
            .filter((item) => words.every((word) => this.hayOf(item).includes(word)))
            .sort(compare);
        this.status.textContent =
            shown.length === items.length ? counted(items.length, ...nouns) : `${count(shown.length)} of ${counted(items.length, ...nouns)}`;
        this.list.show(shown);
        this.list.element.scrollTop = 0;
        if (this.chosen) this.list.choose(this.chosen);
    }

    choose(item) {
        this.chosen = item;
        this.list.choose(item);
    }

    // Goes to the item so many rows from the chosen one.
    step(by) {
        const item = this.list.beside(by);
        if (item) location.hash = `#${this.subject.kind}-${item.number}`;
    }
}
