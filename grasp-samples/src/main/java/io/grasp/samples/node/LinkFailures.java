package io.grasp.samples.node;

import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.Failures;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Prints failures and warnings of links. A neighbor is tried again and again: an attempt that fails like the one before
 * is not printed, nor one whose refusal is printed anyway. Peers can cause warnings, and outsiders failures at ever new
 * places where they claim to be neighbors, so that both have some lines a minute.
 */
final class LinkFailures implements GraspObserver {
    private static final int MAX_WARNINGS = 2;
    private static final int MAX_WARNINGS_OF_ALL = 20;

    private static final int MAX_FAILURES = 10;
    private static final int MAX_FAILURES_OF_ALL = 60;
    private static final int MAX_REMEMBERED = 256;

    private final ErrorOutput err;
    private final boolean printsUp;
    private final LineLimit warnings;
    private final LineLimit failures;
    // DULL instances have loops of their own.
    private final Map<String, String> last = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MAX_REMEMBERED;
        }
    });
    private volatile String lastRefusal = "";

    /**
     * @param nanoTime the clock
     * @param err prints
     * @param printsUp whether a link that comes up after a failure is printed, too
     */
    LinkFailures(LongSupplier nanoTime, ErrorOutput err, boolean printsUp) {
        this.err = err;
        this.printsUp = printsUp;
        this.warnings = new LineLimit(nanoTime, MAX_WARNINGS, MAX_WARNINGS_OF_ALL);
        this.failures = new LineLimit(nanoTime, MAX_FAILURES, MAX_FAILURES_OF_ALL);
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        String why = Failures.oneLine(cause);
        boolean isNew = !why.equals(last.put(link, why)) && !why.equals(lastRefusal);
        if (isNew && failures.permits(link, omitted -> err.error("failures of links not printed: " + omitted))) {
            err.error(named(link) + ": " + why);
        }
    }

    @Override
    public void linkWarning(String link, LinkWarning warning, String detail) {
        if (warnings.permits(
                new Subject(link, warning), omitted -> err.warning("warnings of links not printed: " + omitted))) {
            err.warning(named(link) + ": " + detail);
        }
    }

    /** {@return what to call it: a phrase such as "neighbor a:1" is not the name of a link} */
    private static String named(String link) {
        return link.contains(" ") ? link : "link " + link;
    }

    private record Subject(String link, LinkWarning warning) {}

    @Override
    public void linkUp(LinkInfo link) {
        if (printsUp && !last.isEmpty()) {
            err.note("link " + link.name() + " is up at " + AddressText.of(link.linkLocalAddress()));
        }
        last.clear();
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        lastRefusal = detail;
    }
}
