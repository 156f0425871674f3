package io.grasp.samples.prefix;

/**
 * A value of PrefixManager or PrefixManager.Params that does not fit. The message names the place and the error, and is
 * made of this node's words only.
 */
public final class PrefixValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The place. */
    private final String path;

    /**
     * An error at a place in a value.
     *
     * @param path the place as a JSON pointer (RFC 6901), empty for the whole value
     * @param error what is wrong
     */
    public PrefixValueException(String path, String error) {
        super(path.isEmpty() ? error : error + ", at " + path, null, false, false);
        this.path = path;
    }

    /** {@return the place in the value as a JSON pointer, empty for the whole value} */
    public String path() {
        return path;
    }
}
