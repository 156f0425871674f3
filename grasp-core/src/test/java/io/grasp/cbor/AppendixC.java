package io.grasp.cbor;

import io.grasp.cbor.CborException.Reason;
import java.util.Arrays;

/**
 * The recursive well-formedness check of RFC 8949 appendix C, unchanged, for comparison with the scanner. The only
 * difference: a piece of an indefinite string is checked for its type before its content is read.
 */
final class AppendixC {
    private static final int ANY = -1;

    private final byte[] bytes;
    private int position;

    private AppendixC(byte[] bytes) {
        this.bytes = bytes;
    }

    /** {@return the length of the first item in the bytes} */
    static int wellFormed(byte[] bytes) throws CborException {
        AppendixC check = new AppendixC(bytes);
        check.item(false, ANY);
        return check.position;
    }

    /** {@return whether it was a break} */
    private boolean item(boolean breakable, int pieceOf) throws CborException {
        int start = position;
        int initial = take(1)[0] & 0xFF;
        int major = initial >> 5;
        int info = initial & 0x1F;
        if (pieceOf != ANY && initial != 0xFF && (major != pieceOf || info == 31)) {
            throw new CborException(Reason.MALFORMED, start);
        }
        long argument = info;
        switch (info) {
            case 24, 25, 26, 27 -> {
                argument = 0;
                for (byte b : take(1 << (info - 24))) {
                    argument = argument << 8 | (b & 0xFF);
                }
            }
            case 28, 29, 30 -> throw new CborException(Reason.MALFORMED, start);
            case 31 -> {
                return indefinite(start, major, breakable);
            }
            default -> {}
        }
        switch (major) {
            case 2, 3 -> take(argument);
            case 4 -> items(argument, 1);
            case 5 -> items(argument, 2);
            case 6 -> item(false, ANY);
            case 7 -> {
                if (info == 24 && argument < 32) {
                    throw new CborException(Reason.MALFORMED, start);
                }
            }
            default -> {}
        }
        return false;
    }

    private boolean indefinite(int start, int major, boolean breakable) throws CborException {
        switch (major) {
            case 2, 3 -> {
                while (!item(true, major)) {}
            }
            case 4 -> {
                while (!item(true, ANY)) {}
            }
            case 5 -> {
                while (!item(true, ANY)) {
                    item(false, ANY);
                }
            }
            case 7 -> {
                if (breakable) {
                    return true;
                }
                throw new CborException(Reason.MALFORMED, start);
            }
            default -> throw new CborException(Reason.MALFORMED, start);
        }
        return false;
    }

    private void items(long count, int each) throws CborException {
        for (long i = 0; Long.compareUnsigned(i, count) < 0; i++) {
            for (int j = 0; j < each; j++) {
                item(false, ANY);
            }
        }
    }

    private byte[] take(long count) throws CborException {
        if (count < 0 || count > bytes.length - position) {
            throw new CborException(Reason.TRUNCATED, bytes.length);
        }
        byte[] taken = Arrays.copyOfRange(bytes, position, position + (int) count);
        position += taken.length;
        return taken;
    }
}
