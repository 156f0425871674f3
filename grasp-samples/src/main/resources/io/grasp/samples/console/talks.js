// Negotiations and synchronizations as conversations between two sides.

import {byId, el, setText} from './dom.js';
import {count, countOf, duration, shorten} from './text.js';

const MOST_TALKS = 40;
const MOST_MOVES = 60;
const VALUE_CHARACTERS = 240;

const WORDS = {
    request: 'asks',
    offer: 'offers',
    wait: 'asks for time',
    accept: 'accepts',
    decline: 'declines',
    synchronization_request: 'asks for the value',
    synchronization: 'answers',
    invalid: 'cannot continue',
};

const ENDS = {
    accepted: 'Accepted',
    declined: 'Declined',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled',
};

/** The conversations, of bounded number and length. */
export class Talks {
    #talks = new Map();
    #ended = 0;

    /** The conversations, the one with the newest move last. */
    all() {
        return [...this.#talks.values()];
    }

    get ended() {
        return this.#ended;
    }

    clear() {
        this.#talks.clear();
        this.#ended = 0;
    }

    /**
     * Adds a move.
     *
     * @param key names the conversation
     * @param move {at, mover, other, move, objective, value, waitMillis, reason}; mover and other name the sides
     * @return the conversation
     */
    add(key, move) {
        let talk = this.#talks.get(key);
        const begins = move.move === 'request' || move.move === 'synchronization_request';
        if (!talk || (begins && talk.end)) {
            talk = {
                key,
                objective: move.objective ?? '',
                sides: [move.mover, move.other],
                first: begins,
                begun: move.at,
                moves: [],
                omitted: 0,
                end: null,
            };
        }
        this.#talks.delete(key);
        this.#talks.set(key, talk);
        if (!talk.objective && move.objective) {
            talk.objective = move.objective;
        }
        talk.moves.push(move);
        if (talk.moves.length > MOST_MOVES) {
            talk.moves.splice(1, 1);
            talk.omitted++;
        }
        if (move.move === 'accept' || move.move === 'decline') {
            this.#end(talk, {at: move.at, outcome: move.move === 'accept' ? 'accepted' : 'declined', by: move.mover});
        } else if (move.move === 'synchronization') {
            this.#end(talk, {at: move.at, outcome: 'completed'});
        }
        for (const [oldest, each] of this.#talks) {
            if (this.#talks.size <= MOST_TALKS) {
                break;
            }
            if (each !== talk) {
                this.#talks.delete(oldest);
            }
        }
        return talk;
    }

    /** Notes how a session ended; what the moves have already shown is not replaced. */
    end(key, at, outcome, failure) {
        const talk = this.#talks.get(key);
        if (talk && (!talk.end || (outcome === 'failed' && talk.end.outcome !== 'failed'))) {
            this.#end(talk, {at, outcome, failure});
        }
    }

    #end(talk, end) {
        if (!talk.end) {
            this.#ended++;
        }
        talk.end = end;
    }
}

/** What a move says, as a short text. */
export function saying(move) {
    switch (move.move) {
        case 'wait':
            return `${duration(move.waitMillis)} more, please`;
        case 'accept':
            return 'Accepted';
        case 'decline':
            return move.reason ? `Declined: ${move.reason}` : 'Declined';
        case 'synchronization_request':
            return '?';
        default:
            return move.value || WORDS[move.move] || move.move;
    }
}

/** Shows the conversations. */
export class TalksView {
    #talks;
    #time;
    #place = byId('talks');
    #cards = new Map();

    /** @param time writes the time of a move */
    constructor(talks, time) {
        this.#talks = talks;
        this.#time = time;
    }

    render() {
        const all = this.#talks.all().reverse();
        const running = all.filter((talk) => !talk.end).length;
        setText(
            byId('talks-count'),
            all.length === 0 ? '' : `${count(running)} running, ${count(this.#talks.ended)} ended`);
        const keys = new Set(all.map((talk) => talk.key));
        for (const [key, card] of this.#cards) {
            if (!keys.has(key)) {
                card.element.remove();
                this.#cards.delete(key);
            }
        }
        let before = null;
        for (const talk of all) {
            let card = this.#cards.get(talk.key);
            if (!card || card.talk !== talk) {
                card?.element.remove();
                card = {talk, element: el('article', {class: 'talk'}), shown: ''};
                this.#cards.set(talk.key, card);
            }
            const state = `${talk.moves.length} ${talk.omitted} ${talk.end?.outcome} ${talk.objective}`;
            if (card.shown !== state) {
                card.shown = state;
                this.#fill(card.element, talk);
            }
            const place = before ? before.nextSibling : this.#place.firstChild;
            if (place !== card.element) {
                this.#place.insertBefore(card.element, place);
            }
            before = card.element;
        }
        if (all.length === 0 && !this.#place.firstChild) {
            this.#place.append(el('p', {class: 'empty'}, 'No negotiation yet.'));
        } else if (all.length > 0) {
            this.#place.querySelector(':scope > .empty')?.remove();
        }
    }

    #fill(element, talk) {
        const [left, right] = talk.sides;
        const state = talk.end ? ENDS[talk.end.outcome] ?? talk.end.outcome : 'Running';
        element.dataset.state = talk.end?.outcome ?? 'running';
        const moves = el('ol', {class: 'moves', 'aria-label': 'Moves'});
        talk.moves.forEach((move, i) => {
            if (i === 1 && talk.omitted > 0) {
                moves.append(el('li', {class: 'omitted'}, `${countOf(talk.omitted, 'move')} not shown`));
            }
            moves.append(this.#bubble(move, move.mover === left ? 'left' : 'right'));
        });
        if (talk.end) {
            moves.append(this.#end(talk));
        }
        element.replaceChildren(
            el(
                'header',
                {},
                el('h3', {}, shorten(talk.objective || 'An objective', 60)),
                el('span', {class: 'state'}, state),
                el('span', {class: 'side left'}, left),
                el('span', {class: 'side right'}, right)),
            moves);
    }

    #bubble(move, side) {
        const verb = el('span', {class: 'verb'}, el('span', {class: 'hidden'}, move.mover + ' '), WORDS[move.move] ?? move.move);
        const value = {wait: duration(move.waitMillis), synchronization_request: ''}[move.move] ?? move.value;
        return el(
            'li',
            {class: `bubble ${side}`, 'data-move': move.move},
            verb,
            value ? el('code', {}, shorten(value, VALUE_CHARACTERS)) : null,
            move.reason ? el('q', {}, shorten(move.reason, VALUE_CHARACTERS)) : null,
            el('time', {}, this.#time(move.at)));
    }

    #end(talk) {
        const {outcome, failure, at} = talk.end;
        const words = failure ? `${ENDS[outcome] ?? outcome}: ${shorten(failure, VALUE_CHARACTERS)}` : ENDS[outcome] ?? outcome;
        return el('li', {class: 'end'}, el('span', {}, words), ` after ${duration(at - talk.begun)}`);
    }
}
