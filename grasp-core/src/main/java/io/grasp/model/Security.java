package io.grasp.model;

/** Whether the links are protected (RFC 8990 section 2.5.1). This may change while a node runs. */
public enum Security {
    /** The substrate itself protects every link: multicasts and connections. */
    SECURED,

    /** The operator asserts that something outside protects the links: an ACP, IPsec, a closed layer 2. */
    ASSERTED,

    /** Nothing protects the links: GRASP must not be used, except in DULL instances. */
    NONE;

    /** {@return whether GRASP may be used} */
    public boolean permitsGrasp() {
        return this != NONE;
    }
}
