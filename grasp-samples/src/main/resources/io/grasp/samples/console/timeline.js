/** The axis of a recording, on which quiet time may be shorter than it was. */
export class Timeline {
    #times;
    #positions;
    #longest;

    /**
     * @param times the times of the events, in order
     * @param end the time of the end
     * @param longest how long a time without events is at most
     */
    constructor(times, end, longest) {
        this.#longest = longest;
        this.#times = [0];
        this.#positions = [0];
        for (const time of [...times, end]) {
            const last = this.#times.length - 1;
            if (time > this.#times[last]) {
                this.#positions.push(this.#positions[last] + Math.min(longest, time - this.#times[last]));
                this.#times.push(time);
            }
        }
    }

    /** The position of the end. */
    get length() {
        return this.#positions.at(-1);
    }

    /** Where a time is. */
    position(time) {
        const i = last(this.#times, time);
        return this.#positions[i] + Math.min(this.#longest, time - this.#times[i]);
    }

    /** Which time is at a position: the end of a quiet time that is shorter on the axis. */
    time(position) {
        const i = last(this.#positions, position);
        return this.#times[i] + position - this.#positions[i];
    }
}

/** The index of the last element that is not above a value. */
function last(sorted, value) {
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (sorted[middle] <= value) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}
