// SPDX-License-Identifier: MIT
// A list of any length of which only what can be seen is in the page: rows of one height.

import { element } from "./elements.js";

const beyond = 6; // rows above and below what is seen

export class List {
    // `row(item)` makes what is in a row; `height` is that of a row in CSS pixels.
    constructor(row, height, label) {
        this.row = row;
        this.height = height;
        this.items = [];
        this.chosen = -1;
        this.body = element("ol", { class: "rows", "aria-label": label });
        this.element = element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, this.body);
        this.element.addEventListener("scroll", () => this.draw());
        new ResizeObserver(() => this.draw(true)).observe(this.element);
    }

    show(items) {
        this.items = items;
        this.body.style.blockSize = `${items.length * this.height}px`;
        this.draw(true);
    }

    // Marks the row of an item and brings it into view.
    choose(item) {
        this.chosen = this.items.indexOf(item);
        const top = this.chosen * this.height;
        const { scrollTop, clientHeight } = this.element;
        if (this.chosen >= 0 && (top < scrollTop || top + this.height > scrollTop + clientHeight))
            this.element.scrollTop = top - (clientHeight - this.height) / 2;
        this.draw(true);
    }

    // The item so many rows from the marked one, or the first.
    beside(step) {
        const at = this.chosen < 0 ? 0 : this.chosen + step;
        return this.items[Math.min(Math.max(at, 0), this.items.length - 1)];
    }

    draw(anew = false) {
        const first = Math.max(0, Math.floor(this.element.scrollTop / this.height) - beyond);
        const seen = Math.ceil((this.element.clientHeight || 800) / this.height) + 2 * beyond;
        const behind = Math.min(this.items.length, first + seen);
        if (!anew && first === this.first && behind === this.behind) return;
        this.first = first;
        this.behind = behind;
        const focused = this.body.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
        this.body.replaceChildren(...this.items.slice(first, behind).map((item, i) => this.made(item, first + i)));
        if (focused) [...this.body.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused)?.focus();
    }

    made(item, number) {
        const made = element("li", { "aria-setsize": this.items.length, "aria-posinset": number + 1 }, this.row(item));
        made.style.insetBlockStart = `${number * this.height}px`;
        made.style.blockSize = `${this.height}px`;
        if (number === this.chosen) made.firstElementChild.setAttribute("aria-current", "true");
        return made;
    }
}
