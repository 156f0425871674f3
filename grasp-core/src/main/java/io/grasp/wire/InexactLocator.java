package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Describes a locator option that was kept as it came because it is not exact. */
public final class InexactLocator {
    private InexactLocator() {}

    /**
     * The address in it.
     *
     * @param option any option
     * @return the address, or {@code null} if the option is not of a type that has one or does not begin with one
     */
    public static @Nullable InetAddress address(CborItem option) {
        int type = ExtensionCodec.optionType(option);
        if (type != OptionType.O_IPV6_LOCATOR && type != OptionType.O_IPV4_LOCATOR) {
            return null;
        }
        try {
            CborReader in = option.reader();
            ArrayElements elements = ArrayElements.begin(in);
            elements.next().skip();
            return Addresses.read(elements.next());
        } catch (CborException none) {
            return null;
        }
    }
}
