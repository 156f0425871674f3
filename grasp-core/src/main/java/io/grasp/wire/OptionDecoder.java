package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.model.Locator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads options (RFC 8990 section 2.9). */
final class OptionDecoder {
    private OptionDecoder() {}

    /** Reads an option of M_RESPONSE, whose type the caller has seen. */
    static GraspOption ofResponse(int type, CborReader in) throws CborException {
        if (OptionType.isLocator(type)) {
            return new GraspOption.LocatorOption(locator(ArrayElements.begin(in)));
        }
        return type == OptionType.O_DIVERT ? divert(in) : new GraspOption.Unknown(type, in.readItem());
    }

    /** Reads the outcome of M_END, whose type the caller has seen; what is no exact outcome is kept as it came. */
    static GraspOption ofEnd(int type, CborReader in) throws CborException {
        CborItem raw = in.readItem();
        if (!OptionType.belongsToEnd(type)) {
            return new GraspOption.Unknown(type, raw);
        }
        try {
            return outcome(type, ArrayElements.begin(raw.reader()));
        } catch (CborException inexact) {
            return new GraspOption.Unknown(type, raw);
        }
    }

    private static GraspOption outcome(int type, ArrayElements elements) throws CborException {
        elements.next().skip();
        String reason = type == OptionType.O_DECLINE && elements.hasNext()
                ? elements.next().readText()
                : null;
        elements.end();
        return type == OptionType.O_ACCEPT ? new GraspOption.Accept() : new GraspOption.Decline(reason);
    }

    /** Locators of unknown types are left out, unless there are no others. */
    private static GraspOption divert(CborReader in) throws CborException {
        int start = in.position();
        ArrayElements elements = ArrayElements.begin(in);
        elements.next().skip();
        List<Locator> locators = List.of();
        do {
            if (OptionType.isLocator(elements.nextOptionType())) {
                locators = Lists.with(locators, locator(ArrayElements.begin(elements.next())));
            } else {
                elements.next().skip();
            }
        } while (elements.hasNext());
        elements.end();
        return locators.isEmpty()
                ? new GraspOption.Unknown(OptionType.O_DIVERT, in.itemFrom(start))
                : new GraspOption.Divert(locators);
    }

    /** Reads a locator option, the array of which has been entered. */
    static Locator locator(ArrayElements elements) throws CborException {
        CborReader in = elements.next();
        int start = in.position();
        long type = in.readUnsigned();
        Locator locator;
        if (type == OptionType.O_IPV6_LOCATOR) {
            locator = new Locator.Ipv6(Addresses.readIpv6(elements.next()), protocol(elements), port(elements));
        } else if (type == OptionType.O_IPV4_LOCATOR) {
            locator = new Locator.Ipv4(Addresses.readIpv4(elements.next()), protocol(elements), port(elements));
        } else if (type == OptionType.O_FQDN_LOCATOR) {
            locator = new Locator.Fqdn(elements.next().readText(), protocol(elements), port(elements));
        } else if (type == OptionType.O_URI_LOCATOR) {
            String uri = elements.next().readText();
            locator = new Locator.Uri(
                    uri, orNull(elements.next(), Integer.MAX_VALUE), orNull(elements.next(), Locator.MAX_PORT));
        } else {
            throw new CborException(Reason.OUT_OF_RANGE, start);
        }
        elements.end();
        return locator;
    }

    /** Not only TCP and UDP: others are met in practice, and RFC 8990 section 2.9.5.1 foresees numbers above 255. */
    private static int protocol(ArrayElements elements) throws CborException {
        return (int) elements.next().readUnsigned(Integer.MAX_VALUE);
    }

    private static int port(ArrayElements elements) throws CborException {
        return (int) elements.next().readUnsigned(Locator.MAX_PORT);
    }

    private static @Nullable Integer orNull(CborReader in, long max) throws CborException {
        if (in.isNull()) {
            in.readNull();
            return null;
        }
        return (int) in.readUnsigned(max);
    }
}
