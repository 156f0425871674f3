package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.Locator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A GRASP option (RFC 8990 section 2.9); unknown ones are data. */
public sealed interface GraspOption {
    /** O_IPv6_LOCATOR, O_IPv4_LOCATOR, O_FQDN_LOCATOR or O_URI_LOCATOR. */
    record LocatorOption(Locator locator) implements GraspOption {}

    /** O_DIVERT, holding at least one locator. */
    record Divert(List<Locator> locators) implements GraspOption {
        public Divert {
            locators = List.copyOf(locators);
            if (locators.isEmpty()) {
                throw new IllegalArgumentException("a divert option holds at least one locator");
            }
        }
    }

    /** O_ACCEPT. */
    record Accept() implements GraspOption {}

    /** O_DECLINE with its optional reason. */
    record Decline(@Nullable String reason) implements GraspOption {}

    /** An option of a type that this implementation does not know, kept as it came. */
    record Unknown(int type, CborItem raw) implements GraspOption {}
}
