// The lists of a node's state as tables.

import {el, setText} from './dom.js';
import {count, duration, nodeName, shorten, valueText} from './text.js';

const CELL_CHARACTERS = 160;

const flags = (values) => values.map((flag) => flag.replace(/^F_/, '')).join(' ');
const words = (text) => String(text ?? '').replaceAll('_', ' ');
const left = (millis) => (millis === null ? 'no end' : duration(millis));

/** The lists: the route, the title, what identifies an entry, and columns {title, text, code, action}. */
export const LISTS = [
    {
        name: 'floods',
        title: 'Floods',
        key: (flood) => `${flood.objective} ${flood.locator} ${flood.initiator} ${flood.session} ${flood.neighbor} ${flood.link}`,
        columns: [
            {title: 'Objective', text: (flood) => flood.objective},
            {title: 'Value', code: true, text: (flood) => valueText(flood.value)},
            {title: 'Source', code: true, text: (flood) => (flood.asa ? `this node (${flood.asa})` : flood.initiator)},
            {title: 'From', code: true, text: (flood) => nodeName(flood.identity) ?? flood.neighbor},
            {title: 'Link', text: (flood) => flood.link},
            {title: 'Age', number: true, text: (flood) => duration(flood.ageMillis)},
            {title: 'Left', number: true, text: (flood) => left(flood.remainingMillis)},
            {title: 'Valid', text: (flood) => (flood.valid ? 'yes' : 'replaced')},
        ],
        each: {
            route: 'expire-flood',
            title: 'Expire',
            question: (flood) => `Let ${shorten(flood.objective, 60)} expire, of all its sources?`,
            body: ({objective, locator, linkIndex}) => ({objective, locator, linkIndex}),
        },
        whole: {route: 'flush-floods', title: 'Forget all floods', question: 'Empty the flood cache? Nodes flood again later.'},
    },
    {
        name: 'objectives',
        title: 'Objectives',
        key: (objective) => `${objective.asa} ${objective.name}`,
        columns: [
            {title: 'Objective', text: (objective) => objective.name},
            {title: 'ASA', text: (objective) => objective.asa},
            {title: 'Flags', text: (objective) => flags(objective.flags)},
            {title: 'Loop count', number: true, text: (objective) => count(objective.loopCount)},
            {
                title: 'Listens',
                text: (objective) => objective.negotiationListeners
                    .map((listener) => `negotiations${listener.backlog ? `, ${count(listener.backlog)} waiting` : ''}`)
                    .concat(objective.synchronization ? ['synchronization'] : [])
                    .join('; '),
            },
            {title: 'Value', code: true, text: (objective) => valueText(objective.synchronization?.value)},
            {title: 'Locators', code: true, text: (objective) => objective.locators.join(', ')},
            {title: 'Age', number: true, text: (objective) => duration(objective.ageMillis)},
        ],
    },
    {
        name: 'asas',
        title: 'ASAs',
        key: (asa) => asa.name,
        columns: [
            {title: 'ASA', text: (asa) => asa.name},
            {title: 'Objectives', text: (asa) => asa.objectives.join(', ')},
            {title: 'Sessions', number: true, text: (asa) => count(asa.sessions)},
            {title: 'Age', number: true, text: (asa) => duration(asa.ageMillis)},
        ],
    },
    {
        name: 'discoveries',
        title: 'Discoveries',
        key: (entry) => `${entry.objective} ${entry.locator.locator} ${entry.learned} ${entry.links}`,
        columns: [
            {title: 'Objective', text: (entry) => entry.objective},
            {title: 'Locator', code: true, text: (entry) => entry.locator.locator},
            {title: 'Learned', text: (entry) => words(entry.learned)},
            {title: 'Links', text: (entry) => entry.links.join(', ')},
            {title: 'Age', number: true, text: (entry) => duration(entry.ageMillis)},
            {title: 'Time to live', number: true, text: (entry) => duration(entry.locator.ttlMillis)},
        ],
        whole: {
            route: 'flush-discoveries',
            title: 'Forget all locators',
            question: 'Empty the discovery cache? ASAs discover again when they need a locator.',
        },
    },
    {
        name: 'sessions',
        title: 'Sessions',
        key: (session) => `${session.id} ${session.role} ${session.initiator}`,
        columns: [
            {title: 'Session', code: true, number: true, text: (session) => String(session.id)},
            {title: 'Kind', text: (session) => session.kind},
            {title: 'Role', text: (session) => session.role},
            {title: 'Objective', text: (session) => session.objective},
            {title: 'State', text: (session) => words(session.state)},
            {title: 'Peer', code: true, text: (session) => nodeName(session.peer?.identity) ?? session.peer?.address},
            {
                title: 'Waits for',
                text: (session) => session.timers
                    .map((timer) => `${words(timer.awaited)} ${duration(timer.remainingMillis)}`)
                    .join(', '),
            },
            {title: 'Moves', number: true, text: (session) => count(session.moves)},
            {title: 'Age', number: true, text: (session) => duration(session.ageMillis)},
        ],
    },
    {
        name: 'links',
        title: 'Links',
        key: (link) => `${link.index} ${link.name}`,
        columns: [
            {title: 'Link', text: (link) => link.name},
            {title: 'State', text: (link) => words(link.state)},
            {title: 'Why', text: (link) => link.detail},
            {
                title: 'Addresses',
                code: true,
                text: (link) => link.addresses
                    .map((address) => `${address.address}/${address.prefixLength} (${words(address.use)})`)
                    .join(', '),
            },
            {title: 'Locator', code: true, text: (link) => link.locator ?? ''},
        ],
    },
    {
        name: 'neighbors',
        title: 'Neighbors',
        key: (neighbor) => `${neighbor.linkIndex} ${neighbor.address}`,
        columns: [
            {title: 'Neighbor', code: true, text: (neighbor) => neighbor.address},
            {title: 'Name', code: true, text: (neighbor) => nodeName(neighbor.identity) ?? (neighbor.thisHost ? '(this host)' : '')},
            {title: 'Link', text: (neighbor) => neighbor.link},
            {title: 'Messages', number: true, text: (neighbor) => count(neighbor.messages)},
            {title: 'Last', text: (neighbor) => neighbor.lastTypeName},
            {title: 'Last heard', number: true, text: (neighbor) => duration(neighbor.lastHeardMillis)},
        ],
        each: {
            route: 'forget-peer',
            title: 'Forget',
            question: (neighbor) => `Forget ${neighbor.address}, with its locators and floods?`,
            body: (neighbor) => ({peer: neighbor.address}),
        },
    },
    {
        name: 'limits',
        title: 'Limits',
        key: (limit) => limit.setting,
        columns: [
            {title: 'Setting', text: (limit) => limit.setting},
            {title: 'Used', number: true, text: (limit) => count(limit.used)},
            {title: 'Most', number: true, text: (limit) => count(limit.most)},
            {title: 'Unit', text: (limit) => limit.unit},
            {title: 'Use', number: true, text: (limit) => (limit.most > 0 ? `${Math.round((100 * limit.used) / limit.most)} %` : '')},
        ],
    },
    {
        name: 'drops',
        title: 'Drops',
        key: (drop) => drop.reason,
        columns: [
            {title: 'Reason', text: (drop) => words(drop.reason)},
            {title: 'Count', number: true, text: (drop) => count(drop.count)},
        ],
    },
];

/** A table of one list. */
export class ListTable {
    #list;
    #body = el('tbody');
    #note = el('p', {class: 'count'});
    #rows = new Map();
    #act;

    /** @param act sends an action after a question; null if none is permitted */
    constructor(list, panel, act) {
        this.#list = list;
        this.#act = act;
        const columns = list.columns.map((column) => el('th', {scope: 'col', class: column.number ? 'number' : null}, column.title));
        if (act && list.each) {
            columns.push(el('th', {scope: 'col'}, el('span', {class: 'hidden'}, 'Action')));
        }
        const bar = el('div', {class: 'filters'}, this.#note);
        if (act && list.whole) {
            const {route, title, question} = list.whole;
            const button = el('button', {type: 'button'}, title);
            button.addEventListener('click', () => act(route, {}, question, title));
            bar.append(button);
        }
        panel.append(
            bar,
            el(
                'div',
                {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': list.title},
                el('table', {}, el('caption', {class: 'hidden'}, list.title), el('thead', {}, el('tr', {}, ...columns)), this.#body)));
    }

    /** Shows a page of the list. */
    show(entries, more, total) {
        const seen = new Set();
        let before = null;
        for (const entry of entries) {
            let key = this.#list.key(entry);
            while (seen.has(key)) {
                key += ' again';
            }
            seen.add(key);
            let row = this.#rows.get(key);
            if (!row) {
                row = this.#row(entry);
                this.#rows.set(key, row);
            }
            row.entry = entry;
            this.#list.columns.forEach((column, i) => {
                const text = column.text(entry) ?? '';
                const short = shorten(text, CELL_CHARACTERS);
                setText(row.cells[i], short);
                if (short !== text) {
                    row.cells[i].title = shorten(text, 2000);
                }
            });
            const place = before ? before.nextSibling : this.#body.firstChild;
            if (place !== row.element) {
                this.#body.insertBefore(row.element, place);
            }
            before = row.element;
        }
        for (const [key, row] of this.#rows) {
            if (!seen.has(key)) {
                row.element.remove();
                this.#rows.delete(key);
            }
        }
        setText(
            this.#note,
            entries.length === 0
                ? 'Nothing here.'
                : more
                    ? `The first ${count(entries.length)}${total ? ` of ${count(total)}` : ''}; grasp show ${this.#list.name} prints all.`
                    : count(entries.length));
    }

    #row(first) {
        const row = {entry: first};
        row.cells = this.#list.columns.map((column) => (column.code ? el('code') : el('span')));
        const cells = row.cells.map((cell, i) => el('td', {class: this.#list.columns[i].number ? 'number' : null}, cell));
        if (this.#act && this.#list.each) {
            const {route, title, question, body} = this.#list.each;
            const button = el('button', {type: 'button'}, title);
            button.addEventListener('click', () => this.#act(route, body(row.entry), question(row.entry), title));
            cells.push(el('td', {}, button));
        }
        row.element = el('tr', {}, ...cells);
        return row;
    }
}
