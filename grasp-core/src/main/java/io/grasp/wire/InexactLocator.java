package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.model.Locator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes a locator option, or an O_DIVERT, that was kept as received because it is not exact. */
public final class InexactLocator {
    private InexactLocator() {}

    /** {@return whether an option is an O_DIVERT} */
    public static boolean isDivert(CborItem option) {
        return ExtensionCodec.optionType(option) == OptionType.O_DIVERT;
    }

    /**
     * The hosts that an option names.
     *
     * @param option any option
     * @return for an O_DIVERT the hosts of all its content, for a locator option its own host; none if the option has
     *     no host where an exact option has one. The protocol and port of these locators are meaningless.
     */
    public static List<Locator> hosts(CborItem option) {
        if (!isDivert(option)) {
            Locator host = host(option);
            return host == null ? List.of() : List.of(host);
        }
        List<Locator> hosts = List.of();
        try {
            ArrayElements elements = ArrayElements.begin(option.reader());
            elements.next().skip();
            while (elements.hasNext()) {
                Locator host = host(elements.next().readItem());
                hosts = host == null ? hosts : Lists.with(hosts, host);
            }
        } catch (CborException noArray) {
            return hosts;
        }
        return hosts;
    }

    private static @Nullable Locator host(CborItem option) {
        int type = ExtensionCodec.optionType(option);
        if (!OptionType.isLocator(type)) {
            return null;
        }
        try {
            ArrayElements elements = ArrayElements.begin(option.reader());
            elements.next().skip();
            CborReader in = elements.next();
            if (type == OptionType.O_FQDN_LOCATOR) {
                return new Locator.Fqdn(in.readText(), Locator.TCP, Locator.MAX_PORT);
            }
            return type == OptionType.O_URI_LOCATOR
                    ? new Locator.Uri(in.readText(), null, null)
                    : Locator.of(Addresses.read(in), Locator.TCP, Locator.MAX_PORT);
        } catch (CborException none) {
            return null;
        }
    }
}
