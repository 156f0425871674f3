// A recorded simulation: plays it at any speed, forwards in steps, and at any position.

import {byId, el, setText} from './dom.js';
import {MessageLog, Tabs} from './log.js';
import {NetworkMap} from './map.js';
import {Density, everyFrame} from './rates.js';
import {Talks, TalksView, saying} from './talks.js';
import {count, countOf, kindOf, seconds, shorten, valueText} from './text.js';
import {Timeline} from './timeline.js';

const SPEEDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const FIRST_SPEED = 0.02;
/** How long a message moves, in time of the person who watches. */
const PULSE_MILLIS = 900;
const BUBBLE_MILLIS = 4000;
const QUIET_MILLIS = 1500;
const DENSITY_PARTS = 160;
/** How long a time without events is at most on the axis, if quiet time is skipped. */
const LONGEST_QUIET_MILLIS = 250;

/** The player of a recording. */
export class Recording {
    #data;
    #events;
    #end;
    #map = new NetworkMap();
    #talks = new Talks();
    #talksView = new TalksView(this.#talks, seconds);
    #log;
    #nodes = new Map();
    #cells = new Map();
    #timeline;
    #density = null;
    #time = 0;
    #next = 0;
    #speed = FIRST_SPEED;
    #playing = false;
    #frame = 0;
    #dirty = true;
    #rendered = 0;

    constructor(data) {
        this.#data = data;
        this.#events = data.events.map((event) => ({...event, at: event.atMillis}));
        this.#end = Math.max(1, data.endMillis);
        const tabs = new Tabs();
        this.#log = new MessageLog(tabs.add('messages', 'Messages'), seconds);
        this.#nodesTable(tabs.add('nodes', 'Nodes'));
        tabs.number('nodes', data.nodes.length);
        this.#about(tabs.add('run', 'The run'));
    }

    start() {
        document.body.dataset.mode = 'recording';
        document.title = this.#data.title;
        setText(byId('title'), this.#data.title);
        byId('connection').hidden = true;
        byId('rates').hidden = true;
        byId('player').hidden = false;
        if (this.#data.cut) {
            byId('notice').hidden = false;
            setText(byId('notice'), this.#data.cut);
        }
        this.#showMap();
        this.#showTimeline();
        this.#controls();
        this.seek(this.#events.length > 0 ? Math.max(0, this.#events[0].at - 1) : 0);
        everyFrame((now) => this.#tick(now));
    }

    // What is shown

    #showMap() {
        const nodes = this.#data.nodes.map((node) => ({id: node.name, label: node.name, kind: node.adversary ? 'adversary' : 'peer'}));
        const edges = [];
        for (const link of this.#data.links) {
            if (link.nodes.length === 2) {
                edges.push({from: link.nodes[0], to: link.nodes[1]});
            } else {
                nodes.push({id: `link ${link.name}`, label: link.name, kind: 'link'});
                link.nodes.forEach((node) => edges.push({from: `link ${link.name}`, to: node}));
            }
        }
        this.#map.show(
            nodes,
            edges,
            `${countOf(this.#data.nodes.length, 'node')} and ${countOf(this.#data.links.length, 'link')}.`
                + ' The messages below say what moves.');
    }

    #showTimeline() {
        const longest = byId('quiet').checked ? LONGEST_QUIET_MILLIS : Infinity;
        this.#timeline = new Timeline(this.#events.map((event) => event.at), this.#end, longest);
        const {length} = this.#timeline;
        const parts = Array.from({length: DENSITY_PARTS}, (_, i) => i);
        const counts = new Array(DENSITY_PARTS).fill(0.5);
        for (const event of this.#events) {
            counts[Math.min(DENSITY_PARTS - 1, Math.floor((this.#timeline.position(event.at) / length) * DENSITY_PARTS))]++;
        }
        this.#density ??= new Density();
        this.#density.show(parts, counts);
        byId('position').max = String(length);
        this.#dirty = true;
    }

    #nodesTable(panel) {
        const body = el('tbody');
        for (const node of this.#data.nodes) {
            const state = {name: node.name, state: 'not started', received: 0, dropped: 0, sessions: 0};
            this.#nodes.set(node.name, state);
            const cells = {state: el('td'), received: el('td', {class: 'number'}), dropped: el('td', {class: 'number'}), sessions: el('td', {class: 'number'})};
            this.#cells.set(node.name, cells);
            body.append(el('tr', {}, el('th', {scope: 'row'}, node.name), ...Object.values(cells), el('td', {}, el('code', {}, node.addresses.join(', ')))));
        }
        const head = ['Node', 'State', 'Received', 'Dropped', 'Sessions', 'Addresses'].map((title) => el('th', {scope: 'col'}, title));
        panel.append(
            el(
                'div',
                {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Nodes'},
                el('table', {}, el('caption', {class: 'hidden'}, 'Nodes'), el('thead', {}, el('tr', {}, ...head)), body)));
    }

    #about(panel) {
        const list = el('dl', {class: 'about'});
        for (const {name, value} of this.#data.facts) {
            list.append(el('dt', {}, name), el('dd', {}, el('code', {}, value)));
        }
        panel.append(list);
    }

    // Controls

    #controls() {
        const speed = byId('speed');
        for (const each of SPEEDS) {
            const words = each < 1 ? `1/${Math.round(1 / each)}` : `${each}×`;
            speed.append(el('option', {value: String(each), selected: each === FIRST_SPEED}, words));
        }
        speed.addEventListener('change', () => {
            this.#speed = Number(speed.value);
            this.#dirty = true;
        });
        const position = byId('position');
        position.addEventListener('input', () => this.seek(this.#timeline.time(Number(position.value))));
        byId('quiet').addEventListener('change', () => this.#showTimeline());
        byId('play').addEventListener('click', () => this.play(!this.#playing));
        byId('step').addEventListener('click', () => this.step());
        byId('back').addEventListener('click', () => this.stepBack());
        document.addEventListener('keydown', (event) => {
            const inControl = event.target.closest?.('input, select, textarea, button, summary, [role=tab], [tabindex="0"]');
            if (event.altKey || event.ctrlKey || event.metaKey || inControl) {
                return;
            }
            const action = {
                ' ': () => this.play(!this.#playing),
                ArrowRight: () => this.step(),
                ArrowLeft: () => this.stepBack(),
                Home: () => this.seek(0),
                End: () => this.seek(this.#end),
            }[event.key];
            if (action) {
                event.preventDefault();
                action();
            }
        });
    }

    play(on) {
        if (on && this.#next >= this.#events.length && this.#time >= this.#end) {
            this.seek(0);
        }
        this.#playing = on;
        this.#frame = 0;
        const play = byId('play');
        setText(play, on ? 'Pause' : 'Play');
        play.setAttribute('aria-pressed', String(on));
        setText(byId('step-text'), on ? '' : `Paused at ${seconds(this.#time)}.`);
    }

    /** Goes on to the next moment at which something happens. */
    step() {
        this.play(false);
        if (this.#next >= this.#events.length) {
            setText(byId('step-text'), 'This is the end of the recording.');
            return;
        }
        const first = this.#next;
        this.#advance(this.#events[first].at);
        this.#tellStep(first);
    }

    /** Goes back to the moment before. */
    stepBack() {
        this.play(false);
        let last = this.#next - 1;
        while (last >= 0 && this.#events[last].at >= this.#time) {
            last--;
        }
        if (last < 0) {
            this.seek(0);
            setText(byId('step-text'), 'This is the beginning of the recording.');
            return;
        }
        this.seek(this.#events[last].at);
        let first = last;
        while (first > 0 && this.#events[first - 1].at === this.#time) {
            first--;
        }
        this.#tellStep(first);
    }

    #tellStep(first) {
        const words = this.#events.slice(first, this.#next).filter((event) => event.stream !== 'moves').map(describe);
        const more = words.length > 1 ? `, and ${countOf(words.length - 1, 'other event')}` : '';
        setText(byId('step-text'), `${seconds(this.#time)}: ${words[0] ?? 'a move'}${more}.`);
    }

    // Time

    /** Goes to a time. */
    seek(time) {
        if (time < this.#time) {
            this.#reset();
        }
        this.#advance(time);
        if (!this.#playing) {
            setText(byId('step-text'), '');
        }
    }

    #reset() {
        this.#talks.clear();
        this.#log.clear();
        this.#map.unmark();
        for (const node of this.#nodes.values()) {
            Object.assign(node, {state: 'not started', received: 0, dropped: 0, sessions: 0});
        }
        this.#time = 0;
        this.#next = 0;
    }

    #advance(time) {
        this.#time = Math.min(this.#end, time);
        while (this.#next < this.#events.length && this.#events[this.#next].at <= this.#time) {
            this.#apply(this.#events[this.#next++]);
        }
        this.#dirty = true;
    }

    #tick(now) {
        if (this.#playing) {
            const passed = this.#frame === 0 ? 0 : Math.min(250, now - this.#frame);
            this.#frame = now;
            let time = this.#time + passed * this.#speed;
            const upcoming = this.#events[this.#next];
            if (!upcoming && byId('quiet').checked) {
                time = this.#end;
            } else if (upcoming && byId('quiet').checked && upcoming.at - time > QUIET_MILLIS * this.#speed) {
                time = upcoming.at - PULSE_MILLIS * this.#speed;
            }
            this.#advance(time);
            if (this.#time >= this.#end) {
                this.play(false);
                setText(byId('step-text'), 'This is the end of the recording.');
            }
        }
        if (this.#dirty) {
            this.#dirty = false;
            this.#pulses();
            setText(byId('clock'), seconds(this.#time));
            const position = byId('position');
            position.value = String(this.#timeline.position(this.#time));
            position.setAttribute('aria-valuetext', seconds(this.#time));
            this.#map.showBubbles(this.#bubbles());
            this.#rendered = Math.min(this.#rendered, now - (this.#playing ? 0 : 250));
        }
        if (now - this.#rendered >= 200) {
            this.#rendered = now;
            this.#render();
        }
        this.#map.draw(this.#time);
    }

    #render() {
        this.#log.render();
        this.#talksView.render();
        for (const [name, node] of this.#nodes) {
            const cells = this.#cells.get(name);
            setText(cells.state, node.state);
            setText(cells.received, count(node.received));
            setText(cells.dropped, count(node.dropped));
            setText(cells.sessions, count(node.sessions));
        }
    }

    /** The messages on their way: a message arrives at the time of its event. */
    #pulses() {
        const length = PULSE_MILLIS * this.#speed;
        const pulses = [];
        for (let i = this.#next; i < this.#events.length && this.#events[i].at - length <= this.#time; i++) {
            const {at, stream, event, node, peer} = this.#events[i];
            const times = {start: at - length, end: at};
            if (stream === 'trace' && peer && event.event === 'message') {
                pulses.push({...times, way: this.#map.way(peer, node), kind: kindOf(event.typeName), lost: false});
            } else if (stream === 'network' && event.from && event.to && isLoss(event.kind)) {
                pulses.push({...times, way: this.#map.way(event.from, event.to), kind: 'invalid', lost: true});
            }
        }
        this.#map.setPulses(pulses.filter((pulse) => pulse.way));
    }

    #bubbles() {
        const since = this.#time - BUBBLE_MILLIS * this.#speed;
        const bubbles = [];
        for (const talk of this.#talks.all()) {
            const move = talk.moves.at(-1);
            if (move && (!talk.end || talk.end.at >= since)) {
                bubbles.push({node: move.mover, kind: move.move, text: saying(move)});
            }
        }
        return bubbles;
    }

    // Events

    #apply({at, node, peer, stream, event}) {
        const of = this.#nodes.get(node);
        if (stream === 'trace') {
            const dropped = event.event === 'dropped';
            if (of) {
                of[dropped ? 'dropped' : 'received']++;
            }
            const between = `${peer ?? event.path.peer ?? '?'} → ${node}`;
            this.#log.add({
                at,
                direction: '',
                type: dropped ? 'dropped' : event.typeName,
                drop: dropped ? event.reason.replaceAll('_', ' ') : undefined,
                objective: event.objective,
                peer: between,
                where: event.path.link ? `link ${event.path.link}` : 'on a connection',
                text: dropped ? '' : event.message.diagnostic,
            });
        } else if (stream === 'moves') {
            const other = peer ?? event.path.peer ?? '?';
            const [mover, listener] = event.sent ? [node, other] : [other, node];
            this.#talks.add(`${event.session} ${[mover, listener].sort().join(' ')}`, {
                at,
                mover,
                other: listener,
                move: event.move,
                objective: event.objective,
                value: valueText(event.value),
                waitMillis: event.waitTimeMillis,
                reason: event.reason,
            });
        } else if (stream === 'sessions') {
            this.#session(at, node, event);
        } else {
            this.#network(at, event);
        }
    }

    #session(at, node, event) {
        const of = this.#nodes.get(node);
        if (event.event === 'started') {
            of.sessions++;
            return;
        }
        of.sessions = Math.max(0, of.sessions - 1);
        if (event.session.kind !== 'discovery') {
            const prefix = `${event.session.id} `;
            for (const talk of this.#talks.all()) {
                if (talk.key.startsWith(prefix) && talk.sides.includes(node)) {
                    this.#talks.end(talk.key, at, event.outcome, event.failure);
                }
            }
        }
    }

    #network(at, event) {
        const name = event.from || event.to;
        const node = this.#nodes.get(name);
        const states = {started: 'up', closed: 'closed', crashed: 'crashed', suspended: 'suspended', resumed: 'up'};
        const state = states[event.kind];
        if (node && state) {
            node.state = state;
            this.#map.mark(name, 'down', state === 'crashed' || state === 'closed');
            this.#map.mark(name, 'suspended', state === 'suspended');
            if (state !== 'up') {
                node.sessions = state === 'suspended' ? node.sessions : 0;
            }
        }
        if (event.kind === 'link_up' || event.kind === 'link_down') {
            this.#markLink(event.link, event.kind === 'link_down');
        }
        if (!(event.kind === 'link_up' && at === 0)) {
            this.#log.add({at, note: shorten(describe({stream: 'network', event}), 300)});
        }
    }

    #markLink(name, down) {
        const link = this.#data.links.find((each) => each.name === name);
        if (link?.nodes.length === 2) {
            this.#map.mark(`${link.nodes[0]} ${link.nodes[1]}`, 'down', down);
        }
    }
}

function isLoss(kind) {
    return kind === 'lost' || kind === 'unreached' || kind === 'refused' || kind === 'timed_out';
}

/** Says what an event is. */
function describe({stream, node, peer, event}) {
    if (stream === 'trace') {
        return event.event === 'dropped'
            ? `${node} drops a message (${event.reason.replaceAll('_', ' ')})`
            : `${event.typeName}${event.objective ? ` for ${shorten(event.objective, 40)}` : ''} from ${peer ?? '?'} reaches ${node}`;
    }
    if (stream === 'sessions') {
        const {kind, objective, role} = event.session;
        const words = event.event === 'started' ? 'begins' : `ends (${event.outcome})`;
        return `${node}: ${kind} of ${shorten(objective, 40)} as ${role} ${words}`;
    }
    const {kind, from, to, link, detail} = event;
    const where = link ? ` on ${link}` : '';
    const more = detail ? `: ${detail}` : '';
    const names = from && to ? `${from} → ${to}` : from || to;
    return `${[names, kind.replaceAll('_', ' ')].filter(Boolean).join(' ')}${where}${more}`;
}
