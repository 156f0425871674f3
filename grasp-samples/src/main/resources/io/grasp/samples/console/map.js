// The map: nodes and links laid out by Cytoscape, messages that move along the links, and bubbles beside the nodes.

import {byId, calm, color, el, onSchemeChange, printable, setText} from './dom.js';
import {shorten} from './text.js';

const MOST_PULSES = 300;
const MOST_BUBBLES = 8;
const BUBBLE_CHARACTERS = 60;
const PADDING = 34;
/** The layout of a few nodes is not enlarged any further. */
const MOST_STRETCH = 1.6;

function style() {
    const text = color('text');
    const surface = color('surface');
    return [
        {
            selector: 'node',
            style: {
                label: 'data(label)',
                color: text,
                'font-family': 'system-ui, sans-serif',
                'font-size': 13,
                'text-valign': 'bottom',
                'text-margin-y': 5,
                'text-wrap': 'ellipsis',
                'text-max-width': 120,
                'text-background-color': surface,
                'text-background-opacity': 0.75,
                'text-background-padding': 1,
                'text-background-shape': 'roundrectangle',
                width: 24,
                height: 24,
                'background-color': color('node'),
                'border-width': 2,
                'border-color': surface,
                'overlay-opacity': 0,
            },
        },
        {selector: 'node[kind = "self"]', style: {width: 38, height: 38, 'background-color': color('accent'), 'font-weight': 600, 'font-size': 13}},
        {
            selector: 'node[kind = "link"]',
            style: {
                shape: 'round-rectangle',
                width: 46,
                height: 20,
                'background-color': surface,
                'border-color': color('line-strong'),
                'border-width': 1.5,
                'text-valign': 'center',
                'text-margin-y': 0,
                'text-background-opacity': 0,
                'text-max-width': 42,
                'font-size': 10,
                'font-family': 'ui-monospace, Menlo, Consolas, monospace',
            },
        },
        {selector: 'node[kind = "asa"]', style: {shape: 'round-hexagon', width: 22, height: 20, 'background-color': color('kind-negotiate')}},
        {selector: 'node[kind = "remote"]', style: {'background-color': surface, 'border-color': color('node'), 'border-width': 2, 'border-style': 'dashed'}},
        {selector: 'node[kind = "adversary"]', style: {shape: 'round-diamond', width: 26, height: 26, 'background-color': color('bad')}},
        {selector: 'node.unused', style: {'border-style': 'dashed', opacity: 0.55}},
        {selector: 'node.down', style: {'background-color': surface, 'border-color': color('bad'), 'border-width': 2.5, opacity: 0.8}},
        {selector: 'node.suspended', style: {'background-color': surface, 'border-color': color('kind-wait'), 'border-width': 2.5, 'border-style': 'double'}},
        {selector: 'node.talking', style: {'border-color': color('kind-negotiate'), 'border-width': 3}},
        {selector: 'node:selected', style: {'border-color': color('accent'), 'border-width': 3}},
        {
            selector: 'edge',
            style: {width: 1.6, 'line-color': color('line-strong'), 'curve-style': 'straight', 'overlay-opacity': 0},
        },
        {selector: 'edge[kind = "remote"], edge.unused', style: {'line-style': 'dashed', 'line-color': color('line')}},
        {selector: 'edge.down', style: {'line-style': 'dotted', 'line-color': color('bad')}},
        {selector: 'edge.lit', style: {width: 3.2, 'line-color': color('accent')}},
    ];
}

/** The map of a network. */
export class NetworkMap {
    #cy;
    #canvas = byId('pulses');
    #place = byId('map');
    #bubbles = new Map();
    #pulses = [];
    #structure = '';
    #colors = new Map();
    #lit = new Set();

    constructor() {
        this.#cy = globalThis.cytoscape({
            container: byId('graph'),
            style: style(),
            minZoom: 0.2,
            maxZoom: 4,
            userZoomingEnabled: false,
            boxSelectionEnabled: false,
            autounselectify: false,
        });
        onSchemeChange(() => {
            this.#colors.clear();
            this.#cy.style(style());
        });
        // Pages scroll by the wheel; with Ctrl it zooms, as in other maps.
        this.#place.addEventListener(
            'wheel',
            (event) => {
                if (event.ctrlKey) {
                    event.preventDefault();
                    this.#zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
                }
            },
            {passive: false});
        byId('zoom-in').addEventListener('click', () => this.#zoom(1.3));
        byId('zoom-out').addEventListener('click', () => this.#zoom(1 / 1.3));
        byId('fit').addEventListener('click', () => this.#fit());
        byId('arrange').addEventListener('click', () => this.#arrange(true));
        new ResizeObserver(() => {
            this.#cy.resize();
            this.#spread();
        }).observe(this.#place);
    }

    #zoom(factor) {
        this.#cy.zoom({
            level: this.#cy.zoom() * factor,
            renderedPosition: {x: this.#cy.width() / 2, y: this.#cy.height() / 2},
        });
    }

    #fit() {
        this.#cy.fit(undefined, PADDING);
        if (this.#cy.zoom() > 1) {
            this.#cy.zoom(1);
            this.#cy.center();
        }
    }

    /**
     * Shows nodes {id, label, kind, unused} and edges {from, to, kind, unused}; those that stay keep their places.
     *
     * @param text describes the map for people who cannot see it
     */
    show(nodes, edges, text) {
        setText(byId('map-text'), text);
        const wanted = new Set(nodes.map((node) => node.id));
        const edgeId = (edge) => `${edge.from} ${edge.to}`;
        const edgesThere = edges.filter((edge) => wanted.has(edge.from) && wanted.has(edge.to));
        for (const edge of edgesThere) {
            wanted.add(edgeId(edge));
        }
        const cy = this.#cy;
        cy.batch(() => {
            cy.elements().filter((element) => !wanted.has(element.id())).remove();
            for (const node of nodes) {
                let element = cy.getElementById(node.id);
                if (element.empty()) {
                    element = cy.add({group: 'nodes', data: {id: node.id}, position: this.#placeFor(node, edges, cy.nodes().length)});
                }
                element.data({label: printable(node.label), kind: node.kind});
                element.toggleClass('unused', Boolean(node.unused));
            }
            for (const edge of edgesThere) {
                let element = cy.getElementById(edgeId(edge));
                if (element.empty()) {
                    element = cy.add({group: 'edges', data: {id: edgeId(edge), source: edge.from, target: edge.to}});
                }
                element.data('kind', edge.kind ?? '');
                element.toggleClass('unused', Boolean(edge.unused));
            }
        });
        const structure = [...wanted].sort().join('\n');
        if (structure !== this.#structure) {
            const first = this.#structure === '';
            this.#structure = structure;
            this.#arrange(first);
        }
    }

    /** A new node begins beside a neighbor, so that the others need not move far. */
    #placeFor(node, edges, number) {
        const angle = number * 2.399963; // the golden angle: no two directions are equal
        const beside = edges
            .filter((edge) => edge.from === node.id || edge.to === node.id)
            .map((edge) => this.#cy.getElementById(edge.from === node.id ? edge.to : edge.from))
            .find((element) => element.nonempty());
        const center = beside ? beside.position() : {x: 0, y: 0};
        const distance = beside ? 60 : 24 * Math.sqrt(number);
        return {x: center.x + distance * Math.cos(angle), y: center.y + distance * Math.sin(angle)};
    }

    #arrange(whole) {
        const nodes = this.#cy.nodes().length;
        if (nodes === 0) {
            return;
        }
        this.#cy
            .layout({
                name: 'cose',
                randomize: false,
                animate: whole || calm.matches ? false : 'end',
                animationDuration: 400,
                fit: false,
                nodeRepulsion: () => 400_000,
                nodeOverlap: 24,
                idealEdgeLength: () => 60,
                edgeElasticity: () => 100,
                gravity: 0.25,
                componentSpacing: 80,
                numIter: nodes > 80 ? 800 : 2500,
                initialTemp: whole ? 300 : 60,
                stop: () => this.#spread(),
            })
            .run();
    }

    /** Fills the canvas without changing the size of nodes and labels: the layout does not know the canvas. */
    #spread() {
        const nodes = this.#cy.nodes();
        if (nodes.length === 0) {
            return;
        }
        const box = nodes.boundingBox({includeLabels: false});
        const scale = (room, size) => Math.min(MOST_STRETCH, (room - 2 * PADDING) / Math.max(1, size));
        const down = scale(this.#cy.height(), box.h);
        const across = Math.min(scale(this.#cy.width(), box.w), 2 * down);
        nodes.positions((node) => ({x: (node.position('x') - box.x1) * across, y: (node.position('y') - box.y1) * down}));
        this.#fit();
    }

    /** Marks a node with a class, or takes it away. */
    mark(id, name, on) {
        this.#cy.getElementById(id).toggleClass(name, on);
    }

    /** Takes the marks from all nodes and edges. */
    unmark() {
        this.#cy.elements().removeClass('down suspended talking');
    }

    has(id) {
        return this.#cy.getElementById(id).nonempty();
    }

    /** The way between two nodes over at most two edges; undefined if there is none. */
    way(from, to) {
        const source = this.#cy.getElementById(from);
        const target = this.#cy.getElementById(to);
        if (source.empty() || target.empty()) {
            return undefined;
        }
        if (source.edgesWith(target).nonempty()) {
            return [from, to];
        }
        const middle = source.neighborhood('node').intersection(target.neighborhood('node'));
        return middle.nonempty() ? [from, middle[0].id(), to] : [from, to];
    }

    /** The neighbors of a node. */
    around(id) {
        return this.#cy.getElementById(id).neighborhood('node').map((node) => node.id());
    }

    /** Lets a message move along nodes: {way, kind, start, end, lost}; the times are those of the map's clock. */
    pulse(pulse) {
        this.#pulses.push(pulse);
        if (this.#pulses.length > MOST_PULSES) {
            this.#pulses.shift();
        }
    }

    /** Replaces all messages that move. */
    setPulses(pulses) {
        this.#pulses = pulses.slice(-MOST_PULSES);
    }

    #color(kind) {
        let value = this.#colors.get(kind);
        if (!value) {
            value = color('kind-' + kind);
            this.#colors.set(kind, value);
        }
        return value;
    }

    /** Draws the messages that move at a time. */
    draw(now) {
        const ratio = devicePixelRatio;
        const width = this.#place.clientWidth;
        const height = this.#place.clientHeight;
        if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
            this.#canvas.width = Math.round(width * ratio);
            this.#canvas.height = Math.round(height * ratio);
        }
        const context = this.#canvas.getContext('2d');
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.clearRect(0, 0, width, height);
        this.#pulses = this.#pulses.filter((pulse) => pulse.end >= now);
        const lit = new Set();
        for (const pulse of this.#pulses) {
            if (pulse.start > now) {
                continue;
            }
            const part = (now - pulse.start) / Math.max(1e-9, pulse.end - pulse.start);
            for (let i = 1; i < pulse.way.length; i++) {
                lit.add(`${pulse.way[i - 1]} ${pulse.way[i]}`).add(`${pulse.way[i]} ${pulse.way[i - 1]}`);
            }
            if (!calm.matches) {
                this.#drawPulse(context, pulse, part);
            }
        }
        for (const id of this.#lit) {
            if (!lit.has(id)) {
                this.#cy.getElementById(id).removeClass('lit');
            }
        }
        for (const id of lit) {
            if (!this.#lit.has(id)) {
                this.#cy.getElementById(id).addClass('lit');
            }
        }
        this.#lit = lit;
        this.#placeBubbles();
    }

    #drawPulse(context, pulse, part) {
        const shown = pulse.lost ? Math.min(part, 0.5) : part;
        const hops = pulse.way.length - 1;
        const hop = Math.min(hops - 1, Math.floor(shown * hops));
        const within = shown * hops - hop;
        const from = this.#cy.getElementById(pulse.way[hop]);
        const to = this.#cy.getElementById(pulse.way[hop + 1]);
        if (from.empty() || to.empty()) {
            return;
        }
        const a = from.renderedPosition();
        const b = to.renderedPosition();
        const x = a.x + (b.x - a.x) * within;
        const y = a.y + (b.y - a.y) * within;
        context.strokeStyle = this.#color(pulse.kind);
        context.fillStyle = this.#color(pulse.kind);
        if (from.edgesWith(to).empty()) { // a connection across other nodes
            context.globalAlpha = 0.35;
            context.lineWidth = 1.4;
            context.setLineDash([3, 4]);
            context.beginPath();
            context.moveTo(a.x, a.y);
            context.lineTo(b.x, b.y);
            context.stroke();
            context.setLineDash([]);
            context.globalAlpha = 1;
        }
        if (pulse.lost && part > 0.5) {
            context.lineWidth = 2.4;
            context.beginPath();
            context.moveTo(x - 5, y - 5);
            context.lineTo(x + 5, y + 5);
            context.moveTo(x + 5, y - 5);
            context.lineTo(x - 5, y + 5);
            context.stroke();
            return;
        }
        context.beginPath();
        context.arc(x, y, 4.6, 0, 2 * Math.PI);
        context.fill();
        context.lineWidth = 1.4;
        context.strokeStyle = this.#color('edge');
        context.stroke();
    }

    /** Shows bubbles {node, text, kind} beside their nodes, at most one each. */
    showBubbles(bubbles) {
        const wanted = new Map(bubbles.slice(-MOST_BUBBLES).map((bubble) => [bubble.node, bubble]));
        for (const [node, shown] of this.#bubbles) {
            if (!wanted.has(node)) {
                shown.element.remove();
                this.#bubbles.delete(node);
            }
        }
        for (const [node, bubble] of wanted) {
            let shown = this.#bubbles.get(node);
            if (!shown) {
                shown = {element: el('div', {class: 'map-bubble'})};
                this.#bubbles.set(node, shown);
                byId('bubbles').append(shown.element);
            }
            shown.element.dataset.kind = bubble.kind;
            setText(shown.element, shorten(bubble.text, BUBBLE_CHARACTERS));
        }
    }

    /** Puts each bubble above its node or, where another one or the edge is in the way, below it. */
    #placeBubbles() {
        const width = this.#place.clientWidth;
        const height = this.#place.clientHeight;
        const placed = [];
        for (const [node, {element}] of this.#bubbles) {
            const of = this.#cy.getElementById(node);
            if (of.empty()) {
                element.remove();
                this.#bubbles.delete(node);
                continue;
            }
            const {x, y} = of.renderedPosition();
            const [wide, high] = [element.offsetWidth, element.offsetHeight];
            const left = Math.max(4, Math.min(width - wide - 4, x - wide / 2));
            const away = of.renderedHeight() / 2 + 10;
            const free = (top) => top >= 2 && top + high <= height - 2 && placed.every((other) =>
                left > other.left + other.wide || left + wide < other.left || top > other.top + other.high || top + high < other.top);
            const below = !free(y - away - high) && free(y + away);
            const top = below ? y + away : y - away - high;
            placed.push({left, top, wide, high});
            element.classList.toggle('below', below);
            element.style.setProperty('--tail', `${x - left}px`);
            element.style.transform = `translate(${left}px, ${top}px)`;
        }
    }
}
