package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.Locator;
import io.grasp.util.AddressText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A GRASP option (RFC 8990 section 2.9): one record for each kind, and unknown options as data. */
public sealed interface GraspOption {
    /** O_IPv6_LOCATOR, O_IPv4_LOCATOR, O_FQDN_LOCATOR or O_URI_LOCATOR. */
    record LocatorOption(Locator locator) implements GraspOption {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * O_DIVERT, holding at least one locator.
     *
     * @param locators in their order
     * @param unknown other content as received: options of unknown types or inexact options. They are kept after the
     *     locators, wherever they stood
     */
    record Divert(List<Locator> locators, List<CborItem> unknown) implements GraspOption {
        /** An option without unknown elements. */
        public Divert(List<Locator> locators) {
            this(locators, List.of());
        }

        public Divert {
            locators = List.copyOf(locators);
            unknown = List.copyOf(unknown);
            if (locators.isEmpty()) {
                throw new IllegalArgumentException("a divert option must hold at least one locator");
            }
        }

        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /** O_ACCEPT. */
    record Accept() implements GraspOption {}

    /** O_DECLINE with its optional reason. */
    record Decline(@Nullable String reason) implements GraspOption {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * An option kept as received, because its type is unknown or not allowed here, or because its content does not
     * match its type.
     *
     * @param type the option's number
     * @param raw the whole option
     */
    record Unknown(int type, CborItem raw) implements GraspOption {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }
}
