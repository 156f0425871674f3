package io.grasp.wire;

import io.grasp.cbor.CborWriter;
import io.grasp.model.Locator;
import org.jspecify.annotations.Nullable;

/** Writes options (RFC 8990 section 2.9). */
final class OptionEncoder {
    private OptionEncoder() {}

    static void option(CborWriter out, GraspOption option) {
        if (option instanceof GraspOption.LocatorOption o) {
            locator(out, o.locator());
        } else if (option instanceof GraspOption.Divert o) {
            out.writeArrayHeader(1 + o.locators().size() + o.unknown().size());
            out.writeUnsigned(OptionType.O_DIVERT);
            o.locators().forEach(locator -> locator(out, locator));
            o.unknown().forEach(item -> item.writeTo(out));
        } else if (option instanceof GraspOption.Accept) {
            out.writeArrayHeader(1);
            out.writeUnsigned(OptionType.O_ACCEPT);
        } else if (option instanceof GraspOption.Decline o) {
            out.writeArrayHeader(o.reason() == null ? 1 : 2);
            out.writeUnsigned(OptionType.O_DECLINE);
            if (o.reason() != null) {
                out.writeText(o.reason());
            }
        } else if (option instanceof GraspOption.Unknown o) {
            o.raw().writeTo(out);
        }
    }

    static void locator(CborWriter out, Locator locator) {
        out.writeArrayHeader(4);
        if (locator instanceof Locator.Ipv6 l) {
            out.writeUnsigned(OptionType.O_IPV6_LOCATOR);
            out.writeBytes(l.address().getAddress());
        } else if (locator instanceof Locator.Ipv4 l) {
            out.writeUnsigned(OptionType.O_IPV4_LOCATOR);
            out.writeBytes(l.address().getAddress());
        } else if (locator instanceof Locator.Fqdn l) {
            out.writeUnsigned(OptionType.O_FQDN_LOCATOR);
            out.writeText(l.name());
        } else if (locator instanceof Locator.Uri l) {
            out.writeUnsigned(OptionType.O_URI_LOCATOR);
            out.writeText(l.uri());
        }
        orNull(out, locator.protocol());
        orNull(out, locator.port());
    }

    private static void orNull(CborWriter out, @Nullable Integer value) {
        if (value == null) {
            out.writeNull();
        } else {
            out.writeUnsigned(value);
        }
    }
}
