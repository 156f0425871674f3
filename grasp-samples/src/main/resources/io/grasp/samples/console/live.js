// A running node: its state in pages, its events as they happen.

import {byId, el, setText} from './dom.js';
import {MessageLog, Tabs} from './log.js';
import {NetworkMap} from './map.js';
import {Sparkline, everyFrame} from './rates.js';
import {LISTS, ListTable} from './tables.js';
import {Talks, TalksView, saying} from './talks.js';
import {count, countOf, duration, host, kindOf, nodeName, shorten, timeOfDay, unscoped, valueText} from './text.js';

const POLL_MILLIS = 2000;
const PAGE_SIZE = 200;
const MOST_ON_MAP = 60;
const PULSE_MILLIS = 700;
const BUBBLE_MILLIS = 6000;
const NEWS_MILLIS = 10_000;
const LONGEST_RETRY_MILLIS = 10_000;
const ANSWER_MILLIS = 5000;
/** More than two of the beats that the daemon sends every 15 seconds. */
const SILENCE_MILLIS = 40_000;
const NOT_CONNECTED = 'Not connected: the daemon does not answer. Trying again.';
const ON_MAP = ['links', 'neighbors', 'asas', 'discoveries', 'sessions'];

const CERTIFICATE = {
    far: ['good', 'good'],
    renew: ['to be renewed', 'warning'],
    soon: ['expires soon, renew it', 'bad'],
    expired: ['expired', 'bad'],
};

/** Whether a certificate is good, and what is wrong with it or its files. */
function certificateWords(status) {
    const problems = (status?.problems ?? []).join('; ');
    return status?.good ? `good${problems && ', but ' + problems}` : `cannot be used: ${problems}`;
}

/** The daemon does not answer, or refuses to. */
class Unanswered extends Error {}

/** The JSON at a path. */
async function get(path) {
    let response;
    let body;
    try {
        response = await fetch(path, {
            headers: {Accept: 'application/json'},
            cache: 'no-store',
            signal: AbortSignal.timeout(ANSWER_MILLIS),
        });
        body = await response.json();
    } catch {
        throw new Unanswered('the daemon does not answer');
    }
    if (response.status === 401) {
        location.reload(); // the token has changed: sign in again
    }
    if (!response.ok) {
        throw new Unanswered(body.detail ?? `the daemon answers ${response.status}`);
    }
    return body;
}

/** Lets the daemon know that this page still reads the stream of events; if that fails, the stream ends. */
function confirmStream(stream) {
    fetch(`confirm?stream=${stream}`, {cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MILLIS)}).catch(() => {});
}

/** The console of a running node. */
export class Live {
    #map = new NetworkMap();
    #tabs = new Tabs();
    #tables = new Map();
    #lists = new Map();
    #talks = new Talks();
    #talksView = new TalksView(this.#talks, (at) => timeOfDay(at).slice(0, 8));
    #log;
    #access;
    #status = null;
    #offset = 0;
    #source = null;
    #type;
    #retry = 0;
    #heardAt = 0;
    #bubbles = [];
    #totals = null;
    #perSecond = {sent: 0, received: 0, sessions: 0, drops: 0};
    #news = {begun: 0, ended: 0, at: performance.now()};
    #told;
    #loading = false;
    #live = false;
    #refusal = null;

    constructor(access) {
        this.#access = access;
        this.#log = new MessageLog(this.#tabs.add('messages', 'Messages'), timeOfDay, (type) => this.#filter(type));
        const act = access.mayAct ? (...action) => this.#act(...action) : null;
        for (const list of LISTS) {
            this.#tables.set(list.name, new ListTable(list, this.#tabs.add(list.name, list.title), act));
        }
        this.rates = {
            sent: new Sparkline('Sent', 'messages/s', 'kind-flood'),
            received: new Sparkline('Received', 'messages/s', 'kind-discovery'),
            sessions: new Sparkline('Sessions', 'begun/s', 'kind-negotiate'),
            drops: new Sparkline('Drops', 'messages/s', 'bad'),
        };
        this.#tabs.onShow(() => this.#poll());
    }

    async start() {
        document.body.dataset.mode = 'live';
        this.#tools();
        try {
            await this.#poll();
        } finally {
            this.#open();
            setInterval(() => this.#poll(), POLL_MILLIS);
            setInterval(() => this.#second(), 1000);
            setInterval(() => this.#render(), 250);
            document.addEventListener('visibilitychange', () => this.#poll());
            everyFrame((now) => this.#map.draw(now));
        }
    }

    #tools() {
        if (!this.#access.mayAct) {
            if (this.#access.why) {
                byId('facts').after(el('p', {class: 'read-only', title: this.#access.why}, 'Read only'));
            }
            return;
        }
        const stop = el('button', {type: 'button', class: 'danger'}, 'Stop');
        stop.addEventListener('click', () => this.#act('stop', {}, 'Stop the node? Its sessions end, and this page loses it.', 'Stop'));
        const reload = el('button', {type: 'button', hidden: true, id: 'reload-identity'}, 'Reload certificate');
        reload.addEventListener('click', () => this.#act('reload-identity', {}, 'Read certificate, key and trust anchors again?', 'Reload'));
        byId('facts').after(el('div', {class: 'tools', role: 'group', 'aria-label': 'Actions'}, reload, stop));
    }

    // State

    async #load() {
        const status = await get('v1/status');
        const restarted = this.#status !== null && this.#status.started !== status.started;
        this.#status = status;
        this.#offset = Date.now() - status.nowMillis;
        if (restarted) {
            this.#forget();
            const words = `The daemon was restarted at ${timeOfDay(Date.parse(status.started)).slice(0, 8)}.`;
            this.#log.add({at: Date.now(), note: words});
            this.#notice(words);
        }
        const {identity, counts} = status;
        this.#told ??= counts;
        const reload = byId('reload-identity');
        if (reload) {
            reload.hidden = identity === null;
        }
        const [certificate, state] = identity?.good ? CERTIFICATE[identity.expiry] : [identity && 'cannot be used', 'bad'];
        const facts = [
            ['Version', status.version],
            ['Up', duration(status.upTimeMillis)],
            ['Substrate', status.substrate],
            ['Security', status.security.replaceAll('_', ' '), status.permitsGrasp ? 'good' : 'bad'],
            ['QUADS key', status.keyFingerprint, undefined, 'The fingerprint of the shared key: compare it on other hosts'],
            ['Port', String(status.locators.port)],
            ['Certificate', certificate, state],
            ...(identity?.problems ?? []).map((problem) => ['Problem', problem, identity.good && !identity.stale ? 'warning' : 'bad']),
        ];
        byId('facts').replaceChildren(
            ...facts
                .filter(([, value]) => value)
                .map(([name, value, state, title]) =>
                    el('li', {'data-state': state, title: title || null}, el('span', {}, name + ' '), shorten(value, 300))));
        setText(byId('title'), identity?.nodeName ?? '');
        for (const name of ['floods', 'objectives', 'asas', 'discoveries', 'sessions', 'links', 'neighbors', 'drops']) {
            this.#tabs.number(name, counts[name]);
        }
        this.#measure(status);
        await this.#loadLists();
    }

    /** Computes the rates from what the node has counted, also of events that this page does not get. */
    #measure({nowMillis, counts, totals}) {
        const {messagesSent: sent, messagesReceived: received, sessions} = totals;
        const now = {sent, received, sessions, drops: counts.drops};
        if (this.#totals !== null) {
            const seconds = Math.max(1, nowMillis - this.#totals.at) / 1000;
            for (const name of Object.keys(now)) {
                this.#perSecond[name] = Math.max(0, now[name] - this.#totals.now[name]) / seconds;
            }
        }
        this.#totals = {at: nowMillis, now};
    }

    async #loadLists() {
        const names = new Set([...ON_MAP, this.#tabs.shown]);
        names.delete('messages');
        await Promise.all([...names].map(async (name) => {
            const paged = name !== 'limits' && name !== 'drops';
            const page = await get(`v1/${name}${paged ? `?size=${PAGE_SIZE}` : ''}`);
            this.#lists.set(name, page.entries);
            if (name === this.#tabs.shown) {
                this.#tables.get(name).show(page.entries, page.next !== null, this.#status.counts[name]);
            }
        }));
        this.#showMap();
    }

    async #poll() {
        if (document.hidden || this.#loading) {
            return;
        }
        this.#loading = true;
        try {
            await this.#load();
            this.#refused(null);
        } catch (failure) {
            if (!(failure instanceof Unanswered)) {
                throw failure;
            }
            this.#refused(failure.message);
        } finally {
            this.#loading = false;
        }
    }

    /** After a restart nothing of the earlier run is left. */
    #forget() {
        this.#talks.clear();
        this.#bubbles = [];
        this.#totals = null;
    }

    // The map

    #showMap() {
        const nodes = [{id: 'self', label: 'this node', kind: 'self'}];
        const edges = [];
        const list = (name) => this.#lists.get(name) ?? [];
        const links = list('links').filter((link) => link.state !== 'loopback').slice(0, MOST_ON_MAP);
        for (const link of links) {
            const unused = link.state !== 'up';
            nodes.push({id: `link ${link.name}`, label: link.name, kind: 'link', unused});
            edges.push({from: 'self', to: `link ${link.name}`, unused});
        }
        for (const asa of list('asas').slice(0, MOST_ON_MAP)) {
            nodes.push({id: `asa ${asa.name}`, label: asa.name, kind: 'asa'});
            edges.push({from: 'self', to: `asa ${asa.name}`});
        }
        const known = new Set(['self']);
        const neighbors = list('neighbors').slice(0, MOST_ON_MAP);
        for (const neighbor of neighbors) {
            const id = `peer ${neighbor.address}`;
            if (!known.has(id)) {
                known.add(id);
                nodes.push({id, label: nodeName(neighbor.identity) ?? neighbor.address, kind: 'peer'});
            }
            edges.push({from: `link ${neighbor.link}`, to: id});
        }
        const remote = new Map();
        for (const session of list('sessions')) {
            if (session.peer && !session.peer.local) {
                remote.set(session.peer.address, {link: session.peer.link, label: nodeName(session.peer.identity)});
            }
        }
        for (const entry of list('discoveries')) {
            const address = host(entry.locator.locator);
            remote.set(address, {link: entry.locator.link, label: remote.get(address)?.label, objective: entry.objective});
        }
        let left = MOST_ON_MAP;
        for (const [address, peer] of remote) {
            const id = `peer ${address}`;
            if (!known.has(id) && left-- > 0) {
                known.add(id);
                nodes.push({id, label: peer.label ?? (peer.objective ? `${peer.objective} at ${address}` : address), kind: 'remote'});
                const there = peer.link && links.some((link) => link.name === peer.link);
                edges.push({from: there ? `link ${peer.link}` : 'self', to: id, kind: 'remote'});
            }
        }
        const up = links.filter((link) => link.state === 'up').length;
        this.#map.show(
            nodes,
            edges,
            `${countOf(up, 'link')} in use, ${countOf(list('neighbors').length, 'neighbor')},`
                + ` ${countOf(list('asas').length, 'ASA')}, ${countOf(remote.size, 'other peer')}.`);
        for (const node of nodes) {
            this.#map.mark(node.id, 'talking', false);
        }
        for (const session of list('sessions')) {
            if (session.peer) {
                this.#map.mark(`peer ${session.peer.address}`, 'talking', true);
            }
        }
    }

    /** Lets a message move over the map. */
    #pulse(path, sent, kind, lost = false) {
        const start = performance.now();
        const pulse = (way) => way && this.#map.pulse({way, kind, lost, start, end: start + PULSE_MILLIS});
        const link = `link ${path.link}`;
        const peer = path.peer ? `peer ${unscoped(host(path.peer))}` : null;
        if (peer && this.#map.has(peer)) {
            pulse(sent ? this.#map.way('self', peer) : this.#map.way(peer, 'self'));
        } else if (path.kind === 'link' && this.#map.has(link)) {
            const others = sent && !lost ? this.#map.around(link).filter((id) => id !== 'self') : [];
            if (others.length === 0) {
                pulse(sent ? ['self', link] : [link, 'self']);
            }
            others.forEach((id) => pulse(['self', link, id]));
        }
    }

    // Events

    /** Has the daemon send only messages of a type, which are more of them than the page would find among all. */
    #filter(type) {
        this.#type = type;
        this.#open();
    }

    /** Opens the stream of events, or opens it again with another type of messages. */
    #open() {
        this.#source?.close();
        const query = this.#type === undefined ? '' : `?type=${this.#type}`;
        const source = new EventSource(`events${query}`);
        this.#source = source;
        this.#heardAt = performance.now();
        source.addEventListener('open', () => {
            this.#heardAt = performance.now();
            const lost = this.#retry > 0;
            this.#retry = 0;
            this.#connected();
            if (lost) {
                this.#poll();
            }
        });
        source.addEventListener('error', () => this.#lost(source));
        source.addEventListener('beat', (event) => {
            this.#heardAt = performance.now();
            confirmStream(event.data);
        });
        const on = (name, handle) => source.addEventListener(name, (event) => {
            this.#heardAt = performance.now();
            if (this.#status !== null) { // without it, the times of events mean nothing
                const batch = JSON.parse(event.data);
                handle(batch.events, batch.skipped);
            }
        });
        on('trace', (events, skipped) => this.#trace(events, skipped));
        on('moves', (events) => events.forEach((event) => this.#move(event)));
        on('sessions', (events) => this.#session(events));
        on('links', (events) => events.forEach((event) => this.#link(event)));
    }

    /** Opens the stream of events again after a while. */
    #lost(source) {
        source.close();
        if (this.#source === source) {
            this.#retry++;
            const wait = Math.min(LONGEST_RETRY_MILLIS, 500 * 2 ** Math.min(this.#retry - 1, 5));
            if (this.#live) {
                this.#live = false;
                this.#connection('lost', NOT_CONNECTED);
            }
            this.#explain();
            this.#heardAt = Infinity;
            setTimeout(() => this.#source === source && this.#open(), wait);
        }
    }

    /** Says why there are no events. */
    async #explain() {
        let words = NOT_CONNECTED;
        try {
            const {pages, mostPages} = await get('access');
            if (pages >= mostPages) {
                words = `Not live: ${pages} pages of this console are open, close one. Trying again.`;
            }
        } catch {
            // It does not answer.
        }
        if (!this.#live) {
            this.#connection('lost', words);
        }
    }

    /** Notes why the daemon did not say what the node has, or that it did. */
    #refused(why) {
        this.#refusal = why;
        if (this.#live) {
            this.#connected();
        }
    }

    /** Shows that events come, unless the rest of the page is not up to date. */
    #connected() {
        this.#live = true;
        if (this.#refusal) {
            this.#connection('lost', `Not up to date: ${this.#refusal}. Trying again.`);
        } else {
            this.#connection('live', 'Live');
        }
    }

    #connection(state, words) {
        const element = byId('connection');
        element.dataset.state = state;
        setText(element, words);
    }

    #trace(events, skipped) {
        for (const event of events) {
            const at = event.timeMillis + this.#offset;
            const peer = nodeName(event.path.identity) ?? event.path.peer ?? (event.path.kind === 'loopback' ? 'this node' : '');
            const where = [event.path.link && `link ${event.path.link}`, event.path.peer].filter(Boolean).join(', ');
            if (event.event === 'dropped') {
                this.#log.add({at, direction: '✕', type: 'dropped', drop: event.reason.replaceAll('_', ' '), peer: peer || where, where, text: ''});
                this.#pulse(event.path, false, 'invalid', true);
                continue;
            }
            this.#log.add({
                at,
                direction: event.sent ? '→' : '←',
                type: event.typeName,
                number: event.type,
                objective: event.objective,
                peer: peer || (event.path.link ? `all on ${event.path.link}` : ''),
                where,
                text: event.message.diagnostic,
            });
            this.#pulse(event.path, event.sent, kindOf(event.typeName));
        }
        if (skipped > 0) {
            this.#log.skip(skipped);
        }
    }

    #move(event) {
        const local = event.path.kind === 'loopback';
        if (local && !event.sent) {
            return; // it was shown when the other ASA sent it
        }
        const peer = local ? 'another ASA' : nodeName(event.path.identity) ?? (unscoped(host(event.path.peer)) || 'a peer');
        const key = local ? `${event.session}` : `${event.session} ${host(event.path.peer)}`;
        const talk = this.#talks.all().find((each) => each.key === key);
        const byInitiator = !local || !talk ? true : this.#initiatorMoves(talk);
        const us = local ? 'this node, as initiator' : 'this node';
        const them = local ? 'this node, as responder' : peer;
        const move = {
            at: event.timeMillis + this.#offset,
            mover: local ? (byInitiator ? us : them) : event.sent ? us : them,
            other: local ? (byInitiator ? them : us) : event.sent ? them : us,
            move: event.move,
            objective: event.objective,
            value: valueText(event.value),
            waitMillis: event.waitTimeMillis,
            reason: event.reason,
        };
        this.#talks.add(key, move);
        const node = event.sent ? 'self' : `peer ${unscoped(host(event.path.peer))}`;
        this.#bubbles.push({node, kind: event.move, text: saying(move), until: performance.now() + BUBBLE_MILLIS});
        if (this.#bubbles.length > 50) {
            this.#bubbles.shift();
        }
    }

    /** Whose turn it is between two ASAs of the node: each move but a wait passes it on. */
    #initiatorMoves(talk) {
        return talk.moves.filter((move) => move.move !== 'wait').length % 2 === 0;
    }

    #session(events) {
        for (const event of events) {
            if (event.event === 'started') {
                this.#news.begun += event.session.kind === 'negotiation' ? 1 : 0;
            } else if (event.session.kind !== 'discovery') {
                this.#news.ended += event.session.kind === 'negotiation' ? 1 : 0;
                const prefix = String(event.session.id);
                for (const talk of this.#talks.all()) {
                    if (talk.key === prefix || talk.key.startsWith(prefix + ' ')) {
                        this.#talks.end(talk.key, event.timeMillis + this.#offset, event.outcome, event.failure);
                    }
                }
            }
        }
    }

    #link(event) {
        const name = event.link?.name ?? event.link ?? '';
        const notes = {
            up: `Link ${name} is up`,
            down: `Link ${name} is down`,
            failed: `Link ${name}: ${event.cause}`,
            warning: `Link ${name}: ${event.detail}`,
            security_changed: `The links are ${event.security}`,
            identity_changed: `The certificate: ${certificateWords(event.status)}`,
            peer_refused: `${event.peer} was refused: ${event.detail}`,
        };
        this.#log.add({at: event.timeMillis + this.#offset, note: shorten(notes[event.event] ?? event.event, 300)});
        this.#poll();
    }

    // Showing

    #render() {
        this.#log.render();
        this.#talksView.render();
        const now = performance.now();
        this.#bubbles = this.#bubbles.filter((bubble) => bubble.until > now);
        this.#map.showBubbles(this.#bubbles);
    }

    #second() {
        const now = Math.round(performance.now() / 1000);
        if (performance.now() - this.#heardAt > SILENCE_MILLIS) {
            this.#lost(this.#source);
        }

        const live = this.#live && this.#refusal === null;
        for (const [name, rate] of Object.entries(this.#perSecond)) {
            this.rates[name].add(now, live ? rate : null);
        }
        this.#tell();
    }

    /** Tells screen readers a summary now and then, instead of each event. */
    #tell() {
        if (performance.now() - this.#news.at < NEWS_MILLIS) {
            return;
        }
        const {begun, ended} = this.#news;
        const news = [];
        if (begun > 0 || ended > 0) {
            news.push(`${countOf(begun, 'negotiation')} began and ${count(ended)} ended.`);
        }
        const counts = this.#status?.counts;
        for (const one of ['link', 'neighbor', 'flood']) {
            if (counts && counts[`${one}s`] !== this.#told[`${one}s`]) {
                news.push(`${countOf(counts[`${one}s`], one)} now.`);
            }
        }
        this.#told = counts;
        if (news.length > 0) {
            setText(byId('news'), news.join(' '));
        }
        this.#news = {begun: 0, ended: 0, at: performance.now()};
    }

    #notice(words) {
        const notice = byId('notice');
        notice.hidden = false;
        setText(notice, words);
        setTimeout(() => {
            notice.hidden = true;
        }, NEWS_MILLIS);
    }

    // Actions

    #act(route, body, question, yes) {
        const dialog = byId('confirm');
        setText(byId('confirm-text'), question);
        setText(byId('confirm-yes'), yes);
        dialog.addEventListener(
            'close',
            async () => {
                if (dialog.returnValue === 'yes') {
                    try {
                        const response = await fetch(`v1/actions/${route}`, {
                            method: 'POST',
                            headers: {'Content-Type': 'application/json', 'X-Grasp-Console': '1'},
                            body: JSON.stringify(body),
                            signal: AbortSignal.timeout(ANSWER_MILLIS),
                        });
                        const answer = await response.json();
                        const done = answer.stale || answer.good === false ? answer.problems.join('; ') : 'Done.';
                        this.#notice(response.ok ? done : answer.detail ?? `The daemon refused: ${response.status}`);
                    } catch {
                        this.#notice('The daemon did not answer.');
                    }
                    this.#poll();
                }
            },
            {once: true});
        dialog.returnValue = 'no';
        dialog.showModal();
    }
}
