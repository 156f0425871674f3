package io.grasp.samples.text;

import java.net.InetAddress;
import picocli.CommandLine.ITypeConverter;

/** Reads the IP address of a peer, also with a zone, as traces print it. The zone is ignored. */
public final class PeerAddress implements ITypeConverter<InetAddress> {
    public PeerAddress() {}

    @Override
    public InetAddress convert(String text) {
        return new IpAddress().convert(text.replaceFirst("^([^%]*:[^%]*)%.+$", "$1"));
    }
}
