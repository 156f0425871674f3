package io.grasp.samples.node;

import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.Failures;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Prints failures and warnings of links. A neighbor is tried again and again: an attempt that fails like the one before
 * is not printed, nor one whose refusal is printed anyway.
 */
final class LinkFailures implements GraspObserver {
    private final ErrorOutput err;
    // DULL instances have loops of their own.
    private final Map<String, String> last = new ConcurrentHashMap<>();
    private volatile String lastRefusal = "";

    LinkFailures(ErrorOutput err) {
        this.err = err;
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        String why = Failures.oneLine(cause);
        if (!why.equals(last.put(link, why)) && !why.equals(lastRefusal)) {
            err.error(named(link) + ": " + why);
        }
    }

    @Override
    public void linkWarning(String link, LinkWarning warning, String detail) {
        err.warning(named(link) + ": " + detail);
    }

    /** {@return what to call it: a phrase such as "neighbor a:1" is not the name of a link} */
    private static String named(String link) {
        return link.contains(" ") ? link : "link " + link;
    }

    @Override
    public void linkUp(LinkInfo link) {
        last.clear();
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        lastRefusal = detail;
    }
}
