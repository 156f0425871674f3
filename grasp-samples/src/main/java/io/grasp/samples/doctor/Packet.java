package io.grasp.samples.doctor;

/**
 * The first packet of what a node sends or must receive.
 *
 * @param incoming whether it comes in
 * @param ipv6 whether it is IPv6
 * @param udp whether it is a multicast in UDP, and otherwise the begin of a TCP connection
 * @param port its destination port
 * @param link the interface by which it comes or goes
 */
record Packet(boolean incoming, boolean ipv6, boolean udp, int port, String link) {
    private static final String IPV6_GROUP = "ff02::13";
    private static final String IPV4_GROUP = "224.0.0.119";

    String protocol() {
        return udp ? "udp" : "tcp";
    }

    /** {@return the address of a multicast} */
    String group() {
        return ipv6 ? IPV6_GROUP : IPV4_GROUP;
    }

    /** {@return such as {@code multicasts (UDP to ff02::13 port 7017 from eth0)}} */
    String describe() {
        String way = (incoming ? " from " : " to ") + link;
        return udp
                ? "multicasts (UDP to " + group() + " port " + port + way + ")"
                : "connections (TCP to port " + port + way + ")";
    }
}
