package io.grasp.samples;

/**
 * A pledge, on a link with a join proxy; and a registrar, behind two relays. The ULAs of the proxy, the relays and the
 * registrar are in different subnets, between which the relays forward packets; the pledge has only a link-local
 * address. Closing removes them.
 */
final class JoiningChain implements AutoCloseable {
    final Host pledge;

    /** The proxy on its link with the pledge. */
    final Host proxyLeft;

    /** The proxy on its link with the first relay. */
    final Host proxy;

    final Host relayOne;
    final Host relayTwo;
    final Host registrar;
    private final Namespaces namespaces;

    private JoiningChain(Namespaces namespaces) {
        this.namespaces = namespaces;
        String between = namespaces.add("x");
        String first = namespaces.add("r1");
        String second = namespaces.add("r2");
        pledge = new Host(namespaces.add("p"), "pledge", "fe80::1", "");
        proxyLeft = new Host(between, "x-left", "fe80::2", "");
        proxy = new Host(between, "x-right", "fe80::3", "fd12:0:0:1::3");
        relayOne = new Host(first, "r1-left", "fe80::4", "fd12:0:0:1::4");
        Host oneRight = new Host(first, "r1-right", "fe80::5", "fd12:0:0:2::5");
        relayTwo = new Host(second, "r2-left", "fe80::6", "fd12:0:0:2::6");
        Host twoRight = new Host(second, "r2-right", "fe80::7", "fd12:0:0:3::7");
        registrar = new Host(namespaces.add("r"), "registrar", "fe80::8", "fd12:0:0:3::8");
        namespaces.cable(pledge, proxyLeft);
        namespaces.cable(proxy, relayOne);
        namespaces.cable(oneRight, relayTwo);
        namespaces.cable(twoRight, registrar);
        namespaces.addUlas(proxy, relayOne, oneRight, relayTwo, twoRight, registrar);
        namespaces.addDefaultRoute(proxy, relayOne);
        namespaces.addDefaultRoute(oneRight, relayTwo);
        namespaces.addDefaultRoute(relayTwo, oneRight);
        namespaces.addDefaultRoute(registrar, twoRight);
    }

    static JoiningChain build() {
        return Namespaces.build(JoiningChain::new);
    }

    @Override
    public void close() {
        namespaces.close();
    }
}
