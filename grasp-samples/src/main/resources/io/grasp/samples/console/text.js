// Numbers, times and names as people read them.

const NUMBER = new Intl.NumberFormat('en');

export function count(number) {
    return NUMBER.format(number);
}

/** A number with its noun. */
export function countOf(number, one, many = one + 's') {
    return `${count(number)} ${number === 1 ? one : many}`;
}

/** A duration in milliseconds, in the largest units that matter. */
export function duration(millis) {
    if (millis === null || millis === undefined) {
        return '';
    }
    if (millis < 1000) {
        return `${Math.round(millis)} ms`;
    }
    const seconds = millis / 1000;
    if (seconds < 10) {
        return `${seconds.toFixed(1)} s`;
    }
    if (seconds < 120) {
        return `${Math.round(seconds)} s`;
    }
    const minutes = seconds / 60;
    if (minutes < 120) {
        return `${Math.round(minutes)} min`;
    }
    const hours = minutes / 60;
    return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}

/** A time of virtual clocks, to the millisecond. */
export function seconds(millis) {
    return `${(millis / 1000).toFixed(3)} s`;
}

/** A time of day, to the millisecond. */
export function timeOfDay(epochMillis) {
    const date = new Date(epochMillis);
    const two = (number) => String(number).padStart(2, '0');
    return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
        + `.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** At most so many characters, of which the last one may stand for the rest. */
export function shorten(text, most) {
    const characters = Array.from(text.length > most * 2 ? text.slice(0, most * 2) : text);
    return characters.length > most ? characters.slice(0, most - 1).join('') + '…' : text;
}

/** The address of an address with a port, such as [fe80::1%eth0]:7017 or 192.0.2.1:7017. */
export function host(socketAddress) {
    if (!socketAddress) {
        return '';
    }
    const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(socketAddress);
    if (bracketed) {
        return bracketed[1];
    }
    const colon = socketAddress.lastIndexOf(':');
    return colon > 0 && socketAddress.indexOf(':') === colon ? socketAddress.slice(0, colon) : socketAddress;
}

/** An address without the name of its link. */
export function unscoped(address) {
    const scope = address.indexOf('%');
    return scope < 0 ? address : address.slice(0, scope);
}

/** The name in the certificate of a node, or null if it is not known. */
export function nodeName(identity) {
    return identity?.nodeName ?? null;
}

/** A value in diagnostic notation. */
export function valueText(value) {
    if (!value || value.length === 0) {
        return '';
    }
    return value.diagnostic ?? `h'${value.hex}'… (${value.length} bytes)`;
}

const KINDS = {
    M_NOOP: 'noop',
    M_DISCOVERY: 'discovery',
    M_RESPONSE: 'response',
    M_REQ_NEG: 'negotiate',
    M_REQ_SYN: 'synch',
    M_NEGOTIATE: 'negotiate',
    M_END: 'end',
    M_WAIT: 'wait',
    M_SYNCH: 'synch',
    M_FLOOD: 'flood',
    M_INVALID: 'invalid',
};

/** The colors' names of message types, and what they stand for. */
export const LEGEND = [
    ['discovery', 'Discovery'],
    ['response', 'Response'],
    ['flood', 'Flood'],
    ['negotiate', 'Negotiation'],
    ['wait', 'Wait'],
    ['end', 'End'],
    ['synch', 'Synchronization'],
    ['invalid', 'Dropped or lost'],
];

/** The color's name of a message type. */
export function kindOf(typeName) {
    return KINDS[typeName] ?? 'noop';
}
