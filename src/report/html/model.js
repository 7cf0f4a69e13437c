// SPDX-License-Identifier: MIT
// The data of the page: lines of schema neardup/1, and the texts they speak of, which are unpacked when the first is asked
// for. src/report/html.c says what stands where.

import { byId } from "./elements.js";
import { visible } from "./format.js";

function bytesOf(base64) {
    const digits = atob(base64);
    const bytes = new Uint8Array(digits.length);
    for (let i = 0; i < digits.length; i++) bytes[i] = digits.charCodeAt(i);
    return bytes;
}

async function unpack(id) {
    const bytes = bytesOf(byId(id).textContent);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Bytes of a length that shows itself.
class Growing {
    constructor(size) {
        this.bytes = new Uint8Array(size);
        this.size = 0;
    }

    reserve(more) {
        if (this.size + more <= this.bytes.length) return;
        const wider = new Uint8Array(Math.max(2 * this.bytes.length, this.size + more));
        wider.set(this.bytes.subarray(0, this.size));
        this.bytes = wider;
    }
}

// What src/report/long_matches.h says: stretches of bytes, and copies of what came before.
function withoutMatches(bytes) {
    const text = new Growing(4 * bytes.length);
    let at = 0;
    let sourceEnd = 0;
    const number = () => {
        let value = 0;
        for (let unit = 1; ; unit *= 128) {
            const byte = bytes[at++];
            value += (byte & 127) * unit;
            if (byte < 128) return value;
        }
    };
    for (;;) {
        const literal = number();
        text.reserve(literal);
        text.bytes.set(bytes.subarray(at, at + literal), text.size);
        at += literal;
        text.size += literal;
        const copied = number();
        if (!copied) return text.bytes.subarray(0, text.size);
        const distance = number();
        const from = sourceEnd + (distance % 2 ? -(distance + 1) / 2 : distance / 2);
        sourceEnd = from + copied;
        text.reserve(copied);
        text.bytes.copyWithin(text.size, from, from + copied);
        text.size += copied;
    }
}

// For each byte: the number of the word it stands for, of the first of those it begins (from `single` on), or -1.
const single = 19;
const codes = new Int32Array(256).fill(-1);
[[1, 8], [11, 31], [127, 127], [192, 193], [245, 255]]
    .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
    .forEach((byte, i) => (codes[byte] = i < single ? i : single + 256 * (i - single)));

// What src/report/vocabulary.h says: words, an empty line, and a text in which they are one byte or two.
function withWords(bytes, size) {
    const vocabulary = [];
    const text = new Uint8Array(size);
    let at = 0;
    for (let end; (end = bytes.indexOf(10, at)) > at; at = end + 1) vocabulary.push(bytes.subarray(at, end));
    let filled = 0;
    let isBehindWord = false;
    for (at++; at < bytes.length; at++) {
        let code = codes[bytes[at]];
        if (code < 0) {
            text[filled++] = bytes[at];
        } else {
            if (code >= single) code += bytes[++at];
            if (isBehindWord) text[filled++] = 32;
            const word = vocabulary[code];
            for (let i = 0; i < word.length; i++) text[filled++] = word[i];
        }
        isBehindWord = code >= 0;
    }
    return text;
}

// A path that is not UTF-8: what is, and \xff for every other byte.
function pathOfBytes(base64) {
    const bytes = bytesOf(base64);
    const strict = new TextDecoder("utf-8", { fatal: true });
    let path = "";
    for (let at = 0; at < bytes.length; ) {
        let length = 4;
        for (; length; length--) {
            try {
                path += visible(strict.decode(bytes.subarray(at, at + length)));
                break;
            } catch {
                // shorter, then
            }
        }
        if (!length) path += `\\x${bytes[at].toString(16).padStart(2, "0")}`;
        at += length || 1;
    }
    return path;
}

function documentOf(line) {
    const path = line.path_b64 === undefined ? visible(line.path) : pathOfBytes(line.path_b64);
    const id = typeof line.id === "string" ? ` (${visible(line.id)})` : "";
    const name = line.record === undefined ? path : `${path}:${line.record + 1}${id}`;
    const source = line.source ?? (line.source_b64 === undefined ? undefined : pathOfBytes(line.source_b64));
    return { ...line, name, source: source === undefined ? "" : visible(source), sourced: source !== undefined };
}

// A reader for each type of line. Lines come in an order in which each finds what it refers to.
const readers = {
    header: (model, line) => (model.header = line),
    summary: (model, line) => (model.summary = line),
    warning: (model, line) => model.warnings.push(line),
    source: (model, line) => model.sources.push({ ...line, source: visible(line.source ?? pathOfBytes(line.source_b64)) }),
    document: (model, line) => line.doc !== null && model.documents.set(line.doc, documentOf(line)),
    cluster: (model, line) => model.clusters.push({ ...line, number: line.cluster, members: [] }),
    member: (model, line) =>
        model.clusters[line.cluster].members.push({ ...line, document: model.documents.get(line.doc) }),
    passage: (model, line) => model.passages.push({ ...line, number: line.passage, count: line.places, places: [] }),
    place(model, line) {
        const place = { ...line, document: model.documents.get(line.doc), from: null, to: null };
        model.passages[line.passage].places.push(place);
        model.places.push(place);
    },
    overlap: (model, line) => model.overlaps.push(line),
    forecast: (model, line) => (model.forecast = line),
    title: (model, line) =>
        ((line.cluster === undefined ? model.passages[line.passage] : model.clusters[line.cluster]).title = line.title),
    text(model, line) {
        const document = model.documents.get(line.doc);
        document.text = { begin: model.textSize, size: line.size };
        document.places = [];
        model.textSize += line.size;
        for (let i = 0; i < (line.places ?? []).length; i += 3) {
            const place = model.places[line.places[i]];
            [place.from, place.to] = line.places.slice(i + 1, i + 3);
            document.places.push(place);
        }
    },
};

function finish(model) {
    for (const cluster of model.clusters) {
        const keep = cluster.members[0].document;
        cluster.title ??= keep.name;
        cluster.bytes = cluster.members.slice(1).reduce((sum, member) => sum + (member.document.bytes ?? 0), 0);
        cluster.sources = [...new Set(cluster.members.map((member) => member.document.source))];
    }
    for (const passage of model.passages) {
        passage.title ??= passage.places[0].document.name;
        passage.sourceNames = [...new Set(passage.places.map((place) => place.document.source))];
    }
    return model;
}

export async function readModel() {
    const model = {
        documents: new Map(),
        clusters: [],
        passages: [],
        places: [],
        overlaps: [],
        forecast: null,
        sources: [],
        warnings: [],
        textSize: 0,
    };
    const lines = new TextDecoder().decode(await unpack("result"));
    for (const line of JSON.parse(`[${lines.trimEnd().replaceAll("\n", ",")}]`)) readers[line.type]?.(model, line);
    return finish(model);
}

let texts = null;

// The text of a document, or null where the page has none.
export async function textOf(model, document) {
    if (!document.text) return null;
    texts ??= unpack("texts").then((bytes) => withWords(withoutMatches(bytes), model.textSize));
    const { begin, size } = document.text;
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode((await texts).subarray(begin, begin + size));
}
