// SPDX-License-Identifier: MIT
// The whole at a glance: how much is copied, how alike the copies are, and which sources have what in common.

import { bars, histogram, matrix, ranges } from "./chart.js";
import { element } from "./elements.js";
import { bytes, count, counted, percent } from "./format.js";

const most_sources = 24; // in the matrix; the table lists more

function figure(name, value, note) {
    return element("div", {}, element("dt", {}, name), element("dd", {}, value, note ? element("small", {}, note) : ""));
}

function headline({ summary, header, sources, documents }) {
    const references = summary.references ? `, compared with ${counted(summary.references, "reference", "references")} too` : "";
    const named = sources.length || new Set([...documents.values()].filter((d) => d.sourced).map((d) => d.source)).size;
    const from = sources.length ? ` from ${counted(named, "source", "sources")}` : "";
    const title = summary.dropped
        ? `${count(summary.dropped)} of ${counted(summary.documents, "document", "documents")} could go`
        : `No copies among ${counted(summary.documents, "document", "documents")}`;
    return element(
        "header",
        { class: "headline" },
        element("h1", {}, title),
        element(
            "p",
            {},
            `${bytes(summary.bytes)} of text${from}${references}. Two documents count as copies when they are ` +
                `${percent(header.params.threshold)} alike or more; such a pair is found with probability ${header.expected_recall.toFixed(3)}.`,
        ),
    );
}

function shareBar({ summary }) {
    const share = summary.bytes ? summary.dropped_bytes / summary.bytes : 0;
    const filled = element("div", { class: "filled" });
    filled.style.inlineSize = `${share * 100}%`;
    return element(
        "div",
        { class: "share" },
        element("div", { class: "track" }, filled),
        element("p", {}, element("strong", {}, percent(share)), ` of the text is in documents that could go (${bytes(summary.dropped_bytes)})`),
    );
}

function figures({ summary, passages, clusters }) {
    return element(
        "dl",
        { class: "figures" },
        figure("Documents", count(summary.documents)),
        figure("Stay", count(summary.kept)),
        figure("Could go", count(summary.dropped), summary.dropped ? `${count(summary.identical)} identical, ${count(summary.near)} near` : ""),
        figure("Groups of copies", count(clusters.length)),
        summary.passages === undefined ? null : figure("Passages", count(passages.length)),
    );
}

// ---- similarity ----

const unforeseen = "How many pairs other thresholds would find is not known: the result was saved without --pairs.";

function similarity({ forecast, header, summary }) {
    if (!forecast) return summary.dropped ? element("p", { class: "remark" }, unforeseen) : null;
    const { from, reaching, going } = forecast;
    // The last bar is of those from 99 to 100 %.
    const counts = reaching.length > 1 ? reaching.slice(0, -1).map((number, i) => number - (i + 2 < reaching.length ? reaching[i + 1] : 0)) : reaching;
    const chart = histogram(counts, from, `Pairs of documents by similarity, from ${from} to 100 %`);
    const told = element("output", { for: "threshold" });
    const slider = element("input", { type: "range", id: "threshold", min: from, max: 100, step: 1, value: Math.round(header.params.threshold * 100) });
    const tell = () => {
        const at = Number(slider.value) - from;
        chart.light(from + at);
        told.replaceChildren(
            "At ",
            element("strong", {}, `${slider.value} %`),
            `: ${counted(reaching[at], "pair", "pairs")}, and ${count(going[at])} of ${counted(summary.documents, "document", "documents")} would go`,
        );
    };
    slider.addEventListener("input", tell);
    tell();
    return element(
        "section",
        { class: "similarity" },
        element("h2", {}, element("label", { for: "threshold" }, "How alike pairs are, and where to draw the line")),
        told,
        element("div", { class: "plot" }, chart.drawing, slider),
        element("div", { class: "scale", "aria-hidden": "true" }, ...scale(from).map((text) => element("span", {}, text))),
        element("p", { class: "remark" }, `Pairs from ${from} % on, of identical documents only those of the first; heights by square root. Below the threshold of the run some are missing.`),
    );
}

function scale(low) {
    return [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => `${Math.round(low + at * (100 - low))} %`);
}

// ---- sizes and sources ----

function distributions({ clusters, passages }) {
    const parts = [];
    if (clusters.length)
        parts.push(
            element(
                "section",
                {},
                element("h2", {}, "Documents in a group"),
                bars(ranges(clusters.map((cluster) => cluster.size), [2, 3, 4, 5, 10, 20, 50, 100, 1000])),
            ),
        );
    if (passages.length)
        parts.push(
            element(
                "section",
                {},
                element("h2", {}, "Words in a passage"),
                bars(ranges(passages.map((passage) => passage.tokens), [0, 20, 30, 50, 100, 200, 500, 1000]).filter((e) => e.value || e.name !== "0–19")),
            ),
        );
    return parts.length ? element("div", { class: "halves" }, ...parts) : null;
}

// Pairs of documents that link two sources: a copy and what it is a copy of, and documents that share passages.
function links(model) {
    const between = new Map();
    const add = (one, other) => {
        if (!one?.source || !other?.source) return;
        const key = [one.source, other.source].sort().join("\n");
        between.set(key, (between.get(key) ?? 0) + 1);
    };
    for (const cluster of model.clusters)
        for (const member of cluster.members)
            if (member.status === "dropped") add(member.document, model.documents.get(member.dup_of));
    for (const { a, b } of model.overlaps) add(model.documents.get(a), model.documents.get(b));
    return between;
}

function sourceTable(sources) {
    const row = (source) => {
        const bar = element("div", { class: "length" });
        bar.style.inlineSize = `${((source.dropped / Math.max(1, source.documents)) * 100).toFixed(1)}%`;
        return element(
            "tr",
            {},
            element("th", { scope: "row" }, source.source),
            element("td", { class: "number" }, count(source.documents)),
            element("td", { class: "number" }, source.dropped ? count(source.dropped) : "–"),
            element("td", { class: "gauge" }, bar),
        );
    };
    return element(
        "table",
        { class: "sources" },
        element(
            "thead",
            {},
            element(
                "tr",
                {},
                element("th", { scope: "col" }, "Source"),
                element("th", { scope: "col", class: "number" }, "Documents"),
                element("th", { scope: "col", class: "number" }, "Could go"),
                element("th", { scope: "col" }, "Share"),
            ),
        ),
        element("tbody", {}, ...sources.map(row)),
    );
}

function sourceParts(model) {
    const sources = [...model.sources].sort((a, b) => b.documents - a.documents || (a.source < b.source ? -1 : 1));
    if (!sources.length) return null;
    const listed = sources.slice(0, 200);
    const between = links(model);
    const named = new Set([...between.keys()].flatMap((key) => key.split("\n")));
    const linked = sources.map((source) => source.source).filter((name) => named.has(name));
    const names = linked.slice(0, most_sources).sort();
    const parts = [
        element(
            "section",
            {},
            element("h2", {}, "Sources"),
            element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Sources" }, sourceTable(listed)),
            sources.length > listed.length ? element("p", { class: "remark" }, `… and ${count(sources.length - listed.length)} more`) : null,
        ),
    ];
    if (names.length)
        parts.push(
            element(
                "section",
                {},
                element("h2", {}, "What sources have in common"),
                element(
                    "div",
                    { class: "wide", tabindex: "0", role: "region", "aria-label": "What sources have in common" },
                    matrix(names, (i, j) => between.get([names[i], names[j]].sort().join("\n")) ?? 0),
                ),
                element(
                    "p",
                    { class: "remark" },
                    "Pairs of documents that are copies of each other or share passages" +
                        (linked.length > names.length ? `; the ${names.length} largest of ${linked.length} sources that have any.` : "."),
                ),
            ),
        );
    return element("div", { class: "halves" }, ...parts);
}

// ---- what else to know ----

function warnings({ warnings: list }) {
    if (!list.length) return null;
    const shown = list.slice(0, 50);
    return element(
        "section",
        { class: "warnings" },
        element("h2", {}, "To be noted"),
        element(
            "ul",
            {},
            ...shown.map((warning) =>
                element(
                    "li",
                    {},
                    [warning.path ?? "", warning.count === undefined ? "" : count(warning.count)].filter(Boolean).map((text) => [element("b", {}, text), ": "]).flat(),
                    warning.message,
                ),
            ),
        ),
        list.length > shown.length ? element("p", { class: "remark" }, `… and ${count(list.length - shown.length)} more`) : null,
    );
}

function parameters({ header, summary }) {
    const shown = { ...header.params, version: header.version, unicode: header.unicode, seconds: summary.seconds };
    return element(
        "details",
        { class: "parameters" },
        element("summary", {}, "How this was made"),
        element("dl", {}, ...Object.entries(shown).map(([name, value]) => element("div", {}, element("dt", {}, name.replaceAll("_", " ")), element("dd", {}, String(value))))),
    );
}

export function overview(model) {
    return [
        headline(model),
        shareBar(model),
        figures(model),
        similarity(model),
        distributions(model),
        sourceParts(model),
        warnings(model),
        parameters(model),
    ].filter(Boolean);
}
