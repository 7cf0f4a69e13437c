// SPDX-License-Identifier: MIT
// Elements made by name, attributes and children. Text always becomes text nodes: nothing that comes from a corpus is ever
// read as markup.

function fill(made, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === undefined || value === null || value === false) continue;
        if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
        else made.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat()) if (child !== null && child !== undefined && child !== false) made.append(child);
    return made;
}

export function element(name, attributes = {}, ...children) {
    return fill(document.createElement(name), attributes, children);
}

export function drawn(name, attributes = {}, ...children) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

export function byId(id) {
    return document.getElementById(id);
}

// Choices for a select: [value, label] each.
export function options(choices, chosen) {
    return choices.map(([value, label]) => element("option", { value, selected: String(value) === String(chosen) }, label));
}
