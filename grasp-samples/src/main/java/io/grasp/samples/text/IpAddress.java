package io.grasp.samples.text;

import io.grasp.model.Locator;
import java.net.InetAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an IP address, which is never looked up as a name. */
public final class IpAddress implements ITypeConverter<InetAddress> {
    public IpAddress() {}

    @Override
    public InetAddress convert(String text) {
        Locator locator = Locator.tcp(text, 0);
        InetAddress address = locator instanceof Locator.Fqdn ? null : locator.address();
        if (address == null) {
            throw new TypeConversionException("'" + text + "' is not an IP address");
        }
        return address;
    }
}
