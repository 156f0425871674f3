package io.grasp.samples.prefix;

import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborWriter;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.UnfitValueException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Values of PrefixManager as CBOR (RFC 8992 sections 5.1 and 5.2). An array whose second element is an integer is the
 * extended form; otherwise it is the base form.
 */
final class PrefixValueCodec {
    /** Of the extended form: version, length, prefix. */
    private static final int MAX_ELEMENTS = 3;

    private PrefixValueCodec() {}

    static ObjectiveValue encode(PrefixValue prefix) {
        CborWriter writer = new CborWriter();
        boolean base = prefix.form() == PrefixForm.BASE;
        boolean withNull = prefix.form() == PrefixForm.EXTENDED_WITH_NULL
                && prefix.prefix().isEmpty();
        writer.writeArrayHeader((base ? 1 : 2) + (prefix.prefix().isPresent() || withNull ? 1 : 0));
        if (!base) {
            writer.writeUnsigned(prefix.family().version());
        }
        writer.writeUnsigned(prefix.length());
        prefix.prefix().ifPresent(offered -> writer.writeBytes(offered.address()));
        if (withNull) {
            writer.writeNull();
        }
        byte[] encoded = writer.toByteArray();
        return ObjectiveValue.ofItem(CborItem.wrap(encoded, 0, encoded.length));
    }

    static PrefixValue decode(ObjectiveValue value) {
        if (!value.isPresent()) {
            throw new UnfitValueException("", "there is no value");
        }
        return decode(new ValueReader(value.content(), ""));
    }

    private static PrefixValue decode(ValueReader value) {
        List<ValueReader> elements = value.elements(MAX_ELEMENTS);
        if (elements.isEmpty()) {
            throw value.error("the length is missing");
        }
        return elements.size() > 1 && elements.get(1).isInteger() ? extended(elements) : base(value, elements);
    }

    private static PrefixValue base(ValueReader value, List<ValueReader> elements) {
        if (elements.size() > 2) {
            throw value.error("an array of at most 2 elements was expected");
        }
        int length = elements.get(0).integer(AddressFamily.IPV6.bits());
        return new PrefixValue(
                PrefixForm.BASE, AddressFamily.IPV6, length, prefix(AddressFamily.IPV6, length, elements, 1));
    }

    private static PrefixValue extended(List<ValueReader> elements) {
        AddressFamily family = family(elements.get(0));
        int length = elements.get(1).integer(family.bits());
        PrefixForm form =
                elements.size() > 2 && elements.get(2).isNull() ? PrefixForm.EXTENDED_WITH_NULL : PrefixForm.EXTENDED;
        return new PrefixValue(form, family, length, prefix(family, length, elements, 2));
    }

    private static AddressFamily family(ValueReader version) {
        int number = version.integer(Integer.MAX_VALUE);
        return Stream.of(AddressFamily.values())
                .filter(family -> family.version() == number)
                .findFirst()
                .orElseThrow(() -> version.error("the version of IP is neither 6 nor 4"));
    }

    private static Optional<Prefix> prefix(AddressFamily family, int length, List<ValueReader> elements, int index) {
        if (elements.size() <= index || elements.get(index).isNull()) {
            return Optional.empty();
        }
        ValueReader element = elements.get(index);
        return Optional.of(prefix(family, element.bytes(), length, element));
    }

    private static Prefix prefix(AddressFamily family, byte[] address, int length, ValueReader element) {
        try {
            return Prefix.of(family, address, length);
        } catch (IllegalArgumentException e) {
            throw element.error(String.valueOf(e.getMessage()));
        }
    }
}
