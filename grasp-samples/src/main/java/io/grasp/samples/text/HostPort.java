package io.grasp.samples.text;

import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads {@code PORT}, {@code HOST:PORT} or {@code [ADDRESS]:PORT}; the host is not looked up; it is empty if omitted.
 */
public final class HostPort implements ITypeConverter<InetSocketAddress> {
    private static final int HIGHEST = 0xFFFF;

    public HostPort() {}

    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (colon == 0 || host.contains(":")) {
            throw wrong(text);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= HIGHEST) {
                return InetSocketAddress.createUnresolved(host, port);
            }
        } catch (NumberFormatException notANumber) {
            // not a port either
        }
        throw wrong(text);
    }

    private static TypeConversionException wrong(String text) {
        return new TypeConversionException("'" + text + "' is not PORT, HOST:PORT or [ADDRESS]:PORT");
    }

    /** {@return the text form} */
    public static String text(InetSocketAddress place) {
        return place.isUnresolved() && place.getHostString().isEmpty()
                ? "localhost:" + place.getPort()
                : AddressText.of(place);
    }
}
