package io.grasp.samples;

import java.util.ArrayList;
import java.util.List;

/** Hosts in a ring: each has a cable to the next one, and the last one to the first. Closing removes them. */
final class Ring implements AutoCloseable {
    /** Each host at its cable to the next host; it is also on the cable from the previous one. */
    final List<Host> hosts = new ArrayList<>();

    private final Namespaces namespaces;

    private Ring(Namespaces namespaces, int size) {
        this.namespaces = namespaces;
        for (int i = 0; i < size; i++) {
            hosts.add(end(namespaces.add("ring" + i), "next", i, 1));
        }
        for (int i = 0; i < size; i++) {
            Host host = hosts.get(i);
            Host next = end(hosts.get((i + 1) % size).namespace(), "last", i, 2);
            namespaces.cable(host, next);
            namespaces.addUlas(host, next);
        }
    }

    static Ring of(int size) {
        return Namespaces.build(namespaces -> new Ring(namespaces, size));
    }

    private static Host end(String namespace, String link, int cable, int end) {
        return new Host(namespace, link, "fe80::" + cable + ":" + end, "fd12:0:0:" + cable + "::" + end);
    }

    @Override
    public void close() {
        namespaces.close();
    }
}
