/** The last elements of a sequence, of bounded number. */
export class Ring {
    #items = [];
    #start = 0;
    #most;

    constructor(most) {
        this.#most = most;
    }

    get length() {
        return this.#items.length;
    }

    /** Adds an element; returns the oldest one if it was lost for that. */
    push(item) {
        if (this.#items.length < this.#most) {
            this.#items.push(item);
            return undefined;
        }
        const lost = this.#items[this.#start];
        this.#items[this.#start] = item;
        this.#start = (this.#start + 1) % this.#most;
        return lost;
    }

    clear() {
        this.#items = [];
        this.#start = 0;
    }

    /** The elements from the newest to the oldest. */
    *newestFirst() {
        for (let i = this.#items.length - 1; i >= 0; i--) {
            yield this.#items[(this.#start + i) % this.#items.length];
        }
    }
}
