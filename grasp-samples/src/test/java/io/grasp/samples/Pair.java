package io.grasp.samples;

/** Two hosts with a cable between them. Each has a link-local address and, if wanted, a ULA. Closing removes them. */
final class Pair implements AutoCloseable {
    final Host left;
    final Host right;
    private final Namespaces namespaces;

    private Pair(Namespaces namespaces) {
        this.namespaces = namespaces;
        this.left = new Host(namespaces.add("l"), "left", "fe80::1", "fd12:0:0:1::1");
        this.right = new Host(namespaces.add("r"), "right", "fe80::2", "fd12:0:0:1::2");
        namespaces.cable(left, right);
    }

    static Pair withUlas() {
        return Namespaces.build(namespaces -> {
            Pair pair = new Pair(namespaces);
            namespaces.addUlas(pair.left, pair.right);
            return pair;
        });
    }

    static Pair withLinkLocalsOnly() {
        return Namespaces.build(Pair::new);
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
