// SPDX-License-Identifier: MIT
// How people read numbers and names.

const grouped = new Intl.NumberFormat("en");

export function count(number) {
    return grouped.format(number);
}

export function counted(number, one, many) {
    return `${count(number)} ${number === 1 ? one : many}`;
}

// Powers of 1,000: "812 bytes", "9.8 kB".
export function bytes(number) {
    if (number < 1000) return counted(number, "byte", "bytes");
    const units = ["kB", "MB", "GB", "TB"];
    let unit = -1;
    while (number >= 1000 && unit + 1 < units.length) {
        number /= 1000;
        unit++;
    }
    return `${number.toFixed(number < 9.95 ? 1 : 0)} ${units[unit]}`;
}

// Takes more decimals rather than show 100 % for less or 0 % for more.
export function percent(share) {
    for (let decimals = 0; decimals < 6; decimals++) {
        const text = (share * 100).toFixed(decimals);
        if ((Number(text) < 100 || share >= 1) && (Number(text) > 0 || share <= 0)) return `${text} %`;
    }
    return `${share * 100} %`;
}

// Characters that would break a line, steer, or turn the direction of what follows.
const steering = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

// A name with nothing hidden in it.
export function visible(name) {
    return name.replace(steering, (c) => {
        const code = c.charCodeAt(0);
        return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
    });
}
