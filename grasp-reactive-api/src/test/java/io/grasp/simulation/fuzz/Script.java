package io.grasp.simulation.fuzz;

import java.util.Arrays;

/** Reads decisions from bytes. After the last byte each decision is the first choice. */
final class Script {
    private final byte[] bytes;
    private int position;

    Script(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isOver() {
        return position >= bytes.length;
    }

    /** {@return a number from 0 to 255} */
    int octet() {
        return isOver() ? 0 : bytes[position++] & 0xFF;
    }

    /** {@return a number from 0 to the bound, which it does not reach} */
    int below(int bound) {
        return octet() % bound;
    }

    boolean flag() {
        return below(2) == 1;
    }

    /** {@return the next bytes, fewer at the end} */
    byte[] literal(int length) {
        int end = Math.min(bytes.length, position + length);
        byte[] literal = Arrays.copyOfRange(bytes, position, end);
        position = end;
        return literal;
    }
}
