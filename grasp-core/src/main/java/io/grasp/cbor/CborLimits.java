package io.grasp.cbor;

/**
 * The bounds for untrusted input.
 *
 * @param maxBytes the longest item, in bytes
 * @param maxDepth how deep arrays, maps, tags and indefinite strings may be nested
 * @param maxItems how many data items one item may hold, itself included
 */
public record CborLimits(int maxBytes, int maxDepth, int maxItems) {
    /** GRASP_DEF_MAX_SIZE (RFC 8990 section 2.6), and as many items as fit in it. */
    public static final CborLimits DEFAULT = new CborLimits(2048, 32, 2048);

    /** For items that have already been accepted; only the memory that a scan needs is still bounded. */
    public static final CborLimits UNBOUNDED = new CborLimits(Integer.MAX_VALUE, 1024, Integer.MAX_VALUE);

    /** Checks the components. */
    public CborLimits {
        if (maxBytes < 1 || maxDepth < 1 || maxItems < 1) {
            throw new IllegalArgumentException("limits " + maxBytes + " bytes, " + maxDepth + " levels, " + maxItems
                    + " items are not all above 0");
        }
    }

    /**
     * These limits for items of another length; an item cannot hold more items than bytes.
     *
     * @param newMaxBytes the longest item, in bytes
     * @return the changed limits
     */
    public CborLimits withMaxBytes(int newMaxBytes) {
        return new CborLimits(newMaxBytes, maxDepth, newMaxBytes);
    }
}
