// SPDX-License-Identifier: MIT
// What a catalogue lists: groups of copies, and passages. For each: how it is named, searched, filtered and sorted, and what
// its rows say.

import { element } from "./elements.js";
import { bytes, count, counted, percent } from "./format.js";

const byNumber = (a, b) => a.number - b.number;
const then = (compare) => (a, b) => compare(a, b) || byNumber(a, b);
const byTitle = (a, b) => a.title.localeCompare(b.title);

function rowOf(href, title, facts, figure) {
    return element(
        "a",
        { href },
        element("span", { class: "title", lang: "" }, title),
        element("span", { class: "figure" }, figure),
        element("span", { class: "facts" }, facts),
    );
}

function sourceFilter(model, sourcesOf) {
    const names = [...new Set([...model.documents.values()].map((document) => document.source))].filter(Boolean).sort();
    if (names.length < 2 || names.length > 500) return [];
    return [
        {
            name: "source",
            label: "Source",
            choices: [["", "All sources"], ...names.map((name) => [name, name])],
            holds: (item, value) => sourcesOf(item).includes(value),
        },
    ];
}

export function copies(model) {
    const alike = (cluster) => (cluster.near ? percent(cluster.min_jaccard) : "same");
    return {
        items: model.clusters,
        kind: "cluster",
        nouns: ["group", "groups"],
        height: 58,
        hay: (cluster) => [cluster.title, ...cluster.members.map((member) => member.document.name)].join("\n"),
        filters: [
            {
                name: "kind",
                label: "Kind",
                choices: [
                    ["", "All copies"],
                    ["near", "With near-copies"],
                    ["identical", "Identical only"],
                ],
                holds: (cluster, value) => (value === "near") === cluster.near > 0,
            },
            ...sourceFilter(model, (cluster) => cluster.sources),
        ],
        sorts: [
            ["size", "Largest group first", then((a, b) => b.size - a.size)],
            ["bytes", "Most text first", then((a, b) => b.bytes - a.bytes)],
            ["least", "Least alike first", then((a, b) => a.min_jaccard - b.min_jaccard)],
            ["most", "Most alike first", then((a, b) => b.min_jaccard - a.min_jaccard)],
            ["title", "By title", then(byTitle)],
            ["number", "In order of input", byNumber],
        ],
        row: (cluster) =>
            rowOf(
                `#cluster-${cluster.number}`,
                cluster.title,
                [
                    counted(cluster.size, "document", "documents"),
                    bytes(cluster.bytes),
                    cluster.sources.filter(Boolean).slice(0, 3).join(", "),
                ]
                    .filter(Boolean)
                    .join(" · "),
                alike(cluster),
            ),
    };
}

export const labels = {
    "self-repeat": "self-repeat",
    boilerplate: "boilerplate",
    syndicated: "syndicated",
    shared: "shared",
};

export function passages(model) {
    const present = Object.keys(labels).filter((label) => model.passages.some((passage) => passage.label === label));
    return {
        items: model.passages,
        kind: "passage",
        nouns: ["passage", "passages"],
        height: 58,
        hay: (passage) => [passage.title, ...passage.places.map((place) => place.document.name)].join("\n"),
        filters: [
            {
                name: "label",
                label: "Kind",
                choices: [["", "All passages"], ...present.map((label) => [label, labels[label]])],
                holds: (passage, value) => passage.label === value,
            },
            ...sourceFilter(model, (passage) => passage.sourceNames),
        ],
        sorts: [
            ["tokens", "Longest first", then((a, b) => b.tokens - a.tokens)],
            ["places", "Most places first", then((a, b) => b.count - a.count)],
            ["least", "Most edited first", then((a, b) => a.identity - b.identity)],
            ["title", "By first words", then(byTitle)],
            ["number", "In order of input", byNumber],
        ],
        row: (passage) =>
            rowOf(
                `#passage-${passage.number}`,
                passage.title,
                element(
                    "span",
                    {},
                    element("span", { class: `label ${passage.label}` }, labels[passage.label] ?? passage.label),
                    ` ${counted(passage.tokens, "word", "words")} · ${counted(passage.count, "place", "places")}` +
                        (passage.documents > 1 ? ` · ${count(passage.documents)} documents` : ""),
                ),
                passage.identity < 1 ? percent(passage.identity) : "same",
            ),
    };
}
