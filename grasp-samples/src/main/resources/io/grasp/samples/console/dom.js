// Elements of the page. What a peer sends becomes text here, and never markup.

/** Characters that are invisible, or change the direction of what follows, except the line feed. */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text whose unprintable characters are shown by their numbers. */
export function printable(text) {
    return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

/** Makes an element; strings among the children become text. */
export function el(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== undefined && value !== null && value !== false) {
            element.setAttribute(name, value === true ? '' : value);
        }
    }
    for (const child of children) {
        if (child !== null && child !== undefined) {
            element.append(typeof child === 'string' ? printable(child) : child);
        }
    }
    return element;
}

/** The element of the page with this id. */
export function byId(id) {
    return document.getElementById(id);
}

/** Sets the text of an element if it has changed, so that neither layout nor screen readers are disturbed. */
export function setText(element, text) {
    const shown = printable(text);
    if (element.textContent !== shown) {
        element.textContent = shown;
    }
}

/** Whether the user wants less motion. */
export const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** The value of a custom property of the style sheet, which depends on the color scheme. */
export function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

/** Calls back when the color scheme changes. */
export function onSchemeChange(callback) {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback);
}
