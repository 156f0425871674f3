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

    /**
     * Reads an option of M_RESPONSE whose type the caller has read. An inexact option is kept as received, and the
     * other options are still used (RFC 8990 section 2.8.2).
     */
    static GraspOption ofResponse(int type, ArrayElements elements) throws CborException {
        GraspOption exact = null;
        if (OptionType.isLocator(type)) {
            exact = elements.nextExact(OptionDecoder::locatorOption);
        } else if (type == OptionType.O_DIVERT) {
            exact = elements.nextExact(OptionDecoder::divert);
        }
        return exact != null
                ? exact
                : new GraspOption.Unknown(type, elements.next().readItem());
    }

    private static GraspOption locatorOption(CborReader in) throws CborException {
        return new GraspOption.LocatorOption(locator(in));
    }

    /** Reads an exact outcome of M_END. */
    static GraspOption outcome(CborReader in) throws CborException {
        int start = in.position();
        ArrayElements elements = ArrayElements.begin(in);
        long type = elements.next().readUnsigned();
        GraspOption outcome;
        if (type == OptionType.O_ACCEPT) {
            outcome = new GraspOption.Accept();
        } else if (type == OptionType.O_DECLINE) {
            outcome =
                    new GraspOption.Decline(elements.hasNext() ? elements.next().readText() : null);
        } else {
            throw new CborException(Reason.OUT_OF_RANGE, start);
        }
        elements.end();
        return outcome;
    }

    private static GraspOption divert(CborReader in) throws CborException {
        ArrayElements elements = ArrayElements.begin(in);
        elements.next().skip();
        List<Locator> locators = List.of();
        List<CborItem> unknown = List.of();
        while (elements.hasNext()) {
            Locator locator = elements.nextExact(OptionDecoder::locator);
            if (locator != null) {
                locators = Lists.with(locators, locator);
            } else {
                unknown = Lists.with(unknown, elements.next().readItem());
            }
        }
        elements.end();
        if (locators.isEmpty()) {
            throw new CborException(Reason.WRONG_LENGTH, in.position());
        }
        return new GraspOption.Divert(locators, unknown);
    }

    private static Locator locator(CborReader in) throws CborException {
        return locator(ArrayElements.begin(in));
    }

    /** Reads a locator option whose array has been entered. */
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

    /**
     * Not only TCP and UDP: other protocols occur in practice, and RFC 8990 section 2.9.5.1 foresees numbers above 255.
     */
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
