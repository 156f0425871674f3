package io.grasp.samples.onboarding;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborReader;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;

/** The objectives of RFC 8995 section 4 and RFC 8994 section 6.2.5.1. */
public final class JoinObjectives {
    /** The value of a registrar that speaks EST over TLS. */
    public static final String EST_TLS = "EST-TLS";

    /** A registrar (RFC 8995 section 4.3), flooded inside the protected network. */
    public static final Objective REGISTRAR = flooded("AN_join_registrar", Objective.MAX_LOOP_COUNT, EST_TLS);

    /** A join proxy (RFC 8995 section 4.1.1), flooded by DULL. */
    public static final Objective PROXY = flooded("AN_Proxy", 1, "");

    /** The same as graspy spells it: names are compared byte by byte. */
    public static final Objective GRASPY_PROXY = flooded("AN_proxy", 1, "");

    /** An EST server for renewals (RFC 8994 section 6.2.5.1), flooded inside the protected network; any value. */
    public static final Objective EST_SERVER = flooded("SRV.est", Objective.MAX_LOOP_COUNT, "");

    private JoinObjectives() {}

    private static Objective flooded(String name, int loopCount, String value) {
        return new Objective(name, Objective.F_SYNCH, loopCount, ObjectiveValue.of(value));
    }

    /** {@return whether it announces a registrar that a circuit proxy for TCP can reach} */
    static boolean isRegistrarForTcp(FloodedObjective flooded) {
        Locator locator = flooded.locator();
        return locator != null
                && locator.isForSessions()
                && locator.address() != null
                && !locator.isLinkLocal()
                && hasPort(locator)
                && offersEst(flooded.objective().value());
    }

    /** {@return whether it announces a proxy to which a TCP connection can be opened on the link} */
    static boolean isProxyForTcp(FloodedObjective flooded) {
        Locator locator = flooded.locator();
        return locator instanceof Locator.Ipv6 ipv6
                && ipv6.isForSessions()
                && ipv6.isLinkLocal()
                && hasPort(ipv6)
                && flooded.linkIndex() > 0;
    }

    private static boolean hasPort(Locator locator) {
        Integer port = locator.port();
        return port != null && port > 0;
    }

    /** {@return whether the value is the name of EST over TLS, or a list with it} */
    private static boolean offersEst(ObjectiveValue value) {
        if (!value.isPresent()) {
            return false;
        }
        try {
            CborReader reader = value.content().reader();
            if (!reader.isArray()) {
                return reader.isText() && reader.readText().equals(EST_TLS);
            }
            for (int left = reader.readArrayHeader(); left > 0; left--) {
                if (reader.isText() && reader.ahead().readText().equals(EST_TLS)) {
                    return true;
                }
                reader.skip();
            }
            return false;
        } catch (CborException e) {
            return false;
        }
    }
}
