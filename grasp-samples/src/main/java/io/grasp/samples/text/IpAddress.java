package io.grasp.samples.text;

import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an IP address, which is never looked up as a name. */
public final class IpAddress implements ITypeConverter<InetAddress> {
    public IpAddress() {}

    @Override
    public InetAddress convert(String text) {
        InetAddress address = PeerAddresses.literal(text);
        if (address == null) {
            throw new TypeConversionException("'" + text + "' is not an IP address");
        }
        return address;
    }
}
