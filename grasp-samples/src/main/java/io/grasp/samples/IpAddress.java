package io.grasp.samples;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an IP address, which is never looked up as a name. */
final class IpAddress implements ITypeConverter<InetAddress> {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    IpAddress() {}

    @Override
    public InetAddress convert(String text) {
        if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
            try {
                return InetAddress.getByName(text);
            } catch (UnknownHostException notAnAddress) {
                // nor anything else
            }
        }
        throw new TypeConversionException("'" + text + "' is not an IP address");
    }
}
