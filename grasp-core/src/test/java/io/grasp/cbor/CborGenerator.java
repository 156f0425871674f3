package io.grasp.cbor;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * Creates random well-formed data items of every kind: heads that are longer than necessary, indefinite lengths, text
 * that is not UTF-8, NaNs with payloads, unassigned simple values, map keys of any type, tags of any number.
 */
public final class CborGenerator {
    private static final String[] TEXTS = {"", "a", "IETF", "\"\\", "ü", "水", "\uD800\uDD51", "EX1"};

    private final RandomGenerator random;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private CborGenerator(RandomGenerator random) {
        this.random = random;
    }

    /**
     * A random item.
     *
     * @param random the source of randomness: the same seed gives the same item
     * @param maxDepth the maximum nesting depth
     * @return the item's bytes
     */
    public static byte[] item(RandomGenerator random, int maxDepth) {
        CborGenerator generator = new CborGenerator(random);
        generator.item(maxDepth);
        return generator.out.toByteArray();
    }

    private void item(int depth) {
        switch (random.nextInt(depth > 0 ? 10 : 6)) {
            case 0 -> head(Heads.UNSIGNED, argument());
            case 1 -> head(Heads.NEGATIVE, argument());
            case 2 -> bytes();
            case 3 -> text();
            case 4 -> floating();
            case 5 -> simple();
            case 6 -> items(Heads.ARRAY, 1, depth);
            case 7 -> items(Heads.MAP, 2, depth);
            case 8 -> pieces(random.nextBoolean() ? Heads.BYTES : Heads.TEXT);
            default -> {
                head(Heads.TAG, argument());
                item(depth - 1);
            }
        }
    }

    /** Each width is equally likely. */
    private long argument() {
        return random.nextLong() >>> random.nextInt(64);
    }

    private void bytes() {
        byte[] content = new byte[random.nextInt(5)];
        random.nextBytes(content);
        string(Heads.BYTES, content);
    }

    private void text() {
        if (random.nextInt(8) == 0) {
            string(Heads.TEXT, new byte[] {(byte) 0xC3, 'x'});
        } else {
            string(Heads.TEXT, TEXTS[random.nextInt(TEXTS.length)].getBytes(StandardCharsets.UTF_8));
        }
    }

    private void string(int major, byte[] content) {
        head(major, content.length);
        out.writeBytes(content);
    }

    private void floating() {
        int info = 25 + random.nextInt(3);
        out.write(Heads.SIMPLE << 5 | info);
        bigEndian(random.nextLong(), 1 << (info - 24));
    }

    private void simple() {
        if (random.nextBoolean()) {
            out.write(Heads.SIMPLE << 5 | random.nextInt(24));
        } else {
            out.write(Heads.SIMPLE << 5 | 24);
            out.write(32 + random.nextInt(224));
        }
    }

    private void items(int major, int each, int depth) {
        int count = random.nextInt(4);
        boolean indefinite = random.nextInt(3) == 0;
        begin(major, count, indefinite);
        for (int i = 0; i < count * each; i++) {
            item(depth - 1);
        }
        end(indefinite);
    }

    private void pieces(int major) {
        begin(major, 0, true);
        for (int i = random.nextInt(3); i > 0; i--) {
            if (major == Heads.BYTES) {
                bytes();
            } else {
                text();
            }
        }
        end(true);
    }

    private void begin(int major, int count, boolean indefinite) {
        if (indefinite) {
            out.write(major << 5 | 31);
        } else {
            head(major, count);
        }
    }

    private void end(boolean indefinite) {
        if (indefinite) {
            out.write(Heads.BREAK);
        }
    }

    /** Mostly the shortest head, sometimes a longer one. */
    private void head(int major, long argument) {
        int width = argument < 0 || argument > 0xFFFF_FFFFL ? 8 : argument > 0xFFFF ? 4 : argument > 0xFF ? 2 : 1;
        if (argument >= 0 && argument <= Heads.MAX_IMMEDIATE && random.nextInt(4) > 0) {
            out.write(major << 5 | (int) argument);
            return;
        }
        while (width < 8 && random.nextInt(4) == 0) {
            width *= 2;
        }
        out.write(major << 5 | 24 + Integer.numberOfTrailingZeros(width));
        bigEndian(argument, width);
    }

    private void bigEndian(long value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }
}
