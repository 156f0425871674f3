package io.grasp.samples;

/**
 * Two hosts with two routers between them, each link with its own prefix: multicasts of one host end at the first router.
 * Closing removes them.
 */
final class Routed implements AutoCloseable {
    final Host left;

    /** The first router on its link with the left host. */
    final Host router;

    final Host right;
    private final Namespaces namespaces;

    private Routed(Namespaces namespaces) {
        this.namespaces = namespaces;
        String first = namespaces.add("r1");
        String second = namespaces.add("r2");
        left = new Host(namespaces.add("l"), "left", "fe80::1", "fd12:0:0:1::1");
        router = new Host(first, "r1-left", "fe80::2", "fd12:0:0:1::2");
        Host firstRight = new Host(first, "r1-right", "fe80::3", "fd12:0:0:2::3");
        Host secondLeft = new Host(second, "r2-left", "fe80::4", "fd12:0:0:2::4");
        Host secondRight = new Host(second, "r2-right", "fe80::5", "fd12:0:0:3::5");
        right = new Host(namespaces.add("r"), "right", "fe80::6", "fd12:0:0:3::6");
        namespaces.cable(left, router);
        namespaces.cable(firstRight, secondLeft);
        namespaces.cable(secondRight, right);
        namespaces.addUlas(left, router, firstRight, secondLeft, secondRight, right);
        namespaces.addDefaultRoute(left, router);
        namespaces.addDefaultRoute(firstRight, secondLeft);
        namespaces.addDefaultRoute(secondLeft, firstRight);
        namespaces.addDefaultRoute(right, secondRight);
    }

    static Routed build() {
        return Namespaces.build(Routed::new);
    }

    @Override
    public void close() {
        namespaces.close();
    }
}
