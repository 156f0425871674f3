package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborWriter;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages of unassigned types, which have the common structure: [MESSAGE_TYPE, session-id, ?initiator, *grasp-option].
 */
public final class ExtensionCodec {
    private ExtensionCodec() {}

    /** {@return the message with its elements, or {@code null} if it does not have the common structure} */
    public static @Nullable ExtensionMessage read(UnknownMessage message) {
        SessionId session = message.session();
        if (session == null) {
            return null;
        }
        try {
            ArrayElements elements = ArrayElements.begin(message.raw().reader());
            int type = (int) elements.next().readUnsigned(Integer.MAX_VALUE);
            elements.next().skip();
            InetAddress initiator = null;
            List<ObjectiveValue> options = new ArrayList<>();
            while (elements.hasNext()) {
                boolean bytes = options.isEmpty() && initiator == null && elements.nextIsBytes();
                CborItem next = elements.next().readItem();
                initiator = bytes ? address(next) : initiator;
                if (!bytes || initiator == null) {
                    options.add(ObjectiveValue.ofItem(next));
                }
            }
            return new ExtensionMessage(type, session, initiator, options);
        } catch (CborException | IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable InetAddress address(CborItem bytes) {
        try {
            return Addresses.read(bytes.reader());
        } catch (CborException e) {
            return null; // it is an option
        }
    }

    /** {@return the message in the form in which it is sent} */
    public static UnknownMessage write(ExtensionMessage message) {
        CborWriter out = new CborWriter();
        InetAddress initiator = message.initiator();
        out.writeArrayHeader(2 + (initiator == null ? 0 : 1) + message.options().size());
        out.writeUnsigned(message.type());
        out.writeUnsigned(message.session().value());
        if (initiator != null) {
            out.writeBytes(initiator.getAddress());
        }
        message.options().forEach(option -> option.item().writeTo(out));
        byte[] encoded = out.toByteArray();
        return new UnknownMessage(message.type(), message.session(), CborItem.wrap(encoded, 0, encoded.length));
    }

    /** {@return the elements of a message that RFC 8990 does not define, mainly options of later documents} */
    public static List<CborItem> unknownElements(GraspMessage message) {
        List<CborItem> unknown = new ArrayList<>();
        if (message instanceof Flood m) {
            unknown.addAll(m.preceding());
            unknown.addAll(m.extras());
        } else if (message instanceof Discovery m) {
            unknown.addAll(m.extras());
        } else if (message instanceof Response m) {
            for (GraspOption option : m.options()) {
                if (option instanceof GraspOption.Unknown other) {
                    unknown.add(other.raw());
                }
            }
            unknown.addAll(m.extras());
        } else if (message instanceof RequestNegotiation m) {
            unknown.addAll(m.extras());
        } else if (message instanceof RequestSynchronization m) {
            unknown.addAll(m.extras());
        } else if (message instanceof Negotiate m) {
            unknown.addAll(m.extras());
        } else if (message instanceof Synch m) {
            unknown.addAll(m.extras());
        } else if (message instanceof End m) {
            unknown.addAll(m.extras());
        } else if (message instanceof Wait m) {
            unknown.addAll(m.extras());
        }
        return unknown;
    }

    /** {@return the type of an option, or -1 if the item is not an option} */
    public static int optionType(CborItem item) {
        try {
            CborReader in = item.reader();
            if (!in.isArray() || in.readArrayHeader() == 0 || !in.isUnsigned()) {
                return ArrayElements.NO_OPTION;
            }
            return (int) in.readUnsigned(Integer.MAX_VALUE);
        } catch (CborException e) {
            return ArrayElements.NO_OPTION;
        }
    }
}
