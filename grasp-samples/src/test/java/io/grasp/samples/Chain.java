package io.grasp.samples;

/**
 * Three hosts in a row: multicasts of the outer two end at the middle one. The ULAs of the outer two, if any, are in different subnets,
 * and the middle one forwards packets between these. Closing removes them.
 */
final class Chain implements AutoCloseable {
    final Host left;
    final Host right;

    /** The middle host on its link with the left one. */
    final Host middle;

    /** The middle host on its link with the right one. */
    final Host middleRight;

    private final Namespaces namespaces;

    private Chain(Namespaces namespaces) {
        this.namespaces = namespaces;
        String between = namespaces.add("m");
        this.left = new Host(namespaces.add("l"), "left", "fe80::1", "fd12:0:0:1::1");
        this.middle = new Host(between, "middle-left", "fe80::2", "fd12:0:0:1::2");
        this.middleRight = new Host(between, "middle-right", "fe80::3", "fd12:0:0:2::3");
        this.right = new Host(namespaces.add("r"), "right", "fe80::4", "fd12:0:0:2::4");
        namespaces.cable(left, middle);
        namespaces.cable(middleRight, right);
    }

    static Chain withUlas() {
        return Namespaces.build(namespaces -> {
            Chain chain = new Chain(namespaces);
            namespaces.addUlas(chain.left, chain.middle, chain.middleRight, chain.right);
            namespaces.addDefaultRoute(chain.left, chain.middle);
            namespaces.addDefaultRoute(chain.right, chain.middleRight);
            return chain;
        });
    }

    static Chain withLinkLocalsOnly() {
        return Namespaces.build(Chain::new);
    }

    /** {@return the namespaces of its hosts} */
    Namespaces namespaces() {
        return namespaces;
    }

    @Override
    public void close() {
        namespaces.close();
    }
}
