package io.grasp.samples.prefix;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.model.UnfitValueException;
import java.util.ArrayList;
import java.util.List;

/**
 * An item inside a received value, and its place as a JSON pointer, which the errors name.
 *
 * @param item the item
 * @param path its place
 */
record ValueReader(CborItem item, String path) {
    /**
     * The elements of an array.
     *
     * @param most the greatest number of them
     * @throws UnfitValueException if the item is not an array, or has more elements
     */
    List<ValueReader> elements(int most) {
        CborReader in = item.reader();
        try {
            int count = in.readArrayHeader();
            if (count > most) {
                throw tooMany(most);
            }
            List<ValueReader> elements = new ArrayList<>();
            while (count == CborReader.INDEFINITE ? !in.isBreak() : elements.size() < count) {
                if (elements.size() == most) {
                    throw tooMany(most);
                }
                elements.add(new ValueReader(in.readItem(), path + "/" + elements.size()));
            }
            return elements;
        } catch (CborException e) {
            throw error("an array was expected");
        }
    }

    private UnfitValueException tooMany(int most) {
        return error("an array of at most " + most + " elements was expected");
    }

    /**
     * An integer.
     *
     * @param max the greatest one allowed
     * @throws UnfitValueException if it is something else, or not from 0 to {@code max}
     */
    int integer(int max) {
        try {
            return (int) item.reader().readUnsigned(max);
        } catch (CborException e) {
            throw error("an integer from 0 to " + max + " was expected");
        }
    }

    /** @throws UnfitValueException if it is something else than a text */
    String text() {
        try {
            return item.reader().readText();
        } catch (CborException e) {
            throw error("a text was expected");
        }
    }

    /** @throws UnfitValueException if it is something else than bytes */
    byte[] bytes() {
        try {
            return item.reader().readBytes();
        } catch (CborException e) {
            throw error("a byte string was expected");
        }
    }

    boolean isInteger() {
        return item.reader().isInteger();
    }

    boolean isNull() {
        return item.reader().isNull();
    }

    UnfitValueException error(String what) {
        return new UnfitValueException(path, what);
    }
}
