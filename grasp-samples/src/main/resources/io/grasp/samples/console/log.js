// The messages, newest first, with filters.

import {byId, el, setText} from './dom.js';
import {Ring} from './ring.js';
import {count, kindOf, shorten} from './text.js';

const MOST_KEPT = 2000;
const MOST_SHOWN = 200;
const MOST_TYPES = 64;
const MOST_CHARACTERS = 4000;

/** The log of messages and drops. */
export class MessageLog {
    #entries = new Ring(MOST_KEPT);
    #pending = [];
    #filters = {objective: '', peer: '', type: ''};
    #types = new Map();
    #held = false;
    #skipped = 0;
    #rows;
    #time;
    #onFilter;

    /**
     * @param time writes the time of a message
     * @param onFilter is called with the number of the message type that is wanted, or undefined, when it has changed
     */
    constructor(panel, time, onFilter = () => {}) {
        this.#time = time;
        this.#onFilter = onFilter;
        const objective = el('input', {id: 'filter-objective', type: 'search', autocomplete: 'off', spellcheck: 'false'});
        const peer = el('input', {id: 'filter-peer', type: 'search', autocomplete: 'off', spellcheck: 'false'});
        const type = el('select', {id: 'filter-type'}, el('option', {value: ''}, 'All types'));
        const hold = el('button', {type: 'button', 'aria-pressed': 'false'}, 'Hold');
        const clear = el('button', {type: 'button'}, 'Clear');
        this.status = el('p', {class: 'count', id: 'log-count'});
        this.type = type;
        const filtered = () => {
            this.#filters = {objective: objective.value.trim(), peer: peer.value.trim(), type: type.value};
            this.redraw();
        };
        objective.addEventListener('input', filtered);
        peer.addEventListener('input', filtered);
        type.addEventListener('change', () => {
            filtered();
            this.#onFilter(this.#types.get(type.value));
        });
        hold.addEventListener('click', () => {
            this.#held = !this.#held;
            hold.setAttribute('aria-pressed', String(this.#held));
            this.redraw();
        });
        clear.addEventListener('click', () => this.clear());
        this.#rows = el('ol', {class: 'log', reversed: true, 'aria-label': 'Messages, newest first'});
        panel.append(
            el(
                'div',
                {class: 'filters', role: 'search', 'aria-label': 'Filter messages'},
                el('label', {for: 'filter-objective'}, 'Objective'),
                objective,
                el('label', {for: 'filter-peer'}, 'Peer'),
                peer,
                el('label', {for: 'filter-type'}, 'Type'),
                type,
                hold,
                clear,
                this.status),
            el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Messages'}, this.#rows));
    }

    /** Adds a message {at, direction, type, number, drop, objective, peer, where, text}, or a note {at, note}. */
    add(entry) {
        if (entry.text) {
            entry.text = shorten(entry.text, MOST_CHARACTERS);
        }
        this.#entries.push(entry);
        if (entry.type && !this.#types.has(entry.type) && this.#types.size < MOST_TYPES) {
            this.#types.set(entry.type, entry.number);
            this.type.append(el('option', {value: entry.type}, entry.type));
        }
        if (this.#matches(entry)) {
            this.#pending.push(entry);
            if (this.#pending.length > MOST_SHOWN) {
                this.#pending.shift();
            }
        }
    }

    /** Counts messages that the node did not send to the page. */
    skip(number) {
        this.#skipped += number;
    }

    clear() {
        this.#entries.clear();
        this.#skipped = 0;
        this.redraw();
    }

    /** Shows what was added. */
    render() {
        this.#count();
        if (this.#held || this.#pending.length === 0) {
            return;
        }
        this.#rows.prepend(...this.#pending.reverse().map((entry) => this.#row(entry)));
        this.#pending = [];
        while (this.#rows.childElementCount > MOST_SHOWN) {
            this.#rows.lastElementChild.remove();
        }
    }

    /** Shows everything again, as the filters say now. */
    redraw() {
        const rows = [];
        for (const entry of this.#entries.newestFirst()) {
            if (this.#matches(entry)) {
                rows.push(this.#row(entry));
                if (rows.length === MOST_SHOWN) {
                    break;
                }
            }
        }
        this.#pending = [];
        this.#rows.replaceChildren(...rows);
        this.#count();
    }

    #count() {
        const skipped = this.#skipped > 0 ? `, ${count(this.#skipped)} too fast to show` : '';
        const held = this.#held ? `held, ${count(this.#pending.length)} new; ` : '';
        setText(this.status, `${held}${count(this.#entries.length)} kept${skipped}`);
    }

    #matches(entry) {
        const {objective, peer, type} = this.#filters;
        if (entry.note) {
            return true;
        }
        return (!objective || (entry.objective ?? '').includes(objective))
            && (!peer || entry.peer.includes(peer))
            && (!type || entry.type === type);
    }

    #row(entry) {
        if (entry.note) {
            return el('li', {class: 'note'}, el('time', {}, this.#time(entry.at)), ' ', entry.note);
        }
        const summary = el(
            'summary',
            {},
            el('time', {}, this.#time(entry.at)),
            el('span', {class: 'direction'}, entry.direction),
            el('span', {class: 'chip', 'data-kind': entry.drop ? 'invalid' : kindOf(entry.type)}, entry.type),
            el('span', {class: 'objective'}, entry.objective ?? ''),
            el('span', {class: 'peer'}, entry.peer),
            el('code', {}, entry.drop ?? entry.text));
        const details = el('details', {}, summary);
        details.addEventListener(
            'toggle',
            () => details.append(el('pre', {}, [entry.where, entry.drop, entry.text].filter(Boolean).join('\n'))),
            {once: true});
        return el('li', {}, details);
    }
}

/** The tabs of the page; shows one panel at a time. */
export class Tabs {
    #list = byId('tabs');
    #panels = byId('panels');
    #tabs = [];
    #onShow = () => {};

    constructor() {
        this.#list.addEventListener('keydown', (event) => {
            const now = this.#tabs.findIndex((each) => each.tab === document.activeElement);
            const to = {ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: this.#tabs.length - 1}[event.key];
            if (to !== undefined && now >= 0) {
                event.preventDefault();
                const next = this.#tabs[(to + this.#tabs.length) % this.#tabs.length];
                this.show(next.name);
                next.tab.focus();
            }
        });
    }

    onShow(callback) {
        this.#onShow = callback;
    }

    get shown() {
        return this.#tabs.find((each) => !each.panel.hidden)?.name;
    }

    /** Adds a tab; returns its panel. */
    add(name, title) {
        const number = el('span', {class: 'number'});
        const tab = el(
            'button',
            {type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}`, 'aria-selected': 'false', tabindex: '-1'},
            title,
            number);
        const panel = el('div', {role: 'tabpanel', id: `panel-${name}`, 'aria-labelledby': `tab-${name}`, hidden: true});
        tab.addEventListener('click', () => this.show(name));
        this.#list.append(tab);
        this.#panels.append(panel);
        this.#tabs.push({name, tab, panel, number});
        if (this.#tabs.length === 1) {
            this.show(name);
        }
        return panel;
    }

    /** Shows how many entries a tab has. */
    number(name, value) {
        const tab = this.#tabs.find((each) => each.name === name);
        setText(tab.number, value === undefined || value === null ? '' : count(value));
    }

    show(name) {
        for (const each of this.#tabs) {
            const chosen = each.name === name;
            each.panel.hidden = !chosen;
            each.tab.setAttribute('aria-selected', String(chosen));
            each.tab.tabIndex = chosen ? 0 : -1;
        }
        this.#onShow(name);
    }
}
