package io.grasp.substrate.sim.time;

/**
 * Makes the random decisions for one purpose. It is the SplitMix64 generator, so that results are the same on every
 * JDK, and small, because each link of a network has one.
 */
public final class SeededRandom {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final double TO_UNIT = 0x1.0p-53;

    private long state;

    /**
     * A generator whose decisions depend on the seed and the purpose alone, so that one purpose does not shift
     * another's.
     */
    public SeededRandom(long seed, long purpose) {
        state = mix(seed + GOLDEN_GAMMA * purpose);
    }

    /** Variant 13 of Stafford's mixers: neighboring seeds must not give related streams. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    private double unit() {
        state += GOLDEN_GAMMA;
        return (mix(state) >>> 11) * TO_UNIT;
    }

    /** {@return whether an event happens; probability 0 uses no random number} */
    public boolean happens(double probability) {
        return probability > 0 && unit() < probability;
    }

    /** {@return a number from 0 to the greatest; a greatest number of 0 uses no random number} */
    public long upTo(long greatest) {
        return greatest == 0 ? 0 : Math.min(greatest, (long) (unit() * (greatest + 1)));
    }

    /** Changes one or more bits, not all in one byte. */
    public void flipBits(byte[] bytes) {
        do {
            int bit = (int) upTo(bytes.length * 8L - 1 & Integer.MAX_VALUE);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        } while (happens(0.5));
    }
}
