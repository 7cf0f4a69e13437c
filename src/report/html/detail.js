// SPDX-License-Identifier: MIT
// What is chosen: a group of copies or a passage, with the switches that say which two of its documents or places are
// side by side.

import { compare } from "./comparison.js";
import { element, options } from "./elements.js";
import { count, counted, percent } from "./format.js";
import { labels } from "./subjects.js";

function heading(title, facts, href) {
    return element(
        "header",
        { class: "subject" },
        element("h2", {}, element("span", { lang: "" }, title), " ", element("a", { class: "permalink", href, "aria-label": "Link to this", title: "Link to this" }, "#")),
        element("p", { class: "facts" }, facts),
    );
}

// A select and two buttons that step through it; `onchoose(index)`.
function switcher(label, choices, chosen, onchoose) {
    if (choices.length < 2) return null;
    const button = (text, name, index) =>
        element(
            "button",
            { type: "button", "aria-label": name, title: name, disabled: index < 0 || index >= choices.length, onclick: () => onchoose(index) },
            text,
        );
    return element(
        "span",
        { class: "switcher" },
        button("‹", `Previous ${label}`, chosen - 1),
        element(
            "select",
            { "aria-label": `Which ${label}`, onchange: (event) => onchoose(Number(event.target.value)) },
            options(choices.map((text, i) => [i, text]), chosen),
        ),
        button("›", `Next ${label}`, chosen + 1),
    );
}

function wordingOf(member, differing) {
    if (member.kind === "identical") return member.same_bytes ? "The same, byte for byte" : "The same words; layout, punctuation or case differ";
    const facts = [`${percent(member.jaccard)} alike`, `${percent(member.containment)} of the copy is in the one that stays`];
    if (differing && differing.a + differing.b)
        facts.push(`words that differ: ${count(differing.a)} on the left, ${count(differing.b)} on the right`);
    return facts.join(" · ");
}

// A group of copies: `other` is the number of the document on the right, or undefined for the first.
export async function showCluster(model, target, cluster, other) {
    const copies = cluster.members.filter((member) => member.status === "dropped");
    let chosen = copies.findIndex((member) => member.doc === other);
    if (chosen < 0) chosen = 0;
    const member = copies[chosen];
    const original = model.documents.get(member.dup_of);
    const go = (index) => (location.hash = `#cluster-${cluster.number}-${copies[index].doc}`);
    const names = copies.map((one, i) => `${i + 1} of ${copies.length} · ${one.kind === "near" ? percent(one.jaccard) : "same"} · ${one.document.name}`);
    const facts = element("p", { class: "pair" });
    const body = element("div", { class: "comparison" });
    target.replaceChildren(
        heading(
            cluster.title,
            `${counted(cluster.size, "document", "documents")}: one stays, ${[
                cluster.identical && counted(cluster.identical, "identical copy", "identical copies"),
                cluster.near && counted(cluster.near, "near-copy", "near-copies"),
            ]
                .filter(Boolean)
                .join(", ")}`,
            `#cluster-${cluster.number}`,
        ),
        facts,
        body,
    );
    facts.textContent = wordingOf(member, null);
    const differing = await compare(
        model,
        body,
        target,
        { label: original.status === "reference" ? "Reference" : "Stays", document: original },
        { label: "Could go", document: member.document, control: switcher("copy", names, chosen, go) },
    );
    facts.textContent = wordingOf(member, differing);
    return { step: (by) => copies[chosen + by] && go(chosen + by) };
}

// A passage: `first` and `second` are the places on the left and right, counted within it.
export async function showPassage(model, target, passage, first = 0, second = first === 0 ? 1 : 0) {
    const { places } = passage;
    const left = places[first] ?? places[0];
    const right = places[second] ?? places[1];
    const go = (a, b) => (location.hash = `#passage-${passage.number}-${a}-${b}`);
    const names = places.map((place, i) => `${i + 1} of ${places.length} · line ${count(place.line)} · ${place.document.name}`);
    const note = (place) => `line ${count(place.line)}${place.identity < 1 ? `, ${percent(place.identity)} as in the first place` : ""}`;
    const body = element("div", { class: "comparison" });
    target.replaceChildren(
        heading(
            passage.title,
            element(
                "span",
                {},
                element("span", { class: `label ${passage.label}` }, labels[passage.label] ?? passage.label),
                ` ${passage.rule} · ${counted(passage.tokens, "word", "words")} · ${counted(passage.count, "place", "places")}`,
            ),
            `#passage-${passage.number}`,
        ),
        body,
    );
    const side = (label, place, chosen, onchoose) => ({
        label,
        document: place.document,
        place,
        note: note(place),
        control: switcher("place", names, chosen, onchoose),
    });
    await compare(
        model,
        body,
        target,
        side("Place", left, first, (index) => go(index, second)),
        side("Place", right, second, (index) => go(first, index)),
    );
    return { step: (by) => places[second + by] && go(first, second + by) };
}
