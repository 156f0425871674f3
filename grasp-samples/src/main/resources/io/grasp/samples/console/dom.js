// Elements of the page. What a peer sends becomes text here, and never markup.

/** Makes an element; strings among the children become text. */
export function el(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== undefined && value !== null && value !== false) {
            element.setAttribute(name, value === true ? '' : value);
        }
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

/** The element of the page with this id. */
export function byId(id) {
    return document.getElementById(id);
}

/** Sets the text of an element if it has changed, so that neither layout nor screen readers are disturbed. */
export function setText(element, text) {
    if (element.textContent !== text) {
        element.textContent = text;
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
