package io.grasp.samples.doctor;

import io.grasp.model.LinkWarning;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.text.Documents;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What a node hears while it runs. Used on the node's loop, and bounded, since peers cause it. */
public final class Heard implements GraspObserver {
    private static final int MOST = 100;

    private final Map<Drop, Integer> drops = new LinkedHashMap<>();
    private final Set<String> looped = new LinkedHashSet<>();
    private final Map<String, InetAddress> objectives = new LinkedHashMap<>();
    private final Map<String, String> otherVersions = new LinkedHashMap<>();
    private final Map<String, String> refusals = new LinkedHashMap<>();
    private final Set<String> outOfTime = new LinkedHashSet<>();

    /** What was dropped, and where it came from. */
    private record Drop(DropReason reason, String where) {}

    public Heard() {}

    @Override
    public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
        Objective about = message.objective();
        InetSocketAddress from = path.peer();
        if (about != null && from != null && path.kind() != MessagePath.Kind.LOOPBACK && objectives.size() < MOST) {
            objectives.put(about.name(), from.getAddress());
        }
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        if (reason == DropReason.OWN) {
            looped.add(path.link());
        } else if (!reason.isNormal()) {
            String where = (path.peer() == null ? "" : " from " + AddressText.onThisHost(path.peer()))
                    + (path.link().isEmpty() ? "" : " on " + path.link());
            Drop drop = new Drop(reason, where);
            if (drops.containsKey(drop) || drops.size() < MOST) {
                drops.merge(drop, 1, Integer::sum);
            }
        }
    }

    @Override
    public void linkWarning(String link, LinkWarning warning, String detail) {
        if (warning == LinkWarning.OTHER_IP_VERSION) {
            otherVersions.put(link, detail);
        }
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        if (refusals.size() < MOST) {
            refusals.put(AddressText.onThisHost(peer), detail);
            if (reason == PeerRefusal.EXPIRED || reason == PeerRefusal.NOT_YET_VALID) {
                outOfTime.add(AddressText.of(peer.getAddress()));
            }
        }
    }

    /** {@return whether multicasts of this node have come back on a link, as they do on each link} */
    boolean hasLooped(String link) {
        return looped.contains(link);
    }

    /**
     * {@return the names of objectives in messages of others}
     *
     * @param isOwn whether an address is one of this host
     */
    Set<String> objectives(Predicate<InetAddress> isOwn) {
        Set<String> names = new LinkedHashSet<>();
        objectives.forEach((name, from) -> {
            if (!isOwn.test(from)) {
                names.add(name);
            }
        });
        return names;
    }

    /** {@return the peers that were refused because their certificates are not valid now, by this host's clock} */
    public Set<String> outOfTime() {
        return Collections.unmodifiableSet(outOfTime);
    }

    /** Reports what was refused, and what could not be heard. */
    List<CheckResult> check() {
        List<CheckResult> results = new ArrayList<>();
        drops.forEach((drop, count) -> results.add(CheckResult.finding(
                "messages",
                "dropped as " + drop.reason.name().toLowerCase(Locale.ROOT) + drop.where + ", " + count
                        + (count == 1 ? " time" : " times"),
                why(drop.reason),
                remedy(drop.reason))));
        otherVersions.forEach((link, detail) -> results.add(CheckResult.finding(
                "IP version",
                "on " + link + ": " + detail,
                "nodes with IPv4 and nodes with IPv6 do not hear each other on a link",
                "give both sides the same --ip, or an address of the same version")));
        refusals.forEach((peer, detail) -> results.add(CheckResult.finding(
                "peers",
                peer + " was refused: " + detail,
                "only members of the domain are let in",
                "see " + Documents.path("docs/operating.md") + ", GraspPeersRefused")));
        return results;
    }

    private static String why(DropReason reason) {
        return reason.explanation().isEmpty() ? "what is dropped is not answered" : reason.explanation();
    }

    private static String remedy(DropReason reason) {
        return switch (reason) {
            case TLS -> "give this command the certificate too (--identity), or the peer none";
            case UNDECRYPTABLE ->
                "both sides need the same key of QUADS, or none: compare the fingerprints that 'grasp status' shows";
            case MALFORMED -> "find the program that sends to port 7017 there; is it one with QUADS, or no GRASP?";
            case MESSAGE_TOO_LONG -> "the sender's messages are longer than this node accepts: make the value shorter";
            default ->
                Documents.path("docs/metrics.md") + ", section Why messages are dropped, has a line for this reason";
        };
    }
}
