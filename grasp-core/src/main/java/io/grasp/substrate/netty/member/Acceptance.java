package io.grasp.substrate.netty.member;

/** Whether a node accepts another one as its neighbor, and if not, why. */
enum Acceptance {
    /** It does not, for a reason that it does not say. */
    NO(0, "it does not take this node as its neighbor; its log may say why"),

    /** It does. */
    YES(2, ""),

    /** Others with the same name are its neighbors. */
    NAME_HAS_LINKS(
            4,
            "it does not take this node as its neighbor, because it has neighbors with this node's name already: issue"
                    + " a certificate with a name of its own for each node, and revoke one that was copied"),

    /** There is no place for another neighbor. */
    NO_PLACE(8, "it does not take this node as its neighbor, because it has its maximum of neighbors");

    private final int flag;
    private final String sentence;

    Acceptance(int flag, String sentence) {
        this.flag = flag;
        this.sentence = sentence;
    }

    /** {@return its bit among the flags of {@link Hello#FLAGS}} */
    int flag() {
        return flag;
    }

    /** {@return what the node that is not accepted says about the other one} */
    String sentence() {
        return sentence;
    }

    /** {@return what flags say, also those of a later version} */
    static Acceptance in(byte flags) {
        for (Acceptance each : values()) {
            if ((flags & each.flag) != 0) {
                return each;
            }
        }
        return NO;
    }
}
