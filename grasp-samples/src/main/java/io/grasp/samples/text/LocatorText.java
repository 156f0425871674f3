package io.grasp.samples.text;

import io.grasp.model.Locator;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a locator: a URI, or a place of {@link HostPort} for TCP, or for UDP after {@code udp:}. */
public final class LocatorText implements ITypeConverter<Locator> {
    private static final String UDP = "udp:";

    public LocatorText() {}

    @Override
    public Locator convert(String text) {
        try {
            if (text.contains("://")) {
                return Locator.uri(text);
            }
            boolean udp = text.startsWith(UDP);
            InetSocketAddress place = new HostPort().convert(udp ? text.substring(UDP.length()) : text);
            // Each link replaces the unspecified address by its own.
            String host = place.getHostString().isEmpty() ? "::" : place.getHostString();
            return udp ? Locator.udp(host, place.getPort()) : Locator.tcp(host, place.getPort());
        } catch (IllegalArgumentException | TypeConversionException e) {
            throw new TypeConversionException(
                    "'" + text + "' is not PORT, HOST:PORT, [ADDRESS]:PORT or a URI with ://");
        }
    }
}
