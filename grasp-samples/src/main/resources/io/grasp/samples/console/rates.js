// Sparklines of rates, drawn by uPlot.

import {byId, calm, color, el, onSchemeChange, setText} from './dom.js';

const SECONDS = 120;
const LEAST_SECONDS = 30;
const HEIGHT = 44;

/** One number with its course over the last two minutes. */
export class Sparkline {
    #times = [];
    #values = [];
    #plot;
    #number = el('output', {class: 'now'}, '–');
    #place = el('div', {class: 'spark'});

    constructor(title, unit, colorName) {
        const card = el(
            'div',
            {class: 'rate'},
            el('h3', {}, title),
            el('p', {}, this.#number, el('span', {class: 'unit'}, unit)),
            this.#place);
        byId('rates').append(card);
        this.colorName = colorName;
        this.#draw();
        new ResizeObserver(() => this.#plot.setSize({width: this.#place.clientWidth, height: HEIGHT})).observe(this.#place);
        onSchemeChange(() => this.#draw());
    }

    #draw() {
        this.#plot?.destroy();
        const line = color(this.colorName);
        this.#plot = new globalThis.uPlot(
            {
                width: Math.max(60, this.#place.clientWidth),
                height: HEIGHT,
                padding: [3, 2, 1, 2],
                cursor: {show: false},
                legend: {show: false},
                scales: {
                    x: {time: false, range: (plot, low, high) => [Math.min(low ?? 0, (high ?? 0) - LEAST_SECONDS), high ?? 1]},
                    y: {range: (plot, low, high) => [0, Math.max(1, high ?? 1)]},
                },
                axes: [{show: false}, {show: false}],
                series: [{}, {stroke: line, width: 1.6, fill: line + '22', points: {show: false}}],
            },
            [this.#times, this.#values],
            this.#place);
        this.#place.firstElementChild.setAttribute('aria-hidden', 'true');
    }

    /** Adds the value of a second. */
    add(second, value) {
        this.#times.push(second);
        this.#values.push(value);
        if (this.#times.length > SECONDS) {
            this.#times.shift();
            this.#values.shift();
        }
        setText(this.#number, value === null ? '–' : value < 10 && value % 1 !== 0 ? value.toFixed(1) : String(Math.round(value)));
        this.#plot.setData([this.#times, this.#values]);
    }
}

/** How many events a recording has in each of its parts, above its slider. */
export class Density {
    #plot;
    #data = [[], []];
    #place = byId('density');

    constructor() {
        this.#draw();
        new ResizeObserver(() => this.#plot.setSize({width: this.#place.clientWidth, height: 30})).observe(this.#place);
        onSchemeChange(() => this.#draw());
    }

    /** Shows the numbers of the parts, which are at least 0.5: the axis is logarithmic. */
    show(parts, counts) {
        this.#data = [parts, counts];
        this.#plot.setData(this.#data);
    }

    #draw() {
        this.#plot?.destroy();
        const fill = color('accent');
        this.#plot = new globalThis.uPlot(
            {
                width: Math.max(60, this.#place.clientWidth),
                height: 30,
                padding: [2, 0, 0, 0],
                cursor: {show: false},
                legend: {show: false},
                scales: {x: {time: false}, y: {distr: 3, range: (plot, low, high) => [0.5, Math.max(2, high ?? 2)]}},
                axes: [{show: false}, {show: false}],
                series: [{}, {
                    stroke: fill,
                    fill: fill + '55',
                    width: 0,
                    paths: globalThis.uPlot.paths.bars({size: [1, 20], gap: 0}),
                    points: {show: false},
                }],
            },
            this.#data,
            this.#place);
    }
}

/** Calls back once for each frame or, if the user wants less motion, four times a second. */
export function everyFrame(callback) {
    const run = () => {
        callback(performance.now());
        if (calm.matches) {
            setTimeout(run, 250);
        } else {
            requestAnimationFrame(run);
        }
    };
    run();
}
